"""Every setting, typed and bounded. Values and comments live in ``default.yaml``."""

from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.address import Address

ENV_PREFIX = "SMEARWATCH_"

# Upper bounds far beyond all sense: what comes after them overflows in a driver or a clock.
Positive = Annotated[float, Field(gt=0, le=1e9)]
Seconds = Annotated[float, Field(gt=0, le=1e6)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1, le=10**9)]


def _at_least(other: str, times: float = 1.0) -> AfterValidator:
    """Make a check that a value is so many times that of another key, which stands before it."""

    def check(value: float, info: ValidationInfo) -> float:
        least = times * info.data.get(other, 0.0)
        if value < least:
            of = f"{times:g} times {other}" if times != 1 else other
            raise PydanticCustomError("too_small", f"must be {least:g} or more, {of}")
        return value

    return AfterValidator(check)


def _number_or_auto(value: object) -> object:
    """Say what is allowed where neither is given; a union would name one of its halves only."""
    if isinstance(value, str) and value != "auto":
        try:
            return float(value)
        except ValueError:
            raise PydanticCustomError("auto", "must be a number, auto or null") from None
    return value


OrAuto = BeforeValidator(_number_or_auto)
Exposure = Annotated[Positive | Literal["auto"] | None, OrAuto]
WhiteBalance = Annotated[
    Annotated[float, Field(ge=1000, le=20000)] | Literal["auto"] | None, OrAuto
]


class Section(BaseModel):
    """A group of settings: immutable, strict about its keys, its numbers finite."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )


class StoreSettings(Section):
    """Redis: which server, and how much is kept of a slide."""

    url: str | None
    data_dir: Path | None
    max_flagged_cells: Count
    max_sampled_cells: Count
    max_reviews: Count
    max_events: Count
    retry_initial_s: Seconds
    retry_max_s: Annotated[Seconds, _at_least("retry_initial_s")]


class RetentionSettings(Section):
    """How long slides are kept; ``smearwatch prune`` alone deletes."""

    older_than_days: Positive | None
    keep_slides: Count | None


class SourceSettings(Section):
    """Cameras, streams and watched folders."""

    width_px: Count | None
    height_px: Count | None
    fps: Positive | None
    pixel_format: str | None
    exposure_ms: Exposure
    gain: float | None
    white_balance_k: WhiteBalance
    open_timeout_s: Seconds
    reconnect_initial_s: Seconds
    reconnect_max_s: Annotated[Seconds, _at_least("reconnect_initial_s")]
    watch_settle_s: Seconds
    watch_idle_s: Seconds | None


class SlideSettings(Section):
    """A slide from its begin to its end."""

    idle_finish_s: Seconds | None
    label_wait_s: Seconds


class GateSettings(Section):
    """Which frames of a video or camera are counted: each place of the slide once."""

    mode: Literal["auto", "on", "off"]
    min_new_share: Share
    moving_new_share: Share
    settle_frames: Count
    settle_ms: Positive
    max_keyframes: Count


class CareSettings(Section):
    """What is watched in the frames of a video or camera, and from when on it is told."""

    frozen_s: Seconds | None
    dirt_depth: Annotated[float, Field(ge=0.02, le=0.5)] | None
    focus_loss: Annotated[float, Field(ge=0.1, lt=1)] | None
    lamp_change: Annotated[float, Field(ge=0.02, lt=1)] | None


class SegmenterSettings(Section):
    """Finding the cells of a field."""

    um_per_pixel: Annotated[float, Field(ge=0.01, le=2)] | None
    min_diameter_px: Positive
    max_diameter_px: Annotated[Positive, _at_least("min_diameter_px")]
    threads: Count | None


class QualitySettings(Section):
    """Which fields are too poor to count."""

    min_cells: Annotated[int, Field(ge=0, le=10**9)]
    min_focus_score: Annotated[float, Field(ge=0)]
    max_saturated_share: Share
    max_covered_share: Share


class ModelSettings(Section):
    """Which model scores, and from which score on a cell is flagged."""

    artefact: str
    threshold: float | None


class WorkerSettings(Section):
    """The scoring processes."""

    count: Count
    device: str
    threads: Count | None
    batch_size: Annotated[int, Field(ge=1, le=65536)]
    max_wait_ms: Annotated[float, Field(ge=0, le=1e6)]
    credits: Count


class DispatchSettings(Section):
    """Handing chunks to workers over ZeroMQ."""

    endpoint: str
    heartbeat_s: Seconds
    lease_s: Annotated[Seconds, _at_least("heartbeat_s", times=3)]
    max_attempts: Count
    max_message_bytes: Annotated[int, Field(ge=1 << 16, le=1 << 30)]
    max_fields_in_flight: Count


class DecisionSettings(Section):
    """What a slide's counts are compared with, and when counting stops by itself."""

    rbc_per_ul: Positive
    target_parasites_per_ul: Positive
    confidence: Annotated[float, Field(ge=0.5, le=0.9999)]
    limit_of_blank_per_million: Annotated[float, Field(ge=0, lt=1_000_000)] | None
    site: Path | None
    max_rejected_share: Share
    max_unscored_share: Share
    stop_when_decided: bool
    stop_at_cells: Count | None
    stop_at_fields: Count | None
    stop_at_interval_width: Annotated[float, Field(gt=0, le=1)] | None


def _address(value: object) -> object:
    try:
        return None if value is None else str(Address.of(str(value)))
    except ValueError as error:
        raise PydanticCustomError("address", "{problem}", {"problem": str(error)}) from None


class MetricsSettings(Section):
    """Where figures are served to Prometheus."""

    address: Annotated[str | None, BeforeValidator(_address)]


class LogSettings(Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"]
    format: Literal["text", "json"]


class Settings(BaseSettings):
    """All settings of a process; made by :func:`config.load`, which alone knows the layers."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    store: StoreSettings
    retention: RetentionSettings
    source: SourceSettings
    slide: SlideSettings
    gate: GateSettings
    care: CareSettings
    segmenter: SegmenterSettings
    quality: QualitySettings
    model: ModelSettings
    worker: WorkerSettings
    dispatch: DispatchSettings
    decision: DecisionSettings
    metrics: MetricsSettings
    log: LogSettings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given and nothing else: no environment is read behind the back."""
        return (init_settings,)


SECTIONS: dict[str, type[Section]] = {
    name: cast("type[Section]", field.annotation) for name, field in Settings.model_fields.items()
}
