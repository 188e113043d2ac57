"""A run opens no connection but those of its own processes, on this machine alone."""

import re
import shutil
import subprocess
import sys
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil
import pytest

from monitor.store import connect
from monitor.store.place import Place

FAMILIES = r"sa_family=AF_INET6?\b"
ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')


def strange(line: str) -> bool:
    """Whether a line of strace names an address that is not of this machine."""
    if not re.search(FAMILIES, line):
        return False
    named = [v4 or v6 for v4, v6 in ADDRESS.findall(line)]
    return not named or not all(ip_address(one).is_loopback for one in named)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('1 connect(5, {sa_family=AF_UNIX, sun_path="/run/a"}, 9) = 0', False),
        (
            '1 connect(5, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}',
            False,
        ),
        (
            '1 connect(5, {sa_family=AF_INET, sin_addr=inet_addr("10.0.0.1")}',
            True,
        ),
        ('1 bind(5, {sa_family=AF_INET, sin_addr=inet_addr("0.0.0.0")}', True),
        ('1 sendto(5, {sa_family=AF_INET6, inet_pton(AF_INET6, "::1", &sin6_addr)}', False),
        ('1 bind(5, {sa_family=AF_INET6, inet_pton(AF_INET6, "::", &sin6_addr)}', True),
    ],
)
def test_the_watcher_knows_an_address_of_others(line: str, found: bool):
    assert strange(line) is found


def tracing_works(tmp_path: Path) -> bool:
    if shutil.which("strace") is None:
        return False
    words = ["strace", "-f", "-o", str(tmp_path / "try"), "-e", "trace=network", "true"]
    return subprocess.run(words, check=False, capture_output=True, timeout=30).returncode == 0


def test_no_process_of_a_run_talks_to_another_machine(command: Any, pictures: Path, tmp_path: Path):
    connect(command.store).close()  # Started before: strace waits for all that it has seen begin.
    server = int(Place.of(command.store).pid_file.read_text())
    run = ["-m", "monitor", "run", str(pictures), "--slide", "a"]
    words = [sys.executable, *run, "--data-dir", str(command.store.data_dir)]
    strangers = traced(words, tmp_path) if tracing_works(tmp_path) else watched(words)
    assert strangers == []
    assert psutil.Process(server).net_connections("inet") == []
    assert command.summary("a").fields == 16


def traced(words: list[str], tmp_path: Path) -> list[str]:
    """Every call of a run that names an address of others, in whichever process or thread."""
    trace = tmp_path / "trace"
    calls = "trace=connect,bind,sendto,sendmsg,sendmmsg"
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", str(trace), "-e", calls]
    subprocess.run([*strace, *words], check=True, capture_output=True, timeout=110)
    lines = trace.read_text("utf-8", errors="replace").splitlines()
    assert sum("AF_UNIX" in line for line in lines) > 3
    return [line for line in lines if strange(line)]


def watched(words: list[str]) -> list[str]:
    """Every address of others that a process of a run is seen to have a socket with."""
    seen: set[str] = set()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            seen.update(_addresses(process.pid))
            time.sleep(0.01)
    assert process.returncode == 0
    return [host for host in seen if not ip_address(host).is_loopback]


def _addresses(pid: int) -> set[str]:
    """Host at either end of every internet socket of a living process and its children."""
    try:
        root = psutil.Process(pid)
        found = [
            end.ip
            for process in [root, *root.children(recursive=True)]
            for one in process.net_connections("inet")
            for end in (one.laddr, one.raddr)
            if end
        ]
    except psutil.Error:
        return set()
    return set(found)
