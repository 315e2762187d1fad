"""Scans such as citizens upload, made on the spot: sheets of print, with a stamp and a portrait.

The same arguments give the same pixels. Lengths are in millimetres of the paper; what is made once
is kept, so that a test that only needs a good file pays for it once.
"""

# ruff: noqa: S311 - chance here draws letters and grain

import io
import random
from functools import cache

from fontpkg_pt_sans import ROOT
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

A4_PIXELS_AT_300_DPI = (2480, 3508)
A4_WIDTH = 210
WORDS = [
    *("справка", "выдана", "заявителю", "для", "предъявления", "по", "месту", "требования"),
    *("настоящим", "подтверждается", "что", "семья", "состоит", "на", "учёте", "проживает"),
    *("совместно", "доход", "за", "период", "указан", "в", "таблице", "сведения", "сверены", "с"),
    *("данными", "учёта", "основание", "запись", "книге", "регистрации", "подпись"),
]
"""Invented: what a sheet says does not matter."""

GRAIN = 512
"""Pixels along a tile of noise."""


def saved(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


# ---- what is on the paper ------------------------------------------------------------------------


@cache
def sheet(
    pixels: tuple[int, int] = A4_PIXELS_AT_300_DPI, *, lines: int = 40, colour: bool = False
) -> Image.Image:
    """White paper, A4 whatever its pixels: a heading, `lines` of print, a table, a stamp.

    Every caller gets the same image: copy it before drawing on it.
    """
    image = Image.new("RGB" if colour else "L", pixels, "white")
    ink = (20, 20, 26) if colour else 20
    _print(image, lines, ink)
    if lines >= 20:
        _table(image, ink)
        _portrait(image, colour=colour)
        _stamp(image, (50, 60, 160) if colour else 85)
    return image


def passport(dpi: int = 300) -> Image.Image:
    """A spread of 125 x 176 mm on patterned paper, in colour."""
    width, height = round(125 / 25.4 * dpi), round(176 / 25.4 * dpi)
    image = Image.new("RGB", (width, height), (236, 226, 214))
    draw = ImageDraw.Draw(image)
    for number in range(0, height + width, max(dpi // 20, 2)):  # the fine pattern of such paper
        draw.line(
            (0, number, width, number - width), fill=(222, 206, 196), width=max(dpi // 150, 1)
        )
    mm = dpi / 25.4
    font = _font("Regular", 4 * mm)
    for number in range(9):
        top = (12 + number * 7) * mm
        draw.text((50 * mm, top), WORDS[number].upper(), font=font, fill=(40, 34, 50))
        draw.text((50 * mm, top + 90 * mm), WORDS[-number], font=font, fill=(40, 34, 50))
    image.paste(
        _face((round(32 * mm), round(42 * mm))).convert("RGB"), (round(10 * mm), round(14 * mm))
    )
    return image


def _print(image: Image.Image, lines: int, ink: object) -> None:
    draw, mm = ImageDraw.Draw(image), image.width / A4_WIDTH
    chosen = random.Random(lines)
    draw.text((70 * mm, 18 * mm), "СПРАВКА № 1207", font=_font("Bold", 6 * mm), fill=ink)
    font = _font("Regular", 3.9 * mm)
    for number in range(lines):
        words = chosen.choices(WORDS, k=11 if number % 6 else 6)
        draw.text((25 * mm, (34 + number * 5.6) * mm), " ".join(words)[:78], font=font, fill=ink)


def _table(image: Image.Image, ink: object) -> None:
    """Covers the lines that would stand there."""
    draw, mm = ImageDraw.Draw(image), image.width / A4_WIDTH
    left, top = 25 * mm, 130 * mm
    draw.rectangle((left, top - 2 * mm, 205 * mm, top + 37 * mm), fill="white")
    font = _font("Regular", 3.6 * mm)
    for row in range(6):
        for column in range(5):
            box = (left + column * 32 * mm, top + row * 6 * mm)
            draw.rectangle((*box, box[0] + 32 * mm, box[1] + 6 * mm), outline=ink)
            draw.text(
                (box[0] + 2 * mm, box[1] + mm), f"{row * 7 + column}1 260,50", font=font, fill=ink
            )


def _stamp(image: Image.Image, ink: object) -> None:
    """Round, across the last lines; a signature beside it."""
    draw, mm = ImageDraw.Draw(image), image.width / A4_WIDTH
    width = max(round(mm / 2), 1)
    for radius in (19, 17, 11):
        box = [place * mm for place in (60 - radius, 262 - radius, 60 + radius, 262 + radius)]
        draw.ellipse(box, outline=ink, width=width)
    draw.text((52 * mm, 259 * mm), "ОТДЕЛ", font=_font("Bold", 5 * mm), fill=ink)
    swing = random.Random(7)
    line = [((95 + step * 4) * mm, (266 + swing.uniform(-6, 6)) * mm) for step in range(9)]
    draw.line(line, fill=ink, width=width, joint="curve")


def _portrait(image: Image.Image, *, colour: bool) -> None:
    mm = image.width / A4_WIDTH
    face = _face((max(round(30 * mm), 1), max(round(40 * mm), 1)))
    image.paste(face.convert("RGB") if colour else face, (round(155 * mm), round(34 * mm)))


def _face(pixels: tuple[int, int]) -> Image.Image:
    """Soft light and shade, as a photograph has."""
    small = Image.new("L", (120, 160), 200)
    draw = ImageDraw.Draw(small)
    draw.ellipse((16, 112, 104, 208), fill=70)
    draw.ellipse((32, 24, 88, 112), fill=170)
    draw.chord((28, 12, 92, 72), 180, 360, fill=50)
    for left in (46, 68):
        draw.ellipse((left, 62, left + 7, 67), fill=30)
    draw.line((48, 92, 72, 92), fill=110, width=3)
    small = small.filter(ImageFilter.GaussianBlur(1.5))
    return small.resize(pixels, Image.Resampling.BICUBIC)


@cache
def _font(weight: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(ROOT / f"files/PT_Sans-Web-{weight}.ttf", max(size, 1))


# ---- what a scanner and a camera make of it ------------------------------------------------------


def scan(
    page: Image.Image,
    *,
    paper: int = 246,
    ink: int = 0,
    noise: float = 1.5,
    skew: float = 0,
    softness: float = 0,
) -> Image.Image:
    """`paper` and `ink`: the levels that white and black come out at. `noise`: deviation in levels.

    `skew` in degrees; `softness`: radius of the optics' blur in pixels.
    """
    if skew:
        page = page.rotate(skew, Image.Resampling.BILINEAR, fillcolor="white")
    if softness:
        page = page.filter(ImageFilter.GaussianBlur(softness))
    levels = [round(ink + (paper - ink) * level / 255) for level in range(256)]
    return with_noise(page.point(levels * len(page.getbands())), noise)


def photo(page: Image.Image, *, darkest: float = 0.6, noise: float = 4) -> Image.Image:
    """Taken by a telephone beside a window: the corner away from it is `darkest` as bright.

    The sheet lies on a brown table, a little turned and seen from its lower edge.
    """
    page = page.convert("RGB")
    width, height = page.size
    dot = width / 2480
    corners = [(-60, -80), (-20, 60), (60, 10), (-10, -110)]  # left out of the picture, or table
    places = [(0, 0), (0, height), (width, height), (width, 0)]
    edges = [
        (x + across * dot, y + down * dot)
        for (x, y), (across, down) in zip(places, corners, strict=True)
    ]
    seen = page.transform(
        page.size,
        Image.Transform.QUAD,
        [side for edge in edges for side in edge],
        Image.Resampling.BILINEAR,
        fillcolor=(120, 88, 60),
    )
    levels = bytes(round(245 * (darkest + (1 - darkest) * part)) for part in (0.2, 0, 1, 0.7))
    light = Image.frombytes("L", (2, 2), levels).resize(page.size, Image.Resampling.BILINEAR)
    return with_noise(ImageChops.multiply(seen, light.convert("RGB")), noise)


def with_noise(image: Image.Image, deviation: float) -> Image.Image:
    """About normal; the same in every band."""
    if not deviation:
        return image
    tile, grain = _grain(deviation), Image.new("L", image.size)
    for top in range(0, image.height, GRAIN):
        for left in range(0, image.width, GRAIN):
            grain.paste(tile, (left, top))
    return ImageChops.add(image, grain.convert(image.mode), offset=-128)


@cache
def _grain(deviation: float) -> Image.Image:
    """A tile of 128 +- deviation: the mean of four random bytes deviates by 37."""
    random_bytes = random.Random(1).randbytes(4 * GRAIN * GRAIN)
    fours = Image.frombytes("L", (2 * GRAIN, 2 * GRAIN), random_bytes).reduce(2)
    return fours.point([round(128 + (level - 128) * deviation / 37) for level in range(256)])


# ---- files ---------------------------------------------------------------------------------------


@cache
def good_jpeg() -> bytes:
    return saved(scan(sheet(), noise=1), format="JPEG", quality=75, dpi=(300, 300))


@cache
def good_png() -> bytes:
    return saved(sheet(), format="PNG", dpi=(300, 300))


@cache
def good_pdf(pages: int = 1) -> bytes:
    """Scanned pages, each one image."""
    scans = [sheet().copy() for _ in range(pages)]  # saving leaves its options on an image
    return saved(scans[0], format="PDF", resolution=300, save_all=True, append_images=scans[1:])
