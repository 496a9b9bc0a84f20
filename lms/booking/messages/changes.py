"""One message for each change of a booking's state; its key is the move that made the change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.booking.messages.entries import CalendarEntry, enter, link_of
from lms.booking.messages.telling import Telling, event_words, holder_of, tell
from lms.booking.models import Booking, Offer
from lms.booking.rules import BookingPolicy, CancelledBy, Lateness, Owed, reminders_to_come
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.words import count, day, listed, moment

CONFIRMED = "booking-confirmed"
WAITING = "booking-waiting"
OFFER = "offer"
LAPSED = "offer-lapsed"
TAKEN_BACK = "offer-taken-back"
DECLINED = "booking-declined"
CANCELLED = "booking-cancelled"
HANDED_OVER = "booking-handed-over"
MOVED = "booking-moved"
OFF_THE_LIST = "off-the-list"
EVENT_CANCELLED = "event-cancelled"
CALENDAR_DECLINED = "calendar-declined"


def tell_confirmed(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    lateness: Lateness | None,
    now: datetime,
    taken_over_from: str = "",
) -> None:
    """You have a place: with the calendar invitation, and until when to give it up."""
    starts = [block.starts_at for block in event.sessions]
    reminded_on = {london_date(at): None for at, _ in reminders_to_come(starts, now, now)}
    facts = {
        "taken_over_from": taken_over_from,
        "joining_link": link_of(event, mode=booking.takes_part),
        **_of_lateness(lateness, now),
        "reminded_on": listed([day(on) for on in reminded_on]),
    }
    entries = enter(session, booking, event)
    tell(
        session,
        Telling(booking, event, "confirmed", CONFIRMED, str(move_id), facts, entries),
        now,
    )


def _of_lateness(lateness: Lateness | None, now: datetime) -> dict[str, str | None]:
    """From when giving the place up would be late, and what it may cost; once it is, the cost."""
    if lateness is None:
        return {"late_after": None, "charge": None}
    charge = lateness.charge.words if lateness.charge else None
    return {
        "late_after": None if lateness.is_past(now) else moment(lateness.after),
        "charge": charge,
    }


def tell_waiting(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    standing: str,
    policy: BookingPolicy,
    now: datetime,
) -> None:
    """You are on the waiting list: where, why, and how a place would come to you."""
    facts = {
        "standing": standing,
        "confirm_at_once": booking.confirm_at_once,
        "days_before": count(policy.tick_working_days, "working day"),
    }
    tell(session, Telling(booking, event, "waiting", WAITING, str(move_id), facts), now)


def tell_offered(
    session: Session, offer: Offer, event: Event, leaves_at: datetime, now: datetime
) -> None:
    """A place is held for you until a moment; or, as an invitation, the first to accept has it."""
    template = "offered" if offer.holds_place else "invited"
    tell(
        session,
        Telling(
            offer.booking,
            event,
            template,
            OFFER,
            "made",
            {
                "offer_id": offer.id,
                "ends_at": moment(offer.ends_at),
                "is_second": offer.booking.lapses > 0,
            },
            subject_id=offer.id,
            send_at=leaves_at,
        ),
        now,
    )


def tell_lapsed(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    standing: str | None,
    now: datetime,
) -> None:
    """Your offer ran out: at the end of the list (`standing`), or off it (None)."""
    facts = {"standing": standing}
    tell(session, Telling(booking, event, "lapsed", LAPSED, str(move_id), facts), now)


def tell_taken_back(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    why: str,
    standing: str,
    now: datetime,
) -> None:
    """The coordinator has taken the offer back: why, and where you stand on the list."""
    facts = {"why": why, "standing": standing}
    tell(session, Telling(booking, event, "taken_back", TAKEN_BACK, str(move_id), facts), now)


def tell_declined(
    session: Session, booking: Booking, event: Event, move_id: int, now: datetime
) -> None:
    """You turned the place down."""
    tell(session, Telling(booking, event, "declined", DECLINED, str(move_id)), now)


def _by(by_what: CancelledBy) -> dict[str, object]:
    """Whose act it was, as the templates ask."""
    return {"is_own_act": by_what is CancelledBy.DELEGATE, "by_whom": f"the {by_what.words}"}


def tell_cancelled(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    by_what: CancelledBy,
    why: str,
    entries: Sequence[CalendarEntry],
    now: datetime,
    *,
    charge: Owed | None,
) -> None:
    """Your place is given up: by you, or by whom and why; the calendar lets go of it."""
    facts = {
        **_by(by_what),
        "why": why,
        "is_late": bool(booking.is_late_cancellation),
        "charge": charge and charge.words,
    }
    tell(
        session,
        Telling(booking, event, "cancelled", CANCELLED, str(move_id), facts, entries),
        now,
    )


def tell_handed_over(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    by_what: CancelledBy,
    to_whom: str,
    entries: Sequence[CalendarEntry],
    now: datetime,
) -> None:
    """Your place is a colleague's now; the calendar lets go of it."""
    facts = {
        **_by(by_what),
        "to_whom": to_whom,
    }
    tell(
        session,
        Telling(booking, event, "handed_over", HANDED_OVER, str(move_id), facts, entries),
        now,
    )


def tell_moved(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    to: Booking,
    entries: Sequence[CalendarEntry],
    now: datetime,
) -> None:
    """Your place is on another date now; the calendar lets go of this one."""
    facts = {"new_event": event_words(to.event), "new_reference": to.reference}
    purpose, key = MOVED, str(move_id)
    tell(session, Telling(booking, event, "moved", purpose, key, facts, entries), now)


def tell_off_the_list(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    by_what: CancelledBy,
    why: str,
    now: datetime,
) -> None:
    """You wait no longer, or hold no place for approval: by your own wish, or by whom and why."""
    facts = {
        **_by(by_what),
        "why": why,
        "held_place": booking.holds_place,
    }
    tell(session, Telling(booking, event, "off_the_list", OFF_THE_LIST, str(move_id), facts), now)


def event_cancelled(
    booking: Booking,
    event: Event,
    move_id: int,
    *,
    because: str,
    had_place: bool,
    next_event: Event | None,
    entries: Sequence[CalendarEntry],
) -> Telling:
    """The event does not take place: why, and when the course is given next."""
    facts = {
        "reason": because,
        "had_place": had_place or booking.is_unnamed,
        "next_event": next_event and event_words(next_event),
        "next_event_id": next_event.id if next_event else None,
    }
    purpose, key, to = EVENT_CANCELLED, str(move_id), holder_of(booking)
    return Telling(booking, event, "event_cancelled", purpose, key, facts, entries, to=to)


def calendar_declined(booking: Booking) -> Telling:
    """Your calendar declined the entry: you still have the place; do you want to give it up?"""
    event = booking.event
    occurrence = f"{event.changed_at:%Y%m%d%H%M%S}" if event.changed_at else "first"
    return Telling(booking, event, "calendar_declined", CALENDAR_DECLINED, occurrence)
