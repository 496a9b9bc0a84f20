"""Answering for a booking: it counts, it ends, or it goes on waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.locking import Locked, lock_booking
from lms.booking.commands.moving import SYSTEM, Doer, move
from lms.booking.commands.recording import record_act
from lms.booking.commands.results import BookingResult
from lms.booking.commands.waiting.filling import confirm, fill_after
from lms.booking.messages import approving, changes
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Approval, Booking
from lms.booking.queries.bookings import standing_in
from lms.booking.queries.elsewhere import obstacle_to
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.queries.prerequisites import declared_for, unmet_by
from lms.booking.rules import LIVE, BookingState
from lms.booking.rules.approvals import ApprovalKind, after_answers, deadlines, is_among
from lms.catalogue.rules import EventState
from lms.db import db, transaction
from lms.errors import Gone, NotFound, Refused
from lms.words import moment


@dataclass(frozen=True)
class Answer:
    """What somebody says about a booking; `by` None is the line manager, by the link."""

    is_given: bool
    why: str
    by: Viewer | None
    now: datetime

    @property
    def doer(self) -> Doer:
        return Doer("approver", self.by.person_id) if self.by else Doer("line manager")


def answer_approval(
    approval_id: int, *, is_given: bool, why: str = "", by: Viewer | None, now: datetime
) -> BookingResult:
    """Approve a booking, or decline it with a reason; the same answer again changes nothing.

    `by` None: the line manager, whose link the caller has checked. Raises NotFound, Refused
    without a reason or for one's own booking, Gone where there is nothing left to answer.
    """
    said = Answer(is_given, why.strip(), by, now)
    with transaction() as session:
        approval, locked = lock_approval(session, approval_id)
        booking = locked.booking
        if approval.ended_at is not None and approval.is_given is is_given:
            return BookingResult.of(booking)
        if booking.event.state is EventState.POSTPONED:
            raise Gone(f"{booking.event.title} is postponed. We ask you again once it has a date.")
        at = event_in_force(session, booking.event_id, now)
        _refuse(at, approval, said)
        _give(session, approval, said)
        _record(session, at, approval, said)
        freed = act_on_answers(session, at, approval, said.doer, now)
        result = BookingResult.of(booking)
    fill_after(at.snapshot.id, now)
    fill_after(freed, now)
    if approval.kind is ApprovalKind.PRIOR_LEARNING and is_given:
        _settle_others(booking.person_id, now)
    return result


def approve_by_hand(
    session: Session, booking: Booking, why: str, by: Viewer, now: datetime
) -> None:
    """A coordinator who gives a place approves what is still asked; never for themselves."""
    for approval in booking.approvals:
        if approval.ended_at is not None:
            continue
        said = Answer(is_given=True, why=why, by=by, now=now)
        _refuse_own(approval, said)
        _give(session, approval, said)
    booking.is_approved = True


def lock_approval(session: Session, approval_id: int) -> tuple[Approval, Locked]:
    """Lock the event and person of an approval's booking, then read both. Raises NotFound."""
    booking_id = session.scalar(select(Approval.booking_id).where(Approval.id == approval_id))
    if booking_id is None:
        raise NotFound
    locked = lock_booking(session, booking_id)
    return session.get_one(Approval, approval_id), locked


def _refuse(at: EventInForce, approval: Approval, said: Answer) -> None:
    _refuse_own(approval, said)
    if approval.ended_at is not None:
        raise Gone("This has been answered, or the booking has ended, since you opened the page.")
    if at.snapshot.state is not EventState.PUBLISHED:
        raise Gone(f"{at.event.title} is {at.snapshot.state.words}: there is nothing to approve.")
    until = deadlines(approval.asked_at, at.snapshot)
    if until.have_passed(said.now):
        raise Gone(f"This could be answered until {moment(until.lapses_at)}.")
    if not said.is_given and not said.why:
        raise Refused("Say why, so that they know", field="why")


def _refuse_own(approval: Approval, said: Answer) -> None:
    """Nor by a link that went to an address which has turned out to be their own."""
    person = approval.booking.person
    if said.by is not None:
        is_own = said.by.person_id == approval.booking.person_id
    else:
        own = [email.address for email in person.emails] if person else []
        is_own = is_among(approval.approver_address, own)
    if is_own:
        raise Refused("Nobody approves their own booking.")


def _give(session: Session, approval: Approval, said: Answer) -> None:
    approval.is_given, approval.ended_at, approval.why = said.is_given, said.now, said.why
    approval.answered_by_id = said.by.person_id if said.by else None
    if approval.kind is not ApprovalKind.PRIOR_LEARNING:
        return
    for learning in declared_for(session, approval.booking):
        learning.is_confirmed, learning.answered_at = said.is_given, said.now
        learning.answered_by_id, learning.why = approval.answered_by_id, said.why


def _record(session: Session, at: EventInForce, approval: Approval, said: Answer) -> None:
    """Audit what a lead or a coordinator decides; a line manager's answer is in the history."""
    if said.by is None:
        return
    act = "approve" if said.is_given else "decline"
    decided = "approved" if said.is_given else "did not approve"
    sentence = f"{decided} the booking of {approval.booking.name} at {at.event.title}"
    record_act(
        session,
        approval.booking,
        act,
        f"{sentence} ({approval.kind.words})",
        said.by,
        said.now,
        said.why,
    )


# --- What follows ---------------------------------------------------------------------------


def act_on_answers(
    session: Session, at: EventInForce, approval: Approval, doer: Doer, now: datetime
) -> int | None:
    """Bring a booking to what its approvals now say; event and person must be locked.

    Returns the event of a place that has ended by it (B8): its list is to be served.
    """
    session.flush()
    booking = approval.booking
    session.refresh(booking, ["approvals"])
    answers = [each.is_given for each in booking.approvals]
    is_hindered = obstacle_to(session, at.snapshot, booking, now) is not None
    to = after_answers(booking.state, answers, is_hindered=is_hindered)
    booking.is_approved = all(answers)
    if to is BookingState.DECLINED:
        move_id = move(session, booking, to, doer, now, approval.why)
        approving.tell_not_approved(session, booking, at.event, move_id, approval, now)
    elif to is BookingState.CONFIRMED:
        return confirm(session, at, booking, now, "approved", by=doer)
    elif booking.is_approved:
        _let_wait(session, at, approval, doer, now)
    return None


def _let_wait(
    session: Session, at: EventInForce, approval: Approval, doer: Doer, now: datetime
) -> None:
    booking = approval.booking
    if booking.state is BookingState.REQUESTED:
        booking.holds_place = False
        why = "approved, but another place stands in the way"
        move_id = move(session, booking, BookingState.WAITING, doer, now, why)
        seen = event_in_force(session, booking.event_id, now).snapshot
        standing = standing_in(seen, booking.id, now).sentence
        policy = at.snapshot.policy
        step = Step(booking, at.event, move_id)
        tell(session, changes.waiting(step, standing, policy), now)
        return
    session.flush()
    seen = event_in_force(session, booking.event_id, now).snapshot
    standing = standing_in(seen, booking.id, now).sentence
    approving.tell_approved(session, booking, at.event, approval, standing, now)


# --- What was confirmed once counts everywhere ----------------------------------------------


def _settle_others(person_id: int | None, now: datetime) -> None:
    """Give the person's other approvals that waited for the same learning, each on its own."""
    others = db.session.scalars(
        select(Approval.id)
        .join(Booking, Booking.id == Approval.booking_id)
        .where(
            Booking.person_id == person_id,
            Booking.state.in_(LIVE),
            Approval.kind == ApprovalKind.PRIOR_LEARNING,
            Approval.ended_at.is_(None),
        )
        .order_by(Approval.id)
    ).all()
    for approval_id in others:
        _settle_where_met(approval_id, now)


def _settle_where_met(approval_id: int, now: datetime) -> None:
    with transaction() as session:
        approval, locked = lock_approval(session, approval_id)
        at = event_in_force(session, locked.booking.event_id, now)
        missing = unmet_by(session, at, locked.booking.person_id or 0)
        if approval.ended_at is not None or missing:
            return
        approval.is_given, approval.ended_at = True, now
        approval.why = "the same learning was confirmed for another booking"
        freed = act_on_answers(session, at, approval, SYSTEM, now)
        event_id = at.snapshot.id
    fill_after(event_id, now)
    fill_after(freed, now)
