"""What a threshold that moves with the slide's stain is worth on real fields.

Fields of ``malaria-fields`` that no weight has seen are stained, lit and blurred otherwise by
computation, segmented and scored; prints how many healthy cells in a million the model flags, and
which share of the infected ones, at its threshold and at the adapted one.

    python tests/benchmarks/stain_shift.py [DATA] [MODEL]
"""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from config import Settings, load
from workers.artefact import Artefact, load_card
from workers.score import Scorer
from workers.thresholds.adapt import adapt
from workers.thresholds.space import space_of
from workers.training.datasets import read_fields

Picture = NDArray[np.uint8]
STRETCHES, FIFTHS = 20, 5
BRIGHTEST = 255.0


def stained(strength: tuple[float, float, float]) -> Callable[[Picture], Picture]:
    """Multiply the optical density of blue, green and red."""

    def change(picture: Picture) -> Picture:
        return (BRIGHTEST * (picture / BRIGHTEST) ** strength).round().astype(np.uint8)

    return change


def lit(factor: float) -> Callable[[Picture], Picture]:
    return lambda picture: np.clip(picture * factor, 0, BRIGHTEST).round().astype(np.uint8)


CHANGES: dict[str, Callable[[Picture], Picture]] = {
    "as it is": lambda picture: picture,
    "stain x 0.6": stained((0.6,) * 3),
    "stain x 0.8": stained((0.8,) * 3),
    "stain x 1.25": stained((1.25,) * 3),
    "stain x 1.6": stained((1.6,) * 3),
    "redder (green x 0.8, blue x 1.25)": stained((1.25, 0.8, 1.0)),
    "bluer (red x 1.4, blue x 0.8)": stained((0.8, 1.0, 1.4)),
    "light x 0.7": lit(0.7),
    "light x 1.1": lit(1.1),
    "blurred, sigma 1.5 px": lambda picture: cv2.GaussianBlur(picture, (0, 0), 1.5),
}


def slides(data: Path) -> list[list[dict[str, object]]]:
    """Give the annotated fields of each held-out stretch."""
    fields = sorted(json.loads((data / "annotations.json").read_text()), key=lambda f: f["image"])
    stretch = np.arange(len(fields)) * STRETCHES // len(fields)
    return [
        [field for field, at in zip(fields, stretch, strict=True) if at == number]
        for number in range(FIFTHS - 1, STRETCHES, FIFTHS)
    ]


def scored(
    data: Path,
    fields: list[dict[str, object]],
    change: Callable[[Picture], Picture],
    scorer: Scorer,
    settings: Settings,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Give score and truth of the cells of a changed slide."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "images").mkdir()
        for field in fields:
            picture = cv2.imread(str(data / "images" / str(field["image"])))
            quality = [cv2.IMWRITE_JPEG_QUALITY, 97]
            cv2.imwrite(str(folder / "images" / str(field["image"])), change(picture), quality)
        (folder / "annotations.json").write_text(json.dumps(fields))
        cells = read_fields(folder, settings)
    return scorer.score(cells.crops).scores, cells.infected


def row(parts: list[tuple[NDArray[np.float32], NDArray[np.bool_]]], artefact: Artefact) -> str:
    """Count at the model's threshold and at each slide's adapted one."""
    card = artefact.card
    given, moved, refused = [], [], 0
    for scores, _ in parts:
        found = adapt(scores, card.healthy_quantiles, card.threshold, space_of(card.score))
        refused += found.refused is not None
        given.append(scores >= card.threshold)
        moved.append(scores >= found.threshold)
    infected = np.concatenate([truth for _, truth in parts])
    said = []
    for flags in (np.concatenate(given), np.concatenate(moved)):
        said += [f"{1e6 * flags[~infected].mean():,.0f}", f"{flags[infected].mean():.2f}"]
    return " | ".join([f"{(~infected).sum():,}", *said, f"{len(parts) - refused} of {len(parts)}"])


def main() -> None:
    """Print the table as Markdown."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data") / "malaria-fields"
    artefact = load_card(sys.argv[2] if len(sys.argv) > 2 else "draem")
    settings = load()
    scorer = Scorer.load(artefact, "cpu", settings.worker.threads, settings.worker.batch_size)
    print(f"{artefact.model_id}, threshold {artefact.card.threshold:g}\n")
    print(
        "| slides | healthy cells | false per million | sensitivity | false per million, adapted "
        "| sensitivity, adapted | slides adapted |\n|---|---|---|---|---|---|---|"
    )
    for name, change in CHANGES.items():
        parts = [scored(data, fields, change, scorer, settings) for fields in slides(data)]
        print(f"| {name} | {row(parts, artefact)} |", flush=True)


if __name__ == "__main__":
    main()
