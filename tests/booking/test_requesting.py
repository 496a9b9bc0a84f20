"""Asking for a place, by the real command on real databases."""

from __future__ import annotations

from flask import Flask

from lms.agencies.rules import Sector
from lms.booking.commands import BookingResult, request_place
from lms.booking.rules import BookingState
from tests.support.make import Make

CONFIRMED, WAITING = BookingState.CONFIRMED, BookingState.WAITING


def ask(make: Make, event: int, agency: int, **said: object) -> BookingResult:
    person = make.person(agency=agency)
    return request_place(event, person, agency_id=agency, by=None, now=make.now, **said)  # type: ignore[arg-type]


def test_B3_smoke(app: Flask, make: Make) -> None:
    police = make.agency("West Midlands Police", Sector.POLICE)
    event = make.event(capacity=1)
    first = ask(make, event, police)
    second = ask(make, event, police)
    assert (first.state, second.state) == (CONFIRMED, WAITING)
    assert second.why == "First in line: the one place is taken"
