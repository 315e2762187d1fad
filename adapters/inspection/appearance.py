"""How a page looks: blank, too dark, too pale, blurred. Measured on its own paper, in small blocks.

The page is looked at twice: whole, shrunk to about 150 dpi, which evens out the noise of a camera;
and, where its strongest print is, in tiles at about 300 dpi, where sharpness is. A block's paper is
its brightest tenth, its ink the darkest hundredth: so uneven light and a few lines on an empty
sheet are judged as what they are. The figures are those of docs/decisions/images.md.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from adapters.inspection.verdict import DefectFound

if TYPE_CHECKING:
    from PIL import Image

LONGER_SIDE = 1754
"""Pixels of the page when it is looked at whole: A4 at 150 dpi."""

SHARP_SIDE = 3508
"""Pixels of the page where sharpness is measured: A4 at 300 dpi."""

NARROWEST = 100
"""Pixels to the shorter side, of what is looked at."""

ACROSS = 12
DOWN = 16
MARGIN = 0.04
"""The part of each side that is not looked at: shadows of edges and of the lid are there."""

TILES = 8

DARKEST_PAPER = 100
"""Of 255, where the page is brightest."""

BLANK_CONTRAST = 18
"""Levels between paper and ink: less is noise, and the other side showing through."""

PALEST_INK = 0.25
"""The part of the paper's light that print takes away, where it is strongest."""

SOFTEST_EDGE = 0.3
"""The step of the sharpest edges within two pixels at 300 dpi, as a part of the contrast there."""

NO_EDGE = 0.07
"""The same of the thirtieth part of a tile, where there is only noise."""


class Edges(NamedTuple):
    """Steps of the level within two pixels, as parts of the contrast: the largest two-hundredth's
    and the largest thirtieth's."""

    steepest: float
    usual: float


class Block(NamedTuple):
    """A part of the page, with the levels (0..255) of its paper and ink."""

    box: tuple[int, int, int, int]
    paper: int
    ink: int

    @property
    def contrast(self) -> float:
        """The part of the paper's light that the ink takes away."""
        return (self.paper - self.ink) / max(self.paper, 1)


def check_appearance(image: "Image.Image") -> None:
    """`image` has bands of eight bits. What is narrower than NARROWEST passes: it shows nothing."""
    if min(image.size) < NARROWEST:
        return
    shrunk = _times_too_large(image.size, LONGER_SIDE)
    blocks = _blocks(image.reduce(shrunk).convert("L"))
    if _share_below([block.paper for block in blocks], 0.95) < DARKEST_PAPER:
        raise DefectFound("too_dark")
    printed = [block for block in blocks if block.paper - block.ink >= BLANK_CONTRAST]
    if not printed:
        raise DefectFound("blank")
    strongest = _share_below([block.contrast for block in printed], 0.95)
    if strongest < PALEST_INK:
        raise DefectFound("too_pale")
    clear = [block for block in printed if block.contrast >= strongest / 2]
    if _sharpness(image, [_times(block.box, shrunk) for block in clear]) < SOFTEST_EDGE:
        raise DefectFound("blurred")


def _times_too_large(size: tuple[int, int], longer_side: int) -> int:
    """Rounded up, for the sake of noise; but of a long strip something is left across."""
    times = math.ceil(max(size) / longer_side - 0.1)
    return max(1, min(times, min(size) // NARROWEST))


def _blocks(page: "Image.Image") -> list[Block]:
    width, height = page.size
    columns = [round(width * (MARGIN + (1 - 2 * MARGIN) * n / ACROSS)) for n in range(ACROSS + 1)]
    rows = [round(height * (MARGIN + (1 - 2 * MARGIN) * n / DOWN)) for n in range(DOWN + 1)]
    blocks = []
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            box = (left, top, right, bottom)
            levels = page.crop(box).histogram()
            blocks.append(Block(box, _level(levels, 0.9), _level(levels, 0.01)))
    return blocks


def _sharpness(image: "Image.Image", boxes: list[tuple[int, int, int, int]]) -> float:
    """0..1 of the softest direction, in the sharper tiles: a shaken camera smears along one.

    A tile without edges across a direction says nothing of it: the rules of a form run one way.
    """
    chosen = boxes[:: math.ceil(len(boxes) / TILES)]
    shrunk = _times_too_large(image.size, SHARP_SIDE)
    tiles = [_edges(image.crop(box).reduce(shrunk).convert("L")) for box in chosen]
    directions = list(zip(*tiles, strict=True))
    told = [[edges for edges in found if edges.usual > NO_EDGE] for found in directions]
    judged = [found for found in told if found] or directions
    return min(_share_below([edges.steepest for edges in found], 0.8) for found in judged)


def _edges(tile: "Image.Image") -> list[Edges]:
    """In four directions."""
    from PIL import ImageFilter  # noqa: PLC0415

    levels = tile.histogram()
    contrast = max(_level(levels, 0.995) - _level(levels, 0.005), 1)
    inner = (1, 1, tile.width - 1, tile.height - 1)  # a filter leaves the outermost as they were
    found = []
    for kernel in _KERNELS:
        steps = tile.filter(ImageFilter.Kernel((3, 3), kernel, scale=6, offset=128)).crop(inner)
        sizes = _sizes(steps.histogram())
        steepest, usual = (2 * _level(sizes, share) / contrast for share in (0.995, 0.97))
        found.append(Edges(steepest, usual))
    return found


def _sizes(steps: list[int]) -> list[int]:
    """How many steps there are of each size, up and down alike; 128 is no step."""
    return [steps[128], *(up + down for up, down in zip(steps[129:], steps[127:0:-1], strict=True))]


def _level(histogram: Sequence[int], share: float) -> int:
    """The level that `share` of the pixels do not exceed."""
    sums = list(accumulate(histogram))
    return bisect_left(sums, share * sums[-1])


def _share_below(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _times(box: tuple[int, int, int, int], factor: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return left * factor, top * factor, right * factor, bottom * factor


_KERNELS = (
    (-1, 0, 1, -1, 0, 1, -1, 0, 1),
    (-1, -1, -1, 0, 0, 0, 1, 1, 1),
    (0, 1, 1, -1, 0, 1, -1, -1, 0),
    (1, 1, 0, 1, 0, -1, 0, -1, -1),
)
"""Across, down and both ways aslant: means of three steps (Prewitt)."""
