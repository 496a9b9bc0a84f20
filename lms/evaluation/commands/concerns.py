"""Texts that show somebody at risk: sent on, revealed with a reason, seen to (E10)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from lms.evaluation.messages.to_leads import drafts_to_leads
from lms.evaluation.models import Evaluation, Reveal, Statement
from lms.evaluation.queries.concerns import open_concerns
from lms.evaluation.rules import StatementState
from lms.messaging.commands import enqueue_all

LONGEST_REASON = 1000
UNQUOTED = frozenset({StatementState.WAITING, StatementState.RELEASED})


def send_to_lead(statement_id: int, *, by: Viewer, now: datetime) -> None:
    """Send a text that shows somebody at risk to the safeguarding lead; it is quoted nowhere."""
    with transaction() as session:
        statement, event = _found(session, statement_id, by, Permission.RUN_PROGRAMME)
        if statement.is_concern and statement.settled_at is None:
            return
        statement.is_concern, statement.settled_at = True, None
        statement.flagged_at, statement.flagged_by_person_id = now, by.person_id
        if statement.state in UNQUOTED:
            statement.state = StatementState.HELD_BACK
            statement.decided_at, statement.decided_by_person_id = now, by.person_id
        words = "sent to the safeguarding lead, since it shows somebody at risk, a text from"
        _record(session, "send_to_safeguarding_lead", words, statement, event, by, now)


def take_back_from_lead(statement_id: int, *, by: Viewer, now: datetime) -> None:
    """It was a slip: nobody is at risk. Refused once a lead has asked who wrote it."""
    with transaction() as session:
        statement, event = _found(session, statement_id, by, Permission.RUN_PROGRAMME)
        is_known = select(Reveal.id).where(Reveal.statement_id == statement_id).limit(1)
        if session.scalar(is_known) is not None or statement.settled_at is not None:
            raise Refused("The safeguarding lead has acted on it already.")
        if not statement.is_concern:
            return
        statement.is_concern, statement.flagged_at = False, None
        statement.flagged_by_person_id = None
        if statement.state is StatementState.HELD_BACK:
            statement.state = StatementState.WAITING
        words = "took back from the safeguarding lead a text from"
        _record(session, "take_back_from_safeguarding_lead", words, statement, event, by, now)


def reveal_writer(statement_id: int, reason: str, *, by: Viewer, now: datetime) -> None:
    """Let a safeguarding lead know who wrote a text. Raises NotFound, Refused without a reason."""
    why = " ".join(reason.split())
    if not why:
        raise Refused("Say why you need to know who wrote this", field="reason")
    if len(why) > LONGEST_REASON:
        raise Refused(f"Keep it within {LONGEST_REASON:,} characters", field="reason")
    with transaction() as session:
        statement, event = _found(session, statement_id, by, Permission.REVEAL_WRITERS)
        if not statement.is_concern:
            raise NotFound
        if statement.settled_at is not None:
            raise Refused("This has been seen to. Open it again first.")
        session.add(
            Reveal(statement_id=statement_id, by_person_id=by.person_id, at=now, reason=why)
        )
        words = "found out, as safeguarding lead, who wrote a text from"
        _record(session, "reveal_writer", words, statement, event, by, now, why)


def settle_concern(statement_id: int, *, by: Viewer, now: datetime) -> None:
    """Say that what a text showed has been seen to; its writer is shown to nobody any more."""
    with transaction() as session:
        statement, event = _found(session, statement_id, by, Permission.REVEAL_WRITERS)
        if not statement.is_concern:
            raise NotFound
        if statement.settled_at is not None:
            return
        statement.settled_at, statement.settled_by_person_id = now, by.person_id
        words = "saw to what was shown by a text from"
        _record(session, "settle_concern", words, statement, event, by, now)


def open_concern_again(statement_id: int, *, by: Viewer, now: datetime) -> None:
    """Take back that it has been seen to."""
    with transaction() as session:
        statement, event = _found(session, statement_id, by, Permission.REVEAL_WRITERS)
        if not statement.is_concern:
            raise NotFound
        if statement.settled_at is None:
            return
        statement.settled_at, statement.settled_by_person_id = None, None
        words = "opened again what was shown by a text from"
        _record(session, "open_concern_again", words, statement, event, by, now)


def tell_leads(now: datetime) -> int:
    """Tell each safeguarding lead, once, of each text that waits for them; how many were told."""
    waiting = open_concerns(db.session())
    if not waiting:
        return 0
    drafts = drafts_to_leads(db.session(), waiting, now)
    with transaction() as session:
        return enqueue_all(session, drafts, now)


def _found(
    session: Session, statement_id: int, by: Viewer, permission: Permission
) -> tuple[Statement, Event]:
    row = session.execute(
        select(Statement, Event)
        .join(Evaluation, Evaluation.id == Statement.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(Statement.id == statement_id)
        .with_for_update(of=Statement)
    ).one_or_none()
    if row is None or not by.can(permission, row.Event.partnership_id):
        raise NotFound
    return row.Statement, row.Event


def _record(
    session: Session,
    act: str,
    words: str,
    statement: Statement,
    event: Event,
    by: Viewer,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Names no writer: those who run the programme read the trail."""
    audit.record(
        session,
        act,
        f"{words} {event.title}",
        by=by,
        now=now,
        about=("statement", statement.id),
        partnership_id=event.partnership_id,
        reason=reason,
    )
