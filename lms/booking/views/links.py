"""What the links in e-mails lead to, without sign-in: giving a place up, answering an offer."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires
from lms.agencies.look import show_partnership
from lms.booking import commands, queries
from lms.booking.models import Booking, Offer
from lms.booking.queries.outlook import prospect_of
from lms.booking.rules import BookingState
from lms.booking.views import wording
from lms.booking.views.blueprint import blueprint
from lms.booking.views.wording import Saying
from lms.errors import Gone, Refused
from lms.web import held_links
from lms.web.pages import now, see

PLACE, OFFER = "place", "offer"
GONE = 410


@blueprint.get("/places/<token>")
@requires(Permission.HOLD_LINK)
def open_place_link(token: str) -> Response:
    return held_links.exchange(PLACE, token, f"/places/{held_links.subject_of(PLACE, token)}")


@blueprint.get("/offers/<token>")
@requires(Permission.HOLD_LINK)
def open_offer_link(token: str) -> Response:
    return held_links.exchange(OFFER, token, f"/offers/{held_links.subject_of(OFFER, token)}")


# --- Giving up ------------------------------------------------------------------------------


@blueprint.get("/places/<int:booking_id>")
@requires(Permission.HOLD_LINK)
def place_link(booking_id: int) -> Response:
    booking = _held_booking(booking_id)
    said = wording.ended(booking, now())
    if said:
        return _told(booking, said, GONE)
    prospect = prospect_of(booking, now())
    page = render_template(
        "booking/place_link.html",
        booking=booking,
        saying=wording.giving_up(booking, prospect),
        prospect=prospect,
    )
    return make_response(page)


@blueprint.post("/places/<int:booking_id>")
@requires(Permission.HOLD_LINK)
def give_up_by_link(booking_id: int) -> Response:
    booking = _held_booking(booking_id)
    waited = booking.state is BookingState.WAITING
    result = commands.cancel_booking(booking.id, by=None, now=now())
    if result.state is BookingState.CANCELLED and waited:
        return _told(booking, Saying("You have left the waiting list", "The next person moves up."))
    return _told(
        booking,
        Saying(
            "You have given up your place",
            "Thank you for telling us: somebody else can have it now.",
            "If you can come after all, book again: where there is no place, you wait.",
        ),
    )


def _held_booking(booking_id: int) -> Booking:
    held_links.must_be_held(PLACE, str(booking_id))
    booking = queries.get_booking_by_id(booking_id)
    show_partnership(booking.event.partnership_id)
    return booking


def _told(booking: Booking, saying: Saying, status: int = 200) -> Response:
    page = render_template("booking/link_told.html", booking=booking, saying=saying)
    return make_response(page, status)


# --- Answering an offer ---------------------------------------------------------------------


@blueprint.get("/offers/<int:offer_id>")
@requires(Permission.HOLD_LINK)
def offer_link(offer_id: int) -> Response:
    offer = _held_offer(offer_id)
    booking = queries.get_booking_by_id(offer.booking_id)
    prospect = prospect_of(booking, now())
    said = wording.offer_ended(offer, booking, prospect, now())
    if said:
        return _told(booking, said, 200 if booking.state is BookingState.CONFIRMED else GONE)
    page = render_template(
        "booking/offer_link.html",
        booking=booking,
        offer=offer,
        declines=request.args.get("answer") == "decline",
    )
    return make_response(page)


@blueprint.post("/offers/<int:offer_id>")
@requires(Permission.HOLD_LINK)
def answer_by_link(offer_id: int) -> Response:
    offer = _held_offer(offer_id)
    answer = commands.decline_offer if _declines() else commands.accept_offer
    try:
        result = answer(offer.id, now=now())
    except Gone:
        return offer_link(offer_id)
    except Refused as refusal:
        booking = queries.get_booking_by_id(offer.booking_id)
        saying = Saying("Not possible as things stand", refusal.sentence, refusal.way_out or "")
        return _told(booking, saying, 409)
    if result.state is BookingState.WAITING:
        booking = queries.get_booking_by_id(offer.booking_id)
        return _told(booking, wording.not_first(prospect_of(booking, now())))
    return see(f"/offers/{offer_id}")


def _declines() -> bool:
    return request.form.get("answer") == "decline"


def _held_offer(offer_id: int) -> Offer:
    held_links.must_be_held(OFFER, str(offer_id))
    offer = queries.get_offer(offer_id)
    show_partnership(offer.booking.event.partnership_id)
    return offer
