"""Many rows made real at once: staged in a table of this connection, then a statement a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    CursorResult,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    false,
    func,
    insert,
    literal,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import Session

from lms.accounts.models import Membership, Person, PersonEmail
from lms.booking.models import Booking, BookingMove
from lms.booking.rules import BookingState, Origin
from lms.catalogue.models import Event

BY_WHAT = "import"
CHUNK = 5_000

staged_table = Table(
    "staged_attendance",
    MetaData(),
    Column("line", Integer, primary_key=True),
    Column("import_key", String, nullable=False),
    Column("reference", String, nullable=False),
    Column("partnership_id", Integer, nullable=False),
    Column("event_reference", String, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("email", String),
    Column("is_first_of_address", Boolean, nullable=False),
    Column("name", String, nullable=False),
    Column("sort_name", String, nullable=False),
    Column("agency_id", Integer),
    Column("agency_typed", String, nullable=False),
    Column("sector", String),
    Column("outcome", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("new_person_id", Integer),
    prefixes=["TEMPORARY"],
)


class StagedRow(NamedTuple):
    """A row of the file as the statements below find it; the names are the table's columns."""

    line: int
    import_key: str
    reference: str
    partnership_id: int
    event_reference: str
    held_on: date
    email: str | None
    is_first_of_address: bool
    name: str
    sort_name: str
    agency_id: int | None
    agency_typed: str
    sector: str | None
    outcome: str
    origin: str


@dataclass(frozen=True)
class MadeReal:
    """How many people and bookings were made."""

    people: int
    bookings: int


def known_keys(session: Session, event_ids: Iterable[int]) -> set[str]:
    """The keys of the rows that were imported before, of those events."""
    ids, found = iter(event_ids), set[str]()
    while part := list(islice(ids, CHUNK)):
        keys = session.scalars(
            select(Booking.import_key).where(
                Booking.event_id.in_(part), Booking.import_key.is_not(None)
            )
        )
        found.update(key for key in keys if key)
    return found


def known_addresses(session: Session) -> set[str]:
    """Every address that somebody has."""
    return set(session.scalars(select(PersonEmail.address)))


def make_real(session: Session, rows: Sequence[StagedRow], now: datetime) -> MadeReal:
    """Make people and bookings of what is new among the rows; their events must be there."""
    if not rows:
        return MadeReal(0, 0)
    _give_room(session)
    staged_table.create(session.connection())
    _stage(session, rows)
    _number_new_people(session)
    people = _add_people(session, now)
    bookings = _add_bookings(session, now)
    _add_moves(session, now)
    _make_room(session)
    staged_table.drop(session.connection())
    return MadeReal(people, bookings)


def _give_room(session: Session) -> None:
    """SQLite keeps 2 MB of pages at hand; many rows in many indexes need more."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA cache_size = -16384"))


def _stage(session: Session, rows: Iterable[StagedRow]) -> None:
    left = iter(rows)
    while part := [row._asdict() for row in islice(left, CHUNK)]:
        session.execute(insert(staged_table), part)


def _is_new() -> ColumnElement[bool]:
    known = select(Booking.id).where(Booking.import_key == staged_table.c.import_key)
    return ~known.exists()


def _number_new_people(session: Session) -> None:
    """Give each address that nobody has the id of the person to be made for it."""
    known = select(PersonEmail.id).where(PersonEmail.address == staged_table.c.email)
    session.execute(
        update(staged_table)
        .where(staged_table.c.is_first_of_address, ~known.exists(), _is_new())
        .values(new_person_id=_next_person_id(session))
    )


def _next_person_id(session: Session) -> ColumnElement[int]:
    """SQLite's one writer may count on from the last; elsewhere the sequence is asked."""
    if session.get_bind().dialect.name == "sqlite":
        last = session.scalar(select(func.coalesce(func.max(Person.id), 0))) or 0
        return literal(last) + staged_table.c.line
    return func.nextval(func.pg_get_serial_sequence(Person.__tablename__, "id"))


def _add_people(session: Session, now: datetime) -> int:
    row = staged_table.c
    is_new = row.new_person_id.is_not(None)
    made = _insert(
        session,
        Person,
        {
            Person.id: row.new_person_id,
            Person.revision: literal(0),
            Person.name: row.name,
            Person.sort_name: row.sort_name,
            Person.job_role: literal(""),
            Person.phone: literal(""),
            Person.access_needs: literal(""),
            Person.dietary_needs: literal(""),
            Person.feed_number: literal(0),
            Person.works_on: literal(""),
            Person.created_at: literal(now, Person.created_at.type),
        },
        is_new,
    )
    _insert(
        session,
        PersonEmail,
        {
            PersonEmail.person_id: row.new_person_id,
            PersonEmail.address: row.email,
            PersonEmail.is_primary: true(),
            PersonEmail.bounced_because: literal(""),
        },
        is_new,
    )
    _insert(
        session,
        Membership,
        {
            Membership.person_id: row.new_person_id,
            Membership.agency_id: row.agency_id,
            Membership.agency_typed: row.agency_typed,
            Membership.started_on: row.held_on,
        },
        and_(is_new, (row.agency_id.is_not(None)) | (row.agency_typed != "")),
    )
    return made


def _add_bookings(session: Session, now: datetime) -> int:
    row = staged_table.c
    at = literal(now, Booking.requested_at.type)
    values: dict[Any, Any] = {
        Booking.reference: row.reference,
        Booking.event_id: Event.id,
        Booking.person_id: PersonEmail.person_id,
        Booking.name_as_given: row.name,
        Booking.agency_id: row.agency_id,
        Booking.agency_typed: row.agency_typed,
        Booking.sector: row.sector,
        Booking.area_id: row.partnership_id,
        Booking.job_role: literal(""),
        Booking.state: literal(BookingState.CONFIRMED.value),
        Booking.origin: row.origin,
        Booking.ticket: row.line,
        Booking.priority: literal(0),
        Booking.priority_reason: literal(""),
        Booking.confirm_at_once: false(),
        Booking.lapses: literal(0),
        Booking.holds_place: false(),
        Booking.is_over_capacity: false(),
        Booking.is_approved: true(),
        Booking.is_unnamed: false(),
        Booking.requested_at: at,
        Booking.confirmed_at: at,
        Booking.access_needs: literal(""),
        Booking.dietary_needs: literal(""),
        Booking.outcome: row.outcome,
        Booking.outcome_reason: literal(""),
        Booking.import_key: row.import_key,
    }
    found = (
        select(*values.values())
        .select_from(staged_table)
        .join(
            Event,
            and_(
                Event.partnership_id == row.partnership_id,
                Event.reference == row.event_reference,
            ),
        )
        .outerjoin(PersonEmail, PersonEmail.address == row.email)
        .where(_is_new())
        .order_by(row.line)
    )
    return _count(session, insert(Booking).from_select(list(values), found, include_defaults=False))


def _add_moves(session: Session, now: datetime) -> None:
    """Each imported booking was confirmed in one move: its history replays to its state."""
    moved = select(BookingMove.id).where(BookingMove.booking_id == Booking.id)
    values: dict[Any, Any] = {
        BookingMove.booking_id: Booking.id,
        BookingMove.to_state: literal(BookingState.CONFIRMED.value),
        BookingMove.at: literal(now, BookingMove.at.type),
        BookingMove.by_what: literal(BY_WHAT),
        BookingMove.why: literal(""),
    }
    found = (
        select(*values.values())
        .select_from(staged_table)
        .join(Booking, Booking.import_key == staged_table.c.import_key)
        .where(~moved.exists())
    )
    session.execute(insert(BookingMove).from_select(list(values), found, include_defaults=False))


def _make_room(session: Session) -> None:
    """An imported event had room for those who had a place: more is not known of it."""
    row = staged_table.c
    staged = select(Event.id).join(
        staged_table,
        and_(Event.partnership_id == row.partnership_id, Event.reference == row.event_reference),
    )
    booked = (
        select(func.count())
        .select_from(Booking)
        .where(Booking.event_id == Event.id, Booking.origin != Origin.WALK_IN)
        .scalar_subquery()
    )
    session.execute(
        update(Event)
        .where(Event.id.in_(staged), Event.is_imported)
        .values(capacity=booked)
        .execution_options(synchronize_session=False)
    )


def _insert(session: Session, into: Any, values: dict[Any, Any], where: ColumnElement[bool]) -> int:
    found = select(*values.values()).select_from(staged_table).where(where)
    found = found.order_by(staged_table.c.line)
    return _count(session, insert(into).from_select(list(values), found, include_defaults=False))


def _count(session: Session, statement: Any) -> int:
    result = session.execute(statement.execution_options(preserve_rowcount=True))
    assert isinstance(result, CursorResult)  # noqa: S101 - an insert's result
    return result.rowcount
