"""Scans and photos by their verdict: good ones of many kinds, and each defect at several strengths.

Each is a name and what makes the file. The short lists are for every run; `every_good` and
`every_bad` are the whole grid, with them in it.
"""

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import product
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from local.scans import passport, photo, saved, scan, sheet

A4_INCHES = (8.27, 11.69)


class Sample(NamedTuple):
    name: str
    made: Callable[[], bytes]
    defect: str | None = None
    warnings: tuple[str, ...] = ()


def _pixels(dpi: int) -> tuple[int, int]:
    return round(A4_INCHES[0] * dpi), round(A4_INCHES[1] * dpi)


def _jpeg(image: Image.Image, *, quality: int = 80, dpi: int | None = 300) -> bytes:
    density = {"dpi": (dpi, dpi)} if dpi else {}
    return saved(image, format="JPEG", quality=quality, **density)


def _png(image: Image.Image, *, dpi: int | None = 300) -> bytes:
    return saved(image, format="PNG", compress_level=1, **({"dpi": (dpi, dpi)} if dpi else {}))


# ---- good ----------------------------------------------------------------------------------------


def one_bit(dpi: int = 300) -> bytes:
    return _png(sheet(_pixels(dpi)).point([255 * (v > 128) for v in range(256)]).convert("1"))


def few_greys() -> bytes:
    """As scanners' programs save "text": sixteen levels, in a palette."""
    return _png(sheet().point([v // 17 * 17 for v in range(256)]).convert("P"))


def patterned() -> Image.Image:
    """A certificate on paper with a fine pattern all over, and five lines."""
    page = Image.new("RGB", sheet().size, (244, 240, 226))
    draw = ImageDraw.Draw(page)
    for start in range(-page.height, page.width, 14):
        draw.line((start, 0, start + page.height, page.height), fill=(214, 206, 186), width=2)
    return ImageChops.multiply(page, sheet(lines=5, colour=True))


def empty_form() -> Image.Image:
    """Ruled for rows that nobody filled, under a heading."""
    page = sheet(lines=0).copy()
    draw = ImageDraw.Draw(page)
    for top in range(500, 3300, 90):
        draw.line((250, top, 2250, top), fill=60, width=3)
    return page


def card_on_a_dark_lid() -> Image.Image:
    """A card of 86 x 54 mm, scanned with the lid open: the rest of the sheet is black."""
    page = Image.new("L", sheet().size, 12)
    page.paste(sheet().crop((250, 350, 1266, 988)), (700, 1300))
    return page


def receipt() -> Image.Image:
    """Long and narrow, by chance as large as the screen of a telephone."""
    return sheet().crop((250, 300, 1330, 2700))


def messenger_photo(pixels: tuple[int, int]) -> bytes:
    """A photo as a messenger sends it: made smaller, no tags; the paper is overexposed."""
    seen = photo(sheet(colour=True), darkest=0.8, noise=0)
    return _jpeg(
        seen.resize(pixels).point([min(255, v * 5 // 4) for v in range(256)] * 3), dpi=None
    )


def _scanned(dpi: int, quality: int = 80, *, colour: bool = False, **options: float) -> bytes:
    return _jpeg(scan(sheet(_pixels(dpi), colour=colour), **options), quality=quality, dpi=dpi)


def _photographed(**options: float) -> bytes:
    return _jpeg(photo(sheet(colour=True), **options), quality=88, dpi=72)


SMALL = ("resolution_low",)

GOOD = [
    Sample("grey", partial(_scanned, 300)),
    Sample("quality 60, noise", partial(_scanned, 300, 60, noise=3)),
    Sample("colour, quality 95, soft optics", partial(_scanned, 300, 95, colour=True, softness=1)),
    Sample("skewed by 2 degrees", partial(_scanned, 300, skew=2, softness=0.7)),
    Sample("grey recycled paper", partial(_scanned, 300, paper=190, ink=50, noise=3)),
    Sample("soft, worn print", partial(_scanned, 300, ink=130, softness=1.5)),
    Sample("400 dpi", partial(_scanned, 400, softness=1)),
    Sample("1 bit", one_bit),
    Sample("16 greys in a palette", few_greys),
    Sample("photo by a window", _photographed),
    Sample("passport", lambda: _jpeg(scan(passport(), noise=2))),
    Sample("one line", lambda: _jpeg(scan(sheet(lines=1), softness=0.7))),
    Sample("heading only", lambda: _jpeg(scan(sheet(lines=0), softness=0.7, noise=3))),
    Sample("patterned paper", lambda: _jpeg(scan(patterned(), softness=0.7))),
    Sample("empty form", lambda: _jpeg(scan(empty_form(), softness=0.7))),
    Sample("card on a dark lid", lambda: _jpeg(scan(card_on_a_dark_lid()))),
    Sample("receipt, PNG", lambda: _png(receipt()), None, SMALL),
    Sample("receipt, JPEG", lambda: _jpeg(scan(receipt())), None, SMALL),
    Sample("photo by messenger, 16:9", partial(messenger_photo, (1080, 1920)), None, SMALL),
]


def every_good() -> Iterator[Sample]:
    yield from GOOD
    for dpi, quality, noise, skew in product((300, 400), (60, 75, 90), (0, 2, 4), (0, -2)):
        options = {"noise": noise, "skew": skew, "softness": 0.8 * dpi / 300}
        yield Sample(f"{dpi} {quality} {options}", partial(_scanned, dpi, quality, **options))
    for paper, ink, softness in product((255, 220, 160), (0, 40, 70), (0, 1, 1.5)):
        options = {"paper": paper, "ink": ink, "softness": softness}
        yield Sample(f"colour {options}", partial(_scanned, 300, colour=True, **options))
    for darkest, noise in product((0.4, 0.6, 0.9), (0, 4, 6)):
        options = {"darkest": darkest, "noise": noise}
        yield Sample(f"photo {options}", partial(_photographed, **options))
    for lines, softness in product((0, 1, 2, 4, 8, 16), (0, 1, 1.5)):
        made = partial(_of_few_lines, lines, softness)
        yield Sample(f"{lines} lines, softness {softness}", made)
    for softness in (0, 1, 2):
        yield Sample(f"600 dpi, softness {softness}", partial(_scanned, 600, softness=softness))
    yield Sample("1 bit, 600 dpi", partial(one_bit, 600))
    for size in ((960, 1280), (1200, 1600), (1536, 2048), (720, 1280)):
        yield Sample(f"photo by messenger, {size}", partial(messenger_photo, size), None, SMALL)


def _of_few_lines(lines: int, softness: float) -> bytes:
    return _jpeg(scan(sheet(lines=lines), softness=softness))


# ---- defects -------------------------------------------------------------------------------------


@cache
def blurred(radius: float, *, noise: float = 1.5) -> bytes:
    """`radius` in pixels at 300 dpi."""
    return _jpeg(scan(sheet(), softness=radius, noise=noise))


def blurred_photo(radius: float) -> bytes:
    return _jpeg(photo(sheet(colour=True).filter(ImageFilter.GaussianBlur(radius))))


def shaken(across: int, down: int) -> bytes:
    """The camera moved by so many pixels while it looked."""
    page = smeared = sheet()
    for step in range(1, 17):
        moved = ImageChops.offset(page, across * step // 16, down * step // 16)
        smeared = Image.blend(smeared, moved, 1 / (step + 1))
    return _jpeg(scan(smeared))


def enlarged(dpi: int) -> bytes:
    """A small picture made larger: pixels that say nothing."""
    return _jpeg(scan(sheet(_pixels(dpi)).resize(_pixels(300), Image.Resampling.BICUBIC)))


@cache
def dark(paper: int, *, noise: float = 2) -> bytes:
    return _jpeg(scan(sheet(), paper=paper, noise=noise))


def dark_photo(light: float) -> bytes:
    seen = photo(sheet(_pixels(200), colour=True), noise=0).point(
        [round(v * light) for v in range(256)] * 3
    )
    return _jpeg(seen)


@cache
def pale(ink: int, *, noise: float = 1.5, lines: int = 40) -> bytes:
    return _jpeg(scan(sheet(lines=lines), ink=ink, noise=noise))


@cache
def blank(paper: int = 246, *, noise: float = 2) -> bytes:
    return _jpeg(scan(Image.new("L", sheet().size, "white"), paper=paper, noise=noise))


def blank_with_dust() -> bytes:
    """Specks all over, and the shadow of the lid along two sides."""
    page = Image.new("L", sheet().size, "white")
    draw = ImageDraw.Draw(page)
    for number in range(60):
        left, top = number * 397 % page.width, number * 1009 % page.height
        draw.ellipse((left, top, left + 3, top + 4), fill=90)
    draw.rectangle((0, 0, 40, page.height), fill=70)
    draw.rectangle((0, 0, page.width, 30), fill=40)
    return _jpeg(scan(page))


def blank_photo() -> bytes:
    return _jpeg(photo(Image.new("L", _pixels(200), "white")))


def screen(pixels: tuple[int, int], *, is_dark: bool = False) -> Image.Image:
    """A document in a telephone's or a computer's viewer: bars of the system, buttons, the page."""
    width, height = pixels
    bar, ground = ((18, 18, 18), (30, 30, 32)) if is_dark else ((250, 250, 250), (226, 228, 232))
    image = Image.new("RGB", pixels, ground)
    draw = ImageDraw.Draw(image)
    tall = max(height // 28, 24)
    draw.rectangle((0, 0, width, tall * 2), fill=bar)
    draw.rectangle((0, height - tall, width, height), fill=bar)
    for number, left in enumerate((20, width - 160, width - 110, width - 60)):
        draw.rectangle(
            (left, tall // 3, left + 30 + 20 * (number == 0), tall * 2 // 3), fill=(120,) * 3
        )
    page_width = min(width - 20, (height - 4 * tall) * 210 // 297)
    page = sheet((page_width, page_width * 297 // 210), colour=True)
    image.paste(page, ((width - page_width) // 2, tall * 3))
    return image


@cache
def telephone_screen() -> bytes:
    return _png(screen((1170, 2532)), dpi=None)


BAD = [
    Sample("a telephone's, PNG", telephone_screen, "screenshot"),
    Sample("a telephone's, JPEG", lambda: _jpeg(screen((1080, 2400)), dpi=None), "screenshot"),
    Sample(
        "a dark theme", lambda: _jpeg(screen((1080, 2340), is_dark=True), dpi=None), "screenshot"
    ),
    Sample("a tablet's", lambda: _png(screen((1536, 2048)), dpi=None), "screenshot"),
    Sample("a computer's", lambda: _png(screen((1920, 1080)), dpi=96), "screenshot"),
    Sample("a laptop's", lambda: _png(screen((2880, 1800)), dpi=144), "screenshot"),
    Sample("blurred 4", partial(blurred, 4), "blurred"),
    Sample("blurred 6, noise", partial(blurred, 6, noise=5), "blurred"),
    Sample("blurred photo", partial(blurred_photo, 5), "blurred"),
    Sample("shaken across", partial(shaken, 24, 0), "blurred"),
    Sample("shaken aslant", partial(shaken, 18, 18), "blurred"),
    Sample("enlarged", partial(enlarged, 30), "blurred"),
    Sample("dark", partial(dark, 85), "too_dark"),
    Sample("darker", partial(dark, 40), "too_dark"),
    Sample("dark photo", partial(dark_photo, 0.3), "too_dark"),
    Sample("pale", partial(pale, 195), "too_pale"),
    Sample("paler, noise", partial(pale, 212, noise=4), "too_pale"),
    Sample("pale, one line", partial(pale, 200, lines=1), "too_pale"),
    Sample("blank", blank, "blank"),
    Sample("blank, noise", partial(blank, 225, noise=5), "blank"),
    Sample("blank, dust and shadows", blank_with_dust, "blank"),
    Sample("blank photo", blank_photo, "blank"),
]


def every_bad() -> Iterator[Sample]:
    yield from BAD
    for radius, noise in product((4, 5, 7, 10, 14), (0, 3, 6)):
        yield Sample(f"blur {radius}/{noise}", partial(blurred, radius, noise=noise), "blurred")
    for radius in (4, 6, 9):
        yield Sample(f"blurred photo {radius}", partial(blurred_photo, radius), "blurred")
    for across, down in ((20, 0), (0, 20), (0, 30), (40, 0), (16, 16), (30, -30)):
        yield Sample(f"shaken {across} {down}", partial(shaken, across, down), "blurred")
    for dpi in (20, 25, 30):
        yield Sample(f"enlarged {dpi}", partial(enlarged, dpi), "blurred")
    for paper, noise in product((90, 70, 50, 30, 15), (0, 3)):
        yield Sample(f"dark {paper} {noise}", partial(dark, paper, noise=noise), "too_dark")
    for light in (0.35, 0.25, 0.15):
        yield Sample(f"dark photo {light}", partial(dark_photo, light), "too_dark")
    for ink, noise, lines in product((195, 205, 215), (0, 3), (1, 5, 40)):
        made = partial(pale, ink, noise=noise, lines=lines)
        yield Sample(f"pale {ink} {noise} {lines}", made, "too_pale")
    for paper, noise in product((255, 230, 160), (0, 4, 6)):
        yield Sample(f"blank {paper} {noise}", partial(blank, paper, noise=noise), "blank")
