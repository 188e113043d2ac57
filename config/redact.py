"""Addresses fit to be shown: user names stay, passwords go."""

import re

HIDDEN = "***"

_START = re.compile(r"[^/]*//[^/?#:@]*:")
_PORT_AND_PATH = re.compile(r"[0-9]{1,5}[/?#]")
# In the path too: some cameras take /user=eve_password=s3cret_channel=1.sdp.
_PARAMETER = re.compile(
    r"(?P<key>[?&;/_,](?:p|[^=&#;/?]*(?:pass|pwd|pw|token|key|secret|auth|credential|sig)"
    r"[^=&#;/?]*)=)[^&#;/?]*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")


def without_secrets(uri: str) -> str:
    """Put ``***`` for the password and for parameters that sound like one.

    A password that was not percent-encoded, and so is no valid part of an address (``/``, ``?``,
    ``#`` or ``@`` in it), is hidden as well, at the price of hiding too much.
    """
    return _PARAMETER.sub(rf"\g<key>{HIDDEN}", _without_password(uri))


def redacted(text: str) -> str:
    """Hide the secrets of every address within a text, such as a line of a log."""
    return _ADDRESS.sub(lambda found: without_secrets(found[0]), text)


def _without_password(uri: str) -> str:
    start = _START.match(uri)
    if start is None:
        return uri
    after, at, host = uri[start.end() :].rpartition("@")
    no_password = _PORT_AND_PATH.match(after)  # as in host:554/live@2x
    return f"{start[0]}{HIDDEN}@{host}" if at and not no_password else uri
