"""The colours that a partnership chooses, and its mark, as far as they can be taken."""

import colorsys
from dataclasses import dataclass

import nh3

LEAST_CONTRAST = 7
WHITE = "#ffffff"
INK = "#1b2527"  # of the words on every page
RED_WITHIN = 12  # degrees of the circle of colours


@dataclass(frozen=True)
class Brand:
    """The colours that a partnership chooses, each as '#rrggbb'."""

    brand: str
    dark: str
    tint: str
    line: str


@dataclass(frozen=True)
class ColourFault:
    """A colour that cannot be taken, with the sentence that says why."""

    field: str
    sentence: str


def brand_faults(brand: Brand) -> list[ColourFault]:
    """What is wrong with a partnership's colours; an empty list where nothing is."""
    unreadable = [
        ColourFault(field, f"Write the colour as # and six figures, such as {PETROL.brand}")
        for field, colour in vars(brand).items()
        if not is_colour(colour)
    ]
    return unreadable or [
        *_means_error("brand", brand.brand),
        *_too_pale("brand", brand.brand, WHITE, "white"),
        *_too_dark_a_ground("tint", brand.tint),
        *(
            _too_pale("dark", brand.dark, brand.tint, "the tint")
            or _too_pale("dark", brand.dark, WHITE, "white")
        ),
    ]


PETROL = Brand(brand="#14505c", dark="#0b343d", tint="#e4eff0", line="#b5d2d6")


def _too_pale(field: str, colour: str, ground: str, ground_name: str) -> list[ColourFault]:
    ratio = contrast(colour, ground)
    if ratio >= LEAST_CONTRAST:
        return []
    rounded_down = int(ratio * 10) / 10
    nearest = nearest_readable(colour, ground)
    sentence = (
        f"Choose a darker colour: its contrast with {ground_name} is {rounded_down} to 1, "
        f"and text needs {LEAST_CONTRAST} to 1"
    )
    return [ColourFault(field, f"{sentence}. {nearest} would do" if nearest else sentence)]


def _too_dark_a_ground(field: str, colour: str) -> list[ColourFault]:
    if contrast(INK, colour) >= LEAST_CONTRAST:
        return []
    return [ColourFault(field, "Choose a paler tint: words in black stand on it")]


def _means_error(field: str, colour: str) -> list[ColourFault]:
    hue, _, saturation = _hue_of(colour)
    is_red = saturation > 0.5 and min(hue, 1 - hue) * 360 < RED_WITHIN
    return [ColourFault(field, "Choose another than red: red means an error here")] * is_red


def nearest_readable(colour: str, ground: str) -> str | None:
    """The colour, darkened as little as makes it readable; None where not even black would be."""
    channels = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    for parts in range(255, -1, -1):
        tried = "#" + "".join(f"{channel * parts // 255:02x}" for channel in channels)
        if contrast(tried, ground) >= LEAST_CONTRAST:
            return tried
    return None


def _hue_of(colour: str) -> tuple[float, float, float]:
    return colorsys.rgb_to_hls(*(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)))


def is_colour(text: str) -> bool:
    """Whether a text is a colour written '#rrggbb'."""
    return (
        len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG 2, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


MARK_SHAPES = frozenset({"circle", "ellipse", "g", "line", "path", "polygon", "polyline", "rect"})
MARK_DRAWING = frozenset(
    [
        "cx",
        "cy",
        "d",
        "fill",
        "fill-rule",
        "height",
        "opacity",
        "points",
        "r",
        "rx",
        "ry",
        "stroke",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-width",
        "transform",
        "viewBox",
        "width",
        "x",
        "x1",
        "x2",
        "y",
        "y1",
        "y2",
    ]
)
LONGEST_MARK = 8_000


def clean_mark(drawing: str) -> str | None:
    """A partnership's own mark, an SVG drawing, with nothing left in it but shapes.

    It is 38 by 33 px wherever it stands. None where it is no drawing, or too large a one.
    """
    kept = nh3.clean(
        drawing if len(drawing) <= LONGEST_MARK else "",
        tags={"svg", *MARK_SHAPES},
        clean_content_tags={"script", "style", "title"},
        attributes={"svg": {"viewBox"}, **{shape: set(MARK_DRAWING) for shape in MARK_SHAPES}},
        link_rel=None,
    ).strip()
    if not (kept.startswith("<svg") and kept.endswith("</svg>") and "viewBox=" in kept):
        return None
    room = '<svg class="header__mark" width="38" height="33" aria-hidden="true" focusable="false"'
    return room + kept.removeprefix("<svg")
