"""Starts a worker: load the model, prove that it scores, serve captures until told to stop."""

import logging
import os
import threading
from collections.abc import Sequence

import numpy as np

from config import Settings
from workers.artefact import load_card
from workers.endpoints import refuse_open_endpoint
from workers.heap import keep_freed_memory
from workers.messages import CROP_SHAPE
from workers.score import Scorer
from workers.worker import Worker

logger = logging.getLogger(__name__)


def serve(endpoints: Sequence[str], settings: Settings, stop: threading.Event) -> None:
    """Serve captures at ``endpoints`` until ``stop`` is set.

    Raises
    ------
    UsageError
        An endpoint could be reached from outside this machine.
    ArtefactError
        The model cannot be loaded or does not fit.
    DeviceError
        The device is not there.
    WorkerRefusedError
        A capture uses another model.
    """
    for endpoint in endpoints:
        refuse_open_endpoint(endpoint)
    keep_freed_memory()
    artefact = load_card(settings.model.artefact)
    options = settings.worker
    threads = options.threads or os.cpu_count() or 1
    scorer = Scorer.load(artefact, options.device, threads, options.batch_size)
    scorer.score(np.full((1, *CROP_SHAPE), 255, np.uint8))
    logger.info("worker with model %s, waiting for capture", artefact.model_id)
    Worker(endpoints, artefact.model_id, scorer, options, settings.dispatch.max_message_bytes).run(
        stop
    )
