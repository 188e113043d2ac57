"""A process that we start, listen to and stop."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

from config.redact import redacted
from config.settings import ENV_PREFIX

PARENTS_OWN = (ENV_PREFIX, "NOTIFY_SOCKET", "WATCHDOG_")

Line = Callable[[str], None]


class Child:
    """A Python module run as a process of its own; it ends when this process does.

    Its standard error is passed on line by line; its standard input is a pipe whose end
    tells it that its parent is gone.

    Parameters
    ----------
    name
        For people.
    arguments
        ``-m`` arguments: the module and what follows.
    line
        Called with every line that it writes, in a thread.
    clean
        Makes of such a line what may be shown.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        line: Line,
        clean: Callable[[str], str] = redacted,
    ) -> None:
        self.name = name
        self._line = line
        self._clean = clean
        # Settings reach a child through its file alone: a variable would outrank the
        # command line of the parent.
        # Nor does it speak for its parent to what watches over that.
        environment = {k: v for k, v in os.environ.items() if not k.upper().startswith(PARENTS_OWN)}
        # -P: a workers.py or numpy.py in the folder in which it is started, such as a stick with
        # pictures, is not run in place of the installed one.
        self._process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-P", "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=sys.stderr,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=environment,
        )
        self._pump = threading.Thread(target=self._pass_on, name=f"{name} log")
        self._pump.start()

    def _pass_on(self) -> None:
        stream = self._process.stderr
        if stream is not None:
            with stream:
                for line in stream:
                    self._line(self._clean(line.decode(errors="replace").rstrip("\n")))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Exit code, negative for the signal that killed it, None while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM; nothing happens where it has ended."""
        if self.exit_code is None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, with nothing tidied up."""
        self._process.kill()

    def stop(self, within_s: float) -> None:
        """End it, by force after ``within_s`` seconds, and let go of its pipes."""
        self.ask_to_stop()
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._pump.join()
