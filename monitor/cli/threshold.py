"""``threshold``: gives a model another threshold, without training it again."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from config import UsageError
from monitor.cli.options import ConfigFile, Json, SetOption, settings_from
from workers.thresholds.threshold import AnyRule, Budget, FBeta, Manual, MeanSigma, Youden

if TYPE_CHECKING:
    from monitor.threshold_change import Changed

Number = float | None
SHOWN_WHOLE = 10


def threshold(
    model: Annotated[str, typer.Argument(help="Shipped model or folder of an artefact.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the new artefact.")],
    sigma: Annotated[Number, typer.Option(help="Healthy mean + K deviations.", metavar="K")] = None,
    budget: Annotated[
        Number, typer.Option(help="False cells per million healthy ones.", metavar="PER_MILLION")
    ] = None,
    f_beta: Annotated[
        Number, typer.Option(help="Best F-beta on labelled cells.", metavar="B")
    ] = None,
    youden: Annotated[
        bool, typer.Option("--youden", help="Best sensitivity + specificity on labelled cells.")
    ] = False,
    value: Annotated[Number, typer.Option(help="This very score.", metavar="X")] = None,
    prevalence: Annotated[
        Number, typer.Option(help="Infected share that --f-beta is to be best for.")
    ] = None,
    healthy: Annotated[
        Path | None,
        typer.Option(help="Labelled set, or pictures of healthy smears (a subfolder a slide)."),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Labelled set, infected cells too.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an artefact that is there.")
    ] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Choose the score from which a cell is flagged, and write the model with it.

    --sigma, --budget and --value need no cells where the model keeps its healthy scores;
    --f-beta and --youden need --data. In a folder of plain pictures every cell counts as healthy.
    """
    if healthy is not None and data is not None:
        raise UsageError("--healthy and --data: give one of them, --data holds healthy cells too")
    if prevalence is not None and f_beta is None:
        raise UsageError("--prevalence goes with --f-beta alone")
    rule = _rule(sigma, budget, f_beta, youden, value, prevalence)
    # Not before it is needed: torch takes seconds to load.
    from monitor.threshold_change import Request, change_threshold  # noqa: PLC0415

    request = Request(model, rule, healthy, data, output, overwrite)
    changed = change_threshold(request, settings_from(config, sets))
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(changed) + b"\n")
    else:
        typer.echo(_told(changed))


def _rule(
    sigma: Number,
    budget: Number,
    f_beta: Number,
    youden: bool,
    value: Number,
    prevalence: Number,
) -> AnyRule:
    rules: list[AnyRule | None] = [
        None if sigma is None else MeanSigma(sigma),
        None if budget is None else Budget(budget),
        None if f_beta is None else FBeta(f_beta, prevalence),
        Youden() if youden else None,
        None if value is None else Manual(value),
    ]
    chosen = [rule for rule in rules if rule is not None]
    if len(chosen) != 1:
        raise UsageError("give one of --sigma, --budget, --f-beta, --youden and --value")
    return chosen[0]


def _told(changed: "Changed") -> str:
    """Say the threshold, what it flags wrongly, and what cannot be promised."""
    at = changed.threshold
    between = "" if at.interval is None else f" ({at.interval[0]:.4g} to {at.interval[1]:.4g})"
    lines = [
        f"{changed.model_id} in {changed.folder}",
        f"threshold {at.value:.5g}{between}: {changed.rule}",
    ]
    if at.false_positives is not None:
        rate = at.false_positives
        lines.append(
            f"false positives {_count(rate.per_million)} per million healthy cells "
            f"(95 % interval {_count(rate.low)} to {_count(rate.high)})"
        )
    if changed.unscored:
        lines.append(f"{changed.unscored:,} cells could not be scored and were left out")
    if at.warning is not None:
        lines.append(f"warning: {at.warning}")
    return "\n".join(lines)


def _count(per_million: float) -> str:
    return f"{per_million:,.0f}" if per_million >= SHOWN_WHOLE else f"{per_million:.2g}"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("threshold")(threshold)
