"""Whether a queued message is still true: asked just before it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select

from lms.booking.messages import announcing, approving, changes
from lms.booking.messages.charges import CHARGE, is_still_decided_so
from lms.booking.messages.deciding import FEW_BOOKED, is_still_in_doubt
from lms.booking.messages.demand import is_still_news
from lms.booking.messages.giving import GIVING, is_still_given_so
from lms.booking.messages.inviting import SHARED, is_still_allocated, is_still_invited
from lms.booking.messages.joining import JOINED, STANDS_AGAIN
from lms.booking.messages.reminding import PURPOSES_OF, is_due
from lms.booking.messages.retelling import CHANGED, POSTPONED
from lms.booking.messages.switching import SWITCHED
from lms.booking.messages.telling import CALENDAR_ENTRY
from lms.booking.messages.unnamed import (
    EVENT_OF_UNNAMED,
    NAMING_DUE,
    UNNAMED_LAPSED,
    has_happened,
    is_naming_due,
)
from lms.booking.models import Approval, Booking, BookingMove, Invitation, Offer
from lms.booking.queries.approvals import asked_of
from lms.booking.queries.demand import COURSE_RUNS
from lms.booking.queries.inviting import INVITED
from lms.booking.rules import LIVE, BookingState, has_ended
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.db import db
from lms.messaging.rules import MessageFacts, StillTrue


def _is_latest_move(facts: MessageFacts, now: datetime) -> bool:
    """Nothing has happened to the booking since."""
    del now
    latest = db.session.scalar(
        select(func.max(BookingMove.id)).where(BookingMove.booking_id == facts.subject_id)
    )
    return latest == int(facts.occurrence)


def _is_running_offer(facts: MessageFacts, now: datetime) -> bool:
    offer = db.session.get(Offer, facts.subject_id)
    return offer is not None and offer.ended_at is None and not has_ended(offer.ends_at, now)


def _is_latest_change(facts: MessageFacts, now: datetime) -> bool:
    """The event has not moved again, and the delegate has not left it."""
    del now
    found = db.session.execute(
        select(Booking.state, Event.state, Event.changed_at)
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.id == facts.subject_id)
    ).one()
    state, event_state, changed_at = found
    is_latest = changed_at is None or changed_at <= facts.queued_at
    return state in LIVE and event_state is EventState.PUBLISHED and is_latest


def _is_latest_entry(facts: MessageFacts, now: datetime) -> bool:
    """The calendar has been told nothing else of this session since."""
    del now
    session_id, sequence = facts.occurrence.split("-")
    latest = db.session.scalar(
        select(Invitation.sequence).where(
            Invitation.booking_id == facts.subject_id,
            Invitation.event_session_id == int(session_id),
        )
    )
    return latest is None or latest == int(sequence)


def _is_latest_switch(facts: MessageFacts, now: datetime) -> bool:
    """They have their place still, and on that side."""
    del now
    booking = db.session.get(Booking, facts.subject_id)
    if booking is None or booking.state is not BookingState.CONFIRMED:
        return False
    return facts.occurrence.startswith(f"{booking.takes_part.value}-")


def _whatever_follows(facts: MessageFacts, now: datetime) -> bool:
    """It has happened, and the calendar must let go of the old date even if a new one is set."""
    del facts, now
    return True


def _is_open_approval(facts: MessageFacts, now: datetime) -> bool:
    """Nobody has answered, and it has not run out."""
    approval = db.session.get(Approval, facts.subject_id)
    return approval is not None and asked_of(approval, now) is not None


def _is_given_and_waits(facts: MessageFacts, now: datetime) -> bool:
    """The delegate still waits: one who has a place by now is told of that."""
    del now
    approval = db.session.get(Approval, facts.subject_id)
    return approval is not None and approval.booking.state is BookingState.WAITING


def _is_place_to_give_up(facts: MessageFacts, now: datetime) -> bool:
    """The place is still held, and the event has not begun."""
    return db.session.execute(
        select(
            exists().where(
                Booking.id == facts.subject_id,
                Booking.state == BookingState.CONFIRMED,
                Event.id == Booking.event_id,
                Event.state == EventState.PUBLISHED,
                Event.starts_at > now,
            )
        )
    ).scalar_one()


PURPOSES: dict[str, StillTrue] = {
    changes.CONFIRMED: _is_latest_move,
    changes.WAITING: _is_latest_move,
    changes.OFFER: _is_running_offer,
    changes.LAPSED: _is_latest_move,
    changes.TAKEN_BACK: _is_latest_move,
    changes.DECLINED: _is_latest_move,
    changes.CANCELLED: _is_latest_move,
    changes.MOVED: _is_latest_move,
    changes.HANDED_OVER: _is_latest_move,
    changes.OFF_THE_LIST: _is_latest_move,
    JOINED: _is_latest_move,
    STANDS_AGAIN: _is_latest_entry,
    changes.EVENT_CANCELLED: _is_latest_move,
    approving.REQUESTED: _is_latest_move,
    approving.ASKED: _is_open_approval,
    approving.REMINDED: _is_open_approval,
    approving.UNANSWERED: _is_open_approval,
    approving.APPROVED: _is_given_and_waits,
    approving.NOT_APPROVED: _is_latest_move,
    approving.RAN_OUT: _is_latest_move,
    SWITCHED: _is_latest_switch,
    CHANGED: _is_latest_change,
    POSTPONED: _whatever_follows,
    COURSE_RUNS: is_still_news,
    CALENDAR_ENTRY: _is_latest_entry,
    **dict.fromkeys(PURPOSES_OF.values(), is_due),
    NAMING_DUE: is_naming_due,
    UNNAMED_LAPSED: has_happened,
    EVENT_OF_UNNAMED: has_happened,
    changes.CALENDAR_DECLINED: _is_place_to_give_up,
    CHARGE: is_still_decided_so,
    INVITED: is_still_invited,
    SHARED: is_still_allocated,
    announcing.ANNOUNCEMENT: announcing.has_not_left,
    announcing.TEST: announcing.was_asked_for,
    FEW_BOOKED: is_still_in_doubt,
    GIVING: is_still_given_so,
}
