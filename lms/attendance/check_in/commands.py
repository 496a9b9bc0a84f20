"""Checking in by a session's code, signed in or not; whether the code takes walk-ins (A2).

The event is locked first, so that the last seat goes to one. What somebody says who has not signed
in changes nobody's record: their address is kept beside the claim until the register is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.models import Person
from lms.accounts.rules import is_shared_mailbox, normal_address, sort_name, written_name
from lms.agencies.models import Agency
from lms.agencies.queries import find_agency_by_name
from lms.attendance.check_in.queries import OfNoSession, own_booking, room_at
from lms.attendance.check_in.rules import (
    Answer,
    Claimant,
    Room,
    answer_to_anyone,
    whom_they_mean,
    why_no_seat,
    why_shut,
)
from lms.attendance.commands.locked import LockedRegister, lock_register
from lms.attendance.commands.marking import mark_within
from lms.attendance.commands.without_place import (
    Arrival,
    end_waiting,
    make_own,
    owners_of,
    put_down,
)
from lms.attendance.rules import MarkKind, MarkSource
from lms.booking.commands.locking import lock_persons
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Side
from lms.catalogue.models import EventSession
from lms.catalogue.rules import EventMode
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.tokens import fingerprint

BY_THE_CODE = "checked in by the code"
SEE_THE_TRAINER = "See the trainer, who can add you to the register."


@dataclass(frozen=True)
class Claim:
    """Who somebody says they are; `once` tells two taps of one form apart."""

    name: str
    email: str
    agency_id: int | None
    agency_typed: str
    once: str


@dataclass(frozen=True)
class LockedDoor:
    """A session whose event is locked, and the room as it stands."""

    session_id: int
    register: LockedRegister
    room: Room


def check_in_by_name(
    session_id: int, claim: Claim, side: Side = Side.ROOM, *, now: datetime
) -> Answer:
    """Check in whoever is meant by what somebody says who has not signed in (A2).

    Who has a place is marked on it, silently; anyone else walks in while there is a seat. The
    answer is the same for all. The same form twice changes nothing. Raises Refused, OfNoSession.
    """
    with transaction() as session:
        door = _lock_door(session, session_id, now)
        answer = answer_to_anyone(door.room, side)
        claimant = _claimant(session, claim)
        meant = whom_they_mean(claimant, door.room.people)
        if meant is not None:
            _mark_here(session, door, session.get_one(Booking, meant.booking_id), side, None, now)
        elif answer is Answer.CHECKED_IN and not _was_sent(session, door, claim):
            booking = _walk_in_by_name(session, door, claimant, claim, side, now)
            _mark_here(session, door, booking, side, None, now)
        return answer


def check_in(
    session_id: int,
    side: Side = Side.ROOM,
    *,
    agency_id: int | None = None,
    agency_typed: str = "",
    by: Viewer,
    now: datetime,
) -> None:
    """Check in somebody who has signed in: on their place, else as a walk-in while there is a seat.

    One who waited waits no longer. Twice changes nothing. Raises Refused, OfNoSession.
    """
    with transaction() as session:
        door = _lock_door(session, session_id, now)
        lock_persons(session, by.person_id)
        booking = own_booking(session, door.register.event.id, by.person_id)
        if booking is None or booking.state is not BookingState.CONFIRMED:
            _refuse_without_seat(door.room, booking, side)
            if booking is not None:
                end_waiting(session, booking, by, now)
            agency = session.get(Agency, agency_id) if agency_id else None
            booking = _walk_in_of(session, door, by, agency, agency_typed, side, now)
        elif booking.person_id is None:
            make_own(session, booking, by.person_id, by, now)
        _mark_here(session, door, booking, side, by, now)


def set_walk_ins(event_id: int, takes: bool, *, by: Viewer | None, now: datetime) -> None:
    """Let the event's codes take people without a place, or only those who have one."""
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        if takes is (locked.register.code_for_places_only_at is None):
            return
        locked.register.code_for_places_only_at = None if takes else now
        whom = "people without a place too" if takes else "only those who have a place"
        audit.record(
            session,
            "set walk ins",
            f"let the check-in code of {locked.event.title} take {whom}",
            by=by,
            now=now,
            about=("event", event_id),
            partnership_id=locked.event.partnership_id,
        )


# --- At the door ----------------------------------------------------------------------------


def _lock_door(session: Session, session_id: int, now: datetime) -> LockedDoor:
    block = session.get(EventSession, session_id)
    if block is None:
        raise OfNoSession
    try:
        register = lock_register(session, block.event_id, None)
    except NotFound:
        raise OfNoSession from None
    closed_at = register.register.closed_at
    shut = why_shut(block.starts_at, now, register_closed_at=closed_at)
    if shut:
        raise Refused(shut.sentence, way_out=shut.way_out)
    return LockedDoor(session_id, register, room_at(session, register.event, session_id))


def _mark_here(
    session: Session,
    door: LockedDoor,
    booking: Booking,
    side: Side,
    by: Viewer | None,
    now: datetime,
) -> None:
    mark_within(
        session,
        door.register,
        booking,
        door.session_id,
        MarkKind.PRESENT,
        by=by,
        now=now,
        source=MarkSource.SELF_CHECK_IN,
        mode=_mode(door, side),
    )


def _mode(door: LockedDoor, side: Side) -> EventMode | None:
    """How they take part, where there are two ways."""
    return side.mode if door.register.event.mode is EventMode.HYBRID else None


def _claimant(session: Session, claim: Claim) -> Claimant:
    name = written_name(claim.name)
    if not name:
        raise Refused("Enter your name", field="name")
    address = own_address(claim.email)
    agency = session.get(Agency, claim.agency_id) if claim.agency_id else None
    agency = agency or find_agency_by_name(claim.agency_typed)
    return Claimant(
        name=name,
        address=address,
        person_id=owners_of(session, [address]).get(address),
        agency_id=agency.id if agency else None,
        agency=agency.name if agency else claim.agency_typed.strip(),
    )


def own_address(typed: str) -> str:
    """An address as it is kept, or none. Raises Refused for what is none, or is of several."""
    if not typed.strip():
        return ""
    address = normal_address(typed)
    if is_shared_mailbox(address):
        raise Refused(
            "Enter an address that is yours alone, or leave this empty: "
            f"{address} sounds like a shared mailbox",
            field="email",
        )
    return address


def _refuse_without_seat(room: Room, own: Booking | None, side: Side) -> None:
    """One for whom a place is held meanwhile has that seat at least."""
    others = tuple(who for who in room.people if own is None or who.booking_id != own.id)
    why = why_no_seat(replace(room, people=others), side)
    if why:
        raise Refused(why, way_out=SEE_THE_TRAINER)


# --- Walk-ins -------------------------------------------------------------------------------


def _was_sent(session: Session, door: LockedDoor, claim: Claim) -> bool:
    """Whether this form was sent before: one whose walk-in was struck out adds nobody again."""
    sent = select(Booking.id).where(Booking.form_key == _key(door, claim))
    return session.scalar(sent) is not None


def _key(door: LockedDoor, claim: Claim) -> str:
    """Of one form and one name: with Back, the same form may be filled in for a colleague.

    It counts at its own event alone: none can speak of a booking elsewhere.
    """
    sent = fingerprint(f"{claim.once}:{sort_name(claim.name)}")
    return f"check-in:{door.register.event.id}:{sent}"


def _walk_in_by_name(
    session: Session,
    door: LockedDoor,
    claimant: Claimant,
    claim: Claim,
    side: Side,
    now: datetime,
) -> Booking:
    who = Arrival(
        claimant.name,
        session.get(Agency, claimant.agency_id) if claimant.agency_id else None,
        claimant.agency,
        address=claimant.address or None,
        mode=_mode(door, side),
        form_key=_key(door, claim),
    )
    return put_down(session, door.register, who, by=None, now=now, why=BY_THE_CODE)


def _walk_in_of(
    session: Session,
    door: LockedDoor,
    by: Viewer,
    agency: Agency | None,
    agency_typed: str,
    side: Side,
    now: datetime,
) -> Booking:
    person = session.get_one(Person, by.person_id)
    who = Arrival(
        person.name,
        agency,
        agency_typed,
        person.id,
        job_role=person.job_role,
        mode=_mode(door, side),
    )
    return put_down(session, door.register, who, by=by, now=now, why=BY_THE_CODE)
