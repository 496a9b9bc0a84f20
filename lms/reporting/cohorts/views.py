"""Named cohorts, kept by those who run a programme; and who of a list has not come."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.agencies.queries import partnership_chosen, partnerships_run_by
from lms.clock import london_date
from lms.errors import Refused
from lms.reporting.cohorts import commands, queries
from lms.reporting.cohorts.forms import CohortForm, cohort_data
from lms.reporting.cohorts.models import Cohort
from lms.reporting.cohorts.rules import LARGEST_FILE, read_file
from lms.reporting.views.asked import available_years, period_in_words, read_request
from lms.reporting.views.blueprint import blueprint
from lms.web.addresses import row_id
from lms.web.pages import done, now, see
from lms.web.uploads import takes_files

PATH = "/manage/cohorts"
ONE = f"{PATH}/<int:cohort_id>"
MOST_SHOWN = 500


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def manage_cohorts() -> str:
    wanted = request.args.get("partnership", type=row_id)
    partnership = partnership_chosen(the_viewer(), wanted)
    show_partnership(partnership.id)
    return render_template(
        "reporting/manage_cohorts.html",
        cohorts=queries.list_cohorts(partnership.id),
        partnerships=partnerships_run_by(the_viewer()),
        chosen=partnership,
    )


@takes_files(LARGEST_FILE)
@blueprint.route(f"{PATH}/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def add_cohort() -> Response:
    wanted = request.args.get("partnership", type=row_id)
    partnership = partnership_chosen(the_viewer(), wanted)
    show_partnership(partnership.id)
    host = partnership.id
    form = CohortForm(data={"counted_on": london_date(now())})
    if _is_sound(form):
        try:
            commands.add_cohort(host, form.details(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.name.data} is named. Its reach stands in the report.")
            return see(f"{PATH}?partnership={host}")
    return _page(form, None)


@takes_files(LARGEST_FILE)
@blueprint.route(ONE, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_cohort(cohort_id: int) -> Response:
    cohort = _cohort(cohort_id)
    form = CohortForm(data=cohort_data(cohort))
    if _is_sound(form):
        try:
            commands.change_cohort(
                cohort_id, form.details(), by=the_viewer(), now=now(), seen_at=form.seen_at
            )
        except Refused as refusal:
            form.refuse(refusal)
            cohort = _cohort(cohort_id)
            form.seen.data = cohort.changed_at.isoformat()
        else:
            done("Saved.")
            return see(f"{PATH}?partnership={cohort.partnership_id}")
    return _page(form, cohort)


@blueprint.post(f"{ONE}/retire")
@requires(Permission.RUN_PROGRAMME)
def retire_cohort(cohort_id: int) -> Response:
    commands.retire_cohort(cohort_id, by=the_viewer(), now=now())
    done(
        "It is retired: the reports of later periods leave it out.",
        undo=f"{PATH}/{cohort_id}/take-up",
    )
    return see(PATH)


@blueprint.post(f"{ONE}/take-up")
@requires(Permission.RUN_PROGRAMME)
def take_up_cohort(cohort_id: int) -> Response:
    commands.take_up_cohort(cohort_id, by=the_viewer(), now=now())
    done("It is in use again.")
    return see(PATH)


@blueprint.get(f"{ONE}/not-reached")
@requires(Permission.RUN_PROGRAMME)
def cohort_not_reached(cohort_id: int) -> str:
    cohort = _cohort(cohort_id)
    address = f"{PATH}/{cohort_id}/not-reached"
    asked = read_request(address, request.args, the_viewer(), now())
    missing = queries.list_not_reached(cohort_id, asked.scope, the_viewer())
    return render_template(
        "reporting/cohort_not_reached.html",
        cohort=cohort,
        period=period_in_words(asked),
        strip_parts=[
            part for part in asked.strip(available_years(asked, now())) if part[0] == "Year"
        ],
        missing=missing[:MOST_SHOWN],
        total=len(missing),
    )


def _cohort(cohort_id: int) -> Cohort:
    """Raises NotFound for a cohort of others."""
    cohort = queries.get_cohort(cohort_id, the_viewer())
    show_partnership(cohort.partnership_id)
    return cohort


def _is_sound(form: CohortForm) -> bool:
    """Whether a form was sent that can be read. What its file brought is kept in any case: a
    browser does not send a file again."""
    if not form.is_submitted():
        return False
    try:
        _bring_file(form)
    except Refused as refusal:
        form.validate()
        form.refuse(refusal)
        return False
    return bool(form.validate())


def _bring_file(form: CohortForm) -> None:
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        form.bring(read_file(sent.read()))


def _page(form: CohortForm, cohort: Cohort | None) -> Response:
    page = render_template(
        "reporting/cohort_form.html", form=form, cohort=cohort, most=LARGEST_FILE
    )
    return make_response(page, 422 if form.has_errors else 200)
