"""What partnerships gave each other in a reporting year: places at events, and trainers' days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from lms.access import Permission, Viewer
from lms.agencies.queries import list_partnerships
from lms.booking.models import Booking
from lms.booking.rules import CAME, Account, BookingState, Given, ledger, trainer_days
from lms.booking.rules.facts import Period
from lms.catalogue.models import Event, EventSession, EventTrainer, SharedWith
from lms.catalogue.rules import EventState
from lms.clock import ReportingYear
from lms.db import db


@dataclass(frozen=True)
class Line:
    """A line of the ledger: the account with the names of both partnerships."""

    giver: str
    taker: str
    account: Account


def region_ledger(viewer: Viewer, year: ReportingYear) -> list[Line]:
    """The accounts between the viewer's partnerships and others, by name."""
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    names = {partnership.id: partnership.name for partnership in list_partnerships()}
    given = [*_places(year), *_trainers(year)]
    lines = [
        Line(names[account.giver_id], names[account.taker_id], account)
        for account in ledger(given)
        if account.giver_id in own or account.taker_id in own
    ]
    return sorted(lines, key=lambda line: (*sorted((line.giver, line.taker)), line.giver))


def _is_of(year: ReportingYear) -> list[ColumnElement[bool]]:
    """Events count by the London date of their first session, unless they are off (R7)."""
    begins, ends = year.bounds
    return [Event.state == EventState.PUBLISHED, Event.starts_at >= begins, Event.starts_at < ends]


def _places(year: ReportingYear) -> Iterator[Given]:
    """The places of each event that others had, or might have had."""
    places: dict[tuple[int, int, int], int] = defaultdict(int)
    used: dict[tuple[int, int, int], int] = defaultdict(int)
    allocated = (
        select(Event.id, Event.partnership_id, SharedWith.partnership_id, SharedWith.places)
        .join(SharedWith, SharedWith.event_id == Event.id)
        .where(*_is_of(year))
    )
    for event_id, host, partner, count in db.session.execute(allocated):
        places[event_id, host, partner] = count
    for event_id, host, partner, count in db.session.execute(_used(year)):
        used[event_id, host, partner] = count
    for key in {**places, **used}:
        yield Given(*key[1:], places=places[key], used=used[key])


def _used(year: ReportingYear) -> Select[*tuple[Any, ...]]:
    """Those booked for another area who came or, until that is known, have a place."""
    return (
        select(Event.id, Event.partnership_id, Booking.area_id, func.count())
        .join(Booking, Booking.event_id == Event.id)
        .where(*_is_of(year))
        .where(
            Booking.area_id != Event.partnership_id,
            Booking.state == BookingState.CONFIRMED,
            or_(Booking.outcome.is_(None), Booking.outcome.in_(CAME)),
        )
        .group_by(Event.id, Event.partnership_id, Booking.area_id)
    )


def _trainers(year: ReportingYear) -> Iterator[Given]:
    """The days of each trainer whom another partnership lent."""
    rows = db.session.execute(
        select(EventTrainer.lent_by_id, Event.partnership_id, Event.id, EventTrainer.person_id)
        .join(Event, Event.id == EventTrainer.event_id)
        .where(*_is_of(year), EventTrainer.lent_by_id != Event.partnership_id)
    ).all()
    sessions = _sessions({row.id for row in rows})
    for lender, host, event_id, _ in rows:
        if lender is not None:
            yield Given(lender, host, trainer_days=trainer_days(sessions[event_id]))


def _sessions(event_ids: set[int]) -> dict[int, list[Period]]:
    found: dict[int, list[Period]] = defaultdict(list)
    for block in db.session.scalars(
        select(EventSession).where(EventSession.event_id.in_(event_ids))
    ):
        found[block.event_id].append((block.starts_at, block.ends_at))
    return found


def first_event_at() -> datetime | None:
    """When the first event was that more than one partnership had to do with."""
    concerns_others = or_(Event.shared_with.any(), Event.trainers.any(EventTrainer.lent_by_id > 0))
    return db.session.scalar(select(func.min(Event.starts_at)).where(concerns_others))
