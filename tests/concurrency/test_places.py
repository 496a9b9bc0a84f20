"""Places are race-free on both databases, and oversold as soon as the law is taken out."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func

from lms.booking.commands import fill_places
from lms.booking.models import Booking, Offer
from lms.booking.queries import audits
from lms.booking.rules import BookingState
from lms.catalogue.rules import CancelReason
from lms.db import db
from lms.messaging.models import Message
from tests.support.make import Make
from tests.support.racing import Call, Outcome, race

PLACES, REQUESTS, PROCESSES = 50, 400, 16
CONFIRMED, WAITING = BookingState.CONFIRMED, BookingState.WAITING


def requests_of(event: int, people: list[int], agency: int) -> list[Call]:
    return [
        Call("request_place", {"event_id": event, "person_id": p, "agency_id": agency, "by": None})
        for p in people
    ]


def states(outcomes: list[Outcome]) -> Counter[str | None]:
    return Counter(outcome.state or outcome.refusal for outcome in outcomes)


def faults(make: Make) -> list[str]:
    db.session.rollback()
    checks = (audits.audit_places, audits.audit_live_bookings, audits.audit_histories)
    return [fault for check in checks for fault in check(make.now)]


def test_B3_400_requests_for_50_places_from_16_processes(
    app: Flask, database: str, make: Make
) -> None:
    agency, event = make.agency(), make.event(capacity=PLACES)
    people = make.people(REQUESTS, agency=agency)
    calls = requests_of(event, people, agency)
    outcomes = race(database, make.now, [calls[at::PROCESSES] for at in range(PROCESSES)])

    assert states(outcomes) == {"confirmed": PLACES, "waiting": REQUESTS - PLACES}
    assert faults(make) == []
    in_order = db.session.query(Booking.state).order_by(Booking.ticket).all()
    assert [state for (state,) in in_order] == [CONFIRMED] * 50 + [WAITING] * 350
    assert sorted(o.position for o in outcomes if o.position) == list(range(1, 351))
    assert db.session.query(Message).count() == REQUESTS


def test_B3_without_the_law_places_are_oversold(app: Flask, database: str, make: Make) -> None:
    agency, event = make.agency(), make.event(capacity=1)
    calls = requests_of(event, make.people(6, agency=agency), agency)
    outcomes = race(database, make.now, [[call] for call in calls], lawless=True)

    assert states(outcomes) == {"confirmed": 6}
    assert faults(make) == ["Event EV-0002 is 5 over its capacity."]


def test_B3_worked_example_d_two_requests_for_the_last_place(
    app: Flask, database: str, make: Make
) -> None:
    agency, event = make.agency(), make.event(capacity=1)
    calls = requests_of(event, make.people(2, agency=agency), agency)
    assert states(race(database, make.now, [[call] for call in calls])) == {
        "confirmed": 1,
        "waiting": 1,
    }


def test_B8_one_person_two_clashing_events_in_the_same_instant(
    app: Flask, database: str, make: Make
) -> None:
    agency, events = make.agency(), [make.event(capacity=5) for _ in range(4)]
    [person] = make.people(1, agency=agency)
    calls = [requests_of(event, [person], agency) for event in events]
    assert states(race(database, make.now, calls)) == {"confirmed": 1, "Refused": 3}


def test_B2_twenty_copies_of_one_form(app: Flask, database: str, make: Make) -> None:
    agency, event = make.agency(), make.event(capacity=5)
    [person] = make.people(1, agency=agency)
    copies = [requests_of(event, [person] * 5, agency) for _ in range(4)]
    assert states(race(database, make.now, copies)) == {"confirmed": 1, "AlreadyBooked": 19}
    assert db.session.query(Booking).count() == 1
    assert db.session.query(Message).count() == 1


def test_B6_an_offer_accepted_twice_at_once(app: Flask, database: str, make: Make) -> None:
    event = make.event(capacity=1)
    make.booking(event, state=WAITING)
    fill_places(event, make.now)
    offer = db.session.query(Offer.id).scalar()
    accept = [Call("accept_offer", {"offer_id": offer})]
    assert states(race(database, make.now, [accept] * 4)) == {"confirmed": 4}
    db.session.rollback()
    assert db.session.query(Message).filter_by(purpose="booking-confirmed").count() == 1


def test_B6_the_first_to_accept_has_it(app: Flask, database: str, make: Make) -> None:
    event = make.event(capacity=1, starts_at=make.now.replace(hour=17))
    for _ in range(4):
        make.booking(event, state=WAITING)
    assert fill_places(event, make.now) == 4
    invitations = [row.id for row in db.session.query(Offer).order_by(Offer.id)]
    calls = [[Call("accept_offer", {"offer_id": offer})] for offer in invitations]
    assert states(race(database, make.now, calls)) == {"confirmed": 1, "waiting": 3}
    assert faults(make) == []


def test_B5_a_place_given_up_four_times_goes_on_once(app: Flask, database: str, make: Make) -> None:
    event = make.event(capacity=1)
    held = make.booking(event)
    for _ in range(3):
        make.booking(event, state=WAITING)
    give_up = [Call("cancel_booking", {"booking_id": held, "by": None})]
    assert states(race(database, make.now, [give_up] * 4)) == {"cancelled": 4}
    db.session.rollback()
    assert db.session.query(Offer).filter(Offer.ended_at.is_(None)).count() == 1
    assert db.session.query(Message).filter_by(purpose="booking-cancelled").count() == 1


def test_B15_an_event_called_off_while_people_book_keeps_no_live_booking(
    app: Flask, database: str, make: Make
) -> None:
    agency, event = make.agency(), make.event(capacity=20)
    calls = requests_of(event, make.people(40, agency=agency), agency)
    off = Call("cancel_event", {"event_id": event, "reason": CancelReason.VENUE, "by": None})
    cut = Call("change_capacity", {"event_id": event, "capacity": 3, "by": None})
    each = [calls[at::5] for at in range(5)]
    outcomes = race(database, make.now, [*each, [cut, *each[0][:1], off]])

    assert len(outcomes) == 43
    assert faults(make) == []
    assert audits.audit_cancelled_events(make.now) == []
    assert {state for (state,) in db.session.query(Booking.state)} <= {BookingState.CANCELLED}


def test_B8_people_exchange_dates_both_ways_while_others_give_up_and_ask(
    app: Flask, database: str, make: Make
) -> None:
    """Each exchange locks both events, and a sweep finds out under one that it needs the other."""
    agency, course = make.agency(), make.course()
    events = [make.event(course=course, capacity=4, starts_at=later(make, at)) for at in (21, 30)]
    people = make.people(12, agency=agency)
    held = [make.booking(events[at % 2], people[at]) for at in range(8)]
    moves = [
        Call("transfer_booking", {**to_the_other, "confirm_at_once": True, "by": None})
        for to_the_other in (
            {"booking_id": held[at], "to_event_id": events[(at + 1) % 2]} for at in range(6)
        )
    ]
    give_up = [Call("cancel_booking", {"booking_id": at, "by": None}) for at in held[6:]]
    newcomers = [each for event in events for each in requests_of(event, people[8:], agency)]
    outcomes = race(
        database, make.now, [moves[:3], moves[3:], [*give_up, *newcomers[:4]], newcomers[4:]]
    )

    assert all(outcome.refusal in (None, "Refused") for outcome in outcomes)
    assert faults(make) == []
    for event in events:
        fill_places(event, make.now)
    twice = (
        db.session.query(Booking.person_id)
        .filter(Booking.state == CONFIRMED)
        .group_by(Booking.person_id)
        .having(func.count() > 1)
    )
    assert twice.all() == []
    assert faults(make) == []


def later(make: Make, days: int) -> datetime:
    return make.now.replace(hour=9, minute=30) + timedelta(days=days)
