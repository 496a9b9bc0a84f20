"""How full events are, names of agencies matched, and what `lms check` finds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from lms.accounts.models import Membership
from lms.agencies.rules import Sector
from lms.booking.commands import (
    match_agency_name,
)
from lms.booking.models import Booking
from lms.booking.queries import places_of, snapshot, summary_of
from lms.booking.rules import BookingState, Origin, Share, ShareKind
from lms.catalogue.rules import EventMode
from lms.db import db, transaction
from lms.errors import NotFound
from tests.support.booking import faults, set_shares
from tests.support.make import Make
from tests.support.statements import count_statements

REFERENCE = re.compile(r" ?(EV|WSP)-[\w-]+")
WAITING, OFFERED = BookingState.WAITING, BookingState.OFFERED


# --- Counting -------------------------------------------------------------------------------


def test_B3_how_full_events_are(app: Flask, make: Make) -> None:
    empty, part, full = (make.event(capacity=places) for places in (5, 3, 1))
    make.booking(part)
    make.booking(part, state=OFFERED)
    make.booking(part, origin=Origin.WALK_IN)
    make.booking(part, state=BookingState.CANCELLED)
    make.booking(full)
    make.booking(full, state=WAITING)
    found = places_of(db.session(), [empty, part, full], make.now)
    assert found[empty].sentence == "5 places left of 5"
    assert (found[part].confirmed, found[part].offered, found[part].free) == (1, 1, 1)
    assert found[part].sentence == "1 place left of 3"
    assert (found[full].is_full, found[full].waiting) == (True, 1)
    assert found[full].sentence == "Full · 1 waiting"


def test_B3_a_place_that_is_spoken_for_reads_full(app: Flask, make: Make) -> None:
    event = make.event(capacity=2)
    make.booking(event)
    make.booking(event, state=WAITING)
    assert places_of(db.session(), [event], make.now)[event].sentence == "Full · 1 waiting"


def test_B3_a_place_for_which_nobody_eligible_waits_is_free(app: Flask, make: Make) -> None:
    police, event = make.agency("Police", Sector.POLICE), make.event(capacity=2)
    cap = Share(ShareKind.CAP, 1, agency_id=police)
    set_shares(event, cap, now=make.now)
    make.booking(event, make.person(agency=police))
    make.booking(event, make.person(agency=police), state=WAITING)
    assert places_of(db.session(), [event], make.now)[event].free == 1


def test_B3_reserved_places_are_not_free(app: Flask, make: Make) -> None:
    event = make.event(capacity=10)
    held_back = Share(
        ShareKind.RESERVATION, 4, sector=Sector.FAITH, ends_on=make.now.date() + timedelta(10)
    )
    set_shares(event, held_back, now=make.now)
    make.booking(event, make.person(agency=make.agency(sector=Sector.FAITH)))
    found = places_of(db.session(), [event], make.now)[event]
    assert (found.reserved, found.free) == (3, 6)
    later = make.now + timedelta(days=10)
    assert places_of(db.session(), [event], later)[event].free == 9


def test_B3_room_and_online_are_counted_apart(app: Flask, make: Make) -> None:
    event = make.event(capacity=1, online_capacity=2, mode=EventMode.HYBRID)
    make.booking(event, mode=EventMode.IN_PERSON)
    found = places_of(db.session(), [event], make.now)[event]
    assert (found.capacity, found.confirmed, found.free) == (3, 1, 2)


def test_the_count_agrees_with_the_rules_in_as_many_statements(app: Flask, make: Make) -> None:
    """However many events a page lists."""
    events = [make.event(capacity=2) for _ in range(6)]
    for event, bookings in zip(events, range(6), strict=True):
        for _ in range(min(bookings, 2)):
            make.booking(event)
        for _ in range(bookings - 2):
            make.booking(event, state=WAITING)
    taken = []
    for count in (1, 6):
        db.session.rollback()
        with count_statements() as asked:
            found = places_of(db.session(), events[:count], make.now)
        taken.append(asked.reads)
    assert taken == [1, 1]
    for event in events:
        assert found[event] == summary_of(snapshot(db.session(), event, make.now), make.now)


# --- Agencies' names ------------------------------------------------------------------------


def test_R1_a_name_is_matched_once_for_all_that_bear_it(app: Flask, make: Make) -> None:
    church = make.agency("Beacon Church", Sector.FAITH)
    event = make.event()
    person = make.person()
    with transaction() as session:
        session.query(Membership).filter_by(person_id=person).update(
            {"agency_id": None, "agency_typed": "beacon  church"}
        )
    for typed in ("Beacon church", "beacon church ", "Other"):
        make.booking(event, agency_id=None, sector=None, agency_typed=typed)
    assert match_agency_name("BEACON CHURCH", church, by=None, now=make.now) == 2
    matched = db.session.query(Booking).filter_by(agency_id=church).all()
    assert [row.sector for row in matched] == [Sector.FAITH, Sector.FAITH]
    assert db.session.query(Membership).filter_by(agency_id=church).count() == 1
    with pytest.raises(NotFound):
        match_agency_name("Other", church + 1000, by=None, now=make.now)


# --- lms check ------------------------------------------------------------------------------


def test_B3_the_audit_names_caps_reservations_and_sides(app: Flask, make: Make) -> None:
    police = make.agency("Police", Sector.POLICE)
    event = make.event(capacity=3, online_capacity=1, mode=EventMode.HYBRID)
    set_shares(
        event,
        Share(ShareKind.CAP, 1, agency_id=police),
        Share(ShareKind.RESERVATION, 2, sector=Sector.FAITH),
        now=make.now,
    )
    for _ in range(2):
        make.booking(event, make.person(agency=police))
        make.booking(event, mode=EventMode.ONLINE)
    assert [REFERENCE.sub("", fault) for fault in faults(make.now)] == [
        "Event gives 1 of its reserved places to others in the room.",
        "Event has 2 of Police, who may have 1 in the room.",
        "Event is 1 over its capacity online.",
    ]


def test_R1_matching_a_name_beyond_its_cap_removes_nobody(app: Flask, make: Make) -> None:
    church, event = make.agency("Beacon Church", Sector.FAITH), make.event()
    set_shares(event, Share(ShareKind.CAP, 1, agency_id=church), now=make.now)
    for _ in range(2):
        make.booking(event, agency_id=None, sector=None, agency_typed="Beacon church")
    match_agency_name("Beacon Church", church, by=None, now=make.now)
    assert faults(make.now) == []


def test_every_invariant_that_is_broken_is_named(app: Flask, make: Make) -> None:
    event = make.event(capacity=1)
    _, second = make.booking(event), make.booking(event)
    make.booking(make.event(capacity=1), state=OFFERED)
    with transaction() as session:
        session.get_one(Booking, second).moves[0].to_state = WAITING
    assert [REFERENCE.sub("", fault) for fault in faults(make.now)] == [
        "Event is 1 over its capacity.",
        "Booking: it is confirmed, and its history leads to waiting.",
        "Booking: None cannot be followed by None to offered.",
        "Booking is offered, and its offer does not say so.",
    ]
