"""Who was asked and who answered: never what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, or_, select

from lms.access import Permission, Viewer
from lms.agencies.models import Agency, Partnership
from lms.attendance.models import Register
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.clock import london_date, reporting_year
from lms.db import db
from lms.errors import NotFound
from lms.evaluation.models import Evaluation
from lms.evaluation.queries.due import PURPOSE
from lms.evaluation.queries.facts import BookingFacts, is_missed, list_facts
from lms.evaluation.rules import LinkState, Stage, link_state
from lms.messaging.models import Message
from lms.messaging.rules import MessageState


def reply_rows(*conditions: ColumnElement[bool]) -> Select[int, Stage, bool, bool, bool]:
    """Rows of (booking_id, stage, invited, answered, is_provisional), to be grouped in SQL.

    There is a row for each booking and stage that counts in the denominator of R2: invited (or
    answered all the same, on paper) and not voided by an outcome; for pre, confirmed when the
    first session started. So `invited` is true in every row, `answered` in
    those that count as replies, and `is_provisional` until the register is closed (post and
    impact). `conditions` may speak of Booking, Event, Evaluation and Register, which are joined;
    use `reply_rows(...).subquery()` and join it to Booking on booking_id to group by agency.
    It says in SQL what `counts_in_reply_rate` and `is_provisional` say of one booking; a test
    holds the two together.
    """
    return (
        select(
            Evaluation.booking_id.label("booking_id"),
            Evaluation.stage.label("stage"),
            or_(Evaluation.invited_at.is_not(None), Evaluation.answered_at.is_not(None)).label(
                "invited"
            ),
            Evaluation.answered_at.is_not(None).label("answered"),
            and_(Evaluation.stage != Stage.PRE, Register.closed_at.is_(None)).label(
                "is_provisional"
            ),
        )
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .outerjoin(Register, Register.event_id == Event.id)
        .where(
            or_(Evaluation.invited_at.is_not(None), Evaluation.answered_at.is_not(None)),
            _counts(),
            *conditions,
        )
    )


def _counts() -> ColumnElement[bool]:
    """Not voided by the outcome; pre: confirmed at the start, as the closed register has it."""
    confirmed_at_start = func.coalesce(
        Booking.counts_as_confirmed_at_start, Booking.state == BookingState.CONFIRMED
    )
    return or_(
        and_(Evaluation.stage == Stage.PRE, confirmed_at_start),
        and_(Evaluation.stage != Stage.PRE, ~is_missed()),
    )


def bookings_that_owe_an_answer(event_id: int) -> set[int]:
    """The bookings of an event that were asked, at the end or later, and have not answered.

    Not those who asked to be reminded no more: this is whom a coordinator can write to about it.
    """
    asked = reply_rows(
        Booking.event_id == event_id,
        Evaluation.stage != Stage.PRE,
        Evaluation.opted_out_at.is_(None),
    ).subquery()
    return set(db.session.scalars(select(asked.c.booking_id).where(~asked.c.answered)))


# --- The coordinator's pages ----------------------------------------------------------------


@dataclass(frozen=True)
class StageCount:
    """How many were asked at a stage, and how many answered."""

    invited: int = 0
    answered: int = 0
    is_provisional: bool = False

    @property
    def rate(self) -> float | None:
        """Answered ÷ invited; None where nobody was invited."""
        return self.answered / self.invited if self.invited else None


@dataclass(frozen=True)
class EventReplies:
    """An event with its counts by stage."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    year: str
    stages: Mapping[Stage, StageCount] = field(default_factory=dict)

    def count(self, stage: str) -> StageCount:
        return self.stages.get(Stage(stage), StageCount())

    @property
    def is_provisional(self) -> bool:
        return any(count.is_provisional for count in self.stages.values())


@dataclass(frozen=True)
class Silent:
    """Someone who was asked and has not answered: since when, and how often they were reminded.

    One who `opted_out` asked us to remind them no more; they count as silent all the same.
    """

    booking_id: int
    name: str
    agency: str
    stage: Stage
    invited_at: datetime | None
    reminders: int
    opted_out: bool = False


def list_events_with_replies(
    viewer: Viewer, *conditions: ColumnElement[bool]
) -> list[EventReplies]:
    """The viewer's events at which anybody was asked, the latest first. One statement."""
    mine = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    rows = reply_rows(mine, *conditions).add_columns(Event.id.label("event_id")).subquery()
    counts = (
        select(*_EVENT, rows.c.stage, *_sums(rows))
        .join(Event, Event.id == rows.c.event_id)
        .join(Partnership, Partnership.id == Event.partnership_id)
        .group_by(*_EVENT, rows.c.stage)
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    found: dict[int, tuple[Any, dict[Stage, StageCount]]] = {}
    for row in db.session.execute(counts):
        stages = found.setdefault(row.id, (row, {}))[1]
        stages[row.stage] = StageCount(row.invited, row.answered, bool(row.provisional))
    return [_event_replies(row, stages) for row, stages in found.values()]


_EVENT = (
    Event.id,
    Event.title,
    Event.starts_at,
    Event.ends_at,
    Partnership.year_starts_month,
)


def _event_replies(row: Any, stages: Mapping[Stage, StageCount]) -> EventReplies:
    year = reporting_year(london_date(row.starts_at), row.year_starts_month)
    return EventReplies(row.id, row.title, row.starts_at, row.ends_at, year.label, stages)


def _sums(rows: Any) -> list[ColumnElement[int]]:
    return [
        func.count().label("invited"),
        func.sum(cast(rows.c.answered, Integer)).label("answered"),
        func.max(cast(rows.c.is_provisional, Integer)).label("provisional"),
    ]


def get_event_replies(event_id: int, viewer: Viewer) -> EventReplies:
    """One event of the viewer's, with its counts. Raises NotFound."""
    row = db.session.execute(
        select(*_EVENT, Event.partnership_id)
        .join(Partnership, Partnership.id == Event.partnership_id)
        .where(Event.id == event_id, Event.starts_at.is_not(None))
    ).one_or_none()
    if row is None or not viewer.can(Permission.RUN_PROGRAMME, row.partnership_id):
        raise NotFound
    found = list_events_with_replies(viewer, Event.id == event_id)
    return found[0] if found else _event_replies(row, {})


def list_silent(event_id: int, now: datetime) -> list[Silent]:
    """Who has not answered an event's forms, by stage and name; also those no message can reach.

    Whoever shows this must have asked `get_event_replies` whether the viewer may see the event.
    """
    bookings = list_facts(db.session(), [Booking.event_id == event_id])
    agencies, reminders = _agencies(event_id), _reminders(event_id)
    silent = [
        Silent(
            booking_id=booking.booking_id,
            name=booking.name,
            agency=agencies.get(booking.booking_id, ""),
            stage=stage,
            invited_at=booking.facts.invited_at.get(stage),
            reminders=reminders.get((booking.booking_id, stage), 0),
            opted_out=stage in booking.facts.opted_out,
        )
        for booking in bookings
        for stage in Stage
        if _is_silent(booking, stage, now)
    ]
    order = list(Stage)
    return sorted(silent, key=lambda one: (order.index(one.stage), one.name.casefold()))


def _is_silent(booking: BookingFacts, stage: Stage, now: datetime) -> bool:
    """Asked, by message or for want of an address on paper, and not answered; also once closed."""
    was_asked = stage in booking.facts.invited_at or not booking.facts.has_address
    return was_asked and link_state(booking.facts, stage, now) in (LinkState.OPEN, LinkState.CLOSED)


def _agencies(event_id: int) -> dict[int, str]:
    rows = db.session.execute(
        select(Booking.id, func.coalesce(Agency.name, Booking.agency_typed).label("agency"))
        .outerjoin(Agency, Agency.id == Booking.agency_id)
        .where(Booking.event_id == event_id)
    )
    return {row.id: row.agency for row in rows}


def _reminders(event_id: int) -> dict[tuple[int, Stage], int]:
    """How many reminders left, by booking and stage."""
    rows = db.session.execute(
        select(Message.subject_id, Message.occurrence)
        .join(Booking, Booking.id == Message.subject_id)
        .where(
            Booking.event_id == event_id,
            Message.purpose == PURPOSE,
            Message.state == MessageState.SENT,
            ~Message.occurrence.endswith("-0"),
        )
    )
    sent: dict[tuple[int, Stage], int] = {}
    for booking_id, occurrence in rows:
        key = (booking_id, Stage(occurrence.rpartition("-")[0]))
        sent[key] = sent.get(key, 0) + 1
    return sent
