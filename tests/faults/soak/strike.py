"""How each fault is done, and undone."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from soak import pictures
from soak.poison import poison_capture
from soak.processes import Process
from soak.proxy import Proxy
from soak.rig import STOPPED_WITHIN_S, BrokenError, Rig
from soak.schedule import KINDS, Fault
from soak.stores import send

LONGEST_DELAY_S = 0.05
MOST_STREAMS = 3

Strike = Callable[[Rig, Fault], AbstractContextManager[None]]


def strike(rig: Rig, fault: Fault) -> AbstractContextManager[None]:
    """Give what does a fault when it is entered and undoes it when it is left."""
    return _STRIKES[fault.kind](rig, fault)


def _victim(rig: Rig, fault: Fault) -> int:
    return int(fault.chance * len(rig.workers))


@contextmanager
def _kill_worker(rig: Rig, fault: Fault) -> Iterator[None]:
    rig.workers[_victim(rig, fault)].kill()
    yield
    rig.workers[_victim(rig, fault)] = rig.new_worker()


@contextmanager
def _drain_worker(rig: Rig, fault: Fault) -> Iterator[None]:
    victim = rig.workers[_victim(rig, fault)]
    victim.killed = True
    victim.ask_to_stop()
    yield
    if not victim.ended(STOPPED_WITHIN_S) or victim.exit_code != 0:
        raise BrokenError(f"a worker did not stop when asked to: {victim.last_line}")
    rig.workers[_victim(rig, fault)] = rig.new_worker()


@contextmanager
def _stop_worker(rig: Rig, fault: Fault) -> Iterator[None]:
    with _stopped(rig.workers[_victim(rig, fault)]):
        yield


@contextmanager
def _stop_capture(rig: Rig, _fault: Fault) -> Iterator[None]:
    with _stopped(rig.capture):
        yield


@contextmanager
def _stopped(process: Process) -> Iterator[None]:
    process.signal(signal.SIGSTOP)
    yield
    process.signal(signal.SIGCONT)


@contextmanager
def _kill_capture(rig: Rig, _fault: Fault) -> Iterator[None]:
    rig.kept_down.add("capture")
    rig.capture.kill()
    yield
    rig.kept_down.discard("capture")
    if rig.capture.exit_code != 0:
        rig.let_owner_time_pass()
        rig.take_over()


@contextmanager
def _usurp_capture(rig: Rig, _fault: Fault) -> Iterator[None]:
    """Have another capture take the slide from one that has only slept."""
    sleeper = rig.capture
    sleeper.signal(signal.SIGSTOP)
    before = rig.watcher.owner()
    if sleeper.exit_code is None:
        rig.let_owner_time_pass()
        rig.take_over()
        rig.wait(lambda: rig.watcher.owner() not in {None, before})
    yield
    sleeper.signal(signal.SIGCONT)
    if sleeper is rig.capture:
        return
    if not sleeper.ended(STOPPED_WITHIN_S):
        raise BrokenError(f"a capture goes on that has lost its slide: {sleeper.last_line}")
    if before is not None and sleeper.exit_code == 0:
        raise BrokenError("a capture has finished a slide that it had lost")


@contextmanager
def _kill_store(rig: Rig, _fault: Fault) -> Iterator[None]:
    rig.kept_down.add("store")
    send(rig.server.pid, signal.SIGKILL)
    yield
    rig.kept_down.discard("store")
    rig.server.start()


@contextmanager
def _stop_store(rig: Rig, _fault: Fault) -> Iterator[None]:
    pid = rig.server.pid
    send(pid, signal.SIGSTOP)
    yield
    send(pid, signal.SIGCONT)


@contextmanager
def _full_disk(rig: Rig, _fault: Fault) -> Iterator[None]:
    rig.disk.fill(rig.server.pid)
    yield
    rig.disk.empty(rig.server.pid)
    rig.server.start()


@contextmanager
def _poison_capture(rig: Rig, _fault: Fault) -> Iterator[None]:
    port = rig.capture.listens_on
    sent = [bytes(line.sent) for way in rig.ways for line in way.lines][-MOST_STREAMS:]
    if port is not None:
        rig.malformed.update(poison_capture(port, sent))
    yield


@contextmanager
def _poison_workers(rig: Rig, _fault: Fault) -> Iterator[None]:
    told = [bytes(line.answered) for way in rig.ways for line in way.lines][-MOST_STREAMS:]
    rig.malformed.update(rig.rogue.poison_workers(told))
    yield


@contextmanager
def _corrupt_image(rig: Rig, fault: Fault) -> Iterator[None]:
    pictures.corrupt(rig.folder / "p", fault.chance)
    yield


def _on_worker_lines(what: Callable[[Proxy, Fault], None]) -> Strike:
    return _on_lines(lambda rig: rig.ways, what)


def _on_store_line(what: Callable[[Proxy, Fault], None]) -> Strike:
    return _on_lines(lambda rig: [rig.store_way], what)


def _on_lines(
    proxies: Callable[[Rig], list[Proxy]], what: Callable[[Proxy, Fault], None]
) -> Strike:
    @contextmanager
    def on(rig: Rig, fault: Fault) -> Iterator[None]:
        for proxy in proxies(rig):
            what(proxy, fault)
        yield
        for proxy in proxies(rig):
            proxy.mend()

    return on


def _cut(proxy: Proxy, _fault: Fault) -> None:
    proxy.cut()


def _delay(proxy: Proxy, fault: Fault) -> None:
    proxy.delay(fault.chance * LONGEST_DELAY_S)


def _silence(proxy: Proxy, _fault: Fault) -> None:
    proxy.silence()


_STRIKES: dict[str, Strike] = {
    "kill_worker": _kill_worker,
    "stop_worker": _stop_worker,
    "drain_worker": _drain_worker,
    "cut_workers": _on_worker_lines(_cut),
    "delay_workers": _on_worker_lines(_delay),
    "silence_workers": _on_worker_lines(_silence),
    "poison_capture": _poison_capture,
    "poison_workers": _poison_workers,
    "kill_store": _kill_store,
    "stop_store": _stop_store,
    "full_disk": _full_disk,
    "cut_store": _on_store_line(_cut),
    "delay_store": _on_store_line(_delay),
    "silence_store": _on_store_line(_silence),
    "kill_capture": _kill_capture,
    "stop_capture": _stop_capture,
    "usurp_capture": _usurp_capture,
    "corrupt_image": _corrupt_image,
}
assert set(_STRIKES) == set(KINDS)
