"""How dates, times, numbers and lists are worded on pages: `lms.words`, and what only pages need.

Every function here and there is a filter of the templates under its own name (FILTERS).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from lms import words
from lms.clock import london
from lms.files import StoredFile, kind_words, size_words


class HasTimes(Protocol):
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def on_day(when: date | datetime) -> date:
    """The London date of an instant; a date is itself."""
    return london(when).date() if isinstance(when, datetime) else when


def day(when: date | datetime) -> str:
    """'Monday 8 February'."""
    return words.day(on_day(when))


def day_and_year(when: date | datetime) -> str:
    """'Monday 8 February 2027'."""
    return words.day_and_year(on_day(when))


def short_day(when: date | datetime | None) -> str:
    """'8 February', where the weekday is known or does not matter; None is an event without it."""
    if when is None:
        return "no date yet"
    return words.short_day(on_day(when))


def short_day_and_year(when: date | datetime) -> str:
    """'8 February 2027'."""
    return f"{short_day(when)} {on_day(when).year}"


def month_and_year(when: date | datetime) -> str:
    """'February 2027'."""
    return f"{on_day(when):%B %Y}"


def date_range(first: date | datetime, last: date | datetime) -> str:
    """'27 January to 11 March', with the years where they differ."""
    start, end = on_day(first), on_day(last)
    if start == end:
        return short_day(start)
    if start.year != end.year:
        return f"{short_day_and_year(start)} to {short_day_and_year(end)}"
    if start.month == end.month:
        return f"{start.day} to {short_day(end)}"
    return f"{short_day(start)} to {short_day(end)}"


def days_of(sessions: Iterable[HasTimes]) -> list[date]:
    """The London dates on which there are sessions, in order."""
    return sorted({on_day(session.starts_at) for session in sessions})


def session_times(sessions: Sequence[HasTimes]) -> str:
    """For a list that shows the first day beside it: '9:30am to 4:30pm', or '2 days, to …'."""
    days = days_of(sessions)
    if len(days) > 1:
        return f"{len(days)} days, to {day(days[-1])}"
    start = min(session.starts_at for session in sessions)
    return words.span(start, max(session.ends_at for session in sessions))


def session_span(sessions: Sequence[HasTimes]) -> str:
    """'Monday 8 February 2027, 9:30am to 4:30pm', or 'Thursday 11 to Friday 12 February 2027'.

    'No date yet' of a draft or an event that is postponed.
    """
    days = days_of(sessions)
    if not days:
        return "No date yet"
    if len(days) == 1:
        return f"{day_and_year(days[0])}, {session_times(sessions)}"
    first, last = days[0], days[-1]
    start = f"{first:%A} {first.day}"
    if first.month != last.month:
        start = day(first) if first.year == last.year else day_and_year(first)
    return f"{start} to {day_and_year(last)}"


def hours_in_words(minutes: int) -> str:
    """'3 hours', '1 hour 30 minutes', '45 minutes'."""
    hours, rest = divmod(minutes, 60)
    parts = [counted(hours, "hour")] if hours else []
    if rest or not hours:
        parts.append(counted(rest, "minute"))
    return " ".join(parts)


def hours_figure(minutes: int) -> str:
    """'7½', '12', '1¼': hours as a figure, to the quarter."""
    hours, quarters = divmod(round(minutes / 15), 4)
    fraction = ("", "¼", "½", "¾")[quarters]
    return f"{hours or ''}{fraction}" or "0"


def plural(n: int, one: str, many: str | None = None) -> str:
    """The noun that goes with a number: 'place', 'places'."""
    return one if n == 1 else many or f"{one}s"


def counted(n: int, one: str, many: str | None = None) -> str:
    """A number in figures with its noun, for lists and tables: '9 places', '1,504 people'."""
    return f"{n:,} {plural(n, one, many)}"


def count_in_words(n: int) -> str:
    """The head of an error summary: 'Two things to put right'."""
    return words.sentence_case(f"{words.count(n, 'thing')} to put right")


def figure(n: float) -> str:
    """'1,504'."""
    return f"{n:,}"


def one_decimal(value: float | None) -> str:
    """'4.2', rounded half up, as people do."""
    if value is None:
        return "unknown"
    return f"{math.floor(value * 10 + 0.5) / 10:.1f}"


def signed(value: float) -> str:
    """'+1.4', '−0.2', with a true minus sign."""
    text = one_decimal(abs(value))
    if text == "0.0":
        return text
    return f"{'+' if value > 0 else '−'}{text}"


def file_words(file: StoredFile) -> str:
    """'PowerPoint slides, 4.2 MB'."""
    return f"{kind_words(file.content_type)}, {size_words(file.size)}"


FILTERS: dict[str, Callable[..., Any]] = {
    "clock_time": words.clock_time,
    "moment": words.moment,
    "time_range": words.span,
    "number_in_words": words.number,
    "in_words": words.count,
    "ordinal": words.ordinal,
    "join_and": words.listed,
    "working_time": words.working_time,
    "of_them": words.of_them,
    "pounds": words.pounds,
    "percent": words.percent,
    "sentence_case": words.sentence_case,
    **{
        made.__name__: made
        for made in (
            *(day, day_and_year, short_day, short_day_and_year, month_and_year, date_range),
            *(session_span, session_times, hours_in_words, hours_figure),
            *(file_words, size_words),
            *(plural, counted, count_in_words, figure, one_decimal, signed),
        )
    },
}
