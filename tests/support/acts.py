"""What people do to places, one act drawn after another: for the state machine and for the storm.

An act looks at the database for something to act on, and does nothing where it finds nothing. Which
one it takes is drawn by the scene, so that hypothesis can shrink a run and a storm can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, select

from lms.agencies.rules import Sector
from lms.booking import commands
from lms.booking.models import Booking, Offer
from lms.booking.rules import LIVE, BookingState, Share, ShareKind, Side
from lms.db import db
from tests.support.booking import set_shares

T = TypeVar("T")
SIDES = list(Side)


@dataclass(frozen=True)
class Scene:
    """The events that are fought over, and who fights: each person with their agency.

    `draw(n)` is a number from 0 to n - 1.
    """

    events: Sequence[int]
    people: Sequence[tuple[int, int]]
    draw: Callable[[int], int]
    now: Callable[[], datetime]

    def one(self, choice: Sequence[T]) -> T | None:
        """One of several, or None where there is none."""
        return choice[self.draw(len(choice))] if choice else None

    def event(self) -> int:
        return self.events[self.draw(len(self.events))]

    def booking(self, *conditions: ColumnElement[bool]) -> int | None:
        """A booking at one of the events, of those that meet the conditions."""
        db.session.rollback()
        wanted = select(Booking.id).where(Booking.event_id.in_(self.events), *conditions)
        return self.one(db.session.scalars(wanted.order_by(Booking.id)).all())

    def offer(self) -> int | None:
        """A running offer or invitation."""
        db.session.rollback()
        wanted = (
            select(Offer.id)
            .join(Booking, Booking.id == Offer.booking_id)
            .where(Booking.event_id.in_(self.events), Offer.ended_at.is_(None))
        )
        return self.one(db.session.scalars(wanted.order_by(Offer.id)).all())


def ask(scene: Scene) -> None:
    """Somebody asks for a place, with the tick or without, in the room or online."""
    event, (person, agency) = scene.event(), scene.people[scene.draw(len(scene.people))]
    ticks, side = bool(scene.draw(2)), SIDES[scene.draw(2)]
    commands.request_place(
        event,
        person,
        agency_id=agency,
        mode=side.mode,
        confirm_at_once=ticks,
        by=None,
        now=scene.now(),
    )


def ask_with_an_override(scene: Scene) -> None:
    event, (person, agency) = scene.event(), scene.people[scene.draw(len(scene.people))]
    commands.request_place(
        event,
        person,
        agency_id=agency,
        by=None,
        now=scene.now(),
        override_reason="The chair of the board",
    )


def give_up(scene: Scene) -> None:
    booking = scene.booking(Booking.state.in_(LIVE))
    if booking is not None:
        commands.cancel_booking(booking, by=None, now=scene.now())


def switch(scene: Scene) -> None:
    """Somebody would rather be in the room, or online."""
    booking = scene.booking(Booking.state.in_([BookingState.CONFIRMED, BookingState.WAITING]))
    if booking is not None:
        commands.switch_side(booking, SIDES[scene.draw(2)], by=None, now=scene.now())


def accept(scene: Scene) -> None:
    offer = scene.offer()
    if offer is not None:
        commands.accept_offer(offer, now=scene.now())


def decline(scene: Scene) -> None:
    offer = scene.offer()
    if offer is not None:
        commands.decline_offer(offer, now=scene.now())


def put_first(scene: Scene) -> None:
    booking = scene.booking(Booking.state == BookingState.WAITING)
    if booking is not None:
        commands.set_priority(
            booking, scene.draw(4), reason="Starts on Monday", by=None, now=scene.now()
        )


def change_capacity(scene: Scene) -> None:
    room, online = 1 + scene.draw(6), scene.draw(3)
    commands.change_capacity(scene.event(), room, online_capacity=online, by=None, now=scene.now())


def change_shares(scene: Scene) -> None:
    """The first agency's cap, and places held back for its sector, come and go."""
    side = SIDES[scene.draw(2)]
    cap = Share(ShareKind.CAP, scene.draw(3), agency_id=scene.people[0][1], side=side)
    reservation = Share(ShareKind.RESERVATION, 1 + scene.draw(2), sector=Sector.FAITH)
    shares = [share for share in (cap, reservation) if scene.draw(2)]
    db.session.rollback()
    set_shares(scene.event(), *shares, now=scene.now())


def sweep(scene: Scene) -> None:
    commands.end_lapsed_offers(scene.now())
    commands.fill_places(scene.event(), scene.now())


Act = Callable[[Scene], None]
ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        ask,
        ask_with_an_override,
        give_up,
        switch,
        accept,
        decline,
        put_first,
        change_capacity,
        change_shares,
        sweep,
    )
}

STORM = {
    "ask": 40,
    "ask_with_an_override": 1,
    "give_up": 20,
    "switch": 2,
    "accept": 15,
    "decline": 4,
    "put_first": 2,
    "change_capacity": 4,
    "change_shares": 2,
    "sweep": 6,
}
"""How often each act is drawn where many people press at once."""
