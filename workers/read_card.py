"""Reads a card, and says in one line what is wrong with it."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from config.read_yaml import BrokenYamlError, read_yaml, yaml_text
from workers.card import (
    CARD_FILE,
    WEIGHTS_FILE,
    ArtefactError,
    Card,
    Normalisation,
    TrainingData,
)
from workers.check_card import problems_of
from workers.score_settings import Part, ScoreSettings


def read_card(path: Path) -> Card:
    """Read a card and check it.

    Raises
    ------
    ArtefactError
        The file is missing or broken, or a key is unknown, missing or has no sensible value.
    """
    try:
        content, _ = read_yaml(yaml_text(path))
        card = msgspec.convert(content, Card)
    except OSError as error:
        raise ArtefactError(
            f"{path}: {error.strerror}; an artefact has {CARD_FILE} and {WEIGHTS_FILE}"
        ) from error
    except BrokenYamlError as error:
        place = "" if error.line is None else f" at line {error.line}"
        raise ArtefactError(f"{path}: not YAML{place} ({error}); restore the file") from error
    except UnicodeDecodeError as error:
        raise ArtefactError(f"{path}: not YAML; restore the file") from error
    except msgspec.ValidationError as error:
        raise ArtefactError(f"{path}: {error}{_nearest_key(str(error))}") from error
    for problem in problems_of(card):
        raise ArtefactError(f"{path}: {problem}; restore the card or train again")
    return card


def _nearest_key(problem: str) -> str:
    unknown = re.search(r"unknown field `(.+?)`", problem)
    structs: tuple[Any, ...] = (Card, Normalisation, ScoreSettings, Part, TrainingData)
    keys = [key for struct in structs for key in struct.__struct_fields__]
    close = get_close_matches(unknown[1], keys, n=1) if unknown else []
    return f"; did you mean {close[0]}?" if close else ""
