"""Freezing a reporting year: when it can be, and what counts as a correction.

R6  A reporting year can be frozen; later corrections are shown as corrections.

Freezing is not undone: what was published was published. After corrections a year can be published
anew, with a reason; each edition is kept. Source: docs/decisions/0058.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lms.clock import ReportingYear
from lms.errors import Refused
from lms.words import count, listed, sentence_case, short_day


@dataclass(frozen=True)
class Figure:
    """A figure of the report that can be corrected: what it is called, and its value."""

    label: str
    value: int


Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class Difference:
    """A figure that is no longer as published; `on` is when that was noticed."""

    key: str
    label: str
    published: int
    now: int
    on: date | None = None

    @property
    def sentence(self) -> str:
        """'Attended: 591, corrected to 593 on 3 June 2027'."""
        when = f" on {_day(self.on)}" if self.on else ""
        return f"{sentence_case(self.label)}: {self.published:,}, corrected to {self.now:,}{when}"


def differences(published: Figures, now: Figures) -> list[Difference]:
    """Every figure that is not as published, in the order of the report; one that is gone is 0."""
    keys = [*published, *(key for key in now if key not in published)]
    found = []
    for key in keys:
        label = (published.get(key) or now[key]).label
        was, is_now = (one[key].value if key in one else 0 for one in (published, now))
        if was != is_now:
            found.append(Difference(key, label, was, is_now))
    return found


def refuse_freezing(year: ReportingYear, today: date) -> None:
    """Raises Refused for a year that is not over."""
    if year.last >= today:
        raise Refused(
            f"{year.label} ends on {_day(year.last)}. It can be frozen once it is over.",
            field="year",
        )


def refuse_anew(found: Iterable[Difference], reason: str) -> None:
    """Raises Refused for a frozen year where nothing is corrected, or nobody says why."""
    if not list(found):
        raise Refused("It is frozen already, and nothing has been corrected since.")
    if not reason:
        raise Refused("Enter why it is published anew", field="reason")


def standing(year: str, frozen_on: date, edition: int, found: Iterable[Difference]) -> str:
    """What a page says of a frozen year."""
    corrected = list(found)
    again = f" (edition {edition})" if edition > 1 else ""
    opening = f"{year} was frozen on {_day(frozen_on)}{again}: these are the figures as published."
    if not corrected:
        return f"{opening} None has been corrected since."
    were = "has" if len(corrected) == 1 else "have"
    said = f"{sentence_case(count(len(corrected), 'figure'))} {were} been corrected since."
    named = listed([one.label for one in corrected[:3]]) if len(corrected) <= 3 else ""
    return f"{opening} {said[:-1]}: {named}." if named else f"{opening} {said}"


def kept_apart(year: str, host: str, frozen_on: date, corrected: int) -> str:
    """What a page with the figures of today says of a year whose report is frozen."""
    of = f" of {host}" if host else ""
    opening = (
        f"{year}{of} was frozen on {_day(frozen_on)}: its annual report keeps the figures as "
        "published, this page shows them as they are now."
    )
    if not corrected:
        return f"{opening} None has been corrected since."
    were = "has" if corrected == 1 else "have"
    return f"{opening} {sentence_case(count(corrected, 'figure'))} {were} been corrected since."


def replaced(
    year: str, frozen_on: date, edition: int, replaced_on: date, found: Iterable[Difference]
) -> str:
    """What a page says of an edition that another one took the place of."""
    many = len(list(found))
    said = (
        f"{year} as it was first published"
        if edition == 1
        else f"Edition {edition} of {year}, as it was published"
    )
    changed = f", which corrected {count(many, 'figure')}" if many else ""
    return (
        f"{said}, on {_day(frozen_on)}. Edition {edition + 1} took its place on "
        f"{_day(replaced_on)}{changed}."
    )


def _day(on: date) -> str:
    return f"{short_day(on)} {on.year}"
