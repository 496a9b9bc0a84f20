"""What people do to places, one act drawn after another: for the state machine and for the storm.

An act looks at the database for something to act on, and does nothing where it finds nothing. Which
one it takes is drawn by the scene, so that hypothesis can shrink a run and a storm can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, select

from lms.access import Viewer
from lms.agencies.rules import Sector
from lms.booking import commands
from lms.booking.models import Approval, Booking, Offer
from lms.booking.rules import LIVE, BookingState, GroupChoice, Share, ShareKind, Side
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.catalogue.rules import CancelReason, EventMode, EventState, SessionDetails
from lms.db import db
from tests.support.booking import set_shares

T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """The events that are fought over, and who fights: each person with their agency.

    `lead` leads the agency of the first of the people. `draw(n)` is a number from 0 to n - 1.
    """

    events: Sequence[int]
    people: Sequence[tuple[int, int]]
    lead: Viewer
    coordinator: Viewer
    draw: Callable[[int], int]
    now: Callable[[], datetime]

    def one(self, choice: Sequence[T]) -> T | None:
        """One of several, or None where there is none."""
        return choice[self.draw(len(choice))] if choice else None

    def event(self) -> int:
        return self.events[self.draw(len(self.events))]

    def person(self) -> tuple[int, int]:
        return self.people[self.draw(len(self.people))]

    def mode(self) -> EventMode:
        return (EventMode.IN_PERSON, EventMode.ONLINE)[self.draw(2)]

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
    """Somebody asks for a place, with the tick or without."""
    event, (person, agency) = scene.event(), scene.person()
    commands.request_place(
        event,
        person,
        agency_id=agency,
        confirm_at_once=bool(scene.draw(2)),
        mode=scene.mode(),
        by=None,
        now=scene.now(),
    )


def ask_with_an_override(scene: Scene) -> None:
    event, (person, agency) = scene.event(), scene.person()
    commands.request_place(
        event,
        person,
        agency_id=agency,
        mode=scene.mode(),
        by=scene.coordinator,
        now=scene.now(),
        override_reason="The chair of the board",
    )


def give_up(scene: Scene) -> None:
    booking = scene.booking(Booking.state.in_(LIVE))
    if booking is not None:
        commands.cancel_booking(booking, by=None, now=scene.now())


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
    """The first agency's cap, and places held back for the third's sector, come and go."""
    side = list(Side)[scene.draw(2)]
    cap = Share(ShareKind.CAP, scene.draw(3), agency_id=scene.people[0][1], side=side)
    reservation = Share(ShareKind.RESERVATION, 1 + scene.draw(2), sector=Sector.FAITH)
    shares = [share for share in (cap, reservation) if scene.draw(2)]
    db.session.rollback()
    set_shares(scene.event(), *shares, now=scene.now())


def give_place(scene: Scene) -> None:
    booking = scene.booking(Booking.state.in_((BookingState.WAITING, BookingState.OFFERED)))
    if booking is not None:
        commands.give_place(
            booking, reason="Starts on Monday", by=scene.coordinator, now=scene.now()
        )


def take_back(scene: Scene) -> None:
    booking = scene.booking(Booking.state == BookingState.OFFERED)
    if booking is not None:
        commands.take_back_offer(
            booking, reason="Asked by mistake", by=scene.coordinator, now=scene.now()
        )


def transfer(scene: Scene) -> None:
    booking = scene.booking(Booking.state == BookingState.CONFIRMED)
    if booking is not None:
        ticks = bool(scene.draw(2))
        commands.transfer_booking(
            booking, scene.event(), confirm_at_once=ticks, by=None, now=scene.now()
        )


def hand_over(scene: Scene) -> None:
    booking = scene.booking(Booking.state == BookingState.CONFIRMED)
    if booking is not None:
        commands.hand_over_booking(booking, to=scene.person()[0], by=None, now=scene.now())


def book_a_group(scene: Scene) -> None:
    agency = scene.people[0][1]
    colleagues = [person for person, at in scene.people if at == agency]
    members = [commands.Member(colleagues[0], agency), commands.Member(colleagues[-1], agency)]
    choice = list(GroupChoice)[scene.draw(len(GroupChoice))]
    commands.request_places(
        scene.event(), members, choice=choice, mode=scene.mode(), by=scene.lead, now=scene.now()
    )


def hold_places(scene: Scene) -> None:
    commands.hold_places(
        scene.event(),
        scene.people[0][1],
        1 + scene.draw(2),
        mode=scene.mode(),
        by=scene.lead,
        now=scene.now(),
    )


def name_place(scene: Scene) -> None:
    place = scene.booking(Booking.is_unnamed, Booking.state == BookingState.REQUESTED)
    if place is not None:
        commands.name_place(place, to=scene.person()[0], by=scene.lead, now=scene.now())


def switch_side(scene: Scene) -> None:
    booking = scene.booking(Booking.state.in_(LIVE))
    if booking is not None:
        commands.switch_side(booking, list(Side)[scene.draw(2)], by=None, now=scene.now())


def answer_approval(scene: Scene) -> None:
    db.session.rollback()
    wanted = (
        select(Approval.id)
        .join(Booking, Booking.id == Approval.booking_id)
        .where(Booking.event_id.in_(scene.events), Approval.ended_at.is_(None))
    )
    approval = scene.one(db.session.scalars(wanted.order_by(Approval.id)).all())
    if approval is not None:
        commands.answer_approval(
            approval,
            is_given=scene.draw(3) > 0,
            why="As the duty rota has it",
            by=scene.coordinator,
            now=scene.now(),
        )


def postpone(scene: Scene) -> None:
    commands.postpone_event(
        scene.event(), reason=CancelReason.VENUE, by=scene.coordinator, now=scene.now()
    )


def set_new_date(scene: Scene) -> None:
    """A postponed event has a date again, five days to two weeks from now."""
    db.session.rollback()
    wanted = select(Event.id).where(Event.id.in_(scene.events), Event.state == EventState.POSTPONED)
    event = scene.one(db.session.scalars(wanted.order_by(Event.id)).all())
    if event is not None:
        begins_at = scene.now().replace(hour=9, minute=30) + timedelta(days=5 + scene.draw(10))
        block = SessionDetails(begins_at, begins_at + timedelta(hours=3))
        details = details_of(db.session.get_one(Event, event))
        commands.change_event(
            event, replace(details, sessions=(block,)), by=scene.coordinator, now=scene.now()
        )


def sweep(scene: Scene) -> None:
    commands.end_lapsed_offers(scene.now())
    commands.fill_places(scene.event(), scene.now())


Act = Callable[[Scene], None]
HOW_OFTEN: dict[Act, int] = {
    ask: 30,
    ask_with_an_override: 1,
    give_up: 15,
    accept: 15,
    decline: 6,
    put_first: 2,
    change_capacity: 4,
    change_shares: 2,
    give_place: 2,
    take_back: 6,
    transfer: 8,
    hand_over: 6,
    book_a_group: 4,
    hold_places: 6,
    name_place: 8,
    switch_side: 5,
    answer_approval: 8,
    postpone: 1,
    set_new_date: 3,
    sweep: 8,
}
"""Every act, and how often it is drawn where many people press at once."""
