"""What a check is: a small function whose finding becomes a :class:`Check`."""

import functools
from collections.abc import Callable
from typing import Literal, NamedTuple, ParamSpec

import msgspec

from config import SmearwatchError

State = Literal["ok", "note", "failed"]

_P = ParamSpec("_P")


class Finding(NamedTuple):
    """What a look at one thing has shown.

    Attributes
    ----------
    state
        ``ok``; ``note``: worth knowing, but nothing that hinders; ``failed``.
    found
        What was found.
    cure
        What to do about it; None only where nothing is to be done.
    """

    state: State
    found: str
    cure: str | None = None


class Check(msgspec.Struct, frozen=True):
    """The result of one check.

    Attributes
    ----------
    name
        What was checked.
    state, found, cure
        As in :class:`Finding`.
    """

    name: str
    state: State
    found: str
    cure: str | None = None


def check(name: str, cure: str) -> Callable[[Callable[_P, Finding]], Callable[_P, Check]]:
    """Make a check of a function that looks at one thing.

    Parameters
    ----------
    name
        What is checked.
    cure
        What to do when the look ends in one of our own errors.
    """

    def wrap(look: Callable[_P, Finding]) -> Callable[_P, Check]:
        @functools.wraps(look)
        def checked(*args: _P.args, **kwargs: _P.kwargs) -> Check:
            try:
                return Check(name, *look(*args, **kwargs))
            except SmearwatchError as error:
                return Check(name, "failed", str(error), cure)
            except Exception as error:  # a broken check is a failed check, not the end of the rest
                return Check(name, "failed", _words_of(error), f"see why it broke; {cure}")

        return checked

    return wrap


def _words_of(error: Exception) -> str:
    words = " ".join(str(error).split()) or "no reason given"
    return f"the check itself broke: {type(error).__name__}: {words}"
