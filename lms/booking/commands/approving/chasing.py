"""Approvals that nobody answers: reminded of, told to the coordinator, and ended (B10)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from lms.booking.commands.approving.answering import lock_approval
from lms.booking.commands.approving.asking import questions_for
from lms.booking.commands.moving import SYSTEM, move
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.messages import approving
from lms.booking.messages.telling import tell_all
from lms.booking.queries.approvals import Asked, all_asked, coordinators_who_decide
from lms.booking.queries.events import event_in_force
from lms.booking.rules import BookingState
from lms.booking.rules.approvals import deadlines
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db, transaction
from lms.messaging.models import Message
from lms.messaging.queries import is_told


def remind_of_approvals(now: datetime) -> int:
    """Remind who has not answered for two working days; returns how many messages were new."""
    return sum(
        _remind(asked, now)
        for asked in all_asked(db.session(), now)
        if asked.deadlines.is_to_be_reminded(now) and not _is_told(approving.REMINDED, asked)
    )


def warn_of_approvals(now: datetime) -> int:
    """Tell the coordinators what nobody has answered for four; returns how many were new."""
    return sum(
        _warn(asked, now)
        for asked in all_asked(db.session(), now)
        if asked.deadlines.is_to_be_warned_of(now) and not _is_told(approving.UNANSWERED, asked)
    )


def end_lapsed_approvals(now: datetime) -> int:
    """End the bookings whose approval ran out, and pass their places on; returns how many."""
    run_out = [
        asked.approval.id
        for asked in all_asked(db.session(), now)
        if asked.deadlines.have_passed(now)
    ]
    return sum(_lapse(approval_id, now) for approval_id in run_out)


def _is_told(purpose: str, asked: Asked) -> bool:
    """Whether a message about it has been queued since it was asked."""
    told = select(Message.id).where(
        is_told(purpose),
        Message.subject_id == asked.approval.id,
        Message.queued_at >= asked.approval.asked_at,
    )
    return db.session.scalar(told.limit(1)) is not None


def _remind(asked: Asked, now: datetime) -> int:
    approval_id, event_id = asked.approval.id, asked.booking.event_id
    with transaction() as session:
        approval, _ = lock_approval(session, approval_id)
        if approval.ended_at is not None:
            return 0
        at = event_in_force(session, event_id, now)
        return tell_all(session, questions_for(session, at, approval, now, is_reminder=True), now)


def _warn(asked: Asked, now: datetime) -> int:
    approval_id, until = asked.approval.id, asked.deadlines.lapses_at
    with transaction() as session:
        approval, _ = lock_approval(session, approval_id)
        if approval.ended_at is not None:
            return 0
        coordinators = coordinators_who_decide(approval.booking, london_date(now))
        readers = approving.readers_of(coordinators)
        return approving.tell_unanswered(session, approval, readers, until, now)


def _lapse(approval_id: int, now: datetime) -> bool:
    with transaction() as session:
        approval, (booking, _) = lock_approval(session, approval_id)
        at = event_in_force(session, booking.event_id, now)
        is_on = at.snapshot.state is EventState.PUBLISHED
        has_run_out = deadlines(approval.asked_at, at.snapshot).have_passed(now)
        if approval.ended_at is not None or not (is_on and has_run_out):
            return False
        unanswered = [each for each in booking.approvals if each.ended_at is None]
        why = "nobody approved it in time"
        move_id = move(session, booking, BookingState.LAPSED, SYSTEM, now, why)
        approving.tell_ran_out(session, booking, at.event, move_id, unanswered, now)
        event_id = booking.event_id
    fill_after(event_id, now)
    return True
