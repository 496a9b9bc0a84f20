"""What a lead does to a colleague's booking: name it, give it back, hand it over, cancel it."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.models import Booking
from lms.booking.queries.outlook import prospect_of
from lms.booking.queries.transfers import dates_to_move_to
from lms.booking.rules import BookingState, CancelledBy
from lms.desk import agency as queries
from lms.desk.agency_forms import CancelForm, ColleagueForm, MoveForm
from lms.desk.agency_people import people_to_choose
from lms.desk.views.blueprint import blueprint
from lms.errors import NotFound, Refused
from lms.web.pages import done, now, see
from lms.words import of_them

PATH = "/my-agency/bookings/<reference>"


@blueprint.route(f"{PATH}/name", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def name_place(reference: str) -> Response:
    booking = _booking(reference, is_unnamed=True)
    form = _colleague_form(booking)
    if form.validate_on_submit():
        try:
            commands.name_place(booking.id, to=form.whom(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _passed_on(booking, "The place has a name now. They are told by e-mail.")
    return _choose_colleague("desk/agency/name.html", reference, form, is_unnamed=True)


@blueprint.route(f"{PATH}/hand-over", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def hand_colleagues_place_over(reference: str) -> Response:
    booking = _booking(reference)
    form = _colleague_form(booking)
    if form.validate_on_submit():
        try:
            commands.hand_over_booking(
                booking.id,
                to=form.whom(),
                by=the_viewer(),
                by_what=CancelledBy.AGENCY_LEAD,
                now=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _passed_on(booking, "The place is handed over. Both are told by e-mail.")
    return _choose_colleague("desk/agency/hand_over.html", reference, form)


@blueprint.post(f"{PATH}/give-back")
@requires(Permission.LEAD_AGENCY)
def give_place_back(reference: str) -> Response:
    booking = _booking(reference, is_unnamed=True)
    by_what = CancelledBy.AGENCY_LEAD
    commands.cancel_booking(booking.id, by=the_viewer(), by_what=by_what, now=now())
    return _passed_on(booking, "The place is given back, for whoever comes next.")


@blueprint.route(f"{PATH}/cancel", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def cancel_for_colleague(reference: str) -> Response:
    booking = _booking(reference)
    form = CancelForm()
    by_what = CancelledBy.AGENCY_LEAD
    prospect = prospect_of(booking, now(), by_what)
    if not prospect.may_cancel:
        return see(f"/my-agency/events/{booking.event_id}")
    if form.validate_on_submit():
        why = form.why.data or ""
        commands.cancel_booking(booking.id, by=the_viewer(), by_what=by_what, why=why, now=now())
        return _passed_on(booking, f"{booking.name} is told by e-mail.")
    page = render_template(
        "desk/agency/cancel.html",
        booking=booking,
        form=form,
        prospect=prospect,
        waits=booking.state is BookingState.WAITING,
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.route(f"{PATH}/move", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def move_colleague(reference: str) -> Response:
    booking = _booking(reference)
    dates = dates_to_move_to(booking, now()) if booking.state is BookingState.CONFIRMED else []
    form = MoveForm()
    form.offer(each for each in dates if each.refusal is None)
    if form.validate_on_submit():
        try:
            result = commands.transfer_booking(
                booking.id, int(form.to.data), by=the_viewer(), now=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            moved = MOVED.get(result.state, JOINED)
            return _passed_on(booking, f"{booking.name} {moved}. They are told by e-mail.")
    booking = _booking(reference)
    page = render_template(
        "desk/agency/move.html",
        booking=booking,
        form=form,
        hints={
            str(each.event.id): of_them(each.sentence) for each in dates if each.refusal is None
        },
        shut=[each for each in dates if each.refusal is not None],
    )
    return make_response(page, 422 if form.has_errors else 200)


MOVED = {
    BookingState.CONFIRMED: "is moved",
    BookingState.REQUESTED: "keeps this place until the other date is approved",
}
JOINED = "joins the list there, and keeps this place until then"


def _booking(reference: str, *, is_unnamed: bool = False) -> Booking:
    """A booking of the lead's agencies, with a name or without. Raises NotFound for any other."""
    booking = queries.booking_of(reference, the_viewer())
    show_partnership(booking.event.partnership_id)
    if booking.is_unnamed is not is_unnamed:
        raise NotFound
    return booking


def _colleague_form(booking: Booking) -> ColleagueForm:
    form = ColleagueForm()
    form.offer(people_to_choose(booking, now()))
    return form


def _choose_colleague(
    template: str, reference: str, form: ColleagueForm, *, is_unnamed: bool = False
) -> Response:
    booking = _booking(reference, is_unnamed=is_unnamed)  # a command has let go of what was read
    page = render_template(template, booking=booking, form=form)
    return make_response(page, 422 if form.has_errors else 200)


def _passed_on(booking: Booking, sentence: str) -> Response:
    done(sentence)
    return see(f"/my-agency/events/{booking.event_id}")
