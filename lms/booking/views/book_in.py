"""Booking somebody in who rings up: find them or add them, check, and lift a rule with a reason."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts.commands import PersonDetails, add_person
from lms.accounts.rules import normal_address
from lms.agencies.look import show_partnership
from lms.agencies.models import Agency
from lms.agencies.queries import list_agencies, list_agencies_seen_by
from lms.booking import commands
from lms.booking.commands import AlreadyBooked
from lms.booking.forms import NewPersonForm, StaffBookingForm
from lms.booking.queries.bookings import runs
from lms.booking.queries.outlook import Outlook, outlook_for_staff, people_to_book
from lms.booking.queries.sharing import get_event_booked_by, manage_page
from lms.booking.rules import BookingState, Origin
from lms.booking.views import wording
from lms.booking.views.blueprint import blueprint
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.errors import Busy, Refused
from lms.web.pages import done, now, see
from lms.words import of_them

STANDS = {
    BookingState.CONFIRMED: "has a place",
    BookingState.WAITING: "is on the waiting list",
    BookingState.REQUESTED: "has a place held until it is approved",
}


@blueprint.get("/manage/events/<int:event_id>/book")
@requires(Permission.RUN_PROGRAMME)
def find_person_to_book(event_id: int) -> str:
    event = _event(event_id)
    text = request.args.get("q", "").strip()
    return render_template(
        "booking/find_person.html",
        event=event,
        text=text,
        people=people_to_book(text, the_viewer()) if text else [],
        home=manage_page(event, the_viewer()),
    )


@blueprint.route("/manage/events/<int:event_id>/book/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def add_person_to_book(event_id: int) -> Response:
    event = _event(event_id)
    form = NewPersonForm()
    if form.validate_on_submit():
        try:
            person_id = add_person(_details(form), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            address = urlencode({"address": normal_address(form.email.data or "")})
            return see(f"/manage/events/{event_id}/book/{person_id}?{address}")
    page = render_template(
        "booking/add_person.html",
        event=event,
        form=form,
        agencies=_agencies_offered(event),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _agencies_offered(event: Event) -> list[Agency]:
    """The host's, or to one who has a part in the event their own (B17)."""
    if runs(event, the_viewer()):
        return list_agencies(event.partnership_id, on=london_date(now()))
    return list_agencies_seen_by(the_viewer())


def _details(form: NewPersonForm) -> PersonDetails:
    return PersonDetails(
        name=form.name.data or "",
        email=form.email.data or "",
        agency_typed=form.agency.data or "",
        job_role=form.job_role.data or "",
    )


@blueprint.route("/manage/events/<int:event_id>/book/<int:person_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def book_in(event_id: int, person_id: int) -> Response:
    address = request.args.get("address", "")
    found = outlook_for_staff(event_id, person_id, the_viewer(), now(), address=address)
    show_partnership(found.event.partnership_id)
    if found.live is not None:
        done(f"{found.person.name} is {found.live.state.words} here already.")
        return see(f"/bookings/{found.live.reference}")
    form = StaffBookingForm(data={"line_manager_email": found.person.line_manager_email})
    form.prepare(found)
    if not form.validate_on_submit():
        return _check(found, form, 422 if form.has_errors else 200)
    return _ask(found, form)


def _ask(found: Outlook, form: StaffBookingForm) -> Response:
    lifts = "override" in request.form
    try:
        result = commands.request_place(
            found.event.id,
            found.person.id,
            job_role=found.person.job_role,
            origin=Origin.COORDINATOR,
            override_reason=form.override_reason.data or "" if lifts else None,
            by=the_viewer(),
            now=now(),
            **form.asks_for(),
        )
    except AlreadyBooked as already:
        return see(f"/bookings/{already.reference}")
    except Busy as busy:
        form.refuse(Refused(f"{busy.sentence} {busy.way_out}"))
        return _check(found, form, 503)
    except Refused as refusal:
        form.refuse(Refused(of_them(refusal.sentence), field=refusal.field))
        return _check(found, form, 422 if refusal.field else 409)
    done(f"{found.person.name} {STANDS[result.state]}, and is told by e-mail.")
    return see(manage_page(found.event, the_viewer()))


def _check(found: Outlook, form: StaffBookingForm, status: int) -> Response:
    page = render_template(
        "booking/book_in.html",
        outlook=found,
        form=form,
        address=request.full_path.rstrip("?"),
        late_clause=wording.late_clause(found.lateness, now()),
    )
    return make_response(page, status)


def _event(event_id: int) -> Event:
    event = get_event_booked_by(event_id, the_viewer())
    show_partnership(event.partnership_id)
    return event
