"""The reports as pages, and as files of counts behind plain links."""

from __future__ import annotations

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.reporting import files
from lms.reporting.impact_file import impact_table
from lms.reporting.queries import evaluation_report
from lms.reporting.queries.impact import impact_report
from lms.reporting.rules.impact import (
    commitments_caption,
    impact_finding,
    managers_caption,
    reasons_caption,
)
from lms.reporting.views import attendance as attendance_view
from lms.reporting.views import evaluation as evaluation_view
from lms.reporting.views import impact as impact_view
from lms.reporting.views import impact_besides
from lms.reporting.views import programme as programme_view
from lms.reporting.views import reach as reach_view
from lms.reporting.views.asked import (
    Request,
    available_years,
    period_in_words,
    read_request,
)
from lms.reporting.views.blueprint import blueprint
from lms.web.pages import file_response, now
from lms.words import count, number

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/reports")
@requires(Permission.READ_REPORTS)
def reports() -> str:
    asked = ask("/reports/attendance")
    picture = attendance_view.attendance_picture(asked, now())
    replies = evaluation_report(asked.by, asked.scope)
    return render_template(
        "reporting/reports.html",
        period=period_in_words(asked),
        attendance=picture.finding,
        evaluation=evaluation_view.evaluation_finding(replies),
        programme=programme_view.programme_lead(asked.scope, now()),
        reach=reach_view.reach_lead(asked.scope, now()),
    )


@blueprint.get("/reports/evaluation")
@requires(Permission.READ_REPORTS)
def evaluation() -> str:
    asked = ask("/reports/evaluation")
    report = evaluation_report(asked.by, asked.scope)
    return render_template(
        "reporting/evaluation.html",
        asked=asked,
        period=period_in_words(asked),
        finding=evaluation_view.evaluation_finding(report),
        report=report,
        called=evaluation_view.CALLED,
        bars_of_replies=evaluation_view.reply_bars(report),
        replies_in_words=evaluation_view.replies_in_words,
        rate_in_words=evaluation_view.rate_in_words,
        strip_parts=asked.strip(available_years(asked, now())),
        definitions=files.EVALUATION_DEFINITIONS,
        today=now(),
    )


@blueprint.get("/reports/impact")
@requires(Permission.READ_REPORTS)
def impact() -> str:
    page = impact_view.impact_page(_asked_of_impact(), now())
    return render_template(
        "reporting/impact.html",
        page=page,
        finding=impact_finding(page.figures),
        fewest=number(page.report.fewest),
        events=count(page.report.events, "event"),
        reading=page.reading,
        trend=page.trend,
        stats_of=impact_view.stats_of,
        parts_of=impact_view.parts_of,
        pairs=impact_besides.pairs_in_words(page.figures.pairs),
        own_bars=impact_besides.own_bars,
        own_in_words=impact_besides.own_in_words,
        own_reading=impact_besides.own_reading,
        bars_of=impact_view.bars_of,
        bars_in_words=impact_view.bars_in_words,
        kept_in_words=impact_view.kept_in_words,
        answered_in_words=impact_view.answered_in_words,
        barrier_labels=impact_view.BARRIER_LABELS,
        help_labels=impact_view.HELP_LABELS,
        commitments_caption=commitments_caption,
        managers_caption=managers_caption,
        reasons_caption=reasons_caption,
        strip_parts=impact_view.strip_of(page, now()),
        is_live=bool(the_viewer().partnerships(Permission.RUN_PROGRAMME)),
        today=now(),
    )


@blueprint.get("/reports/impact.<form>")
@requires(Permission.READ_REPORTS)
def impact_file(form: str) -> Response:
    asked = _asked_of_impact()
    return report_file(impact_table(impact_report(asked.by, asked.view, asked.scope, now())), form)


def _asked_of_impact() -> impact_view.ImpactRequest:
    asked = impact_view.read_impact_request(request.args, the_viewer(), now())
    show_partnership(asked.scope.partnership_ids[0])
    return asked


@blueprint.get("/reports/evaluation.<form>")
@requires(Permission.READ_REPORTS)
def evaluation_file(form: str) -> Response:
    asked = ask("/reports/evaluation")
    return report_file(files.evaluation_table(evaluation_report(asked.by, asked.scope)), form)


def ask(path: str) -> Request:
    """What the address asks for; the page looks as the first partnership asked for."""
    asked = read_request(path, request.args, the_viewer(), now())
    show_partnership(asked.scope.partnership_ids[0])
    return asked


def report_file(table: files.Table, form: str) -> Response:
    """A report as a file; of another form there is none."""
    across = f"-and-{table.across.value}" if table.across else ""
    name = f"{table.name}-by-{table.by.value}{across}.{form}"
    if form == "csv":
        return file_response(name, files.as_csv(table), "text/csv; charset=utf-8")
    if form == "json":
        return file_response(name, files.as_json(table, now()).encode(), "application/json")
    if form != "xlsx":
        abort(404)
    return file_response(name, files.as_xlsx(table), XLSX)
