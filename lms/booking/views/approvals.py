"""What an agency lead is to approve, and whose address may approve for an agency."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.models import Agency
from lms.agencies.queries import get_agency, list_agencies_led_by
from lms.booking import commands
from lms.booking.forms import ApproverForm
from lms.booking.queries.approvals import asked_of_lead, list_known_approvers
from lms.booking.views.blueprint import blueprint
from lms.errors import NotFound, Refused
from lms.web.addresses import row_id
from lms.web.forms import choices
from lms.web.pages import done, now, see

PATH = "/my-agency/approvals"


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def approvals_of_lead() -> Response:
    agencies = list_agencies_led_by(the_viewer())
    if not agencies:
        raise NotFound
    asked = asked_of_lead(the_viewer(), now())
    return _page("booking/approvals.html", agencies, PATH, asked=asked)


@blueprint.route("/manage/agencies/<int:agency_id>/approvers", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def approvers_of_agency(agency_id: int) -> Response:
    agency = get_agency(agency_id, the_viewer())
    address = f"/manage/agencies/{agency_id}/approvers"
    return _page("booking/approvers.html", [agency], address, agency=agency)


def _page(template: str, agencies: list[Agency], address: str, **facts: object) -> Response:
    """The page with those who are known; a POST adds an address, or takes one out."""
    form = ApproverForm()
    form.agency.choices = choices((str(each.id), each.name) for each in agencies)
    if len(agencies) == 1:
        form.agency.data = agencies[0].id
    known = list_known_approvers([agency.id for agency in agencies])
    if remove := request.form.get("remove", 0, type=row_id):
        return _remove(remove, {each.id for each in known}, address)
    if form.validate_on_submit() and _add(form):
        done(f"{form.address.data} may approve bookings now.")
        return see(address)
    page = render_template(
        template, form=form, agencies=agencies, known=known, address=address, **facts
    )
    return make_response(page, 422 if form.has_errors else 200)


def _add(form: ApproverForm) -> bool:
    try:
        commands.vouch_for_approver(
            form.agency.data, form.address.data or "", by=the_viewer(), now=now()
        )
    except Refused as refusal:
        form.refuse(refusal)
        return False
    return True


def _remove(known_id: int, shown: set[int], address: str) -> Response:
    if known_id not in shown:
        raise NotFound
    commands.forget_approver(known_id, by=the_viewer(), now=now())
    done("That address may approve no more.")
    return see(address)
