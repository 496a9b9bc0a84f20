"""R4, E10: up to which month answers to an own question are shown.

There is one figure of each question and stage, over all events of the partnership, so that nothing
follows by adding and subtracting groups. What is left are two readings of it: they differ by as
many answers as a figure needs, or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date


def shown_up_to(answered_on: Iterable[date], today: date, least: int) -> date | None:
    """The first of a month before which answers count; None while there are too few.

    `least` is how many replies a figure needs [5]; so many have come since it last moved.
    """
    by_month = Counter(_month_after(day) for day in answered_on)
    shown_until, unshown = None, 0
    for month in sorted(by_month):
        if month > today:
            break
        unshown += by_month[month]
        if unshown >= max(least, 1):
            shown_until, unshown = month, 0
    return shown_until


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
