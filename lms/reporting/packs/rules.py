"""When a pack is due: on the first working day after a quarter or a month, for two weeks.

So a worker that was down sends it late, once; what is older than that is not sent any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lms.clock import DAY, next_working_day_on_or_after, reporting_year

WINDOW = timedelta(days=14)
MONTHS_OF_QUARTER = 3


@dataclass(frozen=True)
class Span:
    """What a pack is of: `label` as an address has it, `words` as the message says it."""

    label: str
    words: str


def quarter_due(today: date, start_month: int) -> Span | None:
    """The quarter that has just ended, while its pack is due."""
    begins = _begin_of_quarter(today, start_month)
    if not _is_due(begins, today):
        return None
    last = begins - DAY
    year = reporting_year(last, start_month)
    first = _begin_of_quarter(last, start_month)
    return Span(f"{year.label} Q{year.quarter_of(last)}", f"{first:%B} to {last:%B %Y}")


def month_due(today: date) -> Span | None:
    """The month that has just ended, while its pack is due."""
    begins = today.replace(day=1)
    if not _is_due(begins, today):
        return None
    last = begins - DAY
    return Span(f"{last:%Y-%m}", f"{last:%B %Y}")


def _is_due(begins: date, today: date) -> bool:
    return next_working_day_on_or_after(begins) <= today < begins + WINDOW


def _begin_of_quarter(on: date, start_month: int) -> date:
    into = (on.month - start_month) % 12 % MONTHS_OF_QUARTER
    month = on.month - into
    return date(on.year, month, 1) if month > 0 else date(on.year - 1, month + 12, 1)
