"""What can be asked of the virtual microscope, and reading it from a URI."""

import difflib
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from monitor.sources.protocol import SourceError
from monitor.sources.simulated.stains import StainName

SCHEME = "simulated:"
MOST_COVERED = 0.45
FIELD_AREA_PX = 1280 * 960

Side = Annotated[int, Field(ge=64, le=8192)]


class SmearOptions(BaseModel):
    """The slide, and the size of a frame.

    Attributes
    ----------
    width, height
        Of a frame in pixels.
    density
        Mean number of red cells on 1280x960 pixels.
    diameter
        Mean diameter of a red cell in pixels.
    parasitemia
        Share of red cells with a parasite, in [0, 1].
    overlap
        Share of red cells that touch or overlap another one, in [0, 1].
    stain
        Colour scheme; ``auto`` lets the seed choose.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    width: Side = 1280
    height: Side = 960
    density: Annotated[float, Field(gt=0, le=2000)] = 110.0
    diameter: Annotated[float, Field(ge=16, le=200)] = 70.0
    parasitemia: Annotated[float, Field(ge=0, le=1)] = 0.02
    overlap: Annotated[float, Field(ge=0, le=1)] = 0.08
    stain: StainName = "auto"

    @model_validator(mode="after")
    def _room_for_cells(self) -> Self:
        covered = self.density * 0.785 * self.diameter**2 / FIELD_AREA_PX
        if covered > MOST_COVERED:
            most = int(self.density * MOST_COVERED / covered)
            raise ValueError(
                f"density {self.density:g} with diameter {self.diameter:g} leaves no room "
                f"between the cells; ask for a density of at most {most}"
            )
        return self


class MicroscopeOptions(SmearOptions):
    """The slide, and how it is looked at.

    Attributes
    ----------
    seed
        Of the slide and the stage's way.
    motion
        ``fields``: separate fields, each once. ``raster``, ``walk``, ``still``: a video.
    fields
        How many, with ``motion=fields``.
    frames
        How many, with the other motions; endless when absent.
    blur
        Standard deviation of the defocus in pixels.
    fps
        Frames per second of a video.
    live
        1: frames come in real time. 0: as fast as they are asked for.
    """

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    motion: Literal["fields", "raster", "walk", "still"] = "fields"
    fields: Annotated[int, Field(ge=1, le=1_000_000)] = 40
    frames: Annotated[int, Field(ge=1, le=2**31)] | None = None
    blur: Annotated[float, Field(ge=0, le=50)] = 0.0
    fps: Annotated[float, Field(gt=0, le=1000)] = 30.0
    live: bool = False

    @model_validator(mode="after")
    def _keys_fit_motion(self) -> Self:
        video = sorted({"frames", "fps"} & self.model_fields_set) + ["live=1"] * self.live
        if self.motion == "fields" and video:
            raise ValueError(f"{video[0]} needs motion=raster, motion=walk or motion=still")
        if self.motion != "fields" and "fields" in self.model_fields_set:
            raise ValueError(f"fields needs motion=fields; with motion={self.motion} set frames")
        return self


def options_from_uri(uri: str) -> MicroscopeOptions:
    """Read ``simulated:?key=value&...``.

    Raises
    ------
    SourceError
        A key is unknown or given twice, or a value does not fit; names the nearest valid key.
    """
    query = uri.removeprefix(SCHEME).removeprefix("//").removeprefix("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError as error:
        raise SourceError(f"{uri}: cannot be read; write {SCHEME}?seed=1&fields=40") from error
    _refuse_keys(uri, [key for key, _ in pairs])
    try:
        return MicroscopeOptions.model_validate(dict(pairs))
    except ValidationError as error:
        raise SourceError(f"{uri}: {_problem(error)}") from error


def _refuse_keys(uri: str, keys: list[str]) -> None:
    known = sorted(MicroscopeOptions.model_fields)
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0)
            raise SourceError(f"{uri}: unknown key '{key}'; did you mean '{near[0]}'?")
        if keys.count(key) > 1:
            raise SourceError(f"{uri}: '{key}' is given more than once; give it once")


def _problem(error: ValidationError) -> str:
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return message
    return f"{first['loc'][0]}={first['input']}: {message[0].lower()}{message[1:]}"
