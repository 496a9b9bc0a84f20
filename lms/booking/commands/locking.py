"""The law of places: lock the event, then the persons in ascending order, and only then read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Person
from lms.booking.models import Booking, Offer
from lms.booking.rules import LIVE
from lms.catalogue.models import Event
from lms.db import take_ticket
from lms.errors import Gone, NotFound

AT_ONCE = 500


class Locked(NamedTuple):
    """A booking read under the lock on its event and person; `ticket` is the lock's."""

    booking: Booking
    ticket: int


def lock_event(session: Session, event_id: int, count: int = 1) -> int:
    """Lock an event and take its next ticket, the first of `count`. Raises NotFound."""
    try:
        return take_ticket(session, Event, event_id, count)
    except LookupError:
        raise NotFound from None


def lock_events(session: Session, *event_ids: int | None) -> dict[int, int]:
    """Lock events in ascending order; returns the ticket of each. Raises NotFound."""
    ids = sorted({at for at in event_ids if at is not None})
    return {event_id: lock_event(session, event_id) for event_id in ids}


class Joined(Gone):
    """The record was joined with another one while somebody was about to use it."""

    def __init__(self) -> None:
        super().__init__(
            "This record has just been joined with another of the same person.",
            way_out="Sign in again: every address of yours opens the record that stays.",
        )


def lock_persons(session: Session, *person_ids: int | None) -> None:
    """Lock persons; the event must be locked already. Raises NotFound.

    Raises Joined for a record that was joined with another: nothing is written to it any more.
    """
    for person_id in sorted({at for at in person_ids if at is not None}):
        if lock_person(session, person_id) is not None:
            raise Joined


def lock_person(session: Session, person_id: int) -> int | None:
    """Lock a person; returns the one that this record was joined with. Raises NotFound."""
    locked = session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(revision=Person.revision + 1)
        .returning(Person.merged_into_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if locked is None:
        raise NotFound
    joined_into: int | None = locked.merged_into_id
    return joined_into


def lock_many_persons(session: Session, person_ids: Iterable[int]) -> None:
    """Lock many persons in a few statements, in ascending order all the same."""
    ids = sorted(set(person_ids))
    for start in range(0, len(ids), AT_ONCE):
        some = Person.id.in_(ids[start : start + AT_ONCE])
        session.execute(select(Person.id).where(some).order_by(Person.id).with_for_update()).all()
        session.execute(
            update(Person)
            .where(some)
            .values(revision=Person.revision + 1)
            .execution_options(synchronize_session=False)
        )


def lock_booking(session: Session, booking_id: int, *others: int) -> Locked:
    """Lock a booking's event and person, and other persons, then read it. Raises NotFound.

    So is the event of a place that it would end (B8). For which event and in whose place it is, is
    read before.
    """
    replaced = aliased(Booking)
    known = session.execute(
        select(Booking.event_id, replaced.event_id)
        .outerjoin(replaced, replaced.id == Booking.replaces_id)
        .where(Booking.id == booking_id)
    ).one_or_none()
    if known is None:
        raise NotFound
    event_id, replaced_event_id = known
    tickets = lock_events(session, event_id, replaced_event_id)
    # whose it is changes where records are joined, under the lock on the event
    person_id = session.scalar(select(Booking.person_id).where(Booking.id == booking_id))
    lock_persons(session, person_id, *others)
    return Locked(session.get_one(Booking, booking_id), tickets[event_id])


def lock_offer(session: Session, offer_id: int) -> tuple[Offer, Locked]:
    """Lock the event and person of an offer's booking, then read both. Raises NotFound."""
    booking_id = session.scalar(select(Offer.booking_id).where(Offer.id == offer_id))
    if booking_id is None:
        raise NotFound
    locked = lock_booking(session, booking_id)
    return session.get_one(Offer, offer_id), locked


def lock_all_bookings(session: Session, event_id: int) -> int:
    """Lock an event and everyone with a live booking there; returns the ticket."""
    ticket = lock_event(session, event_id)
    live = select(Booking.person_id).where(
        Booking.event_id == event_id, Booking.state.in_(LIVE), Booking.person_id.is_not(None)
    )
    lock_many_persons(session, (at for at in session.scalars(live) if at is not None))
    return ticket
