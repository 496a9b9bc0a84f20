"""The bookings behind a figure of attendance, for those who run the programme."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.clock import london_date
from lms.errors import Refused
from lms.reporting.attendance.commands import note_bookings_file
from lms.reporting.attendance.queries import CountedBooking, count_rows, list_rows
from lms.reporting.rules import Traced
from lms.reporting.views.asked import Request, pairs_of, period_in_words, read_request
from lms.reporting.views.blueprint import blueprint
from lms.reporting.views.narrowing import chips_of, said_of
from lms.reporting.views.pages import XLSX
from lms.tables import Value, csv_lines, xlsx_pieces
from lms.web.long_lists import page_asked
from lms.web.pages import file_response, now

REPORT = "/reports/attendance"
PATH = f"{REPORT}/bookings"
A_PAGE = 50
COLUMNS = (
    *("event_reference", "event", "held_on", "name", "agency", "became", "booking_reference"),
)


@dataclass(frozen=True)
class Page:
    """Which part of the bookings is shown, and where the parts beside it are."""

    asked: Request
    number: int
    found: int

    @property
    def before(self) -> str:
        return self._at(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self._at(self.number + 1) if self.number * A_PAGE < self.found else ""

    def _at(self, number: int) -> str:
        return self.asked.address(page=str(number) if number > 1 else "")


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def attendance_bookings() -> str:
    asked, figure = _asked(request.args)
    page = Page(asked, page_asked(request.args), count_rows(figure, asked.scope))
    offset = (page.number - 1) * A_PAGE
    return render_template(
        "reporting/bookings.html",
        asked=asked,
        figure=figure,
        figures=[(each.words, asked.address(figure=each.value), each is figure) for each in Traced],
        period=period_in_words(asked),
        only=said_of(asked.scope.filters),
        chips=chips_of(asked),
        page=page,
        rows=list(list_rows(figure, asked.scope, limit=A_PAGE, offset=offset)),
        kept=[*asked.kept.items(), *pairs_of(asked.scope.filters)],
        report=asked.report_at(REPORT),
    )


@blueprint.post(f"{PATH}.csv")
@requires(Permission.RUN_PROGRAMME)
def attendance_bookings_file() -> Response:
    name, rows = _file_of_bookings()
    lines = (line.encode() for line in csv_lines(COLUMNS, rows))
    return file_response(f"{name}.csv", lines, "text/csv; charset=utf-8")


@blueprint.post(f"{PATH}.xlsx")
@requires(Permission.RUN_PROGRAMME)
def attendance_bookings_workbook() -> Response:
    name, rows = _file_of_bookings()
    return file_response(f"{name}.xlsx", xlsx_pieces(COLUMNS, rows, sheet="Bookings"), XLSX)


def _file_of_bookings() -> tuple[str, Iterable[tuple[Value, ...]]]:
    """What the file is called, and its rows, read as they are sent; that it was taken is noted."""
    asked, figure = _asked(request.form)
    about = ", ".join([figure.words, period_in_words(asked), *said_of(asked.scope.filters)])
    note_bookings_file(count_rows(figure, asked.scope), about, by=the_viewer(), now=now())
    return f"attendance-{figure.value}", map(file_row, list_rows(figure, asked.scope))


def _asked(query: MultiDict[str, str]) -> tuple[Request, Traced]:
    try:
        figure = Traced(query.get("figure") or Traced.ATTENDED)
    except ValueError:
        raise Refused(f"There is no figure {query['figure']}.", field="figure") from None
    permission = Permission.RUN_PROGRAMME
    asked = read_request(REPORT, query, the_viewer(), now(), permission=permission)
    show_partnership(asked.scope.partnership_ids[0])
    return asked.rows_of(figure), figure


def file_row(booking: CountedBooking) -> tuple[Value, ...]:
    """A booking as the file has it, in the order of COLUMNS."""
    return (
        booking.event_reference,
        booking.event,
        london_date(booking.starts_at).isoformat() if booking.starts_at else "",
        booking.name,
        booking.agency,
        booking.became,
        booking.reference,
    )
