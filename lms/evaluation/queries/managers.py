"""Line managers who are asked with a delegate's consent, and what they said of nobody (E8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import PersonEmail
from lms.agencies.models import Agency
from lms.booking.models import Booking
from lms.booking.queries.approvals import domains_of, known_approvers
from lms.booking.rules.approvals import why_no_approver
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound
from lms.evaluation.models import CorroborationRequest
from lms.evaluation.queries.facts import BookingFacts, get_facts, list_facts
from lms.evaluation.rules import (
    RequestFacts,
    RequestState,
    Stage,
    due_to_manager,
    is_asked,
    request_closes_at,
    request_state,
    why_not_asked,
)
from lms.evaluation.rules.managers import CLOSES_AFTER_DAYS
from lms.messaging.models import Message
from lms.messaging.queries import is_told

TO_MANAGER = "corroboration"
ASKED_SINCE = timedelta(days=CLOSES_AFTER_DAYS + 1)  # narrows the search, with a day to spare


@dataclass(frozen=True)
class ManagerAsked:
    """A request with what the rules decide by."""

    id: int
    address: str
    booking: BookingFacts
    facts: RequestFacts

    @property
    def closes_at(self) -> datetime:
        return request_closes_at(self.facts)

    def state(self, now: datetime) -> RequestState:
        return request_state(self.facts, now)


@dataclass(frozen=True)
class DueToManager:
    """A mail that a manager should have by now and was not sent yet; 0 the question, 1 the
    reminder."""

    asked: ManagerAsked
    occurrence: int


# --- Who may be named -----------------------------------------------------------------------


def may_name_a_manager(session: Session, booking_id: int) -> bool:
    """Whether the form asks for consent: an agency is known that an address can be held against,
    and nobody was asked about this booking yet."""
    return (
        session.scalar(
            select(Booking.id)
            .outerjoin(CorroborationRequest, CorroborationRequest.booking_id == Booking.id)
            .where(
                Booking.id == booking_id,
                Booking.agency_id.is_not(None),
                Booking.person_id.is_not(None),
                CorroborationRequest.id.is_(None),
            )
        )
        is not None
    )


def manager_on_record(booking_id: int) -> str:
    """The line manager's address as the booking, or else the account, has it; it may be empty."""
    booking = db.session.get_one(Booking, booking_id)
    of_account = booking.person.line_manager_email if booking.person else None
    return booking.line_manager_email or of_account or ""


def refusal_of_address(
    session: Session, booking_id: int, address: str, now: datetime
) -> str | None:
    """Why the manager of that address cannot be asked; None where they can. As with approvals
    (B10): an address of the agency, or one that is known to it, and never the delegate's own."""
    booking = session.get_one(Booking, booking_id)
    agency = session.get_one(Agency, booking.agency_id)
    person_id = booking.person_id or 0
    own = session.scalars(select(PersonEmail.address).where(PersonEmail.person_id == person_id))
    domains = domains_of(agency.id)
    known = known_approvers(agency.id, person_id, london_date(now))
    why = why_no_approver(address, list(own), domains, known)
    return why_not_asked(why, address, agency.name, sorted(domains)) if why else None


# --- One request ----------------------------------------------------------------------------


def get_manager_asked(session: Session, request_id: int) -> ManagerAsked:
    """A request whose number a link gave. Raises NotFound."""
    return _one(session, CorroborationRequest.id == request_id)


def find_manager_asked(session: Session, booking_id: int) -> ManagerAsked | None:
    """The request about a booking, whatever its state; None where nobody was named."""
    try:
        return _one(session, CorroborationRequest.booking_id == booking_id)
    except NotFound:
        return None


def read_manager_asked(request_id: int) -> ManagerAsked:
    """`get_manager_asked` for a page."""
    return get_manager_asked(db.session(), request_id)


def read_manager_asked_about(booking_id: int) -> ManagerAsked:
    """The request about a booking, for a page of its delegate. Raises NotFound."""
    return _one(db.session(), CorroborationRequest.booking_id == booking_id)


def may_withdraw(booking_id: int, now: datetime) -> bool:
    """Whether a manager is asked about a booking, and has not answered."""
    asked = find_manager_asked(db.session(), booking_id)
    return asked is not None and asked.state(now) is RequestState.OPEN


def _one(session: Session, condition: ColumnElement[bool]) -> ManagerAsked:
    request = session.scalars(select(CorroborationRequest).where(condition)).one_or_none()
    if request is None:
        raise NotFound
    return _asked(request, get_facts(session, request.booking_id))


def _asked(
    request: CorroborationRequest, booking: BookingFacts, asked_at: datetime | None = None
) -> ManagerAsked:
    facts = RequestFacts(
        consented_at=request.consented_at,
        is_withdrawn=request.withdrawn_at is not None,
        is_answered=request.is_answered,
        is_asked=is_asked(booking.facts, Stage.IMPACT),
        hour=booking.facts.hour,
        asked_at=asked_at,
    )
    return ManagerAsked(request.id, request.address, booking, facts)


# --- What is due ----------------------------------------------------------------------------


def list_due_to_managers(session: Session, now: datetime) -> list[DueToManager]:
    """The mails that managers should have by now. Four statements, whatever their number."""
    requests = session.scalars(_open_at(now)).all()
    if not requests:
        return []
    told = _told(session)
    return [
        DueToManager(asked, occurrence)
        for asked in _with_bookings(session, requests, told, now)
        if (occurrence := due_to_manager(asked.facts, now)) is not None
        and (asked.id not in told or occurrence > told[asked.id][0])
    ]


def is_still_due_to_manager(
    session: Session, request_id: int, occurrence: str, now: datetime
) -> bool:
    """Whether a queued mail is what the manager should have now: the same rule as due."""
    try:
        asked = get_manager_asked(session, request_id)
    except NotFound:
        return False
    _, asked_at = _told(session, Message.subject_id == request_id).get(request_id, (-1, None))
    return str(due_to_manager(replace(asked.facts, asked_at=asked_at), now)) == occurrence


def _open_at(now: datetime) -> Select[CorroborationRequest]:
    return (
        select(CorroborationRequest)
        .where(
            CorroborationRequest.withdrawn_at.is_(None),
            ~CorroborationRequest.is_answered,
            CorroborationRequest.consented_at > now - ASKED_SINCE,
        )
        .order_by(CorroborationRequest.id)
    )


def _with_bookings(
    session: Session, requests: Sequence[CorroborationRequest], told: Told, now: datetime
) -> Iterator[ManagerAsked]:
    wanted = _open_at(now).with_only_columns(CorroborationRequest.booking_id).order_by(None)
    bookings = {
        booking.booking_id: booking for booking in list_facts(session, [Booking.id.in_(wanted)])
    }
    for request in requests:
        if request.booking_id in bookings:
            _, asked_at = told.get(request.id, (-1, None))
            yield _asked(request, bookings[request.booking_id], asked_at)


Told = dict[int, tuple[int, datetime]]


def _told(session: Session, *conditions: ColumnElement[bool]) -> Told:
    """By request the last mail that was queued, and when the first was."""
    rows = session.execute(
        select(Message.subject_id, func.max(Message.occurrence), func.min(Message.queued_at))
        .join(CorroborationRequest, CorroborationRequest.id == Message.subject_id)
        .where(is_told(TO_MANAGER), ~CorroborationRequest.is_answered, *conditions)
        .group_by(Message.subject_id)
    )
    return {request_id: (int(latest), first) for request_id, latest, first in rows}


# --- Figures --------------------------------------------------------------------------------


def count_managers_asked(event_id: int) -> tuple[int, int]:
    """How many line managers were asked about an event's delegates, and how many answered."""
    rows = db.session.execute(
        select(CorroborationRequest.is_answered, func.count())
        .join(Booking, Booking.id == CorroborationRequest.booking_id)
        .where(Booking.event_id == event_id, CorroborationRequest.withdrawn_at.is_(None))
        .group_by(CorroborationRequest.is_answered)
    )
    counted = {bool(is_answered): number for is_answered, number in rows}
    return sum(counted.values()), counted.get(True, 0)
