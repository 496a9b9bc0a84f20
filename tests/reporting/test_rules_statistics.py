"""R5: means, shares and intervals, against independent computations."""

from __future__ import annotations

import random
import statistics as stdlib
from fractions import Fraction

import numpy as np
import pytest
from scipy import special, stats

from lms.reporting.impact.rules.statistics import (
    Changes,
    Interval,
    NoInterval,
    paired_change,
    share,
    student_t,
    with_those_silent,
)

CLOSE = {"rel": 1e-9, "abs": 1e-9}
DATA_SETS = 500


def _drawn(lot: random.Random) -> tuple[list[tuple[int, int]], int]:
    """Answers before and after of some people, and how many were asked."""
    n = lot.choice([2, 3, 4, 5, 8, lot.randint(6, 60), lot.randint(60, 1504)])
    low, high = lot.choice([(1, 5), (1, 3), (3, 5), (0, 10)])
    gain = lot.choice([-1, 0, 1, 2])
    pairs = [
        (before, min(high, max(low, before + lot.randint(-1, 1) + gain)))
        for before in (lot.randint(low, high) for _ in range(n))
    ]
    return pairs, n + lot.randint(0, 2 * n)


@pytest.mark.parametrize("seed", range(5))
def test_R5_every_figure_equals_an_independent_computation(seed: int) -> None:
    """500 random data sets against scipy, numpy and the standard library, to 1e-9."""
    lot = random.Random(seed)  # noqa: S311
    intervals = 0
    for _ in range(DATA_SETS // 5):
        pairs, asked = _drawn(lot)
        intervals += _agrees(pairs, asked)
    assert intervals > DATA_SETS // 5 * 0.8, "hardly any data set had an interval to compare"


def _agrees(pairs: list[tuple[int, int]], asked: int) -> bool:
    found = paired_change(Changes.of(pairs))
    before, after = np.array(pairs).T
    moved = after - before
    assert found.n == len(pairs)
    assert found.mean == Fraction(stdlib.mean(map(Fraction, moved.tolist())))
    assert float(found.mean_before or 0) == pytest.approx(before.mean(), **CLOSE)
    assert float(found.mean_after or 0) == pytest.approx(after.mean(), **CLOSE)
    for ours, part in (
        (found.improved, (moved > 0).sum()),
        (found.same, (moved == 0).sum()),
        (found.worse, (moved < 0).sum()),
    ):
        theirs = stats.binomtest(int(part), len(pairs)).proportion_ci(0.95, method="wilson")
        assert ours.interval is not None
        assert ours.share == Fraction(int(part), len(pairs))
        assert ours.interval.low == pytest.approx(theirs.low, **CLOSE)
        assert ours.interval.high == pytest.approx(theirs.high, **CLOSE)
    _agrees_on_those_silent(moved, asked)
    if moved.std() == 0:
        assert found.interval is NoInterval.ALL_ALIKE
        return False
    theirs = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert isinstance(found.interval, Interval)
    assert found.interval.low == pytest.approx(theirs.low, **CLOSE)
    assert found.interval.high == pytest.approx(theirs.high, **CLOSE)
    return True


def _agrees_on_those_silent(moved: np.ndarray, asked: int) -> None:
    """R5: the silent are put in, unchanged and like those who answered, and all averaged."""
    silent = asked - len(moved)
    found = with_those_silent(int(moved.sum()), len(moved), asked)
    unchanged = np.concatenate([moved, np.zeros(silent)]).mean()
    alike = np.concatenate([moved, np.full(silent, moved.mean())]).mean()
    assert found.silent == silent
    assert float(found.if_unchanged or 0) == pytest.approx(unchanged, **CLOSE)
    assert float(found.if_alike or 0) == pytest.approx(alike, **CLOSE)
    assert float(found.low or 0) == pytest.approx(min(unchanged, alike), **CLOSE)
    assert float(found.high or 0) == pytest.approx(max(unchanged, alike), **CLOSE)
    assert float(found.reply_rate or 0) == pytest.approx(len(moved) / asked, **CLOSE)


def test_student_t_is_right_to_ten_digits() -> None:
    """For 1 to a million degrees of freedom; the closed forms of 1 and 2 as a check of scipy."""
    degrees = [*range(1, 60), 99, 100, 365, 1503, 20_000, 10**5, 10**6]
    for confidence in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999):
        for df in degrees:
            theirs = special.stdtrit(df, (1 + confidence) / 2)
            assert student_t(confidence, df) == pytest.approx(theirs, rel=1e-10)
    assert student_t(0.95, 1) == pytest.approx(1 / np.tan(0.025 * np.pi), rel=1e-12)
    assert student_t(0.95, 2) == pytest.approx(0.95 * (2 / (1 - 0.95**2)) ** 0.5, rel=1e-12)


@pytest.mark.parametrize(("confidence", "degrees"), [(0.95, 0), (0.0, 4), (1.0, 4)])
def test_student_t_refuses_what_has_no_quantile(confidence: float, degrees: int) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        student_t(confidence, degrees)


def test_R5_where_there_is_nothing_to_say() -> None:
    """Nobody, one person, and people who all moved alike: None, or a reason in words."""
    nobody = paired_change(Changes())
    assert (nobody.mean, nobody.interval, nobody.improved.share) == (None, NoInterval.NOBODY, None)
    one = paired_change(Changes.of([(2, 4)]))
    assert (one.mean, one.interval) == (2, NoInterval.ONE_ANSWER)
    alike = paired_change(Changes.of([(2, 4), (1, 3), (3, 5)]))
    assert (alike.mean, alike.interval) == (2, NoInterval.ALL_ALIKE)
    assert alike.improved.share == 1
    assert alike.improved.interval is not None
    assert alike.improved.interval.high == 1.0
    assert alike.improved.interval.low == pytest.approx(0.4385, abs=1e-4)
    assert all(reason.sentence.endswith(".") for reason in NoInterval)


def test_R5_the_range_turns_round_where_confidence_fell() -> None:
    fell = with_those_silent(-10, answered=5, asked=20)
    assert (fell.low, fell.high) == (-2, Fraction(-1, 2))
    unknown = with_those_silent(0, answered=0, asked=7)
    assert (unknown.low, unknown.if_alike, unknown.reply_rate) == (None, None, 0)
    assert with_those_silent(0, answered=0, asked=0).reply_rate is None


def test_figures_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="no part"):
        share(6, 5)
    with pytest.raises(ValueError, match="asked"):
        with_those_silent(3, answered=6, asked=5)


def test_two_groups_add_up_to_the_group_of_both() -> None:
    some, others = [(1, 3), (4, 4)], [(5, 2), (2, 5), (3, 3)]
    assert Changes.of(some) + Changes.of(others) == Changes.of([*some, *others])
    assert Changes.of(others).same == 1
