"""What those who approve are asked, and what a delegate is told of their answer (B9, B10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.booking.messages.telling import Reader, Telling, reader_of, tell, tell_all
from lms.booking.models import Approval, Booking, PriorLearning
from lms.booking.queries.figures import policy_in_force
from lms.booking.rules.approvals import ApprovalKind, asked_of_whom
from lms.booking.rules.offers import leaving_time
from lms.catalogue.models import Event
from lms.db import db
from lms.words import day_and_year, moment, sentence_case

REQUESTED = "booking-requested"
ASKED = "approval-asked"
REMINDED = "approval-reminder"
UNANSWERED = "approval-unanswered"
APPROVED = "approval-given"
NOT_APPROVED = "approval-refused"
RAN_OUT = "approval-ran-out"


def whom(approvals: Iterable[Approval]) -> str:
    """Who is asked, as said to the delegate."""
    return asked_of_whom((each.kind, each.approver_address) for each in approvals)


def tell_requested(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    approvals: Sequence[Approval],
    until: datetime,
    standing: str | None,
    now: datetime,
) -> None:
    """Your booking is sent for approval: to whom, until when; and your place is held meanwhile,
    or (`standing`) you wait."""
    facts = {"whom": whom(approvals), "until": moment(until), "standing": standing}
    tell(session, Telling(booking, event, "requested", REQUESTED, str(move_id), facts), now)


# --- To those who approve -------------------------------------------------------------------


def to_ask(
    approval: Approval,
    readers: Iterable[Reader],
    root: str,
    declared: Sequence[PriorLearning],
    until: datetime,
    *,
    is_reminder: bool = False,
    now: datetime,
) -> list[Telling]:
    """Will you approve this? To a line manager with a link that needs no sign-in, to others with
    the address of the page under `root`. A reminder leaves in working hours."""
    facts = {
        "approval_id": approval.id,
        "name": approval.booking.name,
        "job_role": approval.booking.job_role,
        "agency": approval.booking.agency_name,
        "is_by_link": approval.kind is ApprovalKind.LINE_MANAGER,
        "root": root,
        "declared": declared_words(declared),
        "until": moment(until),
        "holds_place": approval.booking.holds_place,
        "is_reminder": is_reminder,
    }
    return [
        Telling(
            approval.booking,
            approval.booking.event,
            "approval_asked",
            REMINDED if is_reminder else ASKED,
            f"{approval.asked_at:%Y%m%d%H%M}-{reader.person_id or 0}",
            facts,
            subject_id=approval.id,
            send_at=_in_working_hours(approval, now) if is_reminder else None,
            to=reader,
        )
        for reader in readers
    ]


def _in_working_hours(approval: Approval, now: datetime) -> datetime:
    policy = policy_in_force(db.session(), approval.booking.event, now)
    return leaving_time(policy, now)


def tell_unanswered(
    session: Session, approval: Approval, readers: Iterable[Reader], until: datetime, now: datetime
) -> int:
    """To the coordinators: nobody has answered for four working days; they can."""
    facts = {
        "approval_id": approval.id,
        "name": approval.booking.name,
        "agency": approval.booking.agency_name,
        "kind": approval.kind.words,
        "approver_address": approval.approver_address,
        "until": moment(until),
    }
    tellings = [
        Telling(
            approval.booking,
            approval.booking.event,
            "approval_unanswered",
            UNANSWERED,
            f"{approval.asked_at:%Y%m%d%H%M}-{reader.person_id}",
            facts,
            subject_id=approval.id,
            is_digestible=True,
            send_at=_in_working_hours(approval, now),
            to=reader,
        )
        for reader in readers
    ]
    return tell_all(session, tellings, now)


def readers_of(people: Iterable[Person]) -> list[Reader]:
    """People as readers of a message."""
    return [reader_of(person) for person in people]


def declared_words(declared: Iterable[PriorLearning]) -> list[str]:
    """'Working Together: done with Dudley Council on Monday 4 May 2026'."""
    return [
        f"{each.course.title}: done with {each.provider} on {day_and_year(each.completed_on)}"
        for each in declared
    ]


# --- To the delegate ------------------------------------------------------------------------


def tell_approved(
    session: Session,
    booking: Booking,
    event: Event,
    approval: Approval,
    standing: str,
    now: datetime,
) -> None:
    """Approved, and waiting: where in the line. One who has a place by it is told of that."""
    facts = {"standing": standing}
    occurrence = "given"
    tell(
        session,
        Telling(booking, event, "approved", APPROVED, occurrence, facts, subject_id=approval.id),
        now,
    )


def tell_not_approved(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    approval: Approval,
    now: datetime,
) -> None:
    """Not approved: by whom, and why."""
    by_whom = sentence_case(whom([approval]))
    facts = {"by_whom": by_whom, "why": approval.why}
    tell(session, Telling(booking, event, "not_approved", NOT_APPROVED, str(move_id), facts), now)


def tell_ran_out(
    session: Session,
    booking: Booking,
    event: Event,
    move_id: int,
    unanswered: Sequence[Approval],
    now: datetime,
) -> None:
    """Nobody answered in time: the booking has ended, and what can be done."""
    facts = {"whom": whom(unanswered)}
    tell(session, Telling(booking, event, "approval_ran_out", RAN_OUT, str(move_id), facts), now)
