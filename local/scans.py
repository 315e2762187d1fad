"""Scans such as citizens upload: A4 sheets at 300 dpi, below one megabyte, made on the spot."""

import io
from functools import cache

from PIL import Image, ImageDraw

A4_PIXELS_AT_300_DPI = (2480, 3508)


def sheet(pixels: tuple[int, int] = A4_PIXELS_AT_300_DPI) -> Image.Image:
    """A white sheet with lines of something like print."""
    width, height = pixels
    image = Image.new("L", pixels, "white")
    draw = ImageDraw.Draw(image)
    for number, top in enumerate(range(height // 12, height * 11 // 12, max(height // 40, 2))):
        right = width * (9 if number % 5 else 6) // 10
        draw.rectangle((width // 10, top, right, top + height // 120), fill=number * 3 % 90)
    return image


def saved(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


@cache
def good_jpeg() -> bytes:
    return saved(sheet(), format="JPEG", quality=80, dpi=(300, 300))


@cache
def good_png() -> bytes:
    return saved(sheet(), format="PNG", dpi=(300, 300))


@cache
def good_pdf(pages: int = 1) -> bytes:
    """Scanned pages, each one image."""
    scans = [sheet() for _ in range(pages)]
    return saved(scans[0], format="PDF", resolution=300, save_all=True, append_images=scans[1:])
