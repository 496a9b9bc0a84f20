"""Who gets which pack, and who asked for none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from lms.access import Role
from lms.accounts.models import Person, RoleGrant
from lms.accounts.queries import grants_on, primary_address
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
    spans = _spans_due(now)
    if not spans.by_partnership and spans.month is None:
        return []
    readers = db.session.scalars(
        select(Person)
        .where(Person.grants.any(RoleGrant.role.in_((Role.PLD_MEMBER, Role.AGENCY_LEAD))))
        .order_by(Person.id)
    ).all()
    return [pack for person in readers for pack in _packs_of(person, spans, now)]


@dataclass(frozen=True)
class _Spans:
    """What is due on a day: the quarter of each partnership that has one, and the month."""

    by_partnership: dict[int, tuple[Partnership, Span]]
    month: Span | None


def _spans_due(now: datetime) -> _Spans:
    today = london_date(now)
    found = {
        partnership.id: (partnership, span)
        for partnership in list_partnerships()
        if (span := quarter_due(today, partnership.year_starts_month)) is not None
    }
    return _Spans(found, month_due(today))


def _packs_of(person: Person, spans: _Spans, now: datetime) -> list[DuePack]:
    """Those of one reader, by the roles that they hold today."""
    if not _wants(person):
        return []
    found = []
    for grant in grants_on(person.id, london_date(now)):
        if grant.role is Role.PLD_MEMBER and grant.partnership_id in spans.by_partnership:
            found.append(DuePack(person, *spans.by_partnership[grant.partnership_id]))
        if grant.role is Role.AGENCY_LEAD and spans.month is not None:
            agency = db.session.get(Agency, grant.agency_id)
            if agency is not None and agency.partnerships:
                found.append(DuePack(person, agency.partnerships[0], spans.month, agency))
    return found


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
    """Whether that pack would be due to that person at this moment; asks of nobody else."""
    person = db.session.get(Person, person_id)
    if person is None:
        return False
    return any(pack.occurrence == occurrence for pack in _packs_of(person, _spans_due(now), now))
