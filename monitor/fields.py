"""Makes a counted field of a frame: segment it, have its cells scored, commit it."""

import logging
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor import outcomes
from monitor.assembly import FieldAssembly, pieces
from monitor.backlog import Settled
from monitor.chunks import CropChunk
from monitor.committer import Committer
from monitor.dispatch import Dispatcher
from monitor.gate.gate import FieldGate
from monitor.gate.pose import Pose
from monitor.metrics import CaptureMetrics
from monitor.prepare import Prepared
from monitor.scale import shape_of
from monitor.sieve import middles, sieve
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
    prepared
        What is known of the source.
    metrics
        Takes how long segmenting takes.
    """

    def __init__(
        self,
        slide: str,
        committer: Committer,
        dispatcher: Dispatcher,
        settings: Settings,
        prepared: Prepared,
        metrics: CaptureMetrics,
    ) -> None:
        self._slide = slide
        self._committer = committer
        self._dispatcher = dispatcher
        self._settings = settings
        self._prepared = prepared
        self._metrics = metrics
        # No more than a worker scores at once: it is silent for so long, and has a lease.
        fitting = settings.dispatch.max_message_bytes // CROP_BYTES
        self._crops_at_once = min(fitting, settings.worker.batch_size)

    def count(
        self, frame: Frame, settled: Settled, pose: Pose | None = None, digest: str | None = None
    ) -> None:
        """Count a frame; ``settled`` is called once its one outcome stands in Redis.

        Parameters
        ----------
        frame
            The frame.
        settled
            See above.
        pose
            Where it lies on the slide map, if it came through the gate.
        digest
            Of its picture, where the source is to give none twice.
        """
        gate = self._prepared.gate
        try:
            segmentation = self._segmented(frame)
            field = _field(frame, segmentation, pose, digest)
            if segmentation.quality.verdict != GOOD:
                self._reject(field, segmentation, settled)
            elif pose is None or gate is None:
                self._score(replace(field, crops=cut_crops(frame.image, segmentation)), settled)
            else:
                self._score_new(gate, frame, pose, field, segmentation, settled)
        except Exception as error:
            logger.exception("frame %s could not be segmented", frame.name)
            self._let_go(frame.number, pose is not None)
            detail = f"{type(error).__name__}: {error}"
            failed = FrameOutcome(frame.number, "failed", "segmentation", frame.name, detail)
            self._committer.outcome(failed, settled)

    def _segmented(self, frame: Frame) -> Segmentation:
        shape, scale = shape_of(frame), self._prepared.scale
        graphics, diameter_px = self._prepared.standing.of(shape), scale.of(shape)
        settings = self._settings
        with self._metrics.segmenting():
            segmentation = segment(
                frame.image, settings.segmenter, settings.quality, graphics, diameter_px
            )
        if diameter_px is None:
            scale.learn(shape, segmentation)
        return segmentation

    def _reject(self, field: FieldResult, segmentation: Segmentation, settled: Settled) -> None:
        self._let_go(field.number, field.place is not None)
        quality = segmentation.quality
        detail = f"focus score {quality.focus_score:.3g}, {len(segmentation.cells)} cells"
        self._committer.outcome(
            FrameOutcome(
                field.number, "rejected", quality.verdict, field.name, detail, field.digest
            ),
            settled,
        )

    def _let_go(self, number: int, gated: bool) -> None:
        if self._prepared.gate is not None and gated:
            self._prepared.gate.refuse(number)

    def _score_new(
        self,
        gate: FieldGate,
        frame: Frame,
        pose: Pose,
        field: FieldResult,
        segmentation: Segmentation,
        settled: Settled,
    ) -> None:
        """Count the cells of a frame that are not known from another one."""
        new, not_cells = sieve(gate, frame.number, segmentation)
        if frame.number in self._prepared.done:
            settled()
        elif not new.any() and not not_cells:
            self._committer.outcome(outcomes.gated(frame.number, "seen"), settled)
        else:
            counted = replace(
                field,
                boxes=field.boxes[new],
                crops=cut_crops(frame.image, segmentation)[new],
                centres=middles(pose, field.boxes[new]),
                not_cells=not_cells,
                may_repeat=gate.may_repeat,
            )
            self._score(counted, settled)

    def _score(self, field: FieldResult, settled: Settled) -> None:
        parts = list(pieces(len(field.crops), self._crops_at_once))

        def commit(result: FieldResult) -> None:
            self._committer.field(result, settled)

        assembly = FieldAssembly(field, len(parts), commit)
        for rows in parts:
            chunk = CropChunk(self._slide, field.number, field.crops[rows])
            self._dispatcher.submit(chunk, partial(assembly.add, rows))


def _field(
    frame: Frame, segmentation: Segmentation, pose: Pose | None, digest: str | None
) -> FieldResult:
    """Describe a field before its cells are cut and scored."""
    nothing: NDArray[np.uint8] = np.empty((0, 64, 64, 3), np.uint8)
    return FieldResult(
        number=frame.number,
        name=frame.name,
        captured_at=frame.captured_at,
        shape=shape_of(frame),
        scores=np.empty(0, np.float32),
        boxes=segmentation.cells.boxes,
        crops=nothing,
        embeddings=None,
        worst_boxes=np.empty((0, 4), np.uint8),
        focus_score=segmentation.quality.focus_score,
        not_cells=segmentation.not_cells,
        place=None if pose is None else pose.place,
        digest=digest,
    )
