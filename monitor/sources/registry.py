"""Finds the kind of source that opens a URI; new kinds come in through an entry point."""

import difflib
import logging
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from config import Settings
from monitor.sources.paths import exists, missing, named_safely, scheme_of
from monitor.sources.protocol import Source, SourceError

logger = logging.getLogger(__name__)

GROUP = "smearwatch.sources"


def open_source(uri: str, settings: Settings) -> Source:
    """Open the source that ``uri`` names.

    Parameters
    ----------
    uri
        A path, or ``kind:...`` as the kinds installed understand it.
    settings
        All settings.

    Raises
    ------
    SourceError
        No kind opens this, the path does not exist, or the source cannot be opened.
    """
    kinds = _kinds()
    for kind in kinds.values():
        if kind.match(uri):
            return kind.open(uri, settings)
    raise _unknown(uri, [form for name, kind in kinds.items() for form in _forms(name, kind)])


def _kinds() -> dict[str, type[Source]]:
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    loaded = {entry.name: _load(entry) for entry in found}
    return {name: kind for name, kind in loaded.items() if kind is not None}


def _load(entry: EntryPoint) -> type[Source] | None:
    try:
        return cast("type[Source]", entry.load())
    except (ImportError, AttributeError) as error:
        logger.warning("source kind %s (%s) is left out: %s", entry.name, entry.value, error)
        return None


def _forms(name: str, kind: type[Source]) -> tuple[str, ...]:
    """Give what a kind opens, in words: its ``forms`` where it has them."""
    return getattr(kind, "forms", (f"{name}:...",))


def _unknown(uri: str, forms: list[str]) -> SourceError:
    known, named = ", ".join(forms), named_safely(uri)
    if exists(uri):
        return SourceError(f"{named} is no kind of file that can be counted; known are: {known}")
    scheme = scheme_of(uri)
    if scheme is None:
        return missing(uri)
    by_scheme = {form.partition(":")[0]: form for form in forms if ":" in form}
    near = difflib.get_close_matches(scheme, by_scheme, n=1)
    hint = f"; did you mean {by_scheme[near[0]]}?" if near else ""
    return SourceError(
        f"{named}: no kind of source is called {scheme!r}{hint or ';'} known are: {known}"
    )
