"""The register as it is read: whose it is, who stands on it, and what was said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from lms.access import Permission, Viewer
from lms.accounts.queries import find_viewer_of
from lms.accounts.rules import sort_name
from lms.attendance.models import Mark as MarkRow
from lms.attendance.models import Register, RegisterPass
from lms.attendance.rules import (
    OPENS_BEFORE,
    OUR_WORD,
    Mark,
    MarkKind,
    MarkSource,
    SessionFact,
    is_register_open,
    is_wholly_marked,
    pass_ends_at,
    register_opens_at,
)
from lms.booking.models import Booking
from lms.booking.queries.events import side_of
from lms.booking.rules import BookingState, Origin, Outcome
from lms.catalogue.models import Event, EventSession, EventTrainer
from lms.catalogue.rules import EventMode, EventState
from lms.db import db
from lms.errors import NotFound
from lms.tokens import fingerprint

LATELY = timedelta(days=90)


@dataclass(frozen=True)
class Line:
    """One name of the register."""

    booking_id: int
    name: str
    agency: str
    needs: str
    is_walk_in: bool
    outcome: Outcome | None
    reason: str
    marks: Mapping[int, Mark]  # by session
    claimed_at: Mapping[int, datetime] = field(default_factory=dict)  # self check-ins, by session
    where: str = ""  # of a hybrid event: 'in the room', 'online'

    @property
    def is_excused(self) -> bool:
        return self.outcome is Outcome.EXCUSED


@dataclass(frozen=True)
class LastAct:
    """The mark that a person made last, which Undo takes back; `people` were marked with it."""

    mark_id: int
    booking_id: int
    name: str
    kind: MarkKind
    people: int = 1


@dataclass(frozen=True)
class RegisterPicture:
    """A register with all that its page shows; `lines` by surname, in an order that never moves."""

    event_id: int
    partnership_id: int
    title: str
    venue: str
    mode: EventMode
    sessions: tuple[SessionFact, ...]
    lines: tuple[Line, ...]
    closed_at: datetime | None
    last_act: LastAct | None

    @property
    def opens_at(self) -> datetime:
        return register_opens_at(self.sessions)

    def is_open(self, now: datetime) -> bool:
        return is_register_open(self.sessions, now, self.closed_at)

    def session_now(self, now: datetime) -> SessionFact:
        """The session that is marked unless another is asked for: the latest that has begun."""
        begun = [s for s in self.sessions if register_opens_at([s]) <= now]
        return (begun or list(self.sessions[:1]))[-1]

    def unmarked(self) -> tuple[Line, ...]:
        """Those whom closing asks about: a session without a mark, and nobody excused them."""
        return tuple(
            line
            for line in self.lines
            if not line.is_excused and not is_wholly_marked(self.sessions, line.marks)
        )

    def claims_at(self, session_id: int) -> tuple[Line, ...]:
        """Those who checked in themselves at that session, and nobody has confirmed it yet."""
        return tuple(
            line
            for line in self.lines
            if session_id in line.marks and line.marks[session_id].is_claim
        )

    def line(self, booking_id: int) -> Line:
        for line in self.lines:
            if line.booking_id == booking_id:
                return line
        raise NotFound


def runs_register_of(viewer: Viewer | None) -> ColumnElement[bool]:
    """Whose registers a viewer takes: a trainer's own events, a coordinator's partnership's.

    None is the service itself, which may take any.
    """
    if viewer is None:
        return true()
    run = viewer.partnerships(Permission.RUN_PROGRAMME)
    coordinated = run & viewer.partnerships(Permission.TAKE_REGISTER)
    own = (
        select(EventTrainer.event_id)
        .where(EventTrainer.event_id == Event.id, EventTrainer.person_id == viewer.person_id)
        .exists()
    )
    gives = own if viewer.can(Permission.TAKE_REGISTER) else ~true()
    return or_(Event.partnership_id.in_(coordinated), gives)


def coordinates(viewer: Viewer | None, partnership_id: int) -> bool:
    """Whether the viewer may correct a closed register of that partnership."""
    return viewer is None or (
        viewer.can(Permission.RUN_PROGRAMME, partnership_id)
        and viewer.can(Permission.TAKE_REGISTER, partnership_id)
    )


def get_event_of_register(session: Session, event_id: int, viewer: Viewer | None) -> Event:
    """The event whose register it is. Raises NotFound where there is none for this viewer."""
    event = session.scalar(
        select(Event).where(
            Event.id == event_id,
            Event.state == EventState.PUBLISHED,
            Event.starts_at.is_not(None),
            runs_register_of(viewer),
        )
    )
    if event is None:
        raise NotFound
    return event


def find_pass_holder(event_id: int, key: str, now: datetime) -> Viewer | None:
    """Who may go on taking this register by the key of a pass.

    It must be good still: the register is not closed, the pass not past its end, the sign-in that
    it was made under ended by nobody. Roles are those of today.
    """
    row = db.session.scalar(
        select(RegisterPass)
        .outerjoin(Register, Register.event_id == RegisterPass.event_id)
        .where(RegisterPass.event_id == event_id, RegisterPass.fingerprint == fingerprint(key))
        .where(Register.closed_at.is_(None))
    )
    if row is None:
        return None
    ends_at = pass_ends_at(sessions_of(db.session(), event_id), row.made_at)
    if ends_at is None or now >= ends_at:
        return None
    return find_viewer_of(row.sign_in_session_id, now)


def get_register(event_id: int, viewer: Viewer | None) -> RegisterPicture:
    """The register with its names, marks and last act, in five statements however many names."""
    session = db.session()
    return picture_within(session, get_event_of_register(session, event_id, viewer))


def picture_within(session: Session, event: Event) -> RegisterPicture:
    """The register of an event as it stands in this transaction."""
    sessions = sessions_of(session, event.id)
    bookings = bookings_on_register(session, event.id)
    marks = standing_marks(session, event.id)
    register = session.get(Register, event.id)
    lines = {b.id: _line(b, marks[b.id]) for b in bookings}
    known = [mark for b in bookings for mark in marks[b.id] if mark.is_current]
    return RegisterPicture(
        event_id=event.id,
        partnership_id=event.partnership_id,
        title=event.title,
        venue=event.venue,
        mode=event.mode,
        sessions=sessions,
        lines=tuple(lines.values()),
        closed_at=register.closed_at if register else None,
        last_act=_last_act(known, lines),
    )


def sessions_of(session: Session, event_id: int) -> tuple[SessionFact, ...]:
    """An event's sessions in order."""
    rows = session.execute(
        select(EventSession.id, EventSession.starts_at, EventSession.ends_at)
        .where(EventSession.event_id == event_id)
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return tuple(SessionFact(*row) for row in rows)


def standing_marks(session: Session, event_id: int) -> dict[int, list[MarkRow]]:
    """The marks that count, and every self check-in that nobody took back, by booking."""
    found: dict[int, list[MarkRow]] = defaultdict(list)
    for row in session.scalars(
        select(MarkRow)
        .join(EventSession, EventSession.id == MarkRow.event_session_id)
        .where(EventSession.event_id == event_id, MarkRow.undone_at.is_(None))
        .where(or_(MarkRow.is_current, MarkRow.source == MarkSource.SELF_CHECK_IN))
        .order_by(MarkRow.id)
    ):
        found[row.booking_id].append(row)
    return found


def current_marks_by_session(session: Session, event_id: int) -> dict[tuple[int, int], MarkRow]:
    """The marks that count, by booking and session."""
    rows = session.scalars(
        select(MarkRow)
        .join(EventSession, EventSession.id == MarkRow.event_session_id)
        .where(EventSession.event_id == event_id, MarkRow.is_current)
    )
    return {(row.booking_id, row.event_session_id): row for row in rows}


def as_fact(row: MarkRow) -> Mark:
    return Mark(
        row.kind,
        row.minutes_late,
        row.minutes_early,
        row.minutes_away,
        is_claim=row.source is MarkSource.SELF_CHECK_IN,
        made_at=row.made_at,
    )


def bookings_on_register(
    session: Session, event_id: int, *further: ExecutableOption
) -> list[Booking]:
    """The names of a register, with person and agency, by surname: an order that never moves."""
    rows = session.scalars(
        select(Booking)
        .where(Booking.event_id == event_id, Booking.state == BookingState.CONFIRMED)
        .options(joinedload(Booking.person), joinedload(Booking.agency), *further)
    )
    return sorted(rows, key=lambda booking: (_sort_name(booking), booking.id))


def _sort_name(booking: Booking) -> str:
    return booking.person.sort_name if booking.person else sort_name(booking.name_as_given)


def _line(booking: Booking, marks: Iterable[MarkRow]) -> Line:
    needs = (booking.access_needs, booking.dietary_needs)
    return Line(
        booking_id=booking.id,
        name=booking.name,
        agency=booking.agency_name,
        needs=" · ".join(filter(None, needs)),
        is_walk_in=booking.origin is Origin.WALK_IN,
        outcome=booking.outcome,
        reason=booking.outcome_reason,
        marks={row.event_session_id: as_fact(row) for row in marks if row.is_current},
        claimed_at={
            row.event_session_id: row.made_at
            for row in marks
            if row.source is MarkSource.SELF_CHECK_IN
        },
        where=side_of(booking.mode).where if booking.event.mode is EventMode.HYBRID else "",
    )


def _last_act(marks: list[MarkRow], lines: Mapping[int, Line]) -> LastAct | None:
    """What a trainer or coordinator did last; what delegates or files say is not undone so."""
    tapped = [row for row in marks if row.source in OUR_WORD]
    if not tapped:
        return None
    last = max(tapped, key=lambda row: row.id)
    together = [row for row in tapped if last.act and row.act == last.act]
    name = lines[last.booking_id].name
    return LastAct(last.id, last.booking_id, name, last.kind, people=len(together) or 1)


@dataclass(frozen=True)
class RegisterInList:
    """A register in the list of those that somebody takes."""

    event_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    closed_at: datetime | None
    people: int

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - OPENS_BEFORE


@dataclass(frozen=True)
class Registers:
    """The registers that somebody takes: open on the day, to be closed, to come, lately closed."""

    open_now: tuple[RegisterInList, ...]
    to_close: tuple[RegisterInList, ...]
    to_come: tuple[RegisterInList, ...]
    closed: tuple[RegisterInList, ...]


def list_registers(viewer: Viewer, now: datetime) -> Registers:
    """The registers that the viewer takes, in one statement; those closed go back 90 days."""
    people = (
        select(func.count())
        .where(Booking.event_id == Event.id, Booking.state == BookingState.CONFIRMED)
        .correlate(Event)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Event.id,
            Event.title,
            Event.starts_at,
            Event.ends_at,
            Event.venue,
            Register.closed_at,
            people,
        )
        .outerjoin(Register, Register.event_id == Event.id)
        .where(
            Event.state == EventState.PUBLISHED,
            Event.starts_at.is_not(None),
            ~Event.is_imported,
            or_(Register.closed_at.is_(None), Event.ends_at > now - LATELY),
            runs_register_of(viewer),
        )
        .order_by(Event.starts_at, Event.id)
    )
    found = [RegisterInList(*row) for row in rows]
    still_open = [item for item in found if item.closed_at is None]
    return Registers(
        open_now=tuple(item for item in still_open if item.opens_at <= now < item.ends_at),
        to_close=tuple(item for item in still_open if item.ends_at <= now),
        to_come=tuple(item for item in still_open if item.opens_at > now),
        closed=tuple(reversed([item for item in found if item.closed_at is not None])),
    )
