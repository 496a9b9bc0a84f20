"""Who gets which pack, and who asked for none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from lms.access import Role
from lms.accounts.models import Person, RoleGrant
from lms.accounts.queries import is_held, primary_address
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


def packs_due(now: datetime, only: int | None = None) -> list[DuePack]:
    """All that are due, sent or not; the outbox keeps each from being sent twice.

    Those of one person, where `only` says whose. As many statements however many readers there are.
    """
    today = london_date(now)
    due = [*_of_quarter(today, only), *_of_month(today, only)]
    if not due:
        return []
    stopped = _all_stopped()
    return [
        pack
        for pack in due
        if (pack.person.merged_into_id or pack.person.id) not in stopped
        and primary_address(pack.person)
    ]


def _of_quarter(today: date, only: int | None) -> list[DuePack]:
    """Each PLD member with the quarter of each partnership whose reports they read."""
    due = {
        partnership.id: (partnership, span)
        for partnership in list_partnerships()
        if (span := quarter_due(today, partnership.year_starts_month)) is not None
    }
    if not due:
        return []
    found = db.session.execute(
        select(Person, RoleGrant.partnership_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.PLD_MEMBER, *_holders(today, only))
        .options(selectinload(Person.emails))
        .order_by(Person.id, RoleGrant.id)
    )
    return [DuePack(person, *due[host]) for person, host in found.unique() if host in due]


def _of_month(today: date, only: int | None) -> list[DuePack]:
    """Each lead with the month of each agency that they lead."""
    span = month_due(today)
    if span is None:
        return []
    found = db.session.execute(
        select(Person, Agency)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Agency, Agency.id == RoleGrant.agency_id)
        .where(RoleGrant.role == Role.AGENCY_LEAD, *_holders(today, only))
        .options(selectinload(Person.emails), selectinload(Agency.partnerships))
        .order_by(Person.id, RoleGrant.id)
    )
    return [
        DuePack(person, agency.partnerships[0], span, agency)
        for person, agency in found.unique()
        if agency.partnerships
    ]


def _holders(today: date, only: int | None) -> list[ColumnElement[bool]]:
    return [is_held(today), *([Person.id == only] if only is not None else [])]


def _all_stopped() -> set[int]:
    """Who asked for no packs, each by the record that their records were joined into."""
    kept = func.coalesce(Person.merged_into_id, Person.id)
    rows = db.session.scalars(select(kept).join(PackStop, PackStop.person_id == Person.id))
    return set(rows)


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
    """Whether that pack would be due to that person at this moment; asks of no other lead."""
    return any(pack.occurrence == occurrence for pack in packs_due(now, person_id))
