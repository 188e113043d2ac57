"""Text from outside fit for a terminal and a log: one line, no control sequences."""

import unicodedata

_ESCAPED = frozenset({"Cc", "Zl", "Zp", "Cs"})
# They turn the direction of what follows, so that a name reads as another one.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    r"""Write control characters, line breaks and changes of direction as ``\xNN`` or ``\uNNNN``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    controls = sign in _DIRECTIONS or unicodedata.category(sign) in _ESCAPED
    return repr(sign)[1:-1] if controls else sign
