"""`lms import bookings`: those made elsewhere, in the order of their requests."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from lms.agencies.rules import Sector
from lms.booking.commands import cancel_booking, import_bookings
from lms.booking.models import Booking
from lms.booking.queries import audits, live_booking, standing_of
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.db import db
from lms.messaging.models import Message
from lms.tables import FaultyFile, Imported
from tests.support.databases import row_counts
from tests.support.make import Make

HEADER = "event_reference,email,name,agency,state,requested_at"


def take_in(make: Make, *lines: str, header: str = HEADER, **said: Any) -> Imported:
    file = io.BytesIO("\n".join((header, *lines)).encode())
    return import_bookings(file, "bookings.csv", by=None, now=make.now, **said)


def line(make: Make, event: int, who: str, state: str, at: str, agency: str = "Police") -> str:
    reference = db.session.get_one(Event, event).reference
    return f"{reference},{who}@police.example,{who.title()} Fell,{agency},{state},{at}"


@pytest.fixture
def event(app: Flask, make: Make) -> int:
    make.agency("Police", Sector.POLICE)
    return make.event(capacity=1)


def test_B4_the_order_of_requests_is_kept(event: int, make: Make) -> None:
    imported = take_in(
        make,
        line(make, event, "third", "waiting", "2027-01-06T09:00"),
        line(make, event, "first", "confirmed", "2027-01-04T09:00"),
        line(make, event, "second", "waiting", "2027-01-05T09:00"),
    )
    assert (imported.added, imported.notes) == (3, ())
    rows = db.session.query(Booking).order_by(Booking.ticket).all()
    assert [row.name for row in rows] == ["First Fell", "Second Fell", "Third Fell"]
    assert standing_of(rows[2], make.now).sentence == "Second in line: the one place is taken"
    assert rows[0].sector is Sector.POLICE
    assert audits.audit_histories(make.now) == []


def test_B14_beyond_capacity_is_recorded_as_an_override(event: int, make: Make) -> None:
    imported = take_in(
        make,
        line(make, event, "first", "confirmed", "2027-01-04T09:00"),
        line(make, event, "second", "confirmed", "2027-01-05T09:00"),
    )
    assert imported.notes == ("EV-0001: 1 beyond its places, recorded as overrides.",)
    marked = db.session.query(Booking).filter_by(is_over_capacity=True).one()
    assert marked.name == "Second Fell"
    assert marked.override_reason == "Booked elsewhere, beyond the places of the event."
    assert audits.audit_places(make.now) == []


def test_nobody_is_told_unless_asked(event: int, make: Make) -> None:
    first = line(make, event, "first", "confirmed", "2027-01-04T09:00")
    take_in(make, first)
    assert db.session.query(Message).count() == 0
    other = make.event("Another", capacity=1, starts_at=make.now.replace(month=3))
    take_in(
        make,
        line(make, other, "first", "confirmed", "2027-01-04T09:00"),
        line(make, other, "second", "waiting", "2027-01-04T09:00"),
        tells=True,
    )
    purposes = [row.purpose for row in db.session.query(Message).order_by(Message.id)]
    assert purposes == ["booking-confirmed", "booking-waiting"]


def test_the_same_file_twice_changes_nothing(event: int, make: Make, app: Flask) -> None:
    lines = [
        line(make, event, "first", "confirmed", "2027-01-04T09:00", agency="Unheard-of Trust"),
        line(make, event, "second", "waiting", "2027-01-05T09:00"),
    ]
    take_in(make, *lines)
    first = db.session.query(Booking).filter_by(state=BookingState.CONFIRMED).one()
    assert (first.agency_id, first.agency_typed) == (None, "Unheard-of Trust")
    cancel_booking(first.id, by=None, now=make.now)
    db.session.rollback()
    before = row_counts(app)
    again = take_in(make, *lines)
    assert (again.added, again.unchanged) == (0, 2)
    after = row_counts(app)
    assert {name for name in after if after[name] != before[name]} == {"audit_entry"}


def test_a_dry_run_writes_nothing(event: int, make: Make, app: Flask) -> None:
    before = row_counts(app)
    row = line(make, event, "first", "confirmed", "2027-01-04T09:00")
    assert take_in(make, row, is_dry_run=True).added == 1
    assert row_counts(app) == before


def test_every_fault_is_told_with_line_and_column(event: int, make: Make, app: Flask) -> None:
    draft = make.event("Draft", state="draft")
    make.booking(event, make.person(email="there@police.example"))
    before = row_counts(app)
    with pytest.raises(FaultyFile) as refused:
        take_in(
            make,
            "EV-001,a@police.example,A Fell,Police,confirmed,2027-01-04T09:00",
            line(make, event, "b", "offered", "2027-01-04T09:00"),
            line(make, event, "c", "waiting", "2027-06-04T09:00"),
            line(make, event, "d", "waiting", "2027-01-04T09:00"),
            line(make, event, "d", "waiting", "2027-01-04T09:00"),
            line(make, draft, "e", "waiting", "yesterday"),
            "EV-0001,no address,,Police,waiting,2027-01-04T09:00",
        )
    assert [str(fault) for fault in refused.value.faults] == [
        "line 2, event_reference: There is no event EV-001. Did you mean EV-0001?",
        "line 3, state: Write one of: confirmed, waiting",
        "line 4, requested_at: This time is still to come",
        "line 6, email: Line 5 has a booking of the same person there",
        f"line 7, event_reference: This event is draft: see /manage/events/{draft}",
        "line 7, requested_at: Write date and time as 2027-02-08T09:30",
        "line 8, email: Enter an e-mail address, such as m.pettifer@school.example",
        "line 8, name: Fill this in: it cannot be empty",
    ]
    assert row_counts(app) == before


def test_B2_a_booking_that_is_there_already_is_a_fault(event: int, make: Make) -> None:
    make.booking(event, make.person(email="there@police.example"))
    with pytest.raises(FaultyFile) as refused:
        take_in(make, line(make, event, "there", "waiting", "2027-01-04T09:00"))
    assert [str(fault) for fault in refused.value.faults] == [
        "line 2, email: There is a booking already: confirmed"
    ]


def test_B2_a_person_who_is_known_is_not_made_again(event: int, make: Make) -> None:
    person = make.person("First Fell", "first@police.example")
    take_in(make, line(make, event, "first", "confirmed", "2027-01-04T09:00"))
    assert live_booking(person, event) is not None
