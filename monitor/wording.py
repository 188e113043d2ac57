"""How counts are said to a person: a suspicion with its uncertainty, never a diagnosis."""

from monitor.statistics.decision import Decision
from monitor.statistics.said import per_ul
from monitor.store import Summary, ToldEvent
from workers.thresholds.adapt import Adaptation

LEDGER = ("counted", "gated", "rejected", "skipped", "failed")


def parasitemia(result: Summary) -> str:
    """Say the flagged share as a percentage with its 95 % interval."""
    low, high = result.parasitemia_low, result.parasitemia_high
    if result.parasitemia is None or low is None or high is None:
        return "no cell scored yet"
    return f"{result.parasitemia:.2%} (95 % interval {low:.2%} to {high:.2%})"


def verdict(decision: Decision) -> str:
    """Say what the counts mean, with the level that it holds for."""
    reasons = "; ".join(decision.reasons)
    target = per_ul(decision.target_parasites_per_ul)
    sure = f"{decision.confidence:.0%} sure"
    match decision.verdict:
        case "positive":
            return f"positive: more cells flagged than without parasites, {sure}; to be checked"
        case "negative":
            above = decision.excluded_above_per_ul
            return f"negative above {target if above is None else per_ul(above)}, {sure}"
        case "undecided":
            return f"undecided: {reasons}"
        case "not_interpretable":
            return f"not interpretable: {reasons}"


def corrected(decision: Decision) -> str:
    """Say the corrected parasitemia with its interval, as a percentage and per microlitre."""
    share, count = decision.parasitemia_corrected, decision.parasites_per_ul
    if share is None or count is None:
        return ""
    low, high = decision.parasitemia_corrected_low or 0.0, decision.parasitemia_corrected_high or 0
    least, most = decision.parasites_per_ul_low or 0.0, decision.parasites_per_ul_high or 0.0
    return (
        f"{share:.2%} ({low:.2%} to {high:.2%}) corrected for the model's errors, "
        f"{count:,.0f} parasites/ul ({least:,.0f} to {most:,.0f})"
    )


def limit_of_detection(decision: Decision) -> str:
    """Say from how many parasites on so many cells detect them, and with any number of cells."""
    if decision.limit_of_blank is None:
        return ""
    now, best = decision.limit_of_detection_per_ul, decision.limit_of_detection_reachable_per_ul
    said = "no number of parasites" if now is None else f"from {per_ul(now)} on"
    more = "" if best is None else f"; {per_ul(best)} with any number of cells"
    return f"{said} with these cells{more}"


def excluded(decision: Decision) -> str:
    """Say how many parasites the count excludes."""
    above = decision.excluded_above_per_ul
    return "" if above is None else f"{per_ul(above)} or more, {decision.confidence:.0%} sure"


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
