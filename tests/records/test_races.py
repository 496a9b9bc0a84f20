"""Records that are joined while their person books: either is first, and nothing is lost."""

from __future__ import annotations

from flask import Flask

from lms.accounts.models import Person
from lms.booking.models import Booking
from lms.db import db
from lms.records.queries.pairs import audit_joined
from tests.support.booking import faults
from tests.support.make import Make
from tests.support.racing import Call, race


def test_records_are_joined_while_both_book(app: Flask, database: str, make: Make) -> None:
    agency = make.agency()
    events = [make.event(capacity=1) for _ in range(4)]
    kept, gone = make.people(2, agency=agency)
    said = {"agency_id": agency, "by": None}
    books = [
        [
            Call("request_place", {"event_id": event, "person_id": person, **said})
            for event in events
        ]
        for person in (kept, gone)
    ]
    merges = [Call("merge_people", {"keep_id": kept, "drop_id": gone, "by": None})]
    outcomes = race(database, make.now, [*books, merges, merges])

    assert {outcome.refusal for outcome in outcomes if outcome.refusal} <= {
        *("Joined", "AlreadyBooked", "Refused"),
    }
    db.session.rollback()
    assert db.session.get_one(Person, gone).merged_into_id == kept
    assert audit_joined(make.now) == []
    assert faults(make.now) == []
    owners = {booking.person_id for booking in db.session.query(Booking)}
    assert owners <= {kept}
    db.session.rollback()
