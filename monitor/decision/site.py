"""A site's own calibration: the threshold and the background of its slides without parasites."""

from math import isfinite
from pathlib import Path

import msgspec
import yaml

from config import UsageError
from config.read_yaml import BrokenYamlError, read_yaml, yaml_text
from config.settings import DecisionSettings
from monitor.statistics import HealthySlides

LEAST_QUANTILES = 3
"""The lowest score, the middle and the highest: fewer tell nothing of their bulk."""


class SiteSlide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slide without parasites: its id, its scored cells, and those flagged at the threshold."""

    slide: str
    cells: int
    flagged: int


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A site calibration, as its YAML file holds it.

    Attributes
    ----------
    model_id
        Model that scored the slides.
    threshold
        Score from which a cell is flagged.
    budget_per_ul, rbc_per_ul
        False parasites per microlitre that the threshold was chosen for, and red cells.
    limit_of_blank_per_ul
        False parasites per microlitre that 95 % of slides without parasites do not exceed.
    limit_of_detection_per_ul
        Parasites per microlitre that 95 % of slides exceed it at, with any number of cells.
    slides
        What that rests on.
    healthy_quantiles
        Scores of their cells at evenly spaced quantiles 0, ..., 1.
    created, software_version
        Day, ISO 8601, and version of smearwatch.
    simulated
        Whether the slides are of the virtual microscope.
    """

    model_id: str
    threshold: float
    budget_per_ul: float
    rbc_per_ul: float
    limit_of_blank_per_ul: float
    limit_of_detection_per_ul: float
    slides: tuple[SiteSlide, ...]
    healthy_quantiles: tuple[float, ...]
    created: str
    software_version: str
    simulated: bool = False

    def healthy(self) -> HealthySlides:
        """Give the slides as a background.

        Raises
        ------
        ValueError
            There is none, or its counts make no sense.
        """
        flagged = tuple(one.flagged for one in self.slides)
        return HealthySlides(flagged, tuple(one.cells for one in self.slides))


def dump_site(site: Site) -> bytes:
    """Write a site calibration as YAML that :func:`read_site` reads."""
    plain = msgspec.to_builtins(site)
    return yaml.safe_dump(plain, sort_keys=False, width=100, default_flow_style=None).encode()


def read_site(path: Path) -> Site:
    """Read a site calibration.

    Raises
    ------
    UsageError
        The file cannot be read, or is not what ``calibrate-site`` writes.
    """
    cure = "make it anew with smearwatch calibrate-site"
    try:
        site = msgspec.convert(read_yaml(yaml_text(path))[0], Site)
        _check(site)
    except OSError as error:
        raise UsageError(f"site calibration {path} cannot be read: {error.strerror}") from error
    except (BrokenYamlError, UnicodeDecodeError) as error:
        raise UsageError(f"site calibration {path} is not YAML: {cure}") from error
    except (msgspec.ValidationError, ValueError) as error:
        raise UsageError(f"site calibration {path}: {error}; {cure}") from error
    return site


def _check(site: Site) -> None:
    """Refuse what cannot have come of slides."""
    site.healthy()
    figures = (site.threshold, site.budget_per_ul, site.rbc_per_ul, *site.healthy_quantiles)
    if not all(isfinite(value) for value in figures):
        raise ValueError("a figure is not finite")
    if len(site.healthy_quantiles) < LEAST_QUANTILES or list(site.healthy_quantiles) != sorted(
        site.healthy_quantiles
    ):
        raise ValueError("healthy_quantiles are not scores in rising order")


def site_threshold(settings: DecisionSettings, model_id: str) -> float | None:
    """Give the site's threshold; None where no site is set.

    Raises
    ------
    UsageError
        The calibration cannot be read, or is that of another model.
    """
    if settings.site is None:
        return None
    site = read_site(settings.site)
    if site.model_id != model_id:
        raise UsageError(
            f"site calibration {settings.site} is for model {site.model_id}, not for {model_id}: "
            "name that model's folder with --set model.artefact=FOLDER, or calibrate anew"
        )
    return site.threshold
