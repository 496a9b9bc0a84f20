"""What a session's code leads to: the event, who may need a seat, how one person stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from lms.access import Viewer
from lms.accounts.models import Person, PersonEmail
from lms.accounts.queries import memberships_on
from lms.agencies.models import Agency, Partnership
from lms.attendance.check_in.rules import AtDoor, Room, Shut, why_shut, window_of
from lms.attendance.models import Mark, Register
from lms.attendance.queries import RegisterPicture
from lms.attendance.rules import HERE, MarkKind, SessionFact
from lms.booking.models import Booking
from lms.booking.queries.events import side_of
from lms.booking.rules import LIVE, BookingState, Outcome
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import EventMode, EventState
from lms.clock import london_date
from lms.db import db
from lms.errors import Gone, NotFound
from lms.tokens import KeyRing

PURPOSE = "check-in"


def code_of(session_id: int, keys: KeyRing) -> str:
    """The code of a session: '1204-K7Q4M2X'."""
    return keys.code(PURPOSE, session_id)


def address_of(code: str) -> str:
    """Where a code leads."""
    return f"/check-in/{code}"


def read_code(typed: str, keys: KeyRing) -> str | None:
    """A code as it is written, however it was typed; None for one that is none of ours."""
    session_id = keys.read_code(PURPOSE, typed)
    return code_of(session_id, keys) if session_id is not None else None


class OfNoSession(Gone):
    """The code is sound, but its session is not held any more."""

    def __init__(self) -> None:
        super().__init__(
            "This code belongs to a session that has been moved.",
            way_out="Use the code that is shown in the room, or ask the trainer.",
        )


@dataclass(frozen=True)
class Door:
    """A session as its code shows it to anyone: what the programme says of it, and no more."""

    code: str
    session_id: int
    event_id: int
    partnership: Partnership
    title: str
    where: str
    mode: EventMode
    starts_at: datetime
    ends_at: datetime
    shut: Shut | None

    @property
    def address(self) -> str:
        return address_of(self.code)

    @property
    def is_hybrid(self) -> bool:
        return self.mode is EventMode.HYBRID


def get_door(code: str, keys: KeyRing, now: datetime) -> Door:
    """What a code leads to. Raises NotFound for one that is none of ours, else OfNoSession.

    A draft has no session yet.
    """
    session_id = keys.read_code(PURPOSE, code)
    if session_id is None:
        raise NotFound
    row = db.session.execute(
        select(EventSession, Event, Register.closed_at)
        .join(Event, Event.id == EventSession.event_id)
        .outerjoin(Register, Register.event_id == Event.id)
        .where(EventSession.id == session_id, Event.state != EventState.DRAFT)
        .options(joinedload(Event.partnership))
    ).one_or_none()
    if row is None:
        raise OfNoSession
    block, event, closed_at = row
    return Door(
        code=code_of(block.id, keys),
        session_id=block.id,
        event_id=event.id,
        partnership=event.partnership,
        title=event.title,
        where=", ".join(filter(None, [block.room, event.venue])),
        mode=event.mode,
        starts_at=block.starts_at,
        ends_at=block.ends_at,
        shut=why_shut(block.starts_at, now, state=event.state, register_closed_at=closed_at),
    )


# --- Who may need a seat --------------------------------------------------------------------


def room_at(session: Session, event: Event, session_id: int) -> Room:
    """The room at a session, with all who may need a seat there, in two statements."""
    register = session.get(Register, event.id)
    takes_walk_ins = register is None or register.code_for_places_only_at is None
    return Room(
        capacity=event.capacity,
        online_capacity=event.online_capacity if event.mode is EventMode.HYBRID else None,
        people=tuple(_people_at(session, event.id, session_id)),
        takes_walk_ins=takes_walk_ins,
    )


def _people_at(session: Session, event_id: int, session_id: int) -> list[AtDoor]:
    """Those who have a place or walked in, and those for whom a place is held meanwhile."""
    marked = and_(
        Mark.booking_id == Booking.id, Mark.event_session_id == session_id, Mark.is_current
    )
    holds = and_(Booking.state == BookingState.REQUESTED, Booking.holds_place)
    rows = session.execute(
        select(Booking, Person.name, Agency.name, Mark.kind, Mark.mode)
        .outerjoin(Person, Person.id == Booking.person_id)
        .outerjoin(Agency, Agency.id == Booking.agency_id)
        .outerjoin(Mark, marked)
        .where(Booking.event_id == event_id)
        .where(
            or_(Booking.state.in_([BookingState.CONFIRMED, BookingState.OFFERED]), holds),
        )
        .order_by(Booking.id)
    )
    return [
        AtDoor(
            booking_id=booking.id,
            side=side_of(mode or booking.mode),
            person_id=booking.person_id,
            name=person_name or booking.name_as_given,
            agency_id=booking.agency_id,
            agency=agency_name or booking.agency_typed,
            address=booking.address_as_given or "",
            is_on_register=booking.state is BookingState.CONFIRMED and not booking.is_unnamed,
            gives_up_seat=kind is MarkKind.ABSENT or booking.outcome is Outcome.EXCUSED,
        )
        for booking, person_name, agency_name, kind, mode in rows
    ]


# --- One person -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How somebody who has signed in stands at a session: their own place, their own mark."""

    booking: Booking | None
    mark: MarkKind | None
    room: Room

    @property
    def has_place(self) -> bool:
        return self.booking is not None and self.booking.state is BookingState.CONFIRMED

    @property
    def waits(self) -> bool:
        return self.booking is not None and not self.has_place

    @property
    def is_here(self) -> bool:
        return self.mark in HERE


def standing_at(door: Door, viewer: Viewer) -> Standing:
    """How the viewer stands at a session."""
    session = db.session()
    event = session.get_one(Event, door.event_id)
    booking = own_booking(session, door.event_id, viewer.person_id)
    mark = session.scalar(
        select(Mark.kind).where(
            Mark.booking_id == (booking.id if booking else None),
            Mark.event_session_id == door.session_id,
            Mark.is_current,
        )
    )
    return Standing(booking, mark, room_at(session, event, door.session_id))


def own_booking(session: Session, event_id: int, person_id: int) -> Booking | None:
    """Somebody's live booking at an event, or what they claimed by an address of their own.

    One on the register goes before one that waits.
    """
    own_addresses = select(PersonEmail.address).where(PersonEmail.person_id == person_id)
    return session.scalar(
        select(Booking)
        .where(Booking.event_id == event_id, Booking.state.in_(LIVE))
        .where(or_(Booking.person_id == person_id, Booking.address_as_given.in_(own_addresses)))
        .order_by(Booking.state != BookingState.CONFIRMED, Booking.person_id.is_(None), Booking.id)
        .limit(1)
    )


@dataclass(frozen=True)
class Workplace:
    """Where somebody works, as a walk-in's booking keeps it."""

    agency_id: int | None
    name: str


def workplaces_of(person_id: int, now: datetime) -> list[Workplace]:
    """Where somebody works on that day, the latest begun first."""
    return [
        Workplace(m.agency_id, m.agency.name if m.agency else m.agency_typed)
        for m in memberships_on(person_id, london_date(now))
    ]


# --- The screen for the room ----------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many of those on the register are here at a session."""

    here: int
    of: int
    walk_ins: int  # of those here, who have no place


def count_at(picture: RegisterPicture, session_id: int) -> Count:
    """Who is here, of those on the register who are not excused; nobody is named."""
    lines = [line for line in picture.lines if not line.is_excused]
    here = [
        line for line in lines if session_id in line.marks and line.marks[session_id].kind in HERE
    ]
    return Count(len(here), len(lines), sum(line.is_walk_in for line in here))


def next_session(sessions: Sequence[SessionFact], now: datetime) -> SessionFact:
    """The session whose code is shown unless another is asked for: the first not yet too late."""
    to_come = [one for one in sessions if now <= window_of(one.starts_at).closes_at]
    return to_come[0] if to_come else sessions[-1]


def takes_walk_ins(event_id: int) -> bool:
    """Whether the event's codes take people without a place."""
    since = db.session.scalar(
        select(Register.code_for_places_only_at).where(Register.event_id == event_id)
    )
    return since is None
