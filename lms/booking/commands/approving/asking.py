"""Asking others whether a booking may be: its line manager, its agency's lead, or a coordinator."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.rules import normal_address
from lms.agencies.models import Agency, Partnership
from lms.booking.messages import approving
from lms.booking.messages.telling import Reader, Telling, tell_all
from lms.booking.models import Approval, Booking, PriorLearning
from lms.booking.queries.approvals import (
    coordinators_who_decide,
    domains_of,
    known_approvers,
    leads_beside,
    who_decides,
)
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.queries.prerequisites import declared_for
from lms.booking.rules import Refusal, Rule
from lms.booking.rules.approvals import (
    ApprovalKind,
    Decider,
    approver_way_out,
    deadlines,
    decider,
    no_approver_sentence,
    why_no_approver,
)
from lms.booking.rules.prerequisites import Declared
from lms.clock import london_date
from lms.errors import Refused

NO_LINE_MANAGER = "Enter your line manager’s e-mail: they approve the booking"
FOR_LEADS, FOR_COORDINATORS = "/my-agency/approvals", "/manage/approvals"


# --- Who approves ---------------------------------------------------------------------------


def approver_refusal(
    typed: str, person: Person, agency: Agency, partnership: Partnership, now: datetime
) -> Refusal | None:
    """Why the line manager who is named cannot approve, and who can help; None where they can."""
    try:
        address = normal_address(typed)
    except Refused as refusal:
        is_missing = not typed.strip()
        return _refusal(NO_LINE_MANAGER if is_missing else refusal.sentence)
    on = london_date(now)
    own = [email.address for email in person.emails]
    domains = domains_of(agency.id)
    why = why_no_approver(address, own, domains, known_approvers(agency.id, person.id, on))
    if why is None:
        return None
    leads = [f"{lead.name}, its lead" for lead in leads_beside(person.id, agency.id, on)]
    whom = leads or [f"the training coordinator ({partnership.contact_email})"]
    sentence = no_approver_sentence(why, address, agency.name)
    return _refusal(f"{sentence}. {approver_way_out(why, domains, whom)}")


def _refusal(sentence: str) -> Refusal:
    return Refusal(Rule.B10, sentence, is_overridable=False, field="line_manager_email")


# --- Asking ---------------------------------------------------------------------------------


def ask_approvals(
    session: Session,
    at: EventInForce,
    booking: Booking,
    kinds: Iterable[ApprovalKind],
    now: datetime,
) -> list[Approval]:
    """Ask for each of these approvals, in the transaction that makes the booking."""
    approvals = [
        Approval(
            booking=booking,
            kind=kind,
            approver_address=_address_for(kind, booking),
            asked_at=now,
        )
        for kind in kinds
    ]
    session.add_all(approvals)
    session.flush()
    tellings = [
        each for approval in approvals for each in questions_for(session, at, approval, now)
    ]
    tell_all(session, tellings, now)
    return approvals


def ask_again(session: Session, event_id: int, now: datetime) -> None:
    """Ask anew what was open when an event was postponed, now that it has a date (B15)."""
    at = event_in_force(session, event_id, now)
    still_open = session.scalars(
        select(Approval)
        .join(Booking, Booking.id == Approval.booking_id)
        .where(Booking.event_id == event_id, Approval.ended_at.is_(None))
        .order_by(Approval.id)
    ).all()
    tellings = []
    for approval in still_open:
        approval.asked_at = now
        tellings += questions_for(session, at, approval, now)
    tell_all(session, tellings, now)


def _address_for(kind: ApprovalKind, booking: Booking) -> str:
    is_theirs = kind is ApprovalKind.LINE_MANAGER
    return (booking.line_manager_email or "") if is_theirs else ""


def questions_for(
    session: Session,
    at: EventInForce,
    approval: Approval,
    now: datetime,
    *,
    is_reminder: bool = False,
) -> list[Telling]:
    """The messages that ask for an approval, or remind of it."""
    readers, root = _asked(approval, now)
    declared: Sequence[PriorLearning] = ()
    if approval.kind is ApprovalKind.PRIOR_LEARNING:
        declared = declared_for(session, approval.booking)
    until = deadlines(approval.asked_at, at.snapshot).lapses_at
    return approving.to_ask(
        approval, readers, root, declared, until, is_reminder=is_reminder, now=now
    )


def _asked(approval: Approval, now: datetime) -> tuple[list[Reader], str]:
    """Who is written to, and under which address they find the page; a link needs none."""
    booking, on = approval.booking, london_date(now)
    leads = who_decides(booking, on)
    who = decider(approval.kind, [lead.id for lead in leads], booking.person_id)
    if who is Decider.LINE_MANAGER:
        return [Reader(approval.approver_address)], ""
    if who is Decider.LEADS:
        return approving.readers_of(leads), FOR_LEADS
    return approving.readers_of(coordinators_who_decide(booking, on)), FOR_COORDINATORS


# --- Learning done elsewhere ----------------------------------------------------------------


def declare(
    session: Session, person_id: int, declared: Collection[Declared], now: datetime
) -> None:
    """Keep what a person says they learnt elsewhere; said again, it replaces what nobody has
    answered yet."""
    waiting = session.scalars(
        select(PriorLearning).where(
            PriorLearning.person_id == person_id, PriorLearning.answered_at.is_(None)
        )
    )
    by_course = {row.course_id: row for row in waiting}
    for each in declared:
        row = by_course.get(each.course_id) or PriorLearning(
            person_id=person_id, course_id=each.course_id
        )
        row.provider, row.completed_on = each.provider.strip(), each.completed_on
        row.declared_at = now
        session.add(row)
    session.flush()
