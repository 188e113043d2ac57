"""Draws parasites into healthy cells: chromatin dots, rings, amoebae, and granular bodies.

They are drawn as what they are in a Giemsa stain, substances that absorb light: chromatin
mostly green, so that it looks red to purple; cytoplasm mostly red, so that it looks blue;
pigment mostly blue, so that it looks brown. No infected cell is looked at.
"""

from torch import Tensor

from workers.training.drawing.chance import Chance, Range
from workers.training.drawing.picture import Picture
from workers.training.drawing.shapes import Spot, dot, ridge, soft_edge

CHROMATIN: tuple[Range, ...] = ((0.05, 1.0), (0.8, 1.2), (0.0, 0.65))
CYTOPLASM: tuple[Range, ...] = ((0.8, 1.2), (0.35, 0.8), (0.0, 0.35))
PIGMENT: tuple[Range, ...] = ((0.2, 0.5), (0.4, 0.9), (0.6, 1.1))
PALE: tuple[Range, ...] = ((0.2, 1.0), (0.8, 1.2), (0.1, 0.8))

PLAIN_SHARE = 0.35
"""Share of cells that stay as they are: what is healthy must be seen as well."""
VISIBLE = 0.06
"""Mean absorption from which a pixel counts as part of a lesion."""
GRAINS = (9, 13, 18, 26, 36)
"""How many grains fit across a crop."""
KINDS = 10
DOTS, RINGS, AMOEBAE = range(4), range(4, 7), range(7, 8)
"""Which of the kinds are which; the others are granular bodies."""


class _Canvas:
    """What lesions absorb, and where they are."""

    def __init__(self, picture: Picture, chance: Chance) -> None:
        self.chance = chance
        self.picture = picture
        self.absorbed = picture.pixels.new_zeros(picture.pixels.shape)
        self.where = picture.mask.new_zeros(picture.mask.shape)

    def add(self, cells: Tensor, shape: Tensor, colour: Tensor) -> None:
        """Draw a shape, (m, h, w), in a colour, (m, 3, 1, 1); it counts where it is visible."""
        self.shade(cells, shape[:, None] * colour)
        visible = (shape[:, None] * colour).mean(1, keepdim=True) > VISIBLE
        self.mark(cells, visible.to(shape.dtype))

    def shade(self, cells: Tensor, absorbed: Tensor) -> None:
        self.absorbed[cells] += absorbed * self.picture.mask[cells]

    def mark(self, cells: Tensor, where: Tensor) -> None:
        self.where[cells] = self.where[cells].maximum(where * self.picture.mask[cells])


def with_lesions(picture: Picture, chance: Chance, healthy: Tensor) -> tuple[Picture, Tensor]:
    """Draw lesions into most of the healthy cells.

    Parameters
    ----------
    picture
        n cells.
    chance
        Source of chance.
    healthy
        (n,) bool, into which cells to draw.

    Returns
    -------
    The cells with lesions, and where these are, (n, 1, h, h) float32, 0 or 1.
    """
    canvas = _Canvas(picture, chance)
    kind = chance.kinds(KINDS, len(picture))
    drawn = healthy & (chance.coin(1 - PLAIN_SHARE, len(picture))[:, 0, 0] > 0)
    for share in (1.0, 0.45, 0.25):
        _dots(canvas, chance.some(share, drawn & (kind < RINGS.start)))
    for share in (1.0, 0.25):
        ringed = drawn & (kind >= RINGS.start) & (kind < RINGS.stop)
        _rings(canvas, chance.some(share, ringed))
    _amoebae(canvas, chance.some(1.0, drawn & (kind == AMOEBAE.start)))
    _granular(canvas, chance.some(1.0, drawn & (kind >= AMOEBAE.stop)))
    everywhere = chance.some(1.0, len(picture))
    return picture.absorbing(everywhere, canvas.absorbed), canvas.where


def _dots(canvas: _Canvas, cells: Tensor) -> None:
    chance, count = canvas.chance, len(cells)
    shape = dot(chance, count, canvas.picture.size, (1.0, 4.5))
    canvas.add(cells, shape, chance.colour((0.18, 1.1), CHROMATIN, count))


def _rings(canvas: _Canvas, cells: Tensor) -> None:
    """Draw a ring or part of one, a chromatin dot on it, and a pale vacuole inside."""
    chance, count = canvas.chance, len(cells)
    spot = Spot(chance, count, canvas.picture.size)
    radius, width = chance.between(2.5, 8, count), chance.between(0.6, 1.6, count)
    head = chance.between(0, 6.283, count)
    along = (spot.across.atan2(spot.down) - head).cos()
    part = soft_edge(along + chance.between(-0.3, 0.8, count), 1 / 6)
    closed = chance.coin(0.6, count)
    ring = ridge(spot.distance - radius, width) * (closed + (1 - closed) * part)
    vacuole = spot.disc(radius - width, chance.between(0.6, 0.6, count))
    paler = vacuole * chance.between(0, 0.5, count)
    canvas.shade(cells, -paler[:, None] * canvas.picture.absorption()[cells])
    canvas.add(cells, ring, _either(chance, CYTOPLASM, CHROMATIN, (0.1, 0.65), count))
    chromatin = soft_edge(
        chance.between(0.8, 2.6, count) - spot.around(radius, head), chance.between(0.3, 0.8, count)
    )
    there = chance.coin(0.8, count)
    canvas.add(cells, chromatin * there, chance.colour((0.3, 1.2), CHROMATIN, count))


def _amoebae(canvas: _Canvas, cells: Tensor) -> None:
    """Draw a ragged body with a chromatin dot somewhere."""
    chance, count, size = canvas.chance, len(cells), canvas.picture.size
    spot = Spot(chance, count, size)
    body = 2 * (1 - spot.distance / chance.between(5, 16, count))
    ragged = body + chance.noise(count, 12, size) * chance.between(0.3, 1.2, count)
    shape = soft_edge(ragged, 1 / chance.between(1.5, 5, count))
    canvas.add(cells, shape, _either(chance, CYTOPLASM, CHROMATIN, (0.08, 0.55), count))
    nucleus = dot(chance, count, size, (1.0, 3.5))
    canvas.add(cells, nucleus, chance.colour((0.25, 1.1), CHROMATIN, count))


def _granular(canvas: _Canvas, cells: Tensor) -> None:
    """Fill a region with dark and pale grains and pigment: schizonts, gametocytes.

    All of the region counts, since between two grains it is not healthy either.
    """
    chance, count, size = canvas.chance, len(cells), canvas.picture.size
    region = Spot(chance, count, size, 1.0).disc(
        chance.between(9, 45, count), chance.between(2, 2, count)
    )

    def grains(rarity: Range, sharpness: float, share: float) -> Tensor:
        level = chance.noise(count, chance.one_of(GRAINS), size) - chance.between(*rarity, count)
        return (soft_edge(level, 1 / sharpness) * region * chance.coin(share, count))[:, None]

    dark = grains((0.2, 1.3), 4, 1.0) * _either(chance, CHROMATIN, CYTOPLASM, (0.08, 0.65), count)
    pale = grains((0.2, 1.2), 4, 0.6) * chance.colour((0.0, 0.4), PALE, count)
    pigment = grains((1.0, 2.2), 6, 0.6) * chance.colour((0.05, 0.5), PIGMENT, count)
    canvas.shade(cells, dark - pale + pigment)
    canvas.mark(cells, (region[:, None] > 0.5).to(region.dtype))  # noqa: PLR2004 - its edge


def _either(
    chance: Chance,
    first: tuple[Range, ...],
    second: tuple[Range, ...],
    amount: Range,
    count: int,
) -> Tensor:
    chosen = chance.coin(0.5, count)[:, None]
    colours = [chance.colour(amount, balance, count) for balance in (first, second)]
    return chosen * colours[0] + (1 - chosen) * colours[1]
