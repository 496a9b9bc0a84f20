"""Attendance as a page and as"""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.clock import london_date
from lms.errors import Refused
from lms.reporting.attendance.file import ATTENDANCE_DEFINITIONS, attendance_table, crossed_table
from lms.reporting.attendance.queries import CrossedReport, attendance_report, crossed_report
from lms.reporting.attendance.views import picture as view
from lms.reporting.attendance.views.crossing import crossing_of
from lms.reporting.freezing.noting import frozen_notes
from lms.reporting.rules import Traced
from lms.reporting.views.asked import Request, available_years, period_in_words
from lms.reporting.views.blueprint import blueprint
from lms.reporting.views.narrowing import chips_of, panel_of
from lms.reporting.views.pages import ask, report_file
from lms.web.pages import now

PATH = "/reports/attendance"


@blueprint.get(PATH)
@requires(Permission.READ_REPORTS)
def attendance() -> str | tuple[str, int]:
    try:
        asked = ask(PATH)
        crossed = _crossed(asked)
    except Refused as refused:
        return _refused(refused), 422
    return render_template(
        "reporting/attendance.html",
        asked=asked,
        period=period_in_words(asked),
        crossing=crossing_of(crossed, asked.show) if crossed else None,
        picture=view.attendance_picture(asked, now()),
        strip_parts=view.strip_of(asked, available_years(asked, now()), london_date(now())),
        chips=chips_of(asked),
        panel=panel_of(PATH, request.args, the_viewer()),
        definitions=ATTENDANCE_DEFINITIONS,
        may_trace=_may_trace(asked),
        Traced=Traced,
        frozen=frozen_notes(asked.scope),
        today=now(),
    )


def _may_trace(asked: Request) -> bool:
    """Whether the viewer may see every booking that the figures count, with its name."""
    runs = the_viewer().partnerships(Permission.RUN_PROGRAMME)
    return runs >= set(asked.scope.partnership_ids)


def _crossed(asked: Request) -> CrossedReport | None:
    if asked.across is None:
        return None
    return crossed_report(asked.by, asked.across, asked.scope, now())


def _refused(refused: Refused) -> str:
    """What cannot be asked for, said by the form, with everything that was asked still in it."""
    panel = panel_of(PATH, request.args, the_viewer(), refused)
    return render_template("reporting/ask_again.html", panel=panel, path=PATH, report="attendance")


@blueprint.get(f"{PATH}.<form>")
@requires(Permission.READ_REPORTS)
def attendance_file(form: str) -> Response:
    asked = ask(PATH)
    crossed = _crossed(asked)
    if crossed:
        return report_file(crossed_table(crossed), form)
    report = attendance_report(asked.by, asked.scope, now())
    return report_file(attendance_table(report), form)
