"""``train``: fits a model on healthy cells and writes it as an artefact."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from config import UsageError
from monitor.cli.options import MOST_SEED, ConfigFile, SetOption, settings_from
from workers.lifetime import interrupt_on_signals

if TYPE_CHECKING:
    from workers.training.watch import Step

DATA_VARIABLE = "SMEARWATCH_DATA"


def train_model(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the new artefact.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder with malaria-fields/ and nih-cells/.")
    ] = None,
    model: Annotated[str, typer.Option(help="Family of networks.")] = "draem",
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the cells, at most.")] = 10,
    examples: Annotated[
        int | None, typer.Option(min=1, help="Cells a pass; without, the recipe's.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Same seed, same model.")] = 0,
    colours: Annotated[
        Literal["rgb", "hsv", "grey"] | None, typer.Option(help="What the network sees.")
    ] = None,
    blur_px: Annotated[
        float | None, typer.Option(help="Blur of what it sees, sigma in pixels of the crop.")
    ] = None,
    score: Annotated[
        str | None, typer.Option(help="Name of a score; without, the family's own.")
    ] = None,
    loss: Annotated[
        Literal["mse", "mae", "ssim"] | None, typer.Option(help="Loss of the reconstruction.")
    ] = None,
    activity_l1: Annotated[
        float | None, typer.Option(help="Weight of the activity in an autoencoder's bottleneck.")
    ] = None,
    last_layer: Annotated[
        Literal["linear", "relu"] | None, typer.Option(help="What an autoencoder ends with.")
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(help="safetensors file of pretrained features, for vgg16 and resnet34."),
    ] = None,
    frozen: Annotated[bool, typer.Option("--frozen", help="Pretrained features stay.")] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace an artefact that is there.")] = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Train the model on healthy cells only; threshold and figures come from held-out ones."""
    # Not before it is needed: torch takes seconds to load.
    from workers.training import Choices, chosen, recipe_of, train  # noqa: PLC0415

    settings = settings_from(config, sets)
    plain = recipe_of(model)
    fit = msgspec.structs.replace(
        plain.fit,
        epochs=epochs,
        seed=seed,
        examples_an_epoch=examples or plain.fit.examples_an_epoch,
    )
    choices = Choices(
        colours, blur_px, score, loss, activity_l1, last_layer, weights, frozen or None
    )
    recipe = chosen(replace(plain, fit=fit), choices)
    with told_on_terminal(interrupt_on_signals()) as watch:
        artefact = train(data_folder(data), output, settings, recipe, overwrite, watch)
    if artefact is not None:
        at = artefact.card.threshold
        typer.echo(f"{artefact.model_id} in {artefact.folder}, threshold {at:.4g}")


@contextmanager
def told_on_terminal(stop: threading.Event) -> Iterator[Callable[["Step"], None]]:
    """Show on a terminal's standard error where a training stands; interrupt it at ``stop``."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    leads = os.environ.get("RANK", "0") == "0"
    with Progress(
        *columns, console=console, disable=not (console.is_terminal and leads), transient=True
    ) as bar:
        task = bar.add_task("reading the cells", total=None)

        def watch(step: "Step") -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            done = (step.epoch - 1) * step.steps + step.step
            said = f"pass {step.epoch} of {step.epochs}, loss {step.loss:.4f}"
            bar.update(task, description=said, completed=done, total=step.epochs * step.steps)

        yield watch


def data_folder(given: Path | None) -> Path:
    """Give the folder of data that the user names, by option or by SMEARWATCH_DATA.

    Raises
    ------
    UsageError
        There is neither.
    """
    named = given or (Path(os.environ[DATA_VARIABLE]) if DATA_VARIABLE in os.environ else None)
    if named is None:
        raise UsageError(f"no data: give --data FOLDER or set {DATA_VARIABLE}")
    return named


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("train")(train_model)
