"""A file called a video that is a playlist makes nobody fetch what it names."""

import socket
from pathlib import Path

import pytest

from config import load
from monitor.sources import SourceError, open_source

PLAYLIST = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://{host}/a.ts\n"
CONTENTS = {
    "hls": PLAYLIST + "#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile 'http://{host}/a.mp4'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nc=IN IP4 127.0.0.1\nt=0 0\na=control:rtsp://{host}/\n"
    "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
    "<BaseURL>http://{host}/</BaseURL><Period><AdaptationSet mimeType='video/mp4'>"
    "<Representation id='1'><BaseURL>a.mp4</BaseURL></Representation>"
    "</AdaptationSet></Period></MPD>",
}


@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".mkv", ".h264"])
@pytest.mark.parametrize("kind", CONTENTS)
def test_nothing_is_fetched(kind: str, suffix: str, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        host = f"127.0.0.1:{server.getsockname()[1]}"
        path = tmp_path / f"a{suffix}"
        path.write_text(CONTENTS[kind].replace("{host}", host))
        with pytest.raises(SourceError, match="cannot be decoded"):
            open_source(str(path), load(environ={}))
        with pytest.raises(BlockingIOError):
            server.accept()
