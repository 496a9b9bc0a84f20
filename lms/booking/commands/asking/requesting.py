"""Asking for a place: one is had, or one waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.agencies.models import Agency
from lms.booking.commands.approving.asking import approver_refusal, ask_approvals, declare
from lms.booking.commands.locking import lock_event, lock_persons
from lms.booking.commands.moving import begin, booker
from lms.booking.commands.passing_on.replacing import end_replaced
from lms.booking.commands.recording import record_act, record_for_another
from lms.booking.commands.results import BookingResult
from lms.booking.commands.waiting.filling import tell_of_place
from lms.booking.messages import changes
from lms.booking.messages.approving import tell_requested
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Booking
from lms.booking.queries.bookings import Standing, standing_in
from lms.booking.queries.elsewhere import with_obstacles
from lms.booking.queries.events import EventInForce, event_in_force, fact_of, side_of
from lms.booking.queries.requests import request_of
from lms.booking.rules import (
    LIVE,
    OVERRIDABLE,
    BookingRequest,
    BookingState,
    Decision,
    EventSnapshot,
    Origin,
    Override,
    Place,
    Refusal,
    Rule,
    Wait,
    may_book,
    place_for,
)
from lms.booking.rules.approvals import ApprovalKind, approvals_needed, deadlines
from lms.booking.rules.prerequisites import Declared
from lms.catalogue.rules import EventMode
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.tokens import new_reference
from lms.words import sentence_case


class AlreadyBooked(Refused):
    """The person has a live booking there (B2); `reference` is its."""

    def __init__(self, sentence: str, reference: str) -> None:
        super().__init__(sentence)
        self.reference = reference


@dataclass(frozen=True)
class Asking:
    """What someone says when they ask for a place; the booking keeps it as it was."""

    person_id: int
    agency_id: int | None
    agency_typed: str
    area_id: int | None
    job_role: str
    line_manager_email: str | None
    access_needs: str
    dietary_needs: str
    confirm_at_once: bool
    mode: EventMode | None
    origin: Origin
    override_reason: str | None
    replaces_id: int | None = None  # the place that ends once this one is confirmed (B8)
    declared: tuple[Declared, ...] = ()


def request_place(
    event_id: int,
    person_id: int,
    *,
    agency_id: int | None,
    agency_typed: str = "",
    area_id: int | None = None,
    job_role: str = "",
    line_manager_email: str | None = None,
    access_needs: str = "",
    dietary_needs: str = "",
    confirm_at_once: bool = False,
    mode: EventMode | None = None,
    origin: Origin = Origin.OWN,
    by: Viewer | None,
    now: datetime,
    override_reason: str | None = None,
    declared: Sequence[Declared] = (),
) -> BookingResult:
    """Book a person in, or put them on the waiting list: waiting is an answer, no refusal.

    What is `declared` to have been learnt elsewhere stands for prerequisites until somebody has
    looked at it (B9). With an `override_reason` a coordinator lifts what B14 lets them lift, and
    only what stands in the way is recorded. Raises NotFound, Refused (B1, B8, B9, B10), or
    AlreadyBooked (B2).
    """
    asking = Asking(
        person_id=person_id,
        agency_id=agency_id,
        agency_typed=agency_typed.strip() if agency_id is None else "",
        area_id=area_id,
        job_role=job_role,
        line_manager_email=line_manager_email,
        access_needs=access_needs,
        dietary_needs=dietary_needs,
        confirm_at_once=confirm_at_once,
        mode=mode,
        origin=origin,
        override_reason=override_reason,
        declared=tuple(declared),
    )
    with transaction() as session:
        ticket = lock_event(session, event_id)
        lock_persons(session, person_id)
        heard = hear(session, event_in_force(session, event_id, now), asking, by, now)
        refuse_what_stands(session, heard, now)
        return book_or_list(session, heard, ticket, now)


@dataclass(frozen=True)
class Heard:
    """What a request is decided on, all of it read under the lock."""

    asking: Asking
    person: Person
    agency: Agency | None
    at: EventInForce
    request: BookingRequest
    override: Override | None
    by: Viewer | None
    approvals: tuple[ApprovalKind, ...]

    @property
    def seen(self) -> EventSnapshot:
        return self.at.snapshot

    @property
    def booked_by_id(self) -> int | None:
        """Who books for somebody else; None where they book for themselves."""
        by_id = self.by.person_id if self.by else None
        return None if by_id == self.person.id else by_id

    def decision(self, now: datetime) -> Decision:
        """Whether there is a place for it (B3)."""
        return place_for(self.seen, self.request, now, self.override)


def hear(
    session: Session, at: EventInForce, asking: Asking, by: Viewer | None, now: datetime
) -> Heard:
    """Gather what a request is decided on; event and person must be locked."""
    person = session.get_one(Person, asking.person_id, options=[joinedload(Person.emails)])
    agency = _agency(session, asking.agency_id)
    asked = request_of(
        *(session, at, person.id, agency, now),
        area_id=asking.area_id,
        side=side_of(asking.mode),
        replaces_id=asking.replaces_id,
    )
    missing = {each.course_id for each in asked.unmet}
    declared = tuple(each for each in asking.declared if each.course_id in missing)
    approvals = _approvals(asking, at, by, declares=bool(declared))
    approver = _approver(asking, person, agency, at, approvals, now)
    request = replace(asked, declared=declared, approver=approver)
    return Heard(asking, person, agency, at, request, _override(asking, at, by), by, approvals)


def _agency(session: Session, agency_id: int | None) -> Agency | None:
    """An agency with the partnerships that it serves: under the lock one statement is enough."""
    areas = joinedload(Agency.partnerships)
    return session.get(Agency, agency_id, options=[areas]) if agency_id else None


def _approver(
    asking: Asking,
    person: Person,
    agency: Agency | None,
    at: EventInForce,
    approvals: Collection[ApprovalKind],
    now: datetime,
) -> Refusal | None:
    """What is wrong with the line manager who is named to approve it, if one is needed (B10)."""
    if ApprovalKind.LINE_MANAGER not in approvals or agency is None:
        return None
    typed = asking.line_manager_email or ""
    return approver_refusal(typed, person, agency, at.event.partnership, now)


def book_or_list(session: Session, heard: Heard, ticket: int, now: datetime) -> BookingResult:
    """Give the place that there is, or put them on the list; nothing may stand in the way."""
    decision = heard.decision(now)
    booking = _booking(heard, ticket, decision, now)
    move_id = begin(session, booking, booker(heard.asking.origin, heard.by), now)
    _record(session, heard, booking, now)
    if heard.approvals:
        return _send_for_approval(session, heard, booking, move_id, now)
    if isinstance(decision, Place):
        tell_of_place(session, heard.at, booking, move_id, now)
        end_replaced(session, booking, booker(heard.asking.origin, heard.by), now)
        return BookingResult.of(booking)
    return _join_the_list(session, heard, booking, move_id, now)


def _approvals(
    asking: Asking, at: EventInForce, by: Viewer | None, *, declares: bool
) -> tuple[ApprovalKind, ...]:
    is_for_another = by is not None and by.person_id != asking.person_id
    return approvals_needed(
        at.event.approved_by,
        has_agency=asking.agency_id is not None,
        is_booked_by_lead=asking.origin is Origin.AGENCY_LEAD and is_for_another,
        declares=declares,
    )


def _override(asking: Asking, at: EventInForce, by: Viewer | None) -> Override | None:
    """What a coordinator of the event's partnership lifts; nobody else may (B14)."""
    if asking.override_reason is None:
        return None
    if by is not None and not by.can(Permission.RUN_PROGRAMME, at.event.partnership_id):
        raise NotFound
    return Override(OVERRIDABLE, asking.override_reason)


def refuse_what_stands(session: Session, heard: Heard, now: datetime) -> None:
    """Refuse a request that the rules do not take. Raises AlreadyBooked (B2) or Refused."""
    for refusal in may_book(heard.seen, heard.request, now, heard.override):
        if refusal.rule is Rule.B2:
            live = session.scalar(
                select(Booking.reference).where(
                    Booking.event_id == heard.seen.id,
                    Booking.person_id == heard.person.id,
                    Booking.state.in_(LIVE),
                )
            )
            raise AlreadyBooked(refusal.sentence, live or "")
        raise Refused(refusal.sentence, field=refusal.field, way_out=refusal.way_out)


def _booking(heard: Heard, ticket: int, decision: Decision, now: datetime) -> Booking:
    asking, request = heard.asking, heard.request
    has_place = isinstance(decision, Place)
    return Booking(
        reference=new_reference(heard.at.event.partnership.reference_prefix),
        event_id=heard.seen.id,
        person=heard.person,
        agency=heard.agency,
        agency_typed=asking.agency_typed,
        sector=request.sector,
        area_id=request.partnership_id,
        job_role=asking.job_role,
        line_manager_email=(asking.line_manager_email or "").strip().lower() or None,
        access_needs=asking.access_needs,
        dietary_needs=asking.dietary_needs,
        confirm_at_once=asking.confirm_at_once,
        mode=asking.mode,
        origin=asking.origin,
        replaces_id=asking.replaces_id,
        booked_by_id=heard.booked_by_id,
        state=_first_state(heard, has_place=has_place),
        is_approved=not heard.approvals,
        ticket=ticket,
        priority=0,
        lapses=0,
        holds_place=has_place and bool(heard.approvals),
        requested_at=now,
        override_reason=asking.override_reason if _what_was_lifted(heard, now) else None,
        is_over_capacity=isinstance(decision, Place) and decision.is_beyond_limits,
    )


def _first_state(heard: Heard, *, has_place: bool) -> BookingState:
    if not has_place:
        return BookingState.WAITING
    return BookingState.REQUESTED if heard.approvals else BookingState.CONFIRMED


def _what_was_lifted(heard: Heard, now: datetime) -> list[str]:
    """What stood in the way and an override lifted, in sentences; only that is recorded (B14)."""
    if heard.override is None:
        return []
    lifted = [refusal.sentence for refusal in may_book(heard.seen, heard.request, now)]
    decision = place_for(heard.seen, heard.request, now)
    return lifted + (
        [sentence_case(decision.reason.sentence)] if isinstance(decision, Wait) else []
    )


def _record(session: Session, heard: Heard, booking: Booking, now: datetime) -> None:
    """Audit what is done for somebody else, and every override (P3)."""
    lifted = _what_was_lifted(heard, now)
    sentence = f"booked {heard.person.name} onto {heard.at.event.title}: {booking.state.words}"
    if not lifted:
        record_for_another(session, booking, "book", sentence, heard.by, now)
        return
    said = "; ".join([sentence, *(f"overrode: {rule}" for rule in lifted)])
    record_act(session, booking, "override", said, heard.by, now, booking.override_reason)


def _send_for_approval(
    session: Session, heard: Heard, booking: Booking, move_id: int, now: datetime
) -> BookingResult:
    """Ask whoever approves it; it holds its place meanwhile, or waits (B10)."""
    if heard.booked_by_id is None and ApprovalKind.LINE_MANAGER in heard.approvals:
        heard.person.line_manager_email = booking.line_manager_email  # never asked twice
    declare(session, heard.person.id, heard.request.declared, now)
    approvals = ask_approvals(session, heard.at, booking, heard.approvals, now)
    until = deadlines(now, heard.seen).lapses_at
    where = _standing(heard, booking, now) if booking.state is BookingState.WAITING else None
    sentence = where.sentence if where else None
    tell_requested(session, booking, heard.at.event, move_id, approvals, until, sentence, now)
    return BookingResult.of(booking, where)


def _join_the_list(
    session: Session, heard: Heard, booking: Booking, move_id: int, now: datetime
) -> BookingResult:
    where = _standing(heard, booking, now)
    step = Step(booking, heard.at.event, move_id)
    tell(session, changes.waiting(step, where.sentence, heard.seen.policy), now)
    return BookingResult.of(booking, where)


def _standing(heard: Heard, booking: Booking, now: datetime) -> Standing:
    """Where one who has just joined the list stands."""
    fact = fact_of(booking, heard.request.agency_ids)
    joined = replace(heard.seen, bookings=(*heard.seen.bookings, fact))
    elsewhere = {heard.person.id: list(heard.request.other_places)}
    return standing_in(with_obstacles(joined, elsewhere, now), booking.id, now)
