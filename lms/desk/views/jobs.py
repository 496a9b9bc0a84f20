"""What runs by itself, when it last did, and what went wrong."""

from __future__ import annotations

from flask import render_template

from lms.access import Permission, requires
from lms.desk.views.blueprint import blueprint
from lms.jobs import job_reports
from lms.web.pages import now


@blueprint.get("/manage/jobs")
@requires(Permission.RUN_PROGRAMME)
def jobs() -> str:
    reports = job_reports(now())
    return render_template(
        "desk/jobs.html",
        reports=reports,
        silent=[report for report in reports if report.is_silent],
        failing=[report for report in reports if report.failed_in_a_week],
    )
