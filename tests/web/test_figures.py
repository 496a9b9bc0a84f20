"""The geometry of pictures: a mark for each thing, and nothing drawn beyond its frame."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lms.web.figures import (
    Bar,
    Change,
    Part,
    drawn_bars,
    drawn_changes,
    drawn_stack,
    share,
    unit_squares,
)

count = st.integers(0, 60)


def per_cent(text: str) -> float:
    return float(text.removesuffix("%"))


def marks(path: str) -> int:
    return path.count("M")


@given(confirmed=count, offered=count, reserved=count, free=count, waiting=count)
def test_each_place_has_one_mark_and_those_who_wait_come_last(
    confirmed: int, offered: int, reserved: int, free: int, waiting: int
) -> None:
    units = unit_squares(
        confirmed=confirmed, offered=offered, reserved=reserved, free=free, waiting=waiting
    )
    drawn = {(n, shape.kind): marks(shape.path) for n, shape in enumerate(units.shapes)}
    by_kind: dict[str, int] = {}
    for (_, kind), number in drawn.items():
        by_kind[kind] = by_kind.get(kind, 0) + number
    assert by_kind.get("confirmed", 0) == confirmed
    assert by_kind.get("half", 0) == offered
    assert by_kind.get("dot", 0) == reserved
    assert by_kind.get("outline", 0) == offered + reserved
    assert by_kind.get("free", 0) == free
    assert by_kind.get("waiting", 0) == waiting
    if waiting:
        assert units.shapes[-1].kind == "waiting"


def test_squares_stand_in_rows_of_ten() -> None:
    units = unit_squares(confirmed=25, size=20)
    assert (units.width, units.height) == (10 * 23 - 3, 3 * 23 - 3)
    assert (unit_squares().width, unit_squares().height) == (0, 0)


def test_bars_are_scaled_to_the_longest_of_both_years() -> None:
    now, small, unknown = drawn_bars(
        [
            Bar("Local authority", 0.46, "46%", 0.5, "was 50%"),
            Bar("Police", 0.25, "25%", 0.1, "was 10%"),
            Bar("Faith", None, "Too few to say"),
        ]
    )
    assert (now.width, now.before_width, now.text_at) == ("92%", "100%", "100%")
    assert (small.width, small.before_width, small.text_at) == ("50%", "20%", "50%")
    assert unknown.width == "0%"


def test_bars_of_nothing_are_drawn_without_a_fault() -> None:
    assert drawn_bars([Bar("Police", 0, "0%")])[0].width == "0%"
    assert drawn_bars([]) == ()


@given(st.lists(st.integers(0, 500), min_size=1, max_size=4))
def test_the_parts_of_a_whole_fill_it_without_a_gap(numbers: list[int]) -> None:
    parts = drawn_stack([Part(n, str(n)) for n in numbers])
    total = sum(per_cent(part.width) for part in parts)
    assert abs(total - (100 if sum(numbers) else 0)) < 0.05
    for part, following in pairwise(parts):
        assert abs(per_cent(part.start) + per_cent(part.width) - per_cent(following.start)) < 0.02


def test_a_narrow_part_leaves_its_figure_to_the_legend() -> None:
    wide, narrow = drawn_stack([Part(98, "Done"), Part(2, "Not yet")])
    assert wide.is_labelled
    assert not narrow.is_labelled


@given(
    before=st.floats(1, 5), end=st.floats(1, 5), later=st.floats(1, 5), low=st.none() | st.just(2.0)
)
def test_confidence_stays_within_the_scale(
    before: float, end: float, later: float, low: float | None
) -> None:
    (drawn,) = drawn_changes([Change("Ask", before, end, later, low, low)])
    assert all(4 <= per_cent(point.at) <= 96 for point in drawn.points)
    assert per_cent(drawn.start) <= per_cent(drawn.finish)


def test_labels_that_would_touch_turn_away_from_each_other() -> None:
    (drawn,) = drawn_changes([Change("Ask", 2.6, 4.2, 4.0)])
    assert {point.kind: point.anchor for point in drawn.points} == {
        "before": "middle",
        "end": "start",
        "later": "end",
    }


def test_a_share_of_nothing_is_empty_and_none_is_more_than_all() -> None:
    assert share(16, 25) == "64%"
    assert share(3, 0) == "0%"
    assert share(31, 30) == "100%"
    assert share(-1, 30) == "0%"
