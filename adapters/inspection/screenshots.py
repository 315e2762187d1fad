"""Pictures of a screen instead of the document.

A picture counts as one only if it has the size of a screen to the pixel and no density but a
screen's; a JPEG must also have large areas of exactly one level, which neither a camera nor a
scanner gives. Shapes that cameras have too (4:3, 3:2, 16:9) count as PNG only. So a cropped picture
of a screen is not recognised, and no scan is taken for one.
"""

from typing import TYPE_CHECKING

from adapters.inspection.verdict import DefectFound

if TYPE_CHECKING:
    from PIL import Image

_PHONES = {
    *((640, 1136), (720, 1280), (720, 1440), (720, 1480), (720, 1520), (720, 1544), (720, 1560)),
    *((720, 1600), (720, 1612), (720, 1650), (750, 1334), (828, 1792), (1080, 1920), (1080, 2040)),
    *((1080, 2160), (1080, 2220), (1080, 2232), (1080, 2240), (1080, 2244), (1080, 2246)),
    *((1080, 2248), (1080, 2270), (1080, 2280), (1080, 2310), (1080, 2312), (1080, 2316)),
    *((1080, 2340), (1080, 2376), (1080, 2388), (1080, 2392), (1080, 2400), (1080, 2404)),
    *((1080, 2408), (1080, 2412), (1080, 2424), (1080, 2436), (1080, 2448), (1080, 2460)),
    *((1080, 2520), (1080, 2640), (1125, 2436), (1170, 2532), (1179, 2556), (1200, 2640)),
    *((1200, 2670), (1206, 2622), (1220, 2656), (1220, 2712), (1224, 2700), (1240, 2772)),
    *((1242, 2208), (1242, 2688), (1256, 2760), (1260, 2736), (1260, 2800), (1264, 2780)),
    *((1280, 2772), (1280, 2800), (1284, 2778), (1290, 2796), (1320, 2868), (1344, 2992)),
    *((1440, 2560), (1440, 2880), (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120)),
    *((1440, 3168), (1440, 3200), (1440, 3216)),
}
_TABLETS = {
    *((768, 1024), (800, 1280), (1200, 1920), (1200, 2000), (1488, 2266), (1536, 2048)),
    *((1600, 2560), (1620, 2160), (1640, 2360), (1668, 2224), (1668, 2388), (1668, 2420)),
    *((1752, 2800), (1800, 2880), (2000, 3000), (2048, 2732), (2064, 2752)),
}
_DESKTOPS = {
    *((768, 1360), (768, 1366), (720, 1280), (800, 1280), (864, 1536), (900, 1440)),
    (900, 1600),
    *((1024, 1280), (1050, 1680), (1080, 1920), (1080, 2560), (1200, 1920), (1440, 2560)),
    *((1440, 3440), (1440, 5120), (1600, 2560), (1600, 3840), (1664, 2560), (1800, 2880)),
    *((1864, 2880), (1964, 3024), (1920, 3072), (2160, 3840), (2234, 3456), (2880, 5120)),
}
_SCREENS = _PHONES | _TABLETS | _DESKTOPS
"""Shorter and longer side in pixels, of telephones, tablets and computers sold since 2012."""

_SHAPES_OF_CAMERAS = (4 / 3, 3 / 2, 16 / 9)

_DENSEST_SCREEN = 144
"""Dots an inch that systems write into a picture of the screen: none, 72, 96, 120 or 144."""

_FLAT = 0.25
"""The part of the picture that has exactly one level."""


def check_screenshot(image: "Image.Image", page: "Image.Image") -> None:
    """`page` is the image as it looks, with bands of eight bits."""
    size = (min(image.size), max(image.size))
    density = max(image.info.get("dpi", (0,)))
    if size in _SCREENS and density <= _DENSEST_SCREEN + 1 and _is_drawn(image, page):
        raise DefectFound("screenshot")


def _is_drawn(image: "Image.Image", page: "Image.Image") -> bool:
    """By a system, not by light."""
    if image.format == "PNG":
        return True
    shape = max(image.size) / min(image.size)
    return not any(abs(shape - photo) < 0.01 for photo in _SHAPES_OF_CAMERAS) and _is_flat(page)


def _is_flat(page: "Image.Image") -> bool:
    levels = page.convert("L").histogram()
    return max(levels) >= _FLAT * sum(levels)
