"""A real RTSP server, GStreamer's: ``rtsp_server.py PORT WIDTH HEIGHT``; says its port."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

H264 = (
    "( videotestsrc is-live=true pattern=white ! "
    "video/x-raw,width={width},height={height},framerate=25/1 ! "
    "x264enc tune=zerolatency key-int-max=5 speed-preset=ultrafast ! rtph264pay name=pay0 )"
)


def main(port, width, height):
    Gst.init(None)
    if Gst.ElementFactory.find("x264enc") is None:
        print("none: no x264enc", flush=True)
        return
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(H264.format(width=width, height=height))
    factory.set_shared(True)
    server.get_mount_points().add_factory("/slide", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


main(*sys.argv[1:])
