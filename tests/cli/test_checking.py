"""`lms check` notices what only a hand in the database can bring about; one fault at a time."""

from __future__ import annotations

import sqlite3

import pytest
from flask import Flask
from sqlalchemy import text

from lms.booking.queries import audits
from lms.booking.rules import BookingState
from lms.db import broken_references, db, transaction
from tests.support.make import Make


def corrupt(*statements: str) -> None:
    with transaction() as session:
        for statement in statements:
            session.execute(text(statement))


@pytest.fixture
def event(make: Make) -> int:
    event = make.event(capacity=2)
    make.booking(event)
    make.booking(event)
    make.booking(event, state=BookingState.WAITING)
    return event


def faults(make: Make) -> list[str]:
    db.session.rollback()
    every = (
        audits.audit_places,
        audits.audit_live_bookings,
        audits.audit_histories,
        audits.audit_offers,
        audits.audit_cancelled_events,
        audits.audit_times,
    )
    return [fault for audit in every for fault in audit(make.now)] + broken_references()


def test_nothing_is_wrong_with_what_is_right(make: Make, event: int) -> None:
    del event
    assert faults(make) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE event SET capacity = 1", "is 1 over its capacity."),
        ("UPDATE booking SET state = 'waiting' WHERE state = 'confirmed'", "leads to confirmed."),
        ("DELETE FROM booking_move", "its history leads to None."),
        ("UPDATE booking_move SET to_state = 'declined'", "cannot be followed by"),
        ("UPDATE event SET state = 'cancelled'", "is cancelled, and 3 of its bookings are live."),
        ("UPDATE event SET ends_at = starts_at", "is not when its sessions are."),
        ("UPDATE booking SET state = 'offered' WHERE state = 'waiting'", "its offer does not"),
    ],
)
def test_each_corruption_is_noticed(make: Make, event: int, statement: str, fault: str) -> None:
    del event
    corrupt(statement)
    assert any(fault in found for found in faults(make)), faults(make)


def test_two_live_bookings_are_noticed_where_the_index_is_gone(make: Make, event: int) -> None:
    one = text("SELECT min(person_id) FROM booking WHERE event_id = :event")
    person = db.session.execute(one, {"event": event}).scalar_one()
    index = "CREATE UNIQUE INDEX uq_booking_live ON booking (event_id, person_id)"
    corrupt("DROP INDEX uq_booking_live")
    try:
        make.booking(event, person, state=BookingState.WAITING)
        assert f"Person {person} has 2 live bookings at event {event}." in faults(make)
    finally:
        live = "state IN ('requested', 'waiting', 'offered', 'confirmed')"
        corrupt("DELETE FROM booking_move", "DELETE FROM booking", f"{index} WHERE {live}")


def test_a_reference_that_finds_nothing_is_noticed(make: Make, event: int, app: Flask) -> None:
    del event
    if db.engine.dialect.name != "sqlite":
        assert broken_references() == []  # PostgreSQL lets no such row be
        return
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM person WHERE id = (SELECT min(person_id) FROM booking)")
    connection.close()
    assert "Table booking: 1 point at a person that is not there." in faults(make)
