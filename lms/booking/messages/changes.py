"""One message for each change of a booking's state; its key is the move that made the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lms.booking.messages.entries import CalendarEntry, link_of
from lms.booking.messages.telling import Step, Telling, event_words, holder_of
from lms.booking.models import Booking, Offer
from lms.booking.rules import (
    BookingPolicy,
    CancelledBy,
    Lateness,
    Owed,
    last_reminder_words,
    reminders_to_come,
)
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


def confirmed(
    step: Step,
    entries: Sequence[CalendarEntry],
    lateness: Lateness | None,
    policy: BookingPolicy,
    now: datetime,
    taken_over_from: str = "",
) -> Telling:
    """You have a place: with the calendar invitation, and until when to give it up."""
    starts = [block.starts_at for block in step.event.sessions]
    reminded_on = {london_date(at): None for at, _ in reminders_to_come(starts, now, policy, now)}
    return step.told(
        "confirmed",
        CONFIRMED,
        entries,
        taken_over_from=taken_over_from,
        joining_link=link_of(step.event, mode=step.booking.takes_part),
        **_of_lateness(lateness, now),
        reminded_on=listed([day(on) for on in reminded_on]),
        last_reminded=last_reminder_words(policy),
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


def waiting(step: Step, standing: str, policy: BookingPolicy) -> Telling:
    """You are on the waiting list: where, why, and how a place would come to you."""
    return step.told(
        "waiting",
        WAITING,
        standing=standing,
        confirm_at_once=step.booking.confirm_at_once,
        days_before=count(policy.tick_working_days, "working day"),
    )


def offered(offer: Offer, event: Event, leaves_at: datetime) -> Telling:
    """A place is held for you until a moment; or, as an invitation, the first to accept has it."""
    template = "offered" if offer.holds_place else "invited"
    facts = {
        "offer_id": offer.id,
        "ends_at": moment(offer.ends_at),
        "is_second": offer.booking.lapses > 0,
    }
    told = Telling(offer.booking, event, template, OFFER, "made", facts)
    return replace(told, subject_id=offer.id, send_at=leaves_at)


def lapsed(step: Step, standing: str | None) -> Telling:
    """Your offer ran out: at the end of the list (`standing`), or off it (None)."""
    return step.told("lapsed", LAPSED, standing=standing)


def taken_back(step: Step, why: str, standing: str) -> Telling:
    """The coordinator has taken the offer back: why, and where you stand on the list."""
    return step.told("taken_back", TAKEN_BACK, why=why, standing=standing)


def declined(step: Step) -> Telling:
    """You turned the place down."""
    return step.told("declined", DECLINED)


def _by(by_what: CancelledBy) -> dict[str, Any]:
    """Whose act it was, as the templates ask."""
    return {"is_own_act": by_what is CancelledBy.DELEGATE, "by_whom": f"the {by_what.words}"}


def cancelled(
    step: Step,
    entries: Sequence[CalendarEntry],
    by_what: CancelledBy,
    why: str,
    *,
    charge: Owed | None,
) -> Telling:
    """Your place is given up: by you, or by whom and why; the calendar lets go of it."""
    return step.told(
        "cancelled",
        CANCELLED,
        entries,
        **_by(by_what),
        why=why,
        is_late=bool(step.booking.is_late_cancellation),
        charge=charge and charge.words,
    )


def handed_over(
    step: Step, entries: Sequence[CalendarEntry], by_what: CancelledBy, to_whom: str
) -> Telling:
    """Your place is a colleague's now; the calendar lets go of it."""
    return step.told("handed_over", HANDED_OVER, entries, **_by(by_what), to_whom=to_whom)


def moved(step: Step, entries: Sequence[CalendarEntry], to: Booking) -> Telling:
    """Your place is on another date now; the calendar lets go of this one."""
    new_event = event_words(to.event)
    return step.told("moved", MOVED, entries, new_event=new_event, new_reference=to.reference)


def off_the_list(step: Step, by_what: CancelledBy, why: str) -> Telling:
    """You wait no longer, or hold no place for approval: by your own wish, or by whom and why."""
    held_place = step.booking.holds_place
    return step.told("off_the_list", OFF_THE_LIST, **_by(by_what), why=why, held_place=held_place)


def event_cancelled(
    step: Step,
    entries: Sequence[CalendarEntry],
    *,
    because: str,
    had_place: bool,
    next_event: Event | None,
) -> Telling:
    """The event does not take place: why, and when the course is given next."""
    told = step.told(
        "event_cancelled",
        EVENT_CANCELLED,
        entries,
        reason=because,
        had_place=had_place or step.booking.is_unnamed,
        next_event=next_event and event_words(next_event),
        next_event_id=next_event.id if next_event else None,
    )
    return replace(told, to=holder_of(step.booking))


def calendar_declined(booking: Booking) -> Telling:
    """Your calendar declined the entry: you still have the place; do you want to give it up?"""
    event = booking.event
    occurrence = f"{event.changed_at:%Y%m%d%H%M%S}" if event.changed_at else "first"
    return Telling(booking, event, "calendar_declined", CALENDAR_DECLINED, occurrence)
