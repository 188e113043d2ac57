"""Addresses fit to be shown: user names stay, passwords go."""

import re

_PASSWORD = re.compile(r"^(?P<start>[^/]*//[^/?#]*?):[^/?#]*@")
_PARAMETER = re.compile(
    r"(?P<key>[?&][^=&#]*(?:pass|pwd|token|key|secret|auth)[^=&#]*=)[^&#]*", re.I
)


def without_secrets(uri: str) -> str:
    """Put ``***`` for the password and for parameters that sound like one."""
    return _PARAMETER.sub(r"\g<key>***", _PASSWORD.sub(r"\g<start>:***@", uri))
