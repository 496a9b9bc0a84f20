"""Who gets which pack, and who asked for none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from lms.access import Role
from lms.accounts.models import Person
from lms.accounts.queries import grants_on, pld_members_of, primary_address
from lms.agencies.models import Agency, Partnership
from lms.agencies.queries import list_partnerships
from lms.clock import london_date
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from lms.reporting.models import PackStop
from lms.reporting.packs.rules import WINDOW, Span, month_due, quarter_due

PURPOSE = "pack"


@dataclass(frozen=True)
class DuePack:
    """One pack for one reader: of a partnership's quarter, or of an agency's month."""

    person: Person
    partnership: Partnership
    span: Span
    agency: Agency | None = None

    @property
    def occurrence(self) -> str:
        """What makes it unique for its reader."""
        of = f"agency-{self.agency.id}" if self.agency else f"quarter-{self.partnership.id}"
        return f"{of}-{self.span.label}"


def packs_due(now: datetime) -> list[DuePack]:
    """All that are due, sent or not; the outbox keeps each from being sent twice."""
    today = london_date(now)
    found = []
    for partnership in list_partnerships():
        span = quarter_due(today, partnership.year_starts_month)
        if span is not None:
            readers = pld_members_of(partnership.id, today)
            found += [DuePack(person, partnership, span) for person in readers]
    return [pack for pack in [*found, *_of_leads(now)] if _wants(pack.person)]


def _of_leads(now: datetime) -> list[DuePack]:
    today = london_date(now)
    span = month_due(today)
    if span is None:
        return []
    leads: Sequence[Person] = (
        db.session.query(Person)
        .filter(Person.grants.any(role=Role.AGENCY_LEAD))
        .order_by(Person.id)
        .all()
    )
    return [
        DuePack(person, agency.partnerships[0], span, agency)
        for person in leads
        for grant in grants_on(person.id, today)
        if grant.role is Role.AGENCY_LEAD and grant.agency_id is not None
        if (agency := db.session.get(Agency, grant.agency_id)) is not None and agency.partnerships
    ]


def _wants(person: Person) -> bool:
    return bool(primary_address(person)) and not is_stopped(person.id)


def is_stopped(person_id: int) -> bool:
    """Whether somebody asked for no packs, under this record or one that was joined with it."""
    stopped = select(PackStop.person_id).where(PackStop.person_id.in_(records_of(person_id)))
    return db.session.scalars(stopped.limit(1)).first() is not None


def records_of(person_id: int) -> Select[int]:
    """Every record of the person whose record this is or was, by id: a link in an e-mail names
    the record that it was written to."""
    own = select(func.coalesce(Person.merged_into_id, Person.id)).where(Person.id == person_id)
    kept = own.scalar_subquery()
    return select(Person.id).where(or_(Person.id == kept, Person.merged_into_id == kept))


def sent_before_joining(now: datetime) -> set[tuple[int | None, str]]:
    """Packs of these weeks, as (person, occurrence), that went to a record joined since."""
    rows = db.session.execute(
        select(Message.person_id, Message.occurrence).where(
            Message.purpose == PURPOSE,
            Message.subject_id != Message.person_id,
            Message.state == MessageState.SENT,
            Message.queued_at > now - WINDOW,
        )
    )
    return {(person_id, occurrence) for person_id, occurrence in rows}


def is_due_still(person_id: int, occurrence: str, now: datetime) -> bool:
    """Whether that pack would be due to that person at this moment."""
    return any(
        (pack.person.id, pack.occurrence) == (person_id, occurrence) for pack in packs_due(now)
    )
