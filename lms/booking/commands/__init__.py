"""The verbs of places: each is one transaction, under the lock on its event and its persons."""

from lms.booking.commands.cancelling import cancel_booking
from lms.booking.commands.filling import fill_places
from lms.booking.commands.lapsing import end_lapsed_offers, pass_on_refused_offers
from lms.booking.commands.offering import accept_offer, decline_offer
from lms.booking.commands.reminding import send_due_reminders
from lms.booking.commands.requesting import AlreadyBooked, BookingResult, request_place

__all__ = [
    "AlreadyBooked",
    "BookingResult",
    "accept_offer",
    "cancel_booking",
    "decline_offer",
    "end_lapsed_offers",
    "fill_places",
    "pass_on_refused_offers",
    "request_place",
    "send_due_reminders",
]
