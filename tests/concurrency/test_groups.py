"""Leads of one agency who take the last places at the same instant: one of them has them."""

from __future__ import annotations

from flask import Flask

from lms.access import Role
from lms.booking.commands import Member
from lms.booking.models import Booking
from lms.booking.rules import BookingState, GroupChoice
from lms.db import db
from tests.support.booking import faults
from tests.support.make import Make
from tests.support.racing import Call, race


def test_B13_two_leads_of_an_agency_hold_the_last_places_at_once(
    app: Flask, database: str, make: Make
) -> None:
    trust = make.agency()
    event = make.event(capacity=4, unnamed_places=3)
    leads = [make.viewer(make.person(agency=trust, role=Role.AGENCY_LEAD)) for _ in range(2)]
    people = make.people(6, agency=trust)
    held = {"event_id": event, "agency_id": trust, "places": 3}
    groups = [people[:3], people[3:]]
    calls = [Call("hold_places", {**held, "by": lead}) for lead in leads]
    calls += [
        Call(
            "request_places",
            {
                "event_id": event,
                "members": [Member(person, trust) for person in group],
                "choice": GroupChoice.ALL_OR_NOBODY,
                "by": lead,
            },
        )
        for lead, group in zip(leads, groups, strict=True)
    ]
    outcomes = race(database, make.now, [[call] for call in calls])

    refused = [outcome.refusal for outcome in outcomes if outcome.refusal]
    assert len(refused) == 3
    assert set(refused) <= {"Refused", "TooFewPlaces"}
    db.session.rollback()
    states = [state for (state,) in db.session.query(Booking.state)]
    assert len(states) == 3
    assert set(states) <= {BookingState.REQUESTED, BookingState.CONFIRMED}
    assert faults(make.now) == []
