"""Narrowing a report: the filters in force, and a plain form with every value to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from lms.access import Viewer
from lms.errors import Refused
from lms.reporting.queries import (
    DIMENSIONS,
    Asked,
    Filter,
    filter_name,
    filter_words,
    scope_of,
    values_offered,
)
from lms.reporting.rules import By
from lms.reporting.rules.said import SAID_OF_SECTOR
from lms.reporting.views.asked import FILTERS, Request
from lms.web.filters import Chip
from lms.words import sentence_case

DATES = ("from", "to")
ORDER = ("by", "across", "show", "against", "partnership", "year", "quarter", *DATES)
ONE_AND_NONE = 2  # areas: where there is one partnership alone, there is nothing to choose


@dataclass(frozen=True)
class Choice:
    """One question of the form; what was typed that cannot be chosen stays among its options.

    Several values of one dimension, which an address may hold, are one option together.
    """

    name: str
    label: str
    options: tuple[tuple[str, bool], ...]
    error: str = ""

    @property
    def chosen(self) -> list[str]:
        return [value for value, is_chosen in self.options if is_chosen]


@dataclass(frozen=True)
class Panel:
    """The form that narrows a report, and the one that asks for dates: each keeps the other's."""

    path: str
    choices: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...]
    dates: Mapping[str, str]
    kept_by_dates: tuple[tuple[str, str], ...]
    error: Refused | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is something to put right in it, so that it is shown at once."""
        return self.has_errors

    @property
    def has_errors(self) -> bool:
        return self.error is not None

    @property
    def fault(self) -> str:
        return self.error.sentence if self.error else ""

    @property
    def field(self) -> str:
        """The field of the forms that the fault concerns; empty where it has none."""
        names = {choice.name for choice in self.choices} | set(DATES)
        at = self.error.field if self.error else None
        return at if at and at in names else ""

    summary_title = "One thing to put right"

    def error_summary(self) -> list[tuple[str, str]]:
        """As of any form: what is to be put right, and where."""
        return [(f"#{self.field or 'main'}", self.fault)]


OF_EVENTS = tuple(by for by in FILTERS if DIMENSIONS[by].of_event)
"""What a report of events, rather than of those who came, can be narrowed by."""


def panel_of(
    path: str,
    query: MultiDict[str, str],
    viewer: Viewer,
    error: Refused | None = None,
    offered_of: Sequence[By] = FILTERS,
) -> Panel:
    """The forms, with what the address says in them, be it right or wrong."""
    seen = scope_of(Asked(), viewer)
    offered = values_offered(seen.partnership_ids)
    if len(seen.partnership_ids) == 1 and len(offered[By.PARTNERSHIP]) <= ONE_AND_NONE:
        offered[By.PARTNERSHIP] = []
    choices = [_choice(by, offered[by], query, error) for by in offered_of if offered[by]]
    if len(seen.partnerships) > 1:
        choices.append(_hosts(seen.partnerships, query, error))
    names = {choice.name for choice in choices}
    kept = [(name, query[name]) for name in ORDER if query.get(name) and name not in names]
    filters = [(n, value) for n in sorted(names) for value in query.getlist(n) if value]
    without_dates = [pair for pair in kept if pair[0] not in (*DATES, "year", "quarter")]
    return Panel(
        path=path,
        choices=tuple(choices),
        kept=tuple(kept),
        dates={name: query.get(name, "") for name in DATES},
        kept_by_dates=(*without_dates, *filters),
        error=error,
    )


def _choice(
    by: By, values: Sequence[str], query: MultiDict[str, str], error: Refused | None
) -> Choice:
    name = filter_name(by)
    return _with(name, sentence_case(filter_words(by)), values, query, error)


def _hosts(names: Sequence[str], query: MultiDict[str, str], error: Refused | None) -> Choice:
    return _with("partnership", "Events of", names, query, error)


def _with(
    name: str,
    label: str,
    values: Sequence[str],
    query: MultiDict[str, str],
    error: Refused | None,
) -> Choice:
    wanted = {value.replace("_", " ").casefold(): value for value in query.getlist(name) if value}
    known = {value.casefold() for value in values}
    typed = [value for folded, value in wanted.items() if folded not in known]
    options = [(value, value.casefold() in wanted) for value in values]
    options += [(value, True) for value in typed]
    fault = error.sentence if error and error.field == name else ""
    return Choice(name, label, tuple(options), fault)


# --- The filters in force -----------------------------------------------------------------------


def chips_of(request: Request, **kept: str) -> list[Chip]:
    """What the report is narrowed to; each link takes one value away, and keeps what is given."""
    return [
        Chip(
            sentence_case(f"{filter_words(each.by)}: {value}"),
            request.narrowed(_without(request.scope.filters, each, value)).address(**kept),
        )
        for each in request.scope.filters
        for value in each.values
    ]


def _without(filters: Sequence[Filter], gone: Filter, value: str) -> list[Filter]:
    left = []
    for each in filters:
        if each is not gone:
            left.append(each)
            continue
        values = tuple(other for other in each.values if other != value)
        if values:
            left.append(replace(each, values=values))
    return left


def said_of(filters: Sequence[Filter]) -> list[str]:
    """To what the figures are narrowed, as a sentence says it: 'from the police', 'at level 2'."""
    return [_SAID[each.by](_either(each)) for each in filters]


def _either(each: Filter) -> str:
    values = list(each.values)
    if each.by is By.SECTOR:
        values = [SAID_OF_SECTOR.get(value, value) for value in values]
    if each.by in (By.AGENCY, By.PARTNERSHIP) and each.keys == (None,):
        values = [value.lower() for value in values]
    return f"{', '.join(values[:-1])} or {values[-1]}" if len(values) > 1 else values[0]


_SAID: dict[By, Callable[[str], str]] = {
    By.AGENCY: "from {}".format,
    By.SECTOR: "from {}".format,
    By.COURSE: "at {}".format,
    By.LEVEL: lambda level: "at no level" if level == "none" else f"at level {level}",
    By.PRIORITY: "for the priority {}".format,
    By.THEME: "on the theme {}".format,
    By.KIND: "at events of the kind {}".format,
    By.MODE: lambda mode: mode if mode != "hybrid" else "at hybrid events",
    By.REMIT: "for the remit {}".format,
    By.PARTNERSHIP: "of the area {}".format,
}
