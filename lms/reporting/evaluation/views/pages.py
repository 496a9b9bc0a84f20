"""The page and the files on replies."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires
from lms.reporting.evaluation.file import EVALUATION_DEFINITIONS, evaluation_table
from lms.reporting.evaluation.queries import evaluation_report
from lms.reporting.evaluation.views import picture
from lms.reporting.freezing.noting import frozen_notes
from lms.reporting.views.asked import available_years, period_in_words
from lms.reporting.views.blueprint import blueprint
from lms.reporting.views.pages import ask, report_file
from lms.web.pages import now

PATH = "/reports/evaluation"


@blueprint.get(PATH)
@requires(Permission.READ_REPORTS)
def evaluation() -> str:
    asked = ask(PATH)
    report = evaluation_report(asked.by, asked.scope)
    return render_template(
        "reporting/evaluation.html",
        asked=asked,
        period=period_in_words(asked),
        finding=picture.evaluation_finding(report),
        report=report,
        called=picture.CALLED,
        bars_of_replies=picture.reply_bars(report),
        replies_in_words=picture.replies_in_words,
        rate_in_words=picture.rate_in_words,
        strip_parts=asked.strip(available_years(asked, now())),
        definitions=EVALUATION_DEFINITIONS,
        frozen=frozen_notes(asked.scope),
        today=now(),
    )


@blueprint.get(f"{PATH}.<form>")
@requires(Permission.READ_REPORTS)
def evaluation_file(form: str) -> Response:
    asked = ask(PATH)
    return report_file(evaluation_table(evaluation_report(asked.by, asked.scope)), form)
