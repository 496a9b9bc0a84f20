"""The geometry of our pictures: facts in, positions out. The macros of `figures.html` only write.

Lengths along a picture are in per cent of its width, so that it reflows on a phone and its text
never shrinks; heights are in pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

MOST_SQUARES = 60  # beyond that a meter says it better
GAP = 3
FIRST, LAST = 4.0, 96.0  # where 1 and 5 stand on the scale of confidence
CLOSE = 6.0  # per cent of the width at which two labels would touch on a phone


@dataclass(frozen=True)
class Shape:
    kind: str
    path: str


@dataclass(frozen=True)
class Units:
    width: int
    height: int
    shapes: tuple[Shape, ...]


def unit_squares(
    *,
    confirmed: int = 0,
    offered: int = 0,
    requested: int = 0,
    reserved: int = 0,
    free: int = 0,
    waiting: int = 0,
    per_row: int = 10,
    size: int = 12,
) -> Units:
    """One mark a place, in rows; those who wait are circles and come last."""
    states = [
        *["confirmed"] * confirmed,
        *["offered"] * offered,
        *["requested"] * requested,
        *["reserved"] * reserved,
        *["free"] * free,
        *["waiting"] * waiting,
    ]
    pitch = size + GAP
    placed = [(s, n % per_row * pitch, n // per_row * pitch) for n, s in enumerate(states)]
    shapes = [shape for kind in DRAWN for shape in _shapes(kind, placed, size)]
    columns, rows = min(len(states), per_row), -(-len(states) // per_row)
    return Units(max(columns * pitch - GAP, 0), max(rows * pitch - GAP, 0), tuple(shapes))


DRAWN = {
    "confirmed": ("confirmed",),
    "offered": ("outline", "half"),
    "requested": ("outline", "bar"),
    "reserved": ("outline", "dot"),
    "free": ("free",),
    "waiting": ("waiting",),
}


def _shapes(state: str, placed: Iterable[tuple[str, int, int]], size: int) -> list[Shape]:
    """The paths of all marks of one state: one path each, however many there are."""
    spots = [(x, y) for kind, x, y in placed if kind == state]
    if not spots:
        return []
    return [
        Shape(kind, "".join(_mark(kind, x, y, size) for x, y in spots)) for kind in DRAWN[state]
    ]


def _mark(kind: str, x: int, y: int, size: int) -> str:
    inner = size - 2
    if kind == "half":
        return f"M{x + size - 1} {y + 1}v{inner}h-{inner}z"
    if kind == "dot":
        middle = size // 2
        return f"M{x + middle - 1.5} {y + middle - 1.5}h3v3h-3z"
    if kind == "bar":
        return f"M{x + 3} {y + size // 2 - 1}h{size - 6}v2h-{size - 6}z"
    if kind == "waiting":
        radius = inner / 2
        half = f"a{radius} {radius} 0 1 0"
        return f"M{x + 1} {y + 1 + radius}{half} {inner} 0{half}-{inner} 0z"
    edge = 2 if kind == "confirmed" else 1  # half its stroke, which rounds the corners
    side = size - 2 * edge
    return f"M{x + edge} {y + edge}h{side}v{side}h-{side}z"


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart. `value` None: `text` says why, and no mark is drawn."""

    label: str
    value: float | None
    text: str
    before: float | None = None
    before_text: str = ""
    is_dark: bool = False


@dataclass(frozen=True)
class DrawnBar:
    bar: Bar
    width: str
    before_width: str
    text_at: str


def drawn_bars(rows: Sequence[Bar]) -> tuple[DrawnBar, ...]:
    """Scale the bars to the longest among this year's and last year's."""
    longest = max((n for row in rows for n in (row.value, row.before) if n), default=1)
    return tuple(_drawn_bar(row, longest) for row in rows)


def _drawn_bar(row: Bar, longest: float) -> DrawnBar:
    now, before = (row.value or 0) / longest * 100, (row.before or 0) / longest * 100
    return DrawnBar(row, _percent(now), _percent(before), _percent(max(now, before)))


@dataclass(frozen=True)
class Part:
    """A part of a whole, in the fixed order of its question; `text` stands in the legend."""

    n: int
    text: str


@dataclass(frozen=True)
class DrawnPart:
    part: Part
    place: int
    start: str
    width: str
    middle: str
    is_labelled: bool


def drawn_stack(parts: Sequence[Part]) -> tuple[DrawnPart, ...]:
    """One bar in parts; a part too narrow for its figure leaves it to the legend."""
    whole = sum(part.n for part in parts) or 1
    starts = accumulate((part.n for part in parts), initial=0)
    return tuple(
        _drawn_part(part, place, start / whole * 100, part.n / whole * 100)
        for place, (part, start) in enumerate(zip(parts, starts, strict=False), start=1)
    )


def _drawn_part(part: Part, place: int, start: float, width: float) -> DrawnPart:
    middle = _percent(start + width / 2)
    return DrawnPart(part, place, _percent(start), _percent(width), middle, width >= CLOSE)


@dataclass(frozen=True)
class Change:
    """How confident people were, 1 to 5. No figures: `too_few` says why, in words."""

    name: str
    before: float | None = None
    end: float | None = None
    later: float | None = None
    low: float | None = None
    high: float | None = None
    too_few: str = ""


@dataclass(frozen=True)
class Point:
    kind: str
    at: str
    value: float
    anchor: str


@dataclass(frozen=True)
class DrawnChange:
    change: Change
    start: str
    finish: str
    range_start: str
    range_width: str
    points: tuple[Point, ...]


def drawn_changes(rows: Sequence[Change]) -> tuple[DrawnChange, ...]:
    """Put each outcome on the same line from 1 to 5."""
    return tuple(_drawn_change(row) for row in rows)


def _drawn_change(row: Change) -> DrawnChange:
    values = {"before": row.before, "end": row.end, "later": row.later}
    known = {kind: value for kind, value in values.items() if value is not None}
    low, high = row.low or 0, row.high or row.low or 0
    ends = [*known.values()] or [1.0]
    return DrawnChange(
        row,
        _on_scale(min(ends)),
        _on_scale(max(ends)),
        _on_scale(low) if low else "0%",
        _percent(_scaled(high) - _scaled(low)) if low else "0%",
        tuple(Point(kind, _on_scale(v), v, _anchor(v, known)) for kind, v in known.items()),
    )


def _anchor(value: float, known: dict[str, float]) -> str:
    """Where a label stands to its mark, so that two that are close do not touch."""
    near = [v for v in known.values() if v != value and abs(_scaled(v) - _scaled(value)) < CLOSE]
    if not near:
        return "middle"
    return "end" if value < near[0] else "start"


def _scaled(value: float) -> float:
    return FIRST + (value - 1) / 4 * (LAST - FIRST)


def _on_scale(value: float) -> str:
    return _percent(_scaled(value))


def _percent(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def share(part: float, whole: float) -> str:
    """How much of a meter is filled: '64%'; an empty whole fills nothing."""
    return _percent(min(max(part / whole, 0), 1) * 100) if whole > 0 else "0%"


DRAWINGS = {
    made.__name__: made for made in (unit_squares, drawn_bars, drawn_stack, drawn_changes, share)
} | {"MOST_SQUARES": MOST_SQUARES, "SCALE": tuple(_on_scale(n) for n in range(1, 6))}
