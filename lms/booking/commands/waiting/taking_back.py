"""A coordinator takes an offer back: the person waits again, where they stood."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.access import Permission, Viewer
from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import lock_booking
from lms.booking.commands.moving import Doer, move
from lms.booking.commands.recording import record_act
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.messages import changes
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Booking, Offer
from lms.booking.queries.bookings import standing_in
from lms.booking.queries.events import event_in_force
from lms.booking.rules import BookingState, Ended, EventSnapshot, next_waiting
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.messaging.models import Message
from lms.messaging.rules import MessageState


def take_back_offer(booking_id: int, *, reason: str, by: Viewer, now: datetime) -> None:
    """End the offer of one who has not answered; the place goes to the next, the reason is kept.

    Raises NotFound, or Refused without a reason, where no offer runs, or where the same person is
    next in line, so that they would be offered the place again at once.
    """
    if not reason.strip():
        raise Refused("Say why the offer is taken back", field="reason")
    with transaction() as session:
        booking = lock_booking(session, booking_id).booking
        at = event_in_force(session, booking.event_id, now)
        if not by.can(Permission.RUN_PROGRAMME, at.event.partnership_id):
            raise NotFound
        if booking.state is not BookingState.OFFERED:
            raise Refused(
                f"No offer runs for {booking.name}: the booking is {booking.state.words}."
            )
        was_told = _was_told(session, booking)
        end_offers(session, booking, Ended.TAKEN_BACK, now)
        doer = Doer("coordinator", by.person_id)
        move_id = move(session, booking, BookingState.WAITING, doer, now, reason.strip())
        after = event_in_force(session, booking.event_id, now).snapshot
        _refuse_in_vain(after, booking, now)
        if was_told:
            where = standing_in(after, booking.id, now).sentence
            step = Step(booking, at.event, move_id)
            tell(session, changes.taken_back(step, reason.strip(), where), now)
        _record(session, booking, reason.strip(), by, now)
        event_id = booking.event_id
    fill_after(event_id, now)


def _was_told(session: Session, booking: Booking) -> bool:
    """Whether the offer has left: one made at night waits for the morning."""
    left = exists().where(
        Message.purpose == changes.OFFER,
        Message.subject_id == Offer.id,
        Message.state != MessageState.QUEUED,
    )
    running = select(Offer.id).where(Offer.booking_id == booking.id, Offer.ended_at.is_(None), left)
    return session.scalar(running) is not None


def _refuse_in_vain(after: EventSnapshot, booking: Booking, now: datetime) -> None:
    following = next_waiting(after, now)
    if following is not None and following.id == booking.id:
        raise Refused(
            f"{booking.name} is next in line, so the place would be offered to them again at once.",
            way_out="Let somebody else go first, or take the place away from the event, before.",
        )


def _record(session: Session, booking: Booking, reason: str, by: Viewer, now: datetime) -> None:
    sentence = f"took back the offer of a place to {booking.name} at {booking.event.title}"
    record_act(session, booking, "take back offer", sentence, by, now, reason)
