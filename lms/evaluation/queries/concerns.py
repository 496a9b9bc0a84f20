"""Texts that show somebody at risk, for the safeguarding lead; and one's own quotes (E10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.accounts.queries import primary_address, safeguarding_leads_of
from lms.agencies.models import Partnership
from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound
from lms.evaluation.models import Evaluation, Reveal, Statement
from lms.evaluation.queries.texts import originals_of, wordings_of
from lms.evaluation.rules import QuoteConsent, Stage, StatementState


@dataclass(frozen=True)
class Writer:
    """Who wrote a text: seen by a safeguarding lead who gave a reason, and by nobody else."""

    name: str
    job_role: str
    agency: str
    address: str
    phone: str


@dataclass(frozen=True)
class Concern:
    """A text that a coordinator sent on. `writer` only once the viewer has asked who it is."""

    id: int
    partnership_id: int
    event_id: int
    title: str
    held_on: date
    question: str
    original: str
    flagged_at: datetime
    flagged_by: str
    settled_at: datetime | None
    reveals: tuple[tuple[datetime, str, str], ...]
    writer: Writer | None = None


def list_concerns(viewer: Viewer) -> list[Concern]:
    """What was sent on to the viewer: what is open first, each the latest first."""
    own = Event.partnership_id.in_(viewer.partnerships(Permission.REVEAL_WRITERS))
    found = _concerns(db.session(), own)
    return sorted(found, key=lambda one: (one.settled_at is not None, -one.flagged_at.timestamp()))


def get_concern(statement_id: int, viewer: Viewer) -> Concern:
    """One of them, with its writer while it is open and the viewer has asked. Raises NotFound."""
    own = Event.partnership_id.in_(viewer.partnerships(Permission.REVEAL_WRITERS))
    found = _concerns(db.session(), own, Statement.id == statement_id, revealed_to=viewer.person_id)
    if not found:
        raise NotFound
    return found[0]


def open_concerns(session: Session) -> list[tuple[int, int, datetime]]:
    """(statement, partnership, when it was sent on) of all that are open, oldest first."""
    rows = session.execute(
        select(Statement.id, Event.partnership_id, Statement.flagged_at)
        .join(Evaluation, Evaluation.id == Statement.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(_is_open())
        .order_by(Statement.flagged_at, Statement.id)
    )
    return [(one, partnership, at) for one, partnership, at in rows if at]


def _is_open() -> ColumnElement[bool]:
    return Statement.is_concern & Statement.settled_at.is_(None)


def without_a_lead(viewer: Viewer, now: datetime) -> list[tuple[Partnership, int]]:
    """The viewer's partnerships where a text waits and nobody is safeguarding lead; how many."""
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    waiting: dict[int, int] = {}
    for _, partnership_id, _ in open_concerns(db.session()):
        if partnership_id in own:
            waiting[partnership_id] = waiting.get(partnership_id, 0) + 1
    return [
        (db.session.get_one(Partnership, partnership_id), texts)
        for partnership_id, texts in sorted(waiting.items())
        if not safeguarding_leads_of(partnership_id, london_date(now))
    ]


def _concerns(
    session: Session, *conditions: ColumnElement[bool], revealed_to: int | None = None
) -> list[Concern]:
    rows = session.execute(
        select(
            Statement,
            Booking.id.label("booking_id"),
            Event.id.label("event_id"),
            Event.partnership_id,
            Event.title,
            Event.starts_at,
            Person.name.label("flagged_by"),
        )
        .join(Evaluation, Evaluation.id == Statement.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .outerjoin(Person, Person.id == Statement.flagged_by_person_id)
        .where(Statement.is_concern, *conditions)
    ).all()
    statements = [row.Statement for row in rows]
    originals = originals_of(session, statements)
    wordings = wordings_of(session, {each.question for each in statements})
    reveals = _reveals(session, [each.id for each in statements])
    return [
        _concern(session, row, originals.get(row.Statement.id, ""), wordings, reveals, revealed_to)
        for row in rows
    ]


def _concern(
    session: Session,
    row: Any,
    original: str,
    wordings: dict[str, str],
    reveals: dict[int, list[tuple[Reveal, str]]],
    revealed_to: int | None,
) -> Concern:
    statement: Statement = row.Statement
    known = reveals.get(statement.id, [])
    flagged_at = statement.flagged_at
    assert flagged_at is not None  # noqa: S101 - written down with what makes it a concern
    is_known = statement.settled_at is None and any(
        reveal.by_person_id == revealed_to and reveal.at >= flagged_at for reveal, _ in known
    )
    return Concern(
        id=statement.id,
        partnership_id=row.partnership_id,
        event_id=row.event_id,
        title=row.title,
        held_on=london_date(row.starts_at),
        question=wordings[statement.question],
        original=original,
        flagged_at=flagged_at,
        flagged_by=row.flagged_by or "",
        settled_at=statement.settled_at,
        reveals=tuple((reveal.at, name, reveal.reason) for reveal, name in known),
        writer=_writer(session, row.booking_id) if is_known else None,
    )


def _reveals(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[Reveal, str]]]:
    rows = session.execute(
        select(Reveal, Person.name)
        .join(Person, Person.id == Reveal.by_person_id)
        .where(Reveal.statement_id.in_(ids))
        .order_by(Reveal.at, Reveal.id)
    )
    found: dict[int, list[tuple[Reveal, str]]] = {}
    for reveal, name in rows:
        found.setdefault(reveal.statement_id, []).append((reveal, name))
    return found


def _writer(session: Session, booking_id: int) -> Writer:
    booking = session.get_one(Booking, booking_id)
    person = booking.person
    return Writer(
        name=booking.name,
        job_role=booking.job_role or (person.job_role if person else ""),
        agency=booking.agency.name if booking.agency else booking.agency_typed,
        address=primary_address(person) if person else (booking.address_as_given or ""),
        phone=(person.phone or "") if person else "",
    )


# --- One's own -------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnQuote:
    """One's own text as it is quoted now, or as it would be read."""

    id: int
    question: str
    words: str


@dataclass(frozen=True)
class Quoting:
    """What somebody agreed to of one booking's texts, and what is quoted of them now."""

    consent: QuoteConsent
    quotes: tuple[OwnQuote, ...]


def get_quoting(booking_id: int) -> Quoting:
    """For the writer's own page alone."""
    session = db.session()
    consent = session.scalar(
        select(Evaluation.quote_consent).where(
            Evaluation.booking_id == booking_id, Evaluation.stage == Stage.POST
        )
    )
    rows = session.scalars(
        select(Statement)
        .join(Evaluation, Evaluation.id == Statement.evaluation_id)
        .where(
            Evaluation.booking_id == booking_id,
            Statement.state == StatementState.RELEASED,
        )
        .order_by(Statement.id)
    ).all()
    wordings = wordings_of(session, {each.question for each in rows})
    quotes = tuple(OwnQuote(each.id, wordings[each.question], each.words) for each in rows)
    return Quoting(consent or QuoteConsent.NO, quotes)


def bookings_with_answers(person_id: int) -> dict[int, Stage]:
    """The bookings of a person who answered afterwards, with a stage that they answered.

    Of what they wrote they may decide.
    """
    rows = db.session.execute(
        select(Evaluation.booking_id, Evaluation.stage)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .where(
            Booking.person_id == person_id,
            Evaluation.stage != Stage.PRE,
            Evaluation.answered_at.is_not(None),
        )
        .order_by(Evaluation.id)
    )
    return dict(rows.all())
