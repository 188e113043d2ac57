"""Something that a person should know about the picture."""

from dataclasses import dataclass
from typing import Literal

ConditionKind = Literal["frozen_picture", "dirt", "focus_drift", "lamp_drift"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that begins or is over.

    Attributes
    ----------
    kind
        What it is; there is one of a kind.
    raised
        True: it lasts from now on. False: it is over.
    text
        In words, for a person.
    """

    kind: ConditionKind
    raised: bool
    text: str
