"""``smearwatch run --slide-from``: the slide's id comes from its label."""

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp


def write_label(path: Path, text: str) -> None:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    picture = np.full((960, 1280), 235, np.uint8)
    code = np.array(zxingcpp.write_barcode_to_image(made, scale=12))
    picture[200 : 200 + len(code), 300 : 300 + code.shape[1]] = code
    cv2.imwrite(str(path), picture)


def test_the_id_is_read_from_the_first_picture_which_is_not_counted(
    command: Any, pictures: Path, tmp_path: Path
):
    folder = tmp_path / "slide"
    folder.mkdir()
    write_label(folder / "0 label.png", "P7")
    for number in range(2):
        shutil.copy(pictures / f"field {number}.png", folder)
    done = command("run", folder, "--slide-from", "first", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["slide"], result["state"]) == ("P7", "complete")
    assert (result["frames_counted"], result["reasons"]) == (2, {"frames_rejected:label": 1})
    again = command("run", folder, "--slide-from", folder / "0 label.png")
    assert again.returncode == 2
    assert "slide P7 exists" in again.stderr


def test_without_an_id_or_with_two_nothing_is_begun(command: Any, pictures: Path, tmp_path: Path):
    for arguments in ([], ["--slide", "a", "--slide-from", "first"]):
        done = command("run", pictures, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "--slide ID" in done.stderr
    unread = command("run", pictures, "--slide-from", pictures / "field 0.png")
    assert unread.returncode == 1
    assert "no QR code or barcode" in unread.stderr.splitlines()[-1]
