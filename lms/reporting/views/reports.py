"""The list of the reports, each with its finding."""

from __future__ import annotations

from flask import render_template

from lms.access import Permission, requires
from lms.reporting.attendance.views.picture import attendance_picture
from lms.reporting.evaluation.queries import evaluation_report
from lms.reporting.evaluation.views.picture import evaluation_finding
from lms.reporting.programme.views.picture import programme_lead
from lms.reporting.reach.views.picture import reach_lead
from lms.reporting.views.asked import period_in_words
from lms.reporting.views.blueprint import blueprint
from lms.reporting.views.pages import ask
from lms.web.pages import now


@blueprint.get("/reports")
@requires(Permission.READ_REPORTS)
def reports() -> str:
    asked = ask("/reports/attendance")
    picture = attendance_picture(asked, now())
    replies = evaluation_report(asked.by, asked.scope)
    return render_template(
        "reporting/reports.html",
        period=period_in_words(asked),
        attendance=picture.finding,
        evaluation=evaluation_finding(replies),
        programme=programme_lead(asked.scope, now()),
        reach=reach_lead(asked.scope, now()),
    )
