"""Asking line managers with consent (E8): naming, withdrawing, answering, sending what is due.

An answer is kept of an event, never of a booking: nothing leads from it to the delegate, so it
cannot be changed or taken out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.rules import normal_address
from lms.booking.models import Booking
from lms.db import db, transaction
from lms.errors import Gone, NotFound, Refused
from lms.evaluation.messages.to_managers import drafts_to_managers
from lms.evaluation.models import Corroboration, CorroborationRequest
from lms.evaluation.queries.managers import (
    ManagerAsked,
    find_manager_asked,
    get_manager_asked,
    list_due_to_managers,
    refusal_of_address,
)
from lms.evaluation.queries.sheets import Sheet
from lms.evaluation.rules import (
    ADDRESS,
    Answer,
    AnswerFault,
    CheckedAnswers,
    RequestState,
    Seen,
    manager_named,
    month_of,
)
from lms.messaging.commands import enqueue_all

NO_ADDRESS = "Enter your line manager’s e-mail, or choose No"


class NotAsked(Gone):
    """The manager is not asked now: it was answered, withdrawn, or has closed."""

    def __init__(self, state: RequestState) -> None:
        super().__init__("This cannot be answered now.")
        self.state = state


# --- Consent --------------------------------------------------------------------------------


def refuse_address(
    session: Session, sheet: Sheet, checked: CheckedAnswers, now: datetime
) -> tuple[AnswerFault, ...]:
    """Why the manager whom a delegate names cannot be asked; nothing where they can."""
    named = manager_named(checked.given)
    if named is None or any(fault.key == ADDRESS for fault in checked.faults):
        return ()
    sentence = _fault_in(session, sheet.booking.booking_id, named, now)
    return (AnswerFault(ADDRESS, sentence),) if sentence else ()


def _fault_in(session: Session, booking_id: int, named: str, now: datetime) -> str | None:
    if not named:
        return NO_ADDRESS
    try:
        return refusal_of_address(session, booking_id, normal_address(named), now)
    except Refused as refusal:
        return refusal.sentence


def keep_consent(
    session: Session, booking_id: int, given: Mapping[str, Answer], now: datetime
) -> None:
    """Keep whom the delegate named, checked before, within the transaction of their answers."""
    named = manager_named(given)
    if named:
        session.add(
            CorroborationRequest(
                booking_id=booking_id, address=normal_address(named), consented_at=now
            )
        )


def withdraw_consent(booking_id: int, *, now: datetime) -> None:
    """Stop asking: no mail leaves any more, and the link closes. Raises NotFound where nobody was
    named and NotAsked where it was answered, withdrawn or closed before."""
    with transaction() as session:
        asked = find_manager_asked(session, booking_id)
        if asked is None:
            raise NotFound
        _end(session, asked, now, withdrawn_at=now)


# --- Answering ------------------------------------------------------------------------------


def corroborate(request_id: int, seen: Seen, *, now: datetime) -> None:
    """Take a manager's answer, once, and keep it apart. Raises NotFound or NotAsked."""
    with transaction() as session:
        asked = get_manager_asked(session, request_id)
        _end(session, asked, now, is_answered=True)
        sector = session.scalar(
            select(Booking.sector).where(Booking.id == asked.booking.booking_id)
        )
        session.add(
            Corroboration(
                event_id=asked.booking.event_id,
                sector=sector,
                seen=seen,
                answered_on=month_of(now),
            )
        )


def _end(session: Session, asked: ManagerAsked, now: datetime, **how: object) -> None:
    """Claim the open request: whoever comes second finds it ended. Its address is wiped."""
    state = asked.state(now)
    if state is not RequestState.OPEN:
        raise NotAsked(state)
    claimed = session.execute(
        update(CorroborationRequest)
        .where(
            CorroborationRequest.id == asked.id,
            CorroborationRequest.withdrawn_at.is_(None),
            ~CorroborationRequest.is_answered,
        )
        .values(address="", **how)
        .returning(CorroborationRequest.id)
    ).one_or_none()
    if claimed is None:
        raise NotAsked(get_manager_asked(session, asked.id).state(now))


# --- Asking ---------------------------------------------------------------------------------


def ask_managers_due(now: datetime) -> int:
    """Queue every question and reminder to a manager that is due; returns how many were new."""
    due = list_due_to_managers(db.session(), now)
    if not due:
        return 0
    drafts = drafts_to_managers(db.session(), due)
    with transaction() as session:
        return enqueue_all(session, drafts, now)
