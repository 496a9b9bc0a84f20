"""The page and the files on reach."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.reporting.freezing.noting import frozen_notes
from lms.reporting.reach.file import REACH_DEFINITIONS, reach_table
from lms.reporting.reach.queries import reach_report
from lms.reporting.reach.rules import MORE_THAN_COUNTED, ReachBy, reach_in_words
from lms.reporting.reach.views import picture as shown
from lms.reporting.views.asked import available_years, period_in_words
from lms.reporting.views.blueprint import blueprint
from lms.reporting.views.grouped import GroupedRequest, read_grouped
from lms.reporting.views.pages import report_file
from lms.web.pages import now

PATH = "/reports/reach"


@blueprint.get(PATH)
@requires(Permission.READ_REPORTS)
def reach() -> str:
    asked = _asked(shown.OFFERED)
    return render_template(
        "reporting/reach.html",
        asked=asked,
        period=period_in_words(asked.request),
        picture=shown.reach_picture(asked.by, asked.scope, now()),
        strip_parts=asked.strip(available_years(asked.request, now())),
        cohorts_csv=asked.address(".csv", by=ReachBy.COHORT.value),
        runs=bool(the_viewer().partnerships(Permission.RUN_PROGRAMME)),
        in_words=reach_in_words,
        more_than_counted=MORE_THAN_COUNTED,
        definitions=REACH_DEFINITIONS,
        frozen=frozen_notes(asked.scope),
        today=now(),
    )


@blueprint.get(f"{PATH}.<form>")
@requires(Permission.READ_REPORTS)
def reach_file(form: str) -> Response:
    asked = _asked(tuple(ReachBy))
    return report_file(reach_table(reach_report(asked.by, asked.scope, now())), form)


def _asked(offered: tuple[ReachBy, ...]) -> GroupedRequest[ReachBy]:
    asked = read_grouped(PATH, offered, request.args, the_viewer(), now())
    show_partnership(asked.scope.partnership_ids[0])
    return asked
