"""Somebody has left an agency: said by a coordinator or by its lead, who are asked what becomes of
what was booked for it; and a lead's list of those who left."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, Role, requires, the_viewer
from lms.accounts.models import Membership, Person
from lms.booking.commands import leave_agency
from lms.booking.queries.leavers import get_membership, list_leavers, live_bookings_for
from lms.booking.rules import CancelledBy
from lms.desk.agency import led_of
from lms.desk.agency_people import colleague_of
from lms.desk.forms import CANCEL, KEEP, LeftForm
from lms.desk.people import get_page
from lms.desk.views.blueprint import blueprint
from lms.errors import NotFound
from lms.web.pages import done, now, see
from lms.words import count, sentence_case

LEFT = "<int:person_id>/left/<int:membership_id>"


@blueprint.route(f"/manage/people/{LEFT}", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def person_left(person_id: int, membership_id: int) -> Response:
    page = get_page(person_id, the_viewer())
    if membership_id not in page.leaves:
        raise NotFound
    person = page.person
    membership = get_membership(person_id, membership_id)
    return _left(person, membership, f"/manage/people/{person_id}", CancelledBy.COORDINATOR)


@blueprint.route(f"/my-agency/people/{LEFT}", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def colleague_left(person_id: int, membership_id: int) -> Response:
    led = led_of(the_viewer())
    person = colleague_of(person_id, led, now())
    membership = get_membership(person_id, membership_id)
    if membership.agency_id not in led.ids:
        raise NotFound
    return _left(person, membership, f"/my-agency/people/{person_id}", CancelledBy.AGENCY_LEAD)


def _left(person: Person, membership: Membership, here: str, by_what: CancelledBy) -> Response:
    bookings = live_bookings_for(person.id, membership.id, now())
    agency = membership.agency.name if membership.agency else membership.agency_typed
    form = LeftForm()
    if not bookings and form.is_submitted():
        form.bookings.data = KEEP
    if form.validate_on_submit():
        cancelled = leave_agency(
            person.id,
            membership.id,
            cancels=form.bookings.data == CANCEL,
            by=the_viewer(),
            by_what=by_what,
            now=now(),
        )
        ended = sentence_case(count(cancelled, "booking is", "bookings are"))
        told = f" {ended} cancelled, and they are told." if cancelled else ""
        done(f"They have left {agency}.{told}")
        return see(here if by_what is CancelledBy.COORDINATOR else "/my-agency/leavers")
    page = render_template(
        "desk/left.html",
        person=person,
        agency=agency,
        bookings=bookings,
        form=form,
        address=f"{here}/left/{membership.id}",
        here=here,
        leads=_leads(person, membership),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _leads(person: Person, membership: Membership) -> bool:
    """Whether they lead, or are to lead, the agency that they leave."""
    return any(
        grant.role is Role.AGENCY_LEAD
        and grant.agency_id == membership.agency_id
        and grant.ends_on is None
        for grant in person.grants
    )


@blueprint.get("/my-agency/leavers")
@requires(Permission.LEAD_AGENCY)
def leavers() -> str:
    led = led_of(the_viewer())
    found = list_leavers(led.ids, now())
    return render_template("desk/agency/leavers.html", led=led, leavers=found)
