"""What became of an approval, said to whoever was asked for it."""

from __future__ import annotations

from datetime import datetime

from lms.booking.models import Approval
from lms.booking.rules import BookingState
from lms.booking.views.wording import Saying
from lms.catalogue.rules import EventState
from lms.words import moment

STANDS = {
    BookingState.CONFIRMED: "has a place",
    BookingState.WAITING: "waits for a place",
    BookingState.OFFERED: "is offered a place",
    BookingState.REQUESTED: "waits for another approval",
}
THANKS = "Thank you. There is nothing else to do."


def ended(approval: Approval) -> Saying:
    """Why there is nothing to answer any more, and what can be done."""
    booking, name = approval.booking, approval.booking.name
    if approval.ended_at is not None and approval.is_given is not None:
        return _answered(approval, approval.ended_at)
    if booking.event.state is EventState.POSTPONED:
        happened = f"{booking.event.title} has no date yet."
        return Saying("This event is postponed", happened, "We ask you again once it has one.")
    if booking.event.state is EventState.CANCELLED:
        return Saying("This event is cancelled", f"{name} is told.", THANKS)
    if booking.state is BookingState.CANCELLED:
        return Saying("There is nothing to approve", f"{name} has given the booking up.", THANKS)
    if booking.state is BookingState.DECLINED:
        return Saying("This was declined", "Somebody else who was asked declined it.", THANKS)
    return Saying(
        "The time to answer is over",
        f"So the booking of {name} has ended.",
        f"If {name} is to come after all, ask them to book again: we then ask you again.",
    )


def _answered(approval: Approval, ended_at: datetime) -> Saying:
    booking = approval.booking
    on = moment(ended_at)
    if approval.is_given is False:
        return Saying(
            "You declined it" if approval.answered_by_id is None else "It was declined",
            f"That was on {on}. {booking.name} is told why: {approval.why}",
            "Changed your mind? Ask them to book again.",
        )
    stands = STANDS.get(booking.state)
    now_so = f"{booking.name} {stands}." if stands else f"{booking.name} has given it up since."
    return Saying("It is approved", f"That was on {on}. {now_so}", THANKS)
