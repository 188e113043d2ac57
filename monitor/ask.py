"""Asks for a slide to pause, go on or finish, and waits until its capture has done so."""

import time

from config import SmearwatchError
from monitor.store import (
    LIVING,
    Action,
    Store,
    Summary,
    Wanted,
    ask_slide,
    record_deed,
    summary,
)

LOOK_S = 0.1

_DONE = {"counting": "gone on", "paused": "paused", "finished": "finished"}
_DEEDS: dict[Wanted, Action] = {
    "counting": "resumed",
    "paused": "paused",
    "finished": "finished",
}


class NotObeyedError(SmearwatchError):
    """A capture has not done what it was asked."""


def ask_and_wait(store: Store, slide_id: str, wanted: Wanted, wait_s: float) -> Summary:
    """Ask for a slide to be ``counting``, ``paused`` or ``finished``; give its counts once it is.

    Parameters
    ----------
    store
        Where it is.
    slide_id
        Its id.
    wanted
        What is asked.
    wait_s
        Seconds to wait for the capture.

    Raises
    ------
    SlideNotFound, SlideNotCounting
        There is nothing that could be asked.
    NotObeyedError
        The capture has not done so in time, or the slide has ended otherwise.
    """
    ask_slide(store, slide_id, wanted)
    record_deed(store, slide_id, _DEEDS[wanted])
    deadline_s = time.monotonic() + wait_s
    while True:
        result = summary(store, slide_id)
        if _reached(result, wanted):
            return result
        if result.state not in LIVING:
            raise NotObeyedError(
                f"slide {slide_id} has ended before it was {_DONE[wanted]}: it is {result.state}"
            )
        if time.monotonic() >= deadline_s:
            raise NotObeyedError(_late_text(slide_id, wanted, wait_s))
        time.sleep(LOOK_S)


def _reached(result: Summary, wanted: Wanted) -> bool:
    if wanted == "finished":
        return result.state in {"complete", "incomplete"}
    return result.state == wanted


def _late_text(slide_id: str, wanted: Wanted, wait_s: float) -> str:
    return (
        f"slide {slide_id} has not {_DONE[wanted]} within {wait_s:g} s; what was asked stands, "
        f"and happens once the fields in flight are counted: see smearwatch summary {slide_id}"
    )
