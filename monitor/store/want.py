"""Asks the capture that counts a slide to pause, go on or finish."""

import shlex

from monitor.store.connection import Store
from monitor.store.errors import SlideNotCounting, SlideNotFound, StoreError
from monitor.store.keys import SlideKeys
from monitor.store.queries import not_found_text
from monitor.store.records import Wanted
from monitor.store.writer import OWNER_LIVING_MS

_VERBS = {"counting": "resume", "paused": "pause", "finished": "finish"}


def ask_slide(store: Store, slide_id: str, wanted: Wanted) -> None:
    """Ask for a slide to be ``counting``, ``paused`` or ``finished``.

    The capture hears of it with its next heartbeat, within half a second; its summary's state
    says when it has done so.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    SlideNotCounting
        No capture counts it, or it is being finished and something else is asked.
    """
    reply = store.client.run("want", SlideKeys.of(slide_id), [OWNER_LIVING_MS, wanted])
    match [part.decode() for part in reply]:
        case ["ok"]:
            return
        case ["missing"]:
            raise SlideNotFound(not_found_text(store, slide_id))
        case ["ended", state, source]:
            raise SlideNotCounting(_ended_text(slide_id, state, source, wanted))
        case ["finishing"]:
            raise SlideNotCounting(
                f"slide {slide_id} is being finished: there is nothing to {_VERBS[wanted]}"
            )
        case answer:
            raise StoreError(f"slide {slide_id}: the store gives an unknown answer, {answer}")


def _ended_text(slide_id: str, state: str, source: str, wanted: Wanted) -> str:
    shown = state if state in {"complete", "incomplete"} else "interrupted"
    text = f"slide {slide_id} is not being counted ({shown}): there is nothing to {_VERBS[wanted]}"
    if wanted == "counting":
        again = f"smearwatch run {shlex.quote(source)} --slide {slide_id} --resume"
        return f"{text}; go on counting it with {again}"
    return text
