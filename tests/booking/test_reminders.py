"""Reminders on the working day before, each once, for those who have a place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lms.booking.commands import cancel_booking, change_event, send_due_reminders
from lms.booking.messages import PURPOSES
from lms.booking.rules import BookingState, Origin, reminder_at
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.clock import FixedClock
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts
from tests.support.booking import messages
from tests.support.make import Make

FRIDAY_NINE = datetime(2027, 2, 5, 9, tzinfo=UTC)
MONDAY = datetime(2027, 2, 8, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts_at", "due"),
    [
        ("2027-02-08T09:30+00:00", "2027-02-05T09:00+00:00"),  # Monday: Friday
        ("2027-03-30T08:30+00:00", "2027-03-25T09:00+00:00"),  # after Easter, in summer time
        ("2027-04-01T08:30+00:00", "2027-03-31T08:00+00:00"),
        ("2026-12-29T09:30+00:00", "2026-12-24T09:00+00:00"),  # after Christmas
    ],
)
def test_a_reminder_is_due_at_nine_on_the_working_day_before(starts_at: str, due: str) -> None:
    assert reminder_at(datetime.fromisoformat(starts_at)) == datetime.fromisoformat(due)


def test_everyone_with_a_place_is_reminded_once(app: Flask, make: Make) -> None:
    event = make.event()
    held = [make.booking(event) for _ in range(2)]
    make.booking(event, state=BookingState.WAITING)
    make.booking(event, origin=Origin.WALK_IN)
    assert send_due_reminders(FRIDAY_NINE - timedelta(seconds=1)) == 0
    assert send_due_reminders(FRIDAY_NINE) == 2
    assert send_due_reminders(FRIDAY_NINE + timedelta(minutes=1)) == 0
    sent = messages("reminder")
    assert [message.subject_id for message in sent] == held
    assert all(message.is_digestible for message in sent)


def test_one_who_has_a_place_only_later_is_reminded_at_once(app: Flask, make: Make) -> None:
    event = make.event()
    assert send_due_reminders(FRIDAY_NINE) == 0
    make.booking(event)
    assert send_due_reminders(FRIDAY_NINE + timedelta(hours=30)) == 1


def test_no_reminder_once_it_has_begun(app: Flask, make: Make) -> None:
    make.booking(make.event())
    assert send_due_reminders(MONDAY) == 0


def test_each_session_is_reminded_of(app: Flask, make: Make) -> None:
    make.booking(make.event(days=2))
    assert send_due_reminders(FRIDAY_NINE) == 1
    assert send_due_reminders(datetime(2027, 2, 8, 9, tzinfo=UTC)) == 1
    subjects = [message.subject for message in messages("reminder")]
    assert [subject.split(":")[0] for subject in subjects] == [
        "On Monday 8 February",
        "On Tuesday 9 February",
    ]


def still_true(message: Message, now: datetime) -> bool:
    facts = MessageFacts("reminder", message.subject_id, message.occurrence, message.queued_at)
    return PURPOSES["reminder"](facts, now)


def test_a_reminder_is_true_until_the_place_or_the_time_goes(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    event = make.event()
    kept, given_up = make.booking(event), make.booking(event)
    send_due_reminders(FRIDAY_NINE)
    cancel_booking(given_up, by=None, now=FRIDAY_NINE)
    first, second = messages("reminder")
    assert (still_true(first, FRIDAY_NINE), still_true(second, FRIDAY_NINE)) == (True, False)
    assert not still_true(first, MONDAY)

    details = details_of(db.session.get_one(Event, event))
    [block] = details.sessions
    week = timedelta(days=7)
    later = replace(block, starts_at=block.starts_at + week, ends_at=block.ends_at + week)
    change_event(event, replace(details, sessions=(later,)), by=None, now=FRIDAY_NINE)
    assert not still_true(messages("reminder")[0], FRIDAY_NINE)
    assert send_due_reminders(FRIDAY_NINE + week) == 1, "moved, it is reminded of anew"
    assert messages("reminder")[-1].subject_id == kept
