"""What can be done to a booking that there is: answer an offer, change the tick, give it up."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, Viewer, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands, queries
from lms.booking.forms import CancelForm, TickForm
from lms.booking.models import Booking
from lms.booking.queries.outlook import prospect_of
from lms.booking.queries.sharing import manage_page
from lms.booking.rules import BookingState, CancelledBy, Side
from lms.booking.views import wording
from lms.booking.views.blueprint import blueprint
from lms.errors import NotFound, Refused
from lms.web.pages import done, now, see


@blueprint.route("/bookings/<reference>/cancel", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def cancel(reference: str) -> Response:
    booking = queries.get_booking(reference, the_viewer())
    show_partnership(booking.event.partnership_id)
    by_what = as_whom(booking, the_viewer())
    form = CancelForm()
    prospect = prospect_of(booking, now(), by_what)
    if not prospect.may_cancel or not form.validate_on_submit():
        return _cancel_page(booking, form, by_what, 422 if form.has_errors else 200)
    waited = booking.state is BookingState.WAITING
    commands.cancel_booking(
        booking.id, by=the_viewer(), by_what=by_what, why=form.why.data or "", now=now()
    )
    if by_what is CancelledBy.COORDINATOR:
        done(f"{booking.name} is told by e-mail.")
        return see(manage_page(booking.event, the_viewer()))
    done("You have left the waiting list." if waited else "You have given up your place.")
    return see("/my-learning")


def as_whom(booking: Booking, viewer: Viewer) -> CancelledBy:
    """As whom somebody acts on a booking that they may see."""
    own = booking.person_id == viewer.person_id
    return CancelledBy.DELEGATE if own else CancelledBy.COORDINATOR


def _cancel_page(booking: Booking, form: CancelForm, by_what: CancelledBy, status: int) -> Response:
    prospect = prospect_of(booking, now(), by_what)
    ended = wording.ended(booking, now())
    page = render_template(
        "booking/cancel.html",
        booking=booking,
        form=form,
        is_own=by_what is CancelledBy.DELEGATE,
        saying=ended or wording.giving_up(booking, prospect),
        has_ended=ended is not None,
        prospect=prospect,
        home=manage_page(booking.event, the_viewer()),
    )
    return make_response(page, 409 if ended and request.method == "POST" else status)


@blueprint.post("/bookings/<reference>/tick")
@requires(Permission.BE_A_PRACTITIONER)
def tick(reference: str) -> Response:
    booking = _own_booking(reference)
    form = TickForm()
    at_once = bool(form.confirm_at_once.data)
    commands.set_confirm_at_once(booking.id, confirm_at_once=at_once, now=now())
    done("A place that comes up is yours at once." if at_once else "We ask you before you have it.")
    return see(f"/bookings/{reference}")


@blueprint.post("/bookings/<reference>/side")
@requires(Permission.BE_A_PRACTITIONER)
def switch_side(reference: str) -> Response:
    """Take part in the room instead of online, or online instead; a coordinator may, for them."""
    booking = queries.get_booking(reference, the_viewer())
    side = next((side for side in Side if side.value == request.form.get("side")), None)
    if side is None:
        raise Refused("Choose the room or online.")
    commands.switch_side(booking.id, side, by=the_viewer(), now=now())
    own = booking.person_id == the_viewer().person_id
    done(f"{'You take' if own else f'{booking.name} takes'} part {side.where} now.")
    return see(f"/bookings/{reference}")


@blueprint.post("/bookings/<reference>/answer")
@requires(Permission.BE_A_PRACTITIONER)
def answer(reference: str) -> Response:
    booking = _own_booking(reference)
    offer = queries.find_running_offer(booking.id)
    if offer is None:
        return see(f"/bookings/{reference}")
    if request.form.get("answer") == "decline":
        commands.decline_offer(offer.id, now=now())
        return see(f"/bookings/{reference}")
    result = commands.accept_offer(offer.id, now=now())
    if result.state is BookingState.WAITING:
        done("Somebody else was first. You keep your position on the list.")
    return see(f"/bookings/{reference}")


def _own_booking(reference: str) -> Booking:
    """The booking of whoever asks: nobody answers for another."""
    booking = queries.get_booking(reference, the_viewer())
    if booking.person_id != the_viewer().person_id:
        raise NotFound
    return booking
