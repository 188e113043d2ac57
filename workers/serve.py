"""Starts a worker: load the model, prove that it scores, serve captures until told to stop."""

import logging
import os
import threading
from collections.abc import Sequence
from functools import partial

import numpy as np

from config import Settings
from workers.artefact import load_card
from workers.device import gpu_memory
from workers.endpoints import refuse_open_endpoint
from workers.heap import keep_freed_memory
from workers.messages import CROP_SHAPE
from workers.metrics import WorkerMetrics
from workers.score import Scorer
from workers.serve_metrics import serving_metrics
from workers.service_notify import ServiceNotifier
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
    MetricsError
        Metrics cannot be served where they were to be.
    """
    for endpoint in endpoints:
        refuse_open_endpoint(endpoint)
    keep_freed_memory()
    artefact = load_card(settings.model.artefact)
    options = settings.worker
    threads = options.threads or os.cpu_count() or 1
    scorer = Scorer.load(artefact, options.device, threads, options.batch_size)
    scorer.score(np.full((1, *CROP_SHAPE), 255, np.uint8))
    metrics = WorkerMetrics()
    if scorer.device.type == "cuda":
        metrics.watch_gpu(partial(gpu_memory, scorer.device))
    largest = settings.dispatch.max_message_bytes
    notifier = ServiceNotifier.of(os.environ)
    worker = Worker(endpoints, artefact.model_id, scorer, options, largest, metrics, notifier)
    logger.info("worker with model %s, waiting for capture", artefact.model_id)
    with serving_metrics(settings.metrics.address, metrics.registry):
        worker.run(stop)
