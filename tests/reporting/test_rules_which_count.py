"""The sentence that says whose answers are in, and when the next ones come."""

from __future__ import annotations

from datetime import date

import pytest

from lms.reporting.impact.rules import which_answers_count

OCTOBER, JANUARY, APRIL = date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)


@pytest.mark.parametrize(
    ("closes", "said"),
    [
        (
            (OCTOBER, OCTOBER, APRIL, JANUARY),
            (
                "The answers of two of four events count here, as far as they came before "
                "1 October 2026; the next count from 1 January 2027."
            ),
        ),
        (
            (OCTOBER,),
            "The answers of one event count here, as far as they came before 1 October 2026.",
        ),
        ((JANUARY,), "The answers of this event count here from 1 January 2027."),
        (
            (JANUARY, APRIL),
            (
                "The answers of none of two events count here, as far as they came before "
                "1 October 2026; the next count from 1 January 2027."
            ),
        ),
    ],
)
def test_R4_the_page_says_whose_answers_are_in_and_when_the_next_come(
    closes: tuple[date, ...], said: str
) -> None:
    assert which_answers_count(closes, OCTOBER) == said
