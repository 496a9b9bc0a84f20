"""Approvals as those who give them, chase them or wait for them read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload

from lms.access import Permission, Role, Viewer
from lms.accounts.models import Person, RoleGrant
from lms.accounts.queries import agency_leads_of, coordinators_of, is_held
from lms.agencies.models import AgencyDomain
from lms.agencies.queries import lineage, lineages
from lms.booking.models import Approval, Booking, KnownApprover, PriorLearning
from lms.booking.queries.events import load_events, snapshots_of
from lms.booking.queries.led import led_by
from lms.booking.queries.prerequisites import declared_for
from lms.booking.rules import LIVE, BookingState
from lms.booking.rules.approvals import ApprovalKind, Deadlines, Decider, deadlines, decider
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound

LED = (ApprovalKind.AGENCY_LEAD, ApprovalKind.PRIOR_LEARNING)


@dataclass(frozen=True)
class Asked:
    """An approval that is open, with its deadlines; alone, with the learning that it is about."""

    approval: Approval
    deadlines: Deadlines
    declared: tuple[PriorLearning, ...] = ()

    @property
    def booking(self) -> Booking:
        return self.approval.booking


# --- Who decides ----------------------------------------------------------------------------


def who_decides(booking: Booking, on: date) -> list[Person]:
    """The leads of the booking's agency and of those above it, never the delegate; may be none.

    Where there are none, a coordinator of the event's partnership decides.
    """
    if booking.agency_id is None:
        return []
    return leads_beside(booking.person_id, booking.agency_id, on)


def leads_beside(person_id: int | None, agency_id: int, on: date) -> list[Person]:
    """The leads of an agency and of those above it, but for one person."""
    return [lead for lead in agency_leads_of(agency_id, on) if lead.id != person_id]


def coordinators_who_decide(booking: Booking, on: date) -> list[Person]:
    """The coordinators of the event's partnership, but never the delegate."""
    found = coordinators_of(booking.event.partnership_id, on)
    return [person for person in found if person.id != booking.person_id]


def domains_of(agency_id: int) -> set[str]:
    """The e-mail domains of an agency and of those above it."""
    wanted = select(AgencyDomain.domain).where(AgencyDomain.agency_id.in_(lineage(agency_id)))
    return set(db.session.scalars(wanted))


def known_approvers(agency_id: int, person_id: int, on: date) -> set[str]:
    """The addresses that a lead or a coordinator vouches for, and those of the leads themselves.

    Nobody vouches for who is to approve their own booking: `person_id` is whose it is.
    """
    vouched = select(KnownApprover.address).where(
        KnownApprover.agency_id.in_(lineage(agency_id)), KnownApprover.known_to_id != person_id
    )
    leads = {email.address for lead in agency_leads_of(agency_id, on) for email in lead.emails}
    return set(db.session.scalars(vouched)) | leads


def list_known_approvers(agency_ids: Iterable[int]) -> list[KnownApprover]:
    """Whose addresses are known at these agencies, by agency and address."""
    wanted = (
        select(KnownApprover)
        .where(KnownApprover.agency_id.in_(agency_ids))
        .options(joinedload(KnownApprover.agency), joinedload(KnownApprover.known_to))
        .order_by(KnownApprover.agency_id, KnownApprover.address)
    )
    return list(db.session.scalars(wanted))


# --- One approval ---------------------------------------------------------------------------


def get_approval(approval_id: int) -> Approval:
    """An approval whose number a link gave, with its booking and event. Raises NotFound."""
    return _one(Approval.id == approval_id)


def get_approval_of_led(approval_id: int, viewer: Viewer) -> Approval:
    """One that a lead may decide, answered or not. Raises NotFound for any other."""
    return _one(Approval.id == approval_id, _is_led_by(viewer))


def get_approval_run_by(approval_id: int, viewer: Viewer) -> Approval:
    """One at an event that the viewer runs; never their own. Raises NotFound for any other."""
    return _one(Approval.id == approval_id, _is_run_by(viewer))


def asked_of(approval: Approval, now: datetime) -> Asked | None:
    """An approval as it can be answered now; None for one that is not open, or has run out."""
    found = next(iter(_asked([approval], now)), None)
    if found is None or found.deadlines.have_passed(now):
        return None
    return replace(found, declared=_declared(db.session(), approval))


# --- Many -----------------------------------------------------------------------------------


def asked_of_lead(viewer: Viewer, now: datetime) -> list[Asked]:
    """What an agency lead is to decide, the first to run out first."""
    return _listed(_open(_is_led_by(viewer)), now)


def asked_at_event(event_id: int, now: datetime) -> list[Asked]:
    """What is open at an event, the first to run out first."""
    return _listed(_open(Event.id == event_id), now)


def asked_in_partnerships(viewer: Viewer, now: datetime) -> list[Asked]:
    """What is open at the events that a viewer runs, the first to run out first."""
    return _listed(_open(_is_run_by(viewer)), now)


def all_asked(session: Session, now: datetime) -> list[Asked]:
    """Every open approval at events that take place: those that have run out too."""
    return _asked(list(session.scalars(_open()).unique()), now)


def approval_that_ended(booking: Booking) -> Approval | None:
    """The approval for want of which a booking was declined or lapsed, if that was why."""
    if booking.state not in (BookingState.DECLINED, BookingState.LAPSED):
        return None
    refused = sorted(
        (approval for approval in booking.approvals if not approval.is_given),
        key=lambda approval: approval.is_given is None,
    )
    return next(iter(refused), None)


def _listed(wanted: Select[Approval], now: datetime) -> list[Asked]:
    found = _asked(list(db.session.scalars(wanted).unique()), now)
    open_still = [asked for asked in found if not asked.deadlines.have_passed(now)]
    return sorted(open_still, key=lambda asked: (asked.deadlines.lapses_at, asked.approval.id))


def _asked(approvals: list[Approval], now: datetime) -> list[Asked]:
    session = db.session()
    event_ids = {approval.booking.event_id for approval in approvals if approval.ended_at is None}
    seen = snapshots_of(session, load_events(session, event_ids), now) if event_ids else {}
    return [
        Asked(approval, deadlines(approval.asked_at, seen[approval.booking.event_id]))
        for approval in approvals
        if approval.booking.event_id in seen
        and seen[approval.booking.event_id].state is EventState.PUBLISHED
    ]


def _declared(session: Session, approval: Approval) -> tuple[PriorLearning, ...]:
    if approval.kind is not ApprovalKind.PRIOR_LEARNING:
        return ()
    return tuple(declared_for(session, approval.booking))


def _whole(*conditions: ColumnElement[bool]) -> Select[Approval]:
    booking = joinedload(Approval.booking)
    return (
        select(Approval)
        .join(Booking, Booking.id == Approval.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(*conditions)
        .options(
            booking.joinedload(Booking.person),
            booking.joinedload(Booking.agency),
            booking.joinedload(Booking.event).joinedload(Event.sessions),
            booking.joinedload(Booking.event).joinedload(Event.partnership),
        )
        .order_by(Approval.id)
    )


def _open(*conditions: ColumnElement[bool]) -> Select[Approval]:
    return _whole(Approval.ended_at.is_(None), Booking.state.in_(LIVE), *conditions)


def _one(*conditions: ColumnElement[bool]) -> Approval:
    found = db.session.scalars(_whole(*conditions)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def _is_led_by(viewer: Viewer) -> ColumnElement[bool]:
    return Approval.kind.in_(LED) & led_by(viewer) & _is_of_another(viewer)


def _is_run_by(viewer: Viewer) -> ColumnElement[bool]:
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    return Event.partnership_id.in_(own) & _is_of_another(viewer)


def _is_of_another(viewer: Viewer) -> ColumnElement[bool]:
    """Nobody approves themselves."""
    return or_(Booking.person_id.is_(None), Booking.person_id != viewer.person_id)


def to_be_decided_here(viewer: Viewer, now: datetime) -> list[Asked]:
    """What a coordinator is to act on: nobody else decides it, or nobody has in time (B10)."""
    found = asked_in_partnerships(viewer, now)
    leads = _leads_by_agency(london_date(now)) if found else {}
    above = lineages() if found else {}
    return [
        asked
        for asked in found
        if asked.deadlines.is_to_be_warned_of(now)
        or _decider_of(asked, leads, above) is Decider.COORDINATORS
    ]


def _decider_of(
    asked: Asked, leads: Mapping[int, set[int]], above: Mapping[int, tuple[int, ...]]
) -> Decider:
    line = above.get(asked.booking.agency_id or 0, ())
    in_line = [lead for agency_id in line for lead in leads.get(agency_id, ())]
    return decider(asked.approval.kind, in_line, asked.booking.person_id)


def _leads_by_agency(on: date) -> dict[int, set[int]]:
    rows = db.session.execute(
        select(RoleGrant.agency_id, RoleGrant.person_id).where(
            RoleGrant.role == Role.AGENCY_LEAD, is_held(on)
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for agency_id, person_id in rows:
        if agency_id is not None:
            found[agency_id].add(person_id)
    return found
