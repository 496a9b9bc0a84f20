"""From a booking to the mail that arrives: its invitation, its links, and the reminder in time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import vobject
from flask import Flask

from lms.booking.rules import BookingState
from lms.clock import FixedClock
from lms.jobs import run_job
from lms.tokens import KeyRing
from tests.support.booking import ask
from tests.support.mail import KeptMail
from tests.support.make import Make


def tick(app: Flask, clock: FixedClock) -> None:
    for job in app.extensions["lms.jobs"]:
        assert run_job(job, clock.now(), clock=clock.now).error is None


def test_a_booking_and_its_reminder_leave_with_all_that_they_need(
    app: Flask, make: Make, clock: FixedClock, mailer: KeptMail
) -> None:
    agency = make.agency()
    person = make.person("Marigold Pettifer", "m.pettifer@pool-hayes.example", agency=agency)
    event = make.event(course=make.course(), joining_instructions="Parking is behind the hall.")
    result = ask(make, event, agency, person)
    assert result.state is BookingState.CONFIRMED

    tick(app, clock)
    [mail] = mailer.to("m.pettifer@pool-hayes.example")
    [calendar] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert calendar.get_param("method") == "REQUEST"
    entry = vobject.readOne(calendar.get_content()).vevent
    assert entry.dtstart.value == datetime(2027, 2, 8, 9, 30, tzinfo=UTC)
    assert entry.organizer.value == "mailto:training@wsp.example"
    [token] = re.findall(r"/places/(\S+)", mail.get_body().get_content())  # type: ignore[union-attr]
    keys: KeyRing = app.extensions["lms.keys"]
    assert keys.read("place", token) == str(result.booking_id)

    tick(app, clock)
    assert len(mailer.sent) == 1, "nothing leaves twice"
    clock.set(datetime(2027, 2, 5, 9, tzinfo=UTC))
    tick(app, clock)
    [_, reminder] = mailer.sent
    words = reminder.get_body().get_content()  # type: ignore[union-attr]
    assert "Parking is behind the hall." in words
    assert "/evaluations/" in words, "the evaluation before the event shares the envelope"
