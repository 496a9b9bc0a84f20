"""What a report's address asks for, and the links that ask for something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from lms.access import Permission, Viewer
from lms.clock import ReportingYear, london_date, reporting_year
from lms.errors import Refused
from lms.reporting.queries import (
    DIMENSIONS,
    Asked,
    Filter,
    Scope,
    filter_name,
    list_years,
    scope_of,
)
from lms.reporting.rules import (
    ALL_YEARS,
    Against,
    By,
    Figure,
    Traced,
    quarters_begun,
    refuse_to_come,
)
from lms.reporting.views.strip import (
    Option,
    Strip,
    files_to_take,
    strip_of_parts,
    years_to_choose,
)
from lms.words import sentence_case, short_day

OFFERED = (By.AGENCY, By.SECTOR, By.COURSE, By.PRIORITY, By.LEVEL, By.KIND, By.MODE, By.QUARTER)
CROSSED = (By.QUARTER, By.SECTOR, By.LEVEL, By.MODE, By.KIND, By.PRIORITY, By.COURSE)
FILTERS = tuple(DIMENSIONS)
NO_DATES = {"from": "", "to": "", "year": "", "quarter": ""}


@dataclass(frozen=True)
class Request:
    """A report as asked for: what its rows are, and its scope. Without a period: the last year.

    `across`: what its columns are, where two groupings are crossed, and `show` which figure.
    """

    path: str
    by: By
    asked: Asked
    scope: Scope
    across: By | None = None
    show: Figure = Figure.ATTENDED
    against: Against = Against.PERIOD_BEFORE
    traced: Traced | None = None  # the figure whose bookings are asked for, rather than a report

    @property
    def kept(self) -> dict[str, str]:
        """What the address says, the filters left out."""
        of = self.asked
        found = {
            "figure": self.traced.value if self.traced else "",
            "by": "" if self.traced else self.by.value,
            "across": self.across.value if self.across else "",
            "show": self.show.value if self.show is not Figure.ATTENDED else "",
            "against": "year" if self.against is Against.YEAR_BEFORE else "",
            "year": of.year,
            "quarter": of.quarter,
            "from": of.first.isoformat() if of.first else "",
            "to": of.last.isoformat() if of.last else "",
            "partnership": of.partnership,
        }
        return {name: value for name, value in found.items() if value}

    def address(self, ending: str = "", **changes: str) -> str:
        """The same report with something else asked for, as a page or a file."""
        pairs = [*{**self.kept, **changes}.items(), *pairs_of(self.scope.filters)]
        return f"{self.path}{ending}?{urlencode([pair for pair in pairs if pair[1]])}"

    def address_of_year(self, label: str, **changes: str) -> str:
        """The same of a whole year."""
        return self.address(**{**NO_DATES, "year": label, **changes})

    def address_of_file(self, ending: str, **changes: str) -> str:
        """The same as a file; the year is named, so that it stays what it was."""
        year = {} if self.asked.quarter else {"year": self.year_shown or self.asked.year}
        return self.address(ending, **{**year, **changes})

    def trace(self, figure: Traced, *rows: tuple[By, str]) -> str:
        """The bookings behind a figure of those rows; empty where no address says which."""
        filters = {each.by: each for each in self.scope.filters}
        quarter = {}
        for by, label in rows:
            if by is By.QUARTER:
                quarter = {"quarter": label}
            elif by in filters and DIMENSIONS[by].is_multiple:
                return ""  # both values at once, which a filter cannot say
            else:
                filters[by] = Filter(by, (), (label,))
        return self.rows_of(figure).narrowed([*filters.values()]).address(**quarter)

    def rows_of(self, figure: Traced) -> Request:
        """The bookings behind a figure, of the same scope."""
        return Request(f"{self.path}/bookings", self.by, self.asked, self.scope, traced=figure)

    def report_at(self, path: str) -> str:
        """The report that counts these bookings."""
        return Request(path, self.by, self.asked, self.scope).address()

    def narrowed(self, filters: Sequence[Filter]) -> Request:
        """The same with these filters in place of its own."""
        return replace(self, scope=replace(self.scope, filters=tuple(filters)))

    @property
    def year_shown(self) -> str:
        """The reporting year that the report is of; empty where it is another period."""
        period = self.scope.period
        if period.first is None:
            return ""
        year = reporting_year(period.first, self.scope.start_month)
        return year.label if (period.first, period.last) == (year.first, year.last) else ""

    def strip(self, years: Sequence[ReportingYear]) -> Strip:
        """The strip under the finding: by, year, download."""
        by = [
            (by.words, self.address(by=by.value, across="", show=""), by is self.by)
            for by in OFFERED
        ]
        of = years_to_choose(years, self.year_shown, self.address_of_year)
        if len(of) > 1:
            every = self.address_of_year(ALL_YEARS)
            of.append(("all years", every, self.asked.year == ALL_YEARS))
        return strip_of_parts(("By", by), ("Year", of), ("Download", self.files))

    @property
    def crossings(self) -> list[Option]:
        """What the columns may be; an agency stands under its sector anyhow."""
        own = {self.by, *({By.AGENCY, By.SECTOR} if self.by in (By.AGENCY, By.SECTOR) else ())}
        nothing = ("nothing", self.address(across="", show=""), self.across is None)
        return [nothing] + [
            (by.words, self.address(across=by.value), by is self.across)
            for by in CROSSED
            if by not in own
        ]

    @property
    def figures(self) -> list[Option]:
        """Which figure the cells show, where two groupings are crossed."""
        return [(each.words, self.address(show=each.value), each is self.show) for each in Figure]

    @property
    def files(self) -> list[Option]:
        """The same as files."""
        return files_to_take(self.address_of_file)

    def quarters(self, today: date) -> list[Option]:
        """The quarters of the year that is shown, or the last ones that have begun."""
        return [
            (label, self.address(**{**NO_DATES, "quarter": label}), self.asked.quarter == label)
            for label in quarters_begun(self.scope.period, today, self.scope.start_month)
        ]

    @property
    def comparisons(self) -> list[Option]:
        """What it may be compared with, where there is a choice."""
        period, month = self.scope.period, self.scope.start_month
        if period.year_before is None or period.year_before == period.just_before:
            return []
        return [
            (
                sentence_case(period.said_before(each, month)),
                self.address(against="year" if each is Against.YEAR_BEFORE else ""),
                each is self.against,
            )
            for each in Against
        ]


def pairs_of(filters: Sequence[Filter]) -> list[tuple[str, str]]:
    """Filters as they stand in an address."""
    return [(filter_name(each.by), value) for each in filters for value in each.values]


def read_request(
    path: str,
    query: MultiDict[str, str],
    viewer: Viewer | None,
    now: datetime,
    *,
    permission: Permission = Permission.READ_REPORTS,
) -> Request:
    """What is asked for. Raises Refused where it cannot be."""
    by, across = _by(query, "by") or By.AGENCY, _by(query, "across")
    asked = asked_in(query)
    scope = scope_of(asked, viewer, permission)
    if not (asked.first or asked.last or asked.year or asked.quarter):
        scope = scope.of_last_year(now)
    refuse_to_come(scope.period, london_date(now))
    against = Against.YEAR_BEFORE if query.get("against") == "year" else Against.PERIOD_BEFORE
    return Request(path, by, asked, scope, across, _figure(query), against)


def asked_in(query: MultiDict[str, str]) -> Asked:
    """The period, the partnership and the filters of an address, as typed."""
    return Asked(
        first=_day(query, "from"),
        last=_day(query, "to"),
        year=query.get("year", ""),
        partnership=query.get("partnership", ""),
        quarter=query.get("quarter", ""),
        filters=tuple(
            (by, values)
            for by in FILTERS
            if (values := tuple(filter(None, query.getlist(filter_name(by)))))
        ),
    )


def _by(query: MultiDict[str, str], name: str) -> By | None:
    try:
        return By(query[name]) if query.get(name) else None
    except ValueError:
        raise Refused(f"There is no report by {query[name]}.", field=name) from None


def _figure(query: MultiDict[str, str]) -> Figure:
    try:
        return Figure(query.get("show") or Figure.ATTENDED)
    except ValueError:
        raise Refused(f"There is no figure {query['show']}.", field="show") from None


def _day(query: MultiDict[str, str], name: str) -> date | None:
    written = query.get(name, "").strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"):
        try:
            return datetime.strptime(written, form).date() if written else None  # noqa: DTZ007
        except ValueError:
            continue
    raise Refused(f"Write a date as 2026-04-01 or 1/4/2026, not {written}.", field=name)


def period_in_words(request: Request) -> str:
    """'April 2025 to March 2026', or the dates, or 'All dates'."""
    period = request.scope.period
    if period.months and period.first and period.last:
        begins = f"{period.first:%B %Y}"
        return begins if period.months == 1 else f"{begins} to {period.last:%B %Y}"
    begins = f"{short_day(period.first)} {period.first.year}" if period.first else ""
    ends = f"{short_day(period.last)} {period.last.year}" if period.last else ""
    if begins and ends:
        return f"{begins} to {ends}"
    if begins or ends:
        return f"From {begins}" if begins else f"Until {ends}"
    return "All dates"


def available_years(request: Request, now: datetime) -> list[ReportingYear]:
    """The years that there is something to say of."""
    return list_years(request.scope, now)
