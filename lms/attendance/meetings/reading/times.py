"""Dates and durations as the suppliers write them.

Whether the month or the day stands first follows the settings of whoever downloads the file, and
no file says it. It is decided for the whole file: by a number above 12, else by the days on which
the event is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from lms.clock import at_london
from lms.words import Word

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?\s?m\.?)?(?:\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}))?"
)
DAYS = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
    r"(?P<name>[a-z]{3,9})\.?\s(?P<day>\d{1,2}),?\s(?P<year>\d{4})",
    r"(?P<day>\d{1,2})[\s-](?P<name>[a-z]{3,9})\.?,?[\s-](?P<year>\d{4}|\d{2})",
)
FORMS = tuple(re.compile(rf"{day}(?:,?\s+|t){CLOCK}", re.IGNORECASE | re.ASCII) for day in DAYS)
DURATION = re.compile(
    r"(?:(\d{1,3})\s*d[a-z]*)?\s*(?:(\d{1,4})\s*h[a-z]*)?"
    r"\s*(?:(\d{1,5})\s*m[a-z]*)?\s*(?:(\d{1,6})\s*s[a-z]*)?",
    re.IGNORECASE | re.ASCII,
)
COLONS = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})", re.ASCII)
MINUTES = re.compile(r"\d{1,5}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2099


class DateOrder(Word):
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True)
class WrittenTime:
    """A date and time as written: `one` and `two` are day and month, in an order not known yet."""

    text: str
    one: int
    two: int
    year: int
    at: time
    order: DateOrder | None = None  # where the form itself says which is which
    zone: timedelta | None = None  # none: London's wall clock

    @property
    def has_halves(self) -> bool:
        """Whether the clock has am and pm, as it mostly has where the month stands first."""
        return self.text.rstrip(". ").lower().endswith("m")

    def orders(self) -> frozenset[DateOrder]:
        """The orders in which there is such a day."""
        known = [self.order] if self.order else list(DateOrder)
        return frozenset(order for order in known if self._day(order))

    @property
    def is_open(self) -> bool:
        """Whether the two orders are two different days."""
        return self.order is None and self.one != self.two and len(self.orders()) == 2

    def instant(self, order: DateOrder) -> datetime | None:
        """The instant in UTC; None where there is no such day in that order."""
        on = self._day(self.order or order)
        if on is None:
            return None
        if self.zone is None:
            return at_london(on, self.at)
        return datetime.combine(on, self.at, timezone(self.zone)).astimezone(UTC)

    def _day(self, order: DateOrder) -> date | None:
        day, month = (self.one, self.two) if order is DateOrder.DAY_FIRST else (self.two, self.one)
        try:
            return date(self.year, month, day)
        except ValueError:
            return None


def read_time(text: str) -> WrittenTime | None:
    """What is written, in any of the suppliers' forms; None where it is no date with a time."""
    written = " ".join(text.split())
    for form in FORMS:
        found = form.fullmatch(written)
        if found:
            return _written(written, found.groupdict())
    return None


def _written(text: str, parts: dict[str, str | None]) -> WrittenTime | None:
    at, year = _clock(parts), int(parts["year"] or 0)
    year += 2000 if year < 100 else 0
    if at is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if parts.get("one"):
        one, two, order = int(parts["one"] or 0), int(parts["two"] or 0), None
    else:
        one, two, order = int(parts["day"] or 0), _month(parts), DateOrder.DAY_FIRST
    written = WrittenTime(text, one, two, year, at, order, _zone(parts["zone"]))
    return written if written.orders() else None


def _month(parts: dict[str, str | None]) -> int:
    name = (parts.get("name") or "").lower()[:3]
    return MONTHS.index(name) + 1 if name in MONTHS else int(parts.get("month") or 0)


def _clock(parts: dict[str, str | None]) -> time | None:
    hour, minute, second = (int(parts[part] or 0) for part in ("hour", "minute", "second"))
    half = (parts["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _zone(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return timedelta()
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    ahead = min(ahead, timedelta(hours=14))
    return -ahead if zone[0] == "-" else ahead


def read_duration(text: str) -> int | None:
    """Seconds: '1h 3m 20s', '1:03:20', or a number of minutes; None where it is none of these."""
    written = text.strip()
    if MINUTES.fullmatch(written):
        return int(written) * 60
    found = DURATION.fullmatch(written) or COLONS.fullmatch(written)
    if not found or not any(found.groups()):
        return None
    if found.re is COLONS:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + seconds


def orders_of(times: Iterable[WrittenTime]) -> frozenset[DateOrder]:
    """The orders in which every date of the file is a day."""
    found = frozenset(DateOrder)
    for written in times:
        if written.order is None:
            found &= written.orders()
    return found
