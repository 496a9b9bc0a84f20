"""The page and the files on impact."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.reporting.freezing.noting import frozen_notes
from lms.reporting.impact.file import impact_table
from lms.reporting.impact.queries import impact_report
from lms.reporting.impact.rules import (
    commitments_caption,
    impact_finding,
    managers_caption,
    reasons_caption,
    which_answers_count,
)
from lms.reporting.impact.views import besides, picture
from lms.reporting.impact.views.asked import (
    PATH,
    ImpactRequest,
    read_impact_request,
    strip_of,
)
from lms.reporting.views.blueprint import blueprint
from lms.reporting.views.pages import report_file
from lms.web.pages import now
from lms.words import count, number


@blueprint.get(PATH)
@requires(Permission.READ_REPORTS)
def impact() -> str:
    page = picture.impact_page(_asked_of_impact(), now())
    return render_template(
        "reporting/impact.html",
        page=page,
        finding=impact_finding(page.figures),
        fewest=number(page.report.fewest),
        events=count(page.report.events, "event"),
        reading=page.reading,
        which_count=which_answers_count(page.report.closes, page.report.until),
        trend=page.trend,
        stats_of=picture.stats_of,
        parts_of=picture.parts_of,
        pairs=besides.pair_rows(page.figures.pairs),
        quotes=besides.quotes_by_subject(page.report.quotes),
        own_bars=besides.own_bars,
        own_in_words=besides.own_in_words,
        own_reading=besides.own_reading,
        bars_of=picture.bars_of,
        bars_in_words=picture.bars_in_words,
        kept_in_words=picture.kept_in_words,
        answered_in_words=picture.answered_in_words,
        barrier_labels=picture.BARRIER_LABELS,
        help_labels=picture.HELP_LABELS,
        commitments_caption=commitments_caption,
        managers_caption=managers_caption,
        reasons_caption=reasons_caption,
        strip_parts=strip_of(page.request, page.report, now()),
        is_live=bool(the_viewer().partnerships(Permission.RUN_PROGRAMME)),
        frozen=frozen_notes(page.report.scope),
        today=now(),
    )


@blueprint.get(f"{PATH}.<form>")
@requires(Permission.READ_REPORTS)
def impact_file(form: str) -> Response:
    asked = _asked_of_impact()
    return report_file(impact_table(impact_report(asked.by, asked.view, asked.scope, now())), form)


def _asked_of_impact() -> ImpactRequest:
    asked = read_impact_request(request.args, the_viewer(), now())
    show_partnership(asked.scope.partnership_ids[0])
    return asked
