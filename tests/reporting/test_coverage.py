"""R5: the intervals that are reported hold the truth as often as they say.

Answers are drawn from a model whose means are known; who answers has nothing to do with what they
would say. Of 2,000 intervals at 95% so many may miss as chance alone explains: a right interval
fails these tests once in a million runs of other seeds, and the seeds are fixed.
"""

from __future__ import annotations

import random

import pytest
from scipy.stats import binom

from lms.catalogue.rules import Stage
from lms.reporting.impact.rules.statistics import (
    CONFIDENCE,
    Changes,
    Interval,
    PairedChange,
    paired_change,
    with_those_silent,
)
from tests.support.year.truth import truth_of

DRAWS, BY_CHANCE = 2_000, 1e-6
FINE = 10_000  # parts of a point on the scale: for changes of every size


def misses_allowed() -> tuple[int, int]:
    """The fewest and the most of that many intervals that miss, by chance."""
    return (
        int(binom.ppf(BY_CHANCE / 2, DRAWS, 1 - CONFIDENCE)),
        int(binom.isf(BY_CHANCE / 2, DRAWS, 1 - CONFIDENCE)),
    )


def answered_by(people: int, course: int, dice: random.Random) -> PairedChange:
    """What those who answered said, of that many who came."""
    truth = truth_of(course)
    said = [truth.draw(dice) for _ in range(people) if dice.random() < 0.6]
    return paired_change(Changes.of((one[Stage.PRE], one[Stage.IMPACT]) for one in said))


@pytest.mark.parametrize("people", [20, 60])
def test_R5_the_interval_of_a_mean_change_holds_the_truth_19_times_of_20(people: int) -> None:
    dice = random.Random(people)  # noqa: S311 - a test's seed, no secret
    misses = 0
    for draw in range(DRAWS):
        course = draw % 13
        told = answered_by(people, course, dice).interval
        truth = truth_of(course).mean_change(Stage.PRE, Stage.IMPACT)
        misses += not (isinstance(told, Interval) and told.low <= truth <= told.high)
    fewest, most = misses_allowed()
    assert fewest <= misses <= most


@pytest.mark.parametrize("n", [2, 5, 12])
def test_R5_few_answers_are_no_excuse_where_changes_are_normal(n: int) -> None:
    dice = random.Random(n)  # noqa: S311 - a test's seed, no secret
    misses = 0
    for _ in range(DRAWS):
        changes = [round(dice.gauss(0.4, 1.1) * FINE) for _ in range(n)]
        told = paired_change(Changes.of((0, change) for change in changes)).interval
        assert isinstance(told, Interval)
        misses += not told.low <= 0.4 * FINE <= told.high
    fewest, most = misses_allowed()
    assert fewest <= misses <= most


def test_R5_the_share_improved_holds_the_truth_19_times_of_20() -> None:
    """Over shares and numbers of every size: at one alone Wilson's interval is a little off."""
    dice = random.Random(1927)  # noqa: S311 - a test's seed, no secret
    misses = 0
    for _ in range(DRAWS):
        n, truth = dice.randrange(15, 90), dice.uniform(0.05, 0.95)
        moved = [(2, 3) if dice.random() < truth else (3, 2) for _ in range(n)]
        told = paired_change(Changes.of(moved)).improved.interval
        assert told is not None
        misses += not told.low <= truth <= told.high
    fewest, most = misses_allowed()
    assert fewest <= misses <= most


def test_R5_the_range_holds_all_who_were_asked_where_the_silent_changed_less() -> None:
    """Those silent changed by a share of what the others did, from nothing to as much."""
    dice = random.Random(5)  # noqa: S311 - a test's seed, no secret
    for _ in range(DRAWS):
        answered, silent = dice.randrange(1, 60), dice.randrange(60)
        total = sum(dice.choice((-1, 0, 0, 1, 1, 2)) for _ in range(answered))
        told = with_those_silent(total, answered, answered + silent)
        of_all = (total + dice.random() * silent * total / answered) / (answered + silent)
        assert told.low is not None
        assert told.high is not None
        assert float(told.low) - 1e-9 <= of_all <= float(told.high) + 1e-9


def test_an_interval_with_the_normal_quantile_would_not_pass() -> None:
    """The tolerance is narrow enough to tell: 1.96 in the place of Student's t, at five answers."""
    dice = random.Random(6)  # noqa: S311 - a test's seed, no secret
    misses = 0
    for _ in range(DRAWS):
        changes = [dice.gauss(0.4, 1.1) for _ in range(5)]
        mean = sum(changes) / 5
        error = (sum((one - mean) ** 2 for one in changes) / 4 / 5) ** 0.5
        misses += not mean - 1.96 * error <= 0.4 <= mean + 1.96 * error
    assert misses > misses_allowed()[1]
