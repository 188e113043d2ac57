"""Draws all pictures into a folder, which gets them once all are whole, or none."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config import UsageError
from workers.canvas import new_figure, save
from workers.evaluation.plots.embedding import draw_embedding
from workers.evaluation.plots.precision_recall import draw_precision_recall
from workers.evaluation.plots.roc import draw_roc
from workers.evaluation.plots.scores import draw_scores
from workers.evaluation.plots.shown import Shown
from workers.evaluation.plots.trade_off import draw_trade_off
from workers.evaluation.plots.worst import draw_worst

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURES: dict[str, Callable[[Shown], "Figure"]] = {
    "scores.png": draw_scores,
    "roc.png": draw_roc,
    "precision-recall.png": draw_precision_recall,
    "det.png": draw_trade_off,
    "embedding.png": draw_embedding,
    "worst.png": draw_worst,
}


def refuse_plots(folder: Path) -> None:
    """Refuse a folder that cannot take pictures, before the work begins.

    Raises
    ------
    UsageError
        It is a file, or its parent is missing.
    PlotsError
        matplotlib is not installed.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder for the pictures")
    if not folder.parent.is_dir():
        raise UsageError(f"{folder}: {folder.parent} does not exist; make it first")
    new_figure(1, 1)


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Give a folder to draw into; what is in it comes to ``folder`` when all went well.

    Raises
    ------
    UsageError
        Something cannot be written.
    """
    with ExitStack() as stack:
        with _writing(folder):
            beside = tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-")
            drawn = Path(stack.enter_context(beside))
        yield drawn
        with _writing(folder):
            for path in sorted(drawn.rglob("*.png")):
                place = folder / path.relative_to(drawn)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}") from error


def draw_plots(shown: Shown, folder: Path) -> None:
    """Draw every picture into ``folder``.

    Raises
    ------
    PlotsError
        matplotlib is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        save(draw(shown), folder / name)
