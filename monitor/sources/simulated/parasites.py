"""Malaria parasites inside a red cell: rings, trophozoites and schizonts."""

from dataclasses import dataclass

import cv2
import numpy as np

from monitor.sources.simulated.shapes import Patch, Plane, blotches, disc
from monitor.sources.simulated.truth import Stage

TWO_DOTS = 0.3


@dataclass(frozen=True, slots=True)
class ParasiteLayers:
    """Where the parts of a parasite lie, each (n, n) float32.

    Attributes
    ----------
    cleared
        Share of the host cell's haemoglobin that is gone, in [0, 1].
    cytoplasm, chromatin, pigment
        Amount of each, 1 at full strength.
    """

    cleared: Plane
    cytoplasm: Plane
    chromatin: Plane
    pigment: Plane


def parasite_layers(
    rng: np.random.Generator, patch: Patch, radius: float, stage: Stage
) -> ParasiteLayers:
    """Draw a parasite.

    Parameters
    ----------
    rng
        Decides place, size and form.
    patch
        Around the host cell.
    radius
        Of the host cell, in pixels.
    stage
        ``ring``, ``trophozoite`` or ``schizont``.
    """
    draw = {"ring": _ring, "trophozoite": _trophozoite, "schizont": _schizont}[stage]
    return draw(rng, patch, radius)


def _ring(rng: np.random.Generator, patch: Patch, radius: float) -> ParasiteLayers:
    row, column = _within(rng, 0.5 * radius)
    size = radius * rng.uniform(0.22, 0.34)
    wide = disc(patch, row, column, size, 1.5)
    vacuole = disc(patch, row, column, size * 0.66, 1.5)
    opening = rng.uniform(0, 2 * np.pi)
    around = np.arctan2(patch.rows - row, patch.columns - column)
    band = (wide - vacuole) * (0.75 + 0.35 * np.cos(around - opening))
    chromatin = np.zeros_like(wide)
    for place in opening + np.array([0.0, rng.uniform(0.7, 2.5)])[: 1 + (rng.random() < TWO_DOTS)]:
        dot = radius * rng.uniform(0.09, 0.14)
        at = row + size * 0.85 * np.sin(place), column + size * 0.85 * np.cos(place)
        chromatin = np.maximum(chromatin, disc(patch, *at, dot, 1.2))
    return ParasiteLayers(0.35 * vacuole, 1.1 * band, chromatin, np.zeros_like(wide))


def _trophozoite(rng: np.random.Generator, patch: Patch, radius: float) -> ParasiteLayers:
    row, column = _within(rng, 0.25 * radius)
    body = np.zeros_like(patch.rows)
    for _ in range(int(rng.integers(5, 9))):
        away = _within(rng, 0.5 * radius)
        lobe = disc(patch, row + away[0], column + away[1], radius * rng.uniform(0.14, 0.3), 3)
        body = np.maximum(body, lobe)
    body *= np.clip(0.8 + 0.35 * blotches(rng, patch, radius / 6), 0, 1.4)
    hole = disc(patch, row, column, radius * rng.uniform(0.1, 0.2), 2)
    chromatin = 0.32 * _specks(rng, patch, 0.9 * radius, radius * 0.03, 45)
    away = _within(rng, 0.35 * radius)
    nucleus = disc(patch, row + away[0], column + away[1], radius * rng.uniform(0.13, 0.2), 2)
    pigment = _specks(rng, patch, 0.5 * radius, radius * 0.04, int(rng.integers(8, 20)))
    cleared = 0.45 * np.clip(body, 0, 1) * (1 - hole) + 0.7 * hole
    cytoplasm = 1.35 * body * (1 - hole)
    return ParasiteLayers(cleared, cytoplasm, np.maximum(chromatin, nucleus), pigment)


def _schizont(rng: np.random.Generator, patch: Patch, radius: float) -> ParasiteLayers:
    body = np.clip((0.93 - patch.share) / 0.08, 0, 1)
    body = body * np.clip(0.75 + 0.25 * blotches(rng, patch, radius / 5), 0.2, 1.2)
    count = int(rng.integers(10, 20))
    rings = np.sqrt((np.arange(count) + 0.7) / count) * 0.74 * radius
    turns = np.arange(count) * 2.4 + rng.uniform(0, 2 * np.pi) + rng.normal(0, 0.2, count)
    chromatin = np.zeros_like(body)
    for ring, turn in zip(rings * rng.uniform(0.88, 1.08, count), turns, strict=True):
        dot = radius * rng.uniform(0.085, 0.13)
        merozoite = disc(patch, ring * np.sin(turn), ring * np.cos(turn), dot, 2)
        chromatin = np.maximum(chromatin, merozoite)
    pigment = _specks(rng, patch, 0.22 * radius, radius * 0.06, 10)
    return ParasiteLayers(0.55 * np.clip(body, 0, 1), 0.55 * body, 0.95 * chromatin, 1.3 * pigment)


def _within(rng: np.random.Generator, radius: float) -> tuple[float, float]:
    reach, turn = radius * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
    return float(reach * np.sin(turn)), float(reach * np.cos(turn))


def _specks(rng: np.random.Generator, patch: Patch, reach: float, size: float, count: int) -> Plane:
    half = len(patch.rows) // 2
    plane = np.zeros_like(patch.rows)
    for _ in range(count):
        row, column = _within(rng, reach)
        plane[round(row) + half, round(column) + half] += 1
    spread = max(size, 0.7)
    result: Plane = np.minimum(cv2.GaussianBlur(plane, (0, 0), spread) * 6 * spread**2, 1)
    return result
