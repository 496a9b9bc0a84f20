"""The ledger of a region: what partnerships gave each other, in a reporting year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask import Response, render_template, request

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.agencies.models import Partnership
from lms.agencies.queries import partnership_chosen
from lms.booking.queries.region import Line, first_event_at, region_ledger
from lms.booking.views.blueprint import blueprint
from lms.clock import ReportingYear, london_date, reporting_years
from lms.tables import Value, csv_lines
from lms.web.filters import address
from lms.web.pages import file_response, now

PATH = "/manage/region"
MOST_YEARS = 6
HEADER = (
    *("year", "from_partnership", "to_partnership", "places_given", "places_used"),
    *("places_unused", "trainer_days_lent", "balance_of_places", "balance_of_trainer_days"),
)


class Row(NamedTuple):
    """A line of the ledger as the page shows it."""

    name: str
    places: int
    used: int
    unused: int
    days: str
    balance_of_places: str
    balance_of_days: str


def _row(line: Line) -> Row:
    account = line.account
    return Row(
        f"{line.giver} to {line.taker}",
        *(account.places, account.used, account.unused, _days(account.trainer_days)),
        _sign(account.balance_of_places) + str(abs(account.balance_of_places)),
        _sign(account.balance_of_days) + _days(abs(account.balance_of_days)),
    )


def _days(days: float) -> str:
    """'2', '1½', '½'."""
    whole, half = divmod(days, 1)
    return f"{whole:.0f}" * (whole > 0 or not half) + "½" * (half > 0)


def _sign(value: float) -> str:
    return "" if not value else "+" if value > 0 else "−"


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def show_region() -> str:
    own = partnership_chosen(the_viewer(), None)
    show_partnership(own.id)
    years = _years(own)
    year = _year_asked(years)
    return render_template(
        "booking/region.html",
        rows=[_row(line) for line in region_ledger(the_viewer(), year)],
        year=year.label,
        years=[(each.label, address(PATH, {}, year=each.label), each == year) for each in years],
        csv_href=address(f"{PATH}.csv", {}, year=year.label),
    )


@blueprint.get(f"{PATH}.csv")
@requires(Permission.RUN_PROGRAMME)
def region_file() -> Response:
    year = _year_asked(_years(partnership_chosen(the_viewer(), None)))
    rows = list(_rows(region_ledger(the_viewer(), year), year))
    return file_response(
        f"region-{year.label}.csv", "".join(csv_lines(HEADER, rows)).encode(), "text/csv"
    )


def _rows(lines: list[Line], year: ReportingYear) -> Iterator[tuple[Value, ...]]:
    for line in lines:
        account = line.account
        yield (
            *(year.label, line.giver, line.taker, account.places, account.used, account.unused),
            _figure(account.trainer_days),
            account.balance_of_places,
            _figure(account.balance_of_days),
        )


def _figure(days: float) -> float:
    """Whole days without a point: 1, 1.5."""
    return int(days) if days == int(days) else days


def _years(own: Partnership) -> list[ReportingYear]:
    """The reporting years from the first shared event on, the newest first."""
    first = london_date(first_event_at() or now())
    return reporting_years(first, london_date(now()), own.year_starts_month)[:MOST_YEARS]


def _year_asked(years: list[ReportingYear]) -> ReportingYear:
    wanted = request.args.get("year", "")
    return next((year for year in years if year.label == wanted), years[0])
