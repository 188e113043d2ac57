"""What is asked for when a slide is to be counted."""

from dataclasses import dataclass

from monitor.store import BeginMode


@dataclass(frozen=True, slots=True)
class CountRequest:
    """What to count.

    Attributes
    ----------
    source
        URI or path.
    slide
        Its id.
    mode
        ``new`` refuses a slide that exists, ``resume`` goes on with it, ``replace`` starts anew.
    endpoint
        Where to listen for workers.
    debug
        Whether the processes show where an error arose.
    label_in_source
        Whether the first frames may show the slide's label, which is not to be counted.
    """

    source: str
    slide: str
    mode: BeginMode
    endpoint: str
    debug: bool = False
    label_in_source: bool = False
