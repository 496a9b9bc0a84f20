"""The ledger of an event's offers, and taking one back."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.forms import ReasonForm
from lms.booking.queries.event_places import get_booking_run_by
from lms.booking.queries.offers import offers_at, offers_to
from lms.booking.rules import BookingState
from lms.booking.views.blueprint import blueprint
from lms.catalogue.queries import get_event
from lms.errors import Refused
from lms.web.pages import done, now, see
from lms.words import count, sentence_case


@blueprint.get("/manage/events/<int:event_id>/offers")
@requires(Permission.RUN_PROGRAMME)
def show_offers(event_id: int) -> str:
    event = get_event(event_id, the_viewer())
    show_partnership(event.partnership_id)
    lines = offers_at(event_id)
    running = sum(line.is_running for line in lines)
    runs = sentence_case(f"{count(running, 'offer')} {'runs' if running == 1 else 'run'} now")
    return render_template("booking/offers.html", event=event, lines=lines, runs=runs)


@blueprint.route("/manage/bookings/<reference>/take-back", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def take_back_offer(reference: str) -> Response:
    booking = get_booking_run_by(reference, the_viewer())
    show_partnership(booking.event.partnership_id)
    form = ReasonForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        try:
            commands.take_back_offer(booking.id, reason=reason, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
            booking = get_booking_run_by(reference, the_viewer())
        else:
            done(f"The offer is taken back. {booking.name} waits again.")
            return see(f"/manage/events/{booking.event_id}/offers")
    page = render_template(
        "booking/take_back.html",
        booking=booking,
        form=form,
        is_offered=booking.state is BookingState.OFFERED,
        offers=[line for line in offers_to(booking.id) if line.is_running],
    )
    return make_response(page, 422 if form.has_errors else 200)
