"""What is due now: found with few statements, decided by the rule, never stored beside the facts.

The conditions here only narrow the search, with days to spare; `due_messages` decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from lms.agencies.queries import dated_policies
from lms.agencies.rules import DEFAULT_POLICIES, PolicyEntry, PolicyKey
from lms.attendance.models import Register
from lms.booking.models import Booking
from lms.booking.rules import CAME, BookingState
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.evaluation.queries.facts import (
    FORMS,
    POLICIES,
    BookingFacts,
    find_facts,
    list_facts,
)
from lms.evaluation.rules import (
    OPEN_DAYS,
    REMINDER_DAYS,
    DueMessage,
    Stage,
    due_message,
    due_messages,
    stages_in_force,
)
from lms.messaging.models import Message
from lms.messaging.queries import is_told

PURPOSE = "evaluation"
EVENTS_AT_ONCE = 200
DAY = timedelta(days=1)
NEXT_WORKING_DAY = timedelta(days=8)  # over Christmas and Easter, with days to spare
OPEN = timedelta(days=OPEN_DAYS) + NEXT_WORKING_DAY


class Due(NamedTuple):
    """A message that a booking should have by now and was not told yet."""

    booking: BookingFacts
    message: DueMessage


def occurrence_of(message: DueMessage) -> str:
    """How a message's key names it: 'impact-0' is the invitation, 'impact-1' the first reminder."""
    return f"{message.stage.value}-{message.occurrence}"


def list_due(session: Session, now: datetime) -> Iterator[list[Due]]:
    """Everything due at `now`, in batches of whole events; each is read when it is asked for."""
    for stage, event_ids in _events_in_question(session, now).items():
        for start in range(0, len(event_ids), EVENTS_AT_ONCE):
            due = _due_of(session, stage, event_ids[start : start + EVENTS_AT_ONCE], now)
            if due:
                yield due


def is_still_due(session: Session, booking_id: int, occurrence: str, now: datetime) -> bool:
    """Whether a queued message is what its booking should have now: the same rule as due."""
    booking = find_facts(session, booking_id)
    return booking is not None and any(
        occurrence_of(message) == occurrence for message in due_messages(booking.facts, now)
    )


def _due_of(session: Session, stage: Stage, event_ids: Sequence[int], now: datetime) -> list[Due]:
    conditions = [
        Booking.event_id.in_(event_ids),
        Booking.state == BookingState.CONFIRMED,
        Booking.person_id.is_not(None),
        FORMS[stage].answered_at.is_(None),
        FORMS[stage].opted_out_at.is_(None),
        _may_be_owed(stage, now),
    ]
    if stage is Stage.IMPACT:
        conditions.append(Booking.outcome.in_(CAME))
    bookings = list_facts(session, conditions)
    told = _told(session, stage, event_ids) if bookings else {}
    return [
        Due(booking, message)
        for booking in bookings
        if (message := due_message(booking.facts, stage, now))
        and message.occurrence > told.get(booking.booking_id, -1)
    ]


def _may_be_owed(stage: Stage, now: datetime) -> ColumnElement[bool]:
    """Told less than what time may have come for, as its invitation was queued."""
    invited_at = FORMS[stage].invited_at
    reminders = [
        (invited_at <= now - (days - 1) * DAY, f"{stage.value}-{number}")
        for number, days in enumerate(REMINDER_DAYS[stage], start=1)
    ]
    invitation = literal(f"{stage.value}-0")
    latest = case(*reversed(reminders), else_=invitation) if reminders else invitation
    return func.coalesce(_latest_told(stage), "") < latest


def _latest_told(stage: Stage) -> ColumnElement[str]:
    """One look into the outbox's index for each booking, whatever else the outbox holds."""
    return (
        select(func.max(Message.occurrence))
        .where(Message.subject_id == Booking.id, *_of_stage(stage))
        .correlate(Booking)
        .scalar_subquery()
    )


def _of_stage(stage: Stage) -> tuple[ColumnElement[bool], ...]:
    return (
        is_told(PURPOSE),
        Message.occurrence.startswith(f"{stage.value}-"),
    )


def _told(session: Session, stage: Stage, event_ids: Sequence[int]) -> Mapping[int, int]:
    """The latest message of a stage that each booking was told, as its number."""
    rows = session.execute(
        select(Message.subject_id, func.max(Message.occurrence))
        .join(Booking, Booking.id == Message.subject_id)
        .where(Booking.event_id.in_(event_ids), *_of_stage(stage))
        .group_by(Message.subject_id)
    )
    return {subject_id: int(latest.rpartition("-")[2]) for subject_id, latest in rows}


# --- Which events may have something due ----------------------------------------------------


def _events_in_question(session: Session, now: datetime) -> dict[Stage, list[int]]:
    searches = _searches(dated_policies(session, *POLICIES).values(), now)
    rows = session.execute(
        select(
            Event.id,
            Event.kind,
            Event.stages,
            *(search.label(stage.value) for stage, search in searches.items()),
        )
        .outerjoin(Register, Register.event_id == Event.id)
        .where(Event.state == EventState.PUBLISHED, or_(*searches.values()))
        .order_by(Event.starts_at, Event.id)
    ).all()
    return {
        stage: [
            row.id
            for row in rows
            if getattr(row, stage.value) and stage in stages_in_force(row.kind, row.stages)
        ]
        for stage in Stage
    }


def _searches(
    policies: Iterable[Sequence[PolicyEntry]], now: datetime
) -> dict[Stage, ColumnElement[bool]]:
    entries = [entry for dated in policies for entry in dated]
    days = [entry.figure for entry in entries if entry.key is PolicyKey.IMPACT_DAYS]
    days.append(DEFAULT_POLICIES[PolicyKey.IMPACT_DAYS])
    return {
        Stage.PRE: and_(Event.starts_at > now, Event.starts_at <= now + NEXT_WORKING_DAY),
        Stage.POST: and_(Event.ends_at <= now, Event.ends_at > now - OPEN),
        Stage.IMPACT: and_(
            Event.ends_at <= now - (min(days) - 1) * DAY,
            or_(
                Event.ends_at > now - max(days) * DAY - OPEN,
                Register.closed_at > now - OPEN,
            ),
        ),
    }
