"""What those who run an event do to one who waits."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.forms import PriorityForm, ReasonForm
from lms.booking.models import Booking
from lms.booking.queries import standing_of
from lms.booking.queries.event_places import get_booking_run_by
from lms.booking.rules import BookingState
from lms.booking.views.blueprint import blueprint
from lms.errors import Refused
from lms.web.pages import done, now, see
from lms.words import of_them, ordinal


@blueprint.route("/manage/bookings/<reference>/place", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def give_place(reference: str) -> Response:
    booking = _booking(reference)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            commands.give_place(
                booking.id, reason=form.reason.data or "", by=the_viewer(), now=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{booking.name} has a place, and is told by e-mail.")
            return see(f"/manage/events/{booking.event_id}")
    return _page("give_place", booking, form)


@blueprint.route("/manage/bookings/<reference>/priority", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def set_priority(reference: str) -> Response:
    booking = _booking(reference)
    form = PriorityForm(
        data={"priority": "1" if booking.priority else "0", "reason": booking.priority_reason}
    )
    if form.validate_on_submit():
        try:
            commands.set_priority(
                booking.id,
                int(form.priority.data),
                reason=form.reason.data or "",
                by=the_viewer(),
                now=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            position = standing_of(_booking(reference), now()).position
            done(f"{booking.name} is {ordinal(position)} in line now.")
            return see(f"/manage/events/{booking.event_id}")
    return _page("set_priority", booking, form)


def _booking(reference: str) -> Booking:
    booking = get_booking_run_by(reference, the_viewer())
    show_partnership(booking.event.partnership_id)
    return booking


def _page(name: str, booking: Booking, form: ReasonForm | PriorityForm) -> Response:
    waits = booking.state is BookingState.WAITING
    page = render_template(
        f"booking/{name}.html",
        booking=booking,
        form=form,
        standing=of_them(standing_of(booking, now()).sentence) if waits else "",
    )
    return make_response(page, 422 if form.has_errors else 200)
