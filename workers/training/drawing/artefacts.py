"""Draws into cells what healthy ones have as well: a network must learn to leave it alone.

Central pallor, refractile spots, uneven light, a neighbour that overlaps, streaks of stain, and
dirt: what the worst of the healthy cells of real smears turned out to have.
"""

from workers.training.drawing.chance import Chance, Range
from workers.training.drawing.picture import Picture
from workers.training.drawing.shapes import TURN, Spot, axes, dot, ridge, soft_edge

STREAK: tuple[Range, ...] = ((0.3, 1.2), (0.4, 1.2), (0.0, 0.6))
NEUTRAL: tuple[Range, ...] = ((0.8, 1.2), (0.8, 1.2), (0.8, 1.2))

PALLOR_SHARE = 0.15
REFRACTILE_SHARE = 0.15
GRADIENT_SHARE = 0.3
NEIGHBOUR_SHARE = 0.2
STREAK_SHARE = 0.08
DIRT_SHARE = 0.12


def with_artefacts(picture: Picture, chance: Chance) -> Picture:
    """Draw artefacts into some of the n cells."""
    for draw in (_pallor, _refractile, _gradient, _neighbour, _streak, _dirt):
        picture = draw(picture, chance)
    return picture


def _pallor(picture: Picture, chance: Chance) -> Picture:
    """Make the middle pale and the rim dark, as in cells that are thin or target-like."""
    cells = chance.some(PALLOR_SHARE, len(picture))
    count = len(cells)
    rows, columns = axes(picture.size)
    half = (picture.size - 1) / 2
    down = rows - half - chance.between(-5, 5, count)
    across = (columns - half - chance.between(-5, 5, count)) * chance.between(0.8, 1.25, count)
    distance = (down.square() + across.square()).sqrt()
    pale = soft_edge(chance.between(7, 20, count) - distance, chance.between(0.8, 5, count))
    less = pale * chance.between(0, 0.9, count) - chance.between(0, 0.5, count)
    return picture.absorbing(cells, -less[:, None] * picture.absorption()[cells])


def _refractile(picture: Picture, chance: Chance) -> Picture:
    """Draw a bright spot with a thin dark edge of no colour."""
    cells = chance.some(REFRACTILE_SHARE, len(picture))
    count = len(cells)
    spot = Spot(chance, count, picture.size, 1.0)
    radius = chance.between(2, 9, count)
    bright = spot.disc(radius, chance.between(0.4, 1.5, count)) * chance.between(0.05, 0.6, count)
    edge = ridge(spot.distance - radius - 1, chance.between(0.7, 1.5, count))
    dark = edge * chance.between(0, 0.12, count)
    own = picture.absorption()[cells]
    return picture.absorbing(cells, dark[:, None] - bright[:, None] * own)


def _gradient(picture: Picture, chance: Chance) -> Picture:
    cells = chance.some(GRADIENT_SHARE, len(picture))
    count = len(cells)
    rows, columns = axes(picture.size)
    half, turn = picture.size / 2, chance.between(0, TURN, count)
    slope = ((rows - half) * turn.sin() + (columns - half) * turn.cos()) / half
    return picture.absorbing(cells, (slope * chance.between(0, 0.15, count))[:, None])


def _neighbour(picture: Picture, chance: Chance) -> Picture:
    """Draw a lens in which two cells absorb, with a darker or brighter edge."""
    cells = chance.some(NEIGHBOUR_SHARE, len(picture))
    count = len(cells)
    rows, columns = axes(picture.size)
    turn, radius = chance.between(0, TURN, count), chance.between(14, 60, count)
    far, half = chance.between(0, 28, count) + radius, picture.size / 2
    distance = (rows - half - far * turn.sin()).square()
    distance = (distance + (columns - half - far * turn.cos()).square()).sqrt()
    lens = soft_edge(radius - distance, chance.between(0.4, 1.5, count))
    edge = ridge(distance - radius, chance.between(0.7, 1.6, count))
    more = lens * chance.between(0, 1, count) + edge * chance.between(-0.4, 0.6, count)
    return picture.absorbing(cells, more[:, None] * picture.absorption()[cells])


def _streak(picture: Picture, chance: Chance) -> Picture:
    """Draw a straight band of stain over the cell."""
    cells = chance.some(STREAK_SHARE, len(picture))
    count = len(cells)
    rows, columns = axes(picture.size)
    turn, half = chance.between(0, TURN, count), picture.size / 2
    across = (rows - half) * turn.sin() + (columns - half) * turn.cos()
    across = across - chance.between(-26, 26, count)
    width = chance.between(3, 40, count)
    band = soft_edge(across, chance.between(0.5, 3, count))
    band = band * soft_edge(width - across, chance.between(0.5, 5, count))
    return picture.absorbing(cells, band[:, None] * chance.colour((0.05, 0.9), STREAK, count))


def _dirt(picture: Picture, chance: Chance) -> Picture:
    """Draw a grey or black dot: what absorbs all colours alike is no parasite."""
    cells = chance.some(DIRT_SHARE, len(picture))
    count = len(cells)
    shape = dot(chance, count, picture.size, (0.8, 4.0))
    return picture.absorbing(cells, shape[:, None] * chance.colour((0.1, 2.2), NEUTRAL, count))
