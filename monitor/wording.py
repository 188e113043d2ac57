"""How counts are said to a person: a suspicion with its uncertainty, never a diagnosis."""

from monitor.store import Summary, ToldEvent
from workers.thresholds.adapt import Adaptation

LEDGER = ("counted", "gated", "rejected", "skipped", "failed")


def parasitemia(result: Summary) -> str:
    """Say the flagged share as a percentage with its 95 % interval."""
    low, high = result.parasitemia_low, result.parasitemia_high
    if result.parasitemia is None or low is None or high is None:
        return "no cell scored yet"
    return f"{result.parasitemia:.2%} (95 % interval {low:.2%} to {high:.2%})"


def counted(result: Summary) -> str:
    """Say cells, fields and flagged cells in one phrase."""
    return (
        f"{result.cells:,} cells in {result.fields} fields, "
        f"{result.flagged:,} flagged, {parasitemia(result)}"
    )


def ledger(result: Summary) -> str:
    """Say where the frames went, leaving out what is zero."""
    parts = [(name, getattr(result, f"frames_{name}")) for name in LEDGER]
    said = ", ".join(f"{count} {name}" for name, count in parts if count)
    return f"{result.frames_seen} seen" + (f" = {said}" if said else "")


def event_line(event: ToldEvent) -> str:
    """Say an event in one line: when, of what kind, and what."""
    if event.kind == "field":
        what = f"{event.cells} cells, {event.flagged} flagged, {event.unscored} unscored"
    else:
        what = " ".join((event.text or event.reason or "").split())
    over = "" if event.cleared is None else ("over: " if event.cleared else "now: ")
    frame = "" if event.number is None else f"{event.name or f'frame {event.number}'}: "
    return f"{event.at[:19].replace('T', ' ')}  {event.kind:<10} {over}{frame}{what}"


def adaptation(found: Adaptation) -> str:
    """Say how a threshold was moved with the slide's stain, or why not."""
    sign = "times" if found.space == "logarithmic" else "plus"
    shift = (
        "" if found.shift is None else f" (healthy scores: the model's {sign} {found.shift:.3g})"
    )
    if found.refused is not None:
        return f"threshold {found.given:g} not adapted: {found.refused}{shift}"
    return f"threshold adapted from {found.given:g} to {found.threshold:g}{shift}"
