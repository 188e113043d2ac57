"""A folder of spoilt pictures is counted to its end, each of them with its reason."""

import json
import shutil
from pathlib import Path
from typing import Any


def test_every_spoilt_picture_is_a_failed_frame_with_a_reason(
    command: Any, pictures: Path, tmp_path: Path
):
    folder = tmp_path / "mixed"
    folder.mkdir()
    whole = (pictures / "field 0.png").read_bytes()
    for number in range(60):
        # In the header, the checksum of which no longer fits, or cut before the end.
        data = bytearray(whole)
        data[16 + number % 13] ^= 0xFF
        spoilt = bytes(data) if number % 2 else whole[: 20 * number]
        suffix = ("png", "jpg", "tif", "bmp")[number % 4]
        (folder / f"spoilt {number}.{suffix}").write_bytes(spoilt)
    shutil.copy(pictures / "field 1.png", folder)
    done = command("run", folder, "--slide", "a", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["frames_failed"], result["frames_counted"]) == (60, 1)
    assert result["balanced"]
    records = command.fields("a").values()
    assert sum(record.outcome == "failed" and bool(record.detail) for record in records) == 60
