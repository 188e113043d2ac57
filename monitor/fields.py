"""Makes a counted field of a frame: segment it, have its cells scored, commit it."""

import logging
from functools import partial

import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor.assembly import FieldAssembly, pieces
from monitor.backlog import Settled
from monitor.chunks import CropChunk
from monitor.committer import Committer
from monitor.dispatch import Dispatcher
from monitor.sources import Frame
from monitor.store import FieldResult, FrameOutcome
from segmenter import Segmentation, cut_crops, segment
from workers.messages import CROP_BYTES

logger = logging.getLogger(__name__)

GOOD = "good"


class FieldCounter:
    """Counts the fields of one slide, several at a time: safe from any thread.

    Parameters
    ----------
    slide
        Its id.
    committer
        Takes the outcomes.
    dispatcher
        Has crops scored.
    settings
        All settings.
    graphics
        What is burned into the frames, see :func:`monitor.graphics.graphics_of`.
    """

    def __init__(
        self,
        slide: str,
        committer: Committer,
        dispatcher: Dispatcher,
        settings: Settings,
        graphics: NDArray[np.bool_] | None = None,
    ) -> None:
        self._slide = slide
        self._committer = committer
        self._dispatcher = dispatcher
        self._settings = settings
        self._graphics = graphics
        # No more than a worker scores at once: it is silent for so long, and has a lease.
        fitting = settings.dispatch.max_message_bytes // CROP_BYTES
        self._crops_at_once = min(fitting, settings.worker.batch_size)

    def count(self, frame: Frame, settled: Settled) -> None:
        """Count a frame; ``settled`` is called once its one outcome stands in Redis."""
        try:
            segmentation = self._segmented(frame)
            if segmentation.quality.verdict == GOOD:
                self._score(frame, segmentation, settled)
            else:
                self._reject(frame, segmentation, settled)
        except Exception as error:
            logger.exception("frame %s could not be segmented", frame.name)
            detail = f"{type(error).__name__}: {error}"
            failed = FrameOutcome(frame.number, "failed", "segmentation", frame.name, detail)
            self._committer.outcome(failed, settled)

    def _segmented(self, frame: Frame) -> Segmentation:
        graphics = self._graphics
        if graphics is not None and graphics.shape != frame.image.shape[:2]:
            graphics = None
        return segment(frame.image, self._settings.segmenter, self._settings.quality, graphics)

    def _reject(self, frame: Frame, segmentation: Segmentation, settled: Settled) -> None:
        quality = segmentation.quality
        detail = f"focus score {quality.focus_score:.3g}, {len(segmentation.cells)} cells"
        rejected = FrameOutcome(frame.number, "rejected", quality.verdict, frame.name, detail)
        self._committer.outcome(rejected, settled)

    def _score(self, frame: Frame, segmentation: Segmentation, settled: Settled) -> None:
        crops = cut_crops(frame.image, segmentation)
        parts = list(pieces(len(crops), self._crops_at_once))

        def commit(result: FieldResult) -> None:
            self._committer.field(result, settled)

        field = FieldAssembly(frame, segmentation, crops, len(parts), commit)
        for rows in parts:
            chunk = CropChunk(self._slide, frame.number, crops[rows])
            self._dispatcher.submit(chunk, partial(field.add, rows))
