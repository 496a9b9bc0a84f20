"""What is asked for in the address of a report whose rows are words of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from werkzeug.datastructures import MultiDict

from lms.access import Viewer
from lms.clock import ReportingYear
from lms.errors import Refused
from lms.reporting.queries import Scope, filter_words
from lms.reporting.views.asked import MOST_PERIODS, NO_DATES, Option, Request, read_request
from lms.words import Word, listed

Grouped = TypeVar("Grouped", bound=Word)
FILES = (("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json"))


@dataclass(frozen=True)
class GroupedRequest(Generic[Grouped]):
    """A report as asked for: its rows are one of `offered`, its scope is every report's."""

    by: Grouped
    offered: tuple[Grouped, ...]
    request: Request

    @property
    def scope(self) -> Scope:
        return self.request.scope

    def address(self, ending: str = "", **changes: str) -> str:
        """The same report with something else asked for, as a page or a file."""
        return self.request.address(ending, **{"by": self.by.value, **changes})

    @property
    def only(self) -> str:
        """What it is narrowed to: 'level: 2; mode: online'; empty where it is not."""
        filters = self.scope.filters
        return "; ".join(f"{filter_words(each.by)}: {listed([*each.values])}" for each in filters)

    def strip(self, years: Sequence[ReportingYear]) -> list[tuple[str, list[Option]]]:
        """The strip under the finding: by, year, download."""
        shown = self.request.year_shown
        by = [(each.words, self.address(by=each.value), each is self.by) for each in self.offered]
        of = [
            (year.label, self.address(**{**NO_DATES, "year": year.label}), year.label == shown)
            for year in years[:MOST_PERIODS]
        ]
        kept = {} if self.request.asked.quarter else {"year": shown or self.request.asked.year}
        files = [(text, self.address(f".{ending}", **kept), False) for text, ending in FILES]
        parts = [("By", by), ("Year", of), ("Download", files)]
        return [(label, options) for label, options in parts if options]


def read_grouped(
    path: str,
    offered: tuple[Grouped, ...],
    query: MultiDict[str, str],
    viewer: Viewer,
    now: datetime,
) -> GroupedRequest[Grouped]:
    """What is asked for; the first of `offered` where nothing is. Raises Refused."""
    wanted = query.get("by") or offered[0].value
    by = next((each for each in offered if each.value == wanted), None)
    if by is None:
        words = listed([each.words for each in offered])
        raise Refused(f"There is no report by {wanted}: choose among {words}.", field="by")
    rest = MultiDict((k, v) for k, v in query.items(multi=True) if k != "by")
    return GroupedRequest(by, offered, read_request(path, rest, viewer, now))
