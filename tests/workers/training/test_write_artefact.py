"""An artefact takes its place whole, or what was there stays."""

import shutil
from pathlib import Path

import msgspec
import pytest

from config import UsageError
from workers.artefact import ArtefactError, load_card
from workers.training.write_artefact import refuse_output, write_artefact


@pytest.mark.parametrize("name", ["my model", "modèle", "a/.. b"])
def test_a_name_that_no_model_may_have_is_refused_before_the_work(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError, match="is no name for a model"):
        refuse_output(tmp_path / name, overwrite=True)


def test_an_artefact_that_cannot_be_loaded_does_not_replace_a_good_one(tmp_path: Path) -> None:
    good = load_card("conv-wide")
    place = tmp_path / "mine"
    shutil.copytree(good.folder, place)
    broken = msgspec.structs.replace(good.card, threshold=float("nan"))
    with pytest.raises(ArtefactError):
        write_artefact(place, broken, good.read_weights())
    assert load_card(str(place)).card == good.card
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
