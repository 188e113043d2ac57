"""A real run whose capture and worker are asked for their figures while they count."""

import random
import socket
from contextlib import ExitStack
from typing import Any
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

SMALL = "simulated:?motion=walk&live=1&fps=10&width=480&height=360&parasitemia=0.3"


def scrape(port: int) -> dict[str, dict[tuple[str, ...], float]]:
    """Give what a process serves: values by name, then by labels."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for one in (sample for family in families for sample in family.samples):
        found.setdefault(one.name, {})[tuple(one.labels.values())] = one.value
    return found


def free_ports(count: int) -> int:
    """Give the first of so many free ports side by side, which the system gives to nobody."""
    while True:
        first = random.randrange(15_000, 30_000)
        with ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    stack.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return first


def test_capture_and_worker_serve_what_stands_in_the_store(command: Any):
    port = free_ports(2)
    run = command.start("run", SMALL, "--slide", "a", "--set", f"metrics.address={port}")
    command.wait_for("a", lambda result: result.fields >= 2 and result.flagged)
    assert command("pause", "a").returncode == 0
    stored, told, of_worker = command.summary("a"), scrape(port), scrape(port + 1)
    assert command("finish", "a").returncode == 0
    _, error = run.communicate(timeout=60)
    assert run.returncode == 0, error

    assert told["smearwatch_fields_total"][()] == stored.fields
    assert told["smearwatch_cells_total"][()] == stored.cells
    assert told["smearwatch_cells_flagged_total"][()] == stored.flagged > 0
    assert told["smearwatch_cells_unscored_total"][()] == stored.unscored == 0
    assert told["smearwatch_frames_total"][("counted", "good")] == stored.fields
    assert told["smearwatch_frames_total"][("gated", "paused")] >= 1
    assert told["smearwatch_frame_latency_seconds_count"][()] == stored.fields
    assert told["smearwatch_frame_latency_seconds_sum"][()] > 0
    assert told["smearwatch_segmentation_seconds_count"][()] >= stored.fields
    assert told["smearwatch_workers_connected"][()] == 1
    assert told["smearwatch_chunks_open"][()] == told["smearwatch_chunks_queued"][()] == 0
    assert told["smearwatch_messages_malformed_total"][()] == 0
    assert told["smearwatch_store_errors_total"][()] == 0
    assert told["process_resident_memory_bytes"][()] > 1e7
    assert of_worker["smearwatch_batch_crops_sum"][()] == stored.cells
    assert of_worker["smearwatch_scoring_seconds_count"][()] >= 1
    assert "smearwatch_fields_total" not in of_worker
    served = [at for one in (told, of_worker) for by in one.values() for at in by]
    assert not any("a" in labels for labels in served)  # no slide id leaves this way


def test_a_port_in_use_is_refused_before_the_slide_is_begun(command: Any):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = f"127.0.0.1:{taken.getsockname()[1]}"
        done = command("capture", SMALL, "--slide", "a", "--set", f"metrics.address={at}")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"smearwatch: cannot serve metrics at {at}")
    assert command("summary", "a").returncode == 2


def test_a_worker_without_a_port_ends_the_run_and_says_why(command: Any):
    done = command("run", SMALL, "--slide", "a", "--set", "metrics.address=65535")
    assert done.returncode == 2
    assert "there is no port 65536" in done.stderr
