"""Lists that are too long to be held whole: counted by the database, seen a page at a time.

A list that is held whole is narrowed by `filters.narrow`; both look the same on the page
(`components/narrow.html`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lms.clock import at_london, london_date
from lms.web.addresses import row_id_in
from lms.web.filters import ALL, Group, Option, address
from lms.words import day_and_year


@dataclass(frozen=True)
class Page:
    """One page of a list, from 1; `kept` is what the query narrows the list to."""

    path: str
    kept: Mapping[str, str]
    number: int
    size: int
    found: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def before(self) -> str | None:
        """The address of the page before, if there is one."""
        return self._at(self.number - 1) if self.number > 1 else None

    @property
    def after(self) -> str | None:
        """The address of the next page, if there is one."""
        return self._at(self.number + 1) if self.number * self.size < self.found else None

    def _at(self, number: int) -> str:
        return address(self.path, self.kept, page=str(number) if number > 1 else None)

    @property
    def search_keeps(self) -> dict[str, str]:
        """What a search leaves as it is."""
        return {name: value for name, value in self.kept.items() if name != "q"}


def page_asked(query: Mapping[str, str]) -> int:
    """Which page the query asks for; the first, where it asks for none that can be."""
    return row_id_in(query.get("page")) or 1


def counted_group(
    heading: str,
    name: str,
    values: Iterable[tuple[str, str, int]],
    path: str,
    kept: Mapping[str, str],
    *,
    everything: int | None = None,
    most: int | None = None,
) -> Group:
    """A facet's values as (value, text, how many); whatever is chosen stays among the `most` first.

    `everything` is how many there are without a choice, where the values overlap or leave some out.
    """
    listed, chosen = list(values), kept.get(name)
    if everything is None:
        everything = sum(many for _, _, many in listed)
    options = [Option(ALL, everything, address(path, kept, **{name: None}), not chosen)]
    options += [
        Option(text, many, address(path, kept, **{name: value}), value == chosen)
        for at, (value, text, many) in enumerate(listed)
        if most is None or at < most or value == chosen
    ]
    return Group(heading, tuple(options))


# --- By day ---------------------------------------------------------------------------------

PERIODS = (
    ("today", "Today", 1),
    ("week", "The last seven days", 7),
    ("month", "The last 30 days", 30),
)
"""Those that are offered, up to now: name in the query, words, how many days."""
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Period:
    """From when, up to when (not included), if it ends."""

    text: str
    since: datetime
    until: datetime | None = None


def periods_offered(now: datetime) -> list[tuple[str, Period]]:
    """The periods to choose from, each by its name in the query."""
    today = london_date(now)
    return [
        (name, Period(text, at_london(today - timedelta(days=days - 1), time())))
        for name, text, days in PERIODS
    ]


def period_asked(when: str | None, now: datetime) -> Period | None:
    """One of those offered by its name, or one day as 2027-01-18; None for what is neither."""
    offered = dict(periods_offered(now))
    if when in offered:
        return offered[when]
    try:
        on = date.fromisoformat(when or "")
    except ValueError:
        return None
    if not EARLIEST <= on <= LATEST:
        return None
    ends = at_london(on + timedelta(days=1), time())
    return Period(day_and_year(on), at_london(on, time()), ends)
