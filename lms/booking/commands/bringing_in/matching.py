"""Matching an agency's name as typed: once, for everything that bears it (R1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, union, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.models import Membership
from lms.agencies.models import Agency
from lms.agencies.rules import folded_name
from lms.booking.commands.events.capacity import mark_those_beyond
from lms.booking.commands.events.publishing import get_event
from lms.booking.commands.locking import lock_event
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.models import Booking
from lms.booking.rules import LIVE
from lms.db import transaction
from lms.errors import NotFound
from lms.words import listed


def match_agency_name(
    typed: str | Sequence[str], agency_id: int, *, by: Viewer | None, now: datetime
) -> int:
    """Say which agency a typed name means, or several spellings of it; returns how many bookings
    it was filled in for.

    The events of live ones are locked: an agency may have its share of the places there.
    """
    names = [typed] if isinstance(typed, str) else list(typed)
    with transaction() as session:
        agency = _agency(session, agency_id)
        spellings = _spellings(session, names, _is_unmatched)
        event_ids = _lock_events_concerned(session, spellings, _is_unmatched)
        matched = _fill_in(session, spellings, agency)
        _see_who_is_beyond(session, event_ids, "Its agency was matched afterwards.", now)
        _record(
            session, "match agency", f"matched {_quoted(names)} to {agency.name}", agency, by, now
        )
    for event_id in event_ids:
        fill_after(event_id, now)
    return matched


def unmatch_agency_name(
    typed: Sequence[str], agency_id: int, *, by: Viewer | None, now: datetime
) -> int:
    """Take a match back: what bears these names as they were typed is matched to nothing again.

    Returns for how many bookings. What chose the agency from the list was never matched.
    """
    with transaction() as session:
        agency = _agency(session, agency_id)

        def was_matched(kind: type[Booking | Membership]) -> ColumnElement[bool]:
            return and_(kind.agency_id == agency.id, kind.agency_typed != "")

        spellings = _spellings(session, typed, was_matched)
        event_ids = _lock_events_concerned(session, spellings, was_matched)
        of_these = Booking.agency_typed.in_(spellings)
        freed = session.execute(
            update(Booking)
            .where(was_matched(Booking), of_these)
            .values(agency_id=None, sector=None)
            .returning(Booking.id)
        ).all()
        session.execute(
            update(Membership)
            .where(was_matched(Membership), Membership.agency_typed.in_(spellings))
            .values(agency_id=None)
        )
        _see_who_is_beyond(session, event_ids, "A match of its agency was taken back.", now)
        sentence = f"took back that {_quoted(typed)} is {agency.name}"
        _record(session, "unmatch agency", sentence, agency, by, now)
    for event_id in event_ids:
        fill_after(event_id, now)
    return len(freed)


Condition = Callable[[type[Booking | Membership]], ColumnElement[bool]]


def _agency(session: Session, agency_id: int) -> Agency:
    agency = session.get(Agency, agency_id)
    if agency is None:
        raise NotFound
    return agency


def _quoted(names: Sequence[str]) -> str:
    return listed([f"“{name}”" for name in names])


def _record(
    session: Session, act: str, sentence: str, agency: Agency, by: Viewer | None, now: datetime
) -> None:
    audit.record(session, act, sentence, by=by, now=now, about=("agency", agency.id))


def _see_who_is_beyond(session: Session, event_ids: list[int], why: str, now: datetime) -> None:
    for event_id in event_ids:
        mark_those_beyond(session, get_event(session, event_id), now, why)


def _spellings(session: Session, typed: Sequence[str], is_so: Condition) -> list[str]:
    """The names as typed, with every other way in which they were typed."""
    held = union(
        select(Booking.agency_typed).where(is_so(Booking)),
        select(Membership.agency_typed).where(is_so(Membership)),
    )
    wanted = {folded_name(name) for name in typed}
    return [name for name in session.scalars(held) if folded_name(name) in wanted]


def _is_unmatched(kind: type[Booking | Membership]) -> ColumnElement[bool]:
    return and_(kind.agency_id.is_(None), kind.agency_typed != "")


def _lock_events_concerned(session: Session, spellings: list[str], is_so: Condition) -> list[int]:
    ids = session.scalars(
        select(Booking.event_id)
        .where(is_so(Booking), Booking.agency_typed.in_(spellings), Booking.state.in_(LIVE))
        .distinct()
        .order_by(Booking.event_id)
    ).all()
    for event_id in ids:
        lock_event(session, event_id)
    return list(ids)


def _fill_in(session: Session, spellings: list[str], agency: Agency) -> int:
    matched = session.execute(
        update(Booking)
        .where(_is_unmatched(Booking), Booking.agency_typed.in_(spellings))
        .values(agency_id=agency.id, sector=agency.sector)
        .returning(Booking.id)
    ).all()
    session.execute(
        update(Membership)
        .where(_is_unmatched(Membership), Membership.agency_typed.in_(spellings))
        .values(agency_id=agency.id)
    )
    return len(matched)
