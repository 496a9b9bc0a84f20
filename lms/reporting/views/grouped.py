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
from lms.reporting.queries import Scope, filters_in_words
from lms.reporting.views.asked import Request, read_request
from lms.reporting.views.strip import Strip, files_to_take, strip_of_parts, years_to_choose
from lms.words import Word, listed

Grouped = TypeVar("Grouped", bound=Word)


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
        return filters_in_words(self.scope.filters)

    def strip(self, years: Sequence[ReportingYear]) -> Strip:
        """The strip under the finding: by, year, download."""
        asked, by = self.request, self.by.value
        rows = [(one.words, self.address(by=one.value), one is self.by) for one in self.offered]
        of = years_to_choose(
            years, asked.year_shown, lambda label: asked.address_of_year(label, by=by)
        )
        files = files_to_take(lambda ending: asked.address_of_file(ending, by=by))
        return strip_of_parts(("By", rows), ("Year", of), ("Download", files))


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
