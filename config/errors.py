"""The errors that a user sees: one line that names the thing, the cause and the cure."""


class SmearwatchError(Exception):
    """Anything that stops the work; its text is the one line shown to the user."""

    exit_code = 1


class StoppedError(SmearwatchError):
    """The user stopped the work before its end."""

    exit_code = 130


class UsageError(SmearwatchError):
    """The command or its settings are wrong; nothing was started."""

    exit_code = 2
