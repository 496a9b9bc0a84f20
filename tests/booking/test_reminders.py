"""Reminders a week and a working day before, each once, for those who have a place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.booking.commands import cancel_booking, change_event, send_due_reminders
from lms.booking.messages import PURPOSES
from lms.booking.rules import (
    BookingPolicy,
    BookingState,
    Origin,
    Reminder,
    reminder_at,
    reminder_is_due,
    reminders_to_come,
)
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.clock import FixedClock
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts
from lms.messaging.sender import send_due
from tests.support.booking import messages
from tests.support.mail import KeptMail
from tests.support.make import Make

FRIDAY_NINE = datetime(2027, 2, 5, 9, tzinfo=UTC)
MONDAY = datetime(2027, 2, 8, 9, 30, tzinfo=UTC)


WEEK, DAY = Reminder
LONG_AGO = datetime(2027, 1, 4, 9, tzinfo=UTC)
USUAL = BookingPolicy()


@pytest.mark.parametrize(
    ("starts_at", "week_before", "day_before"),
    [
        ("2027-02-08T09:30+00:00", "2027-02-01T09:00+00:00", "2027-02-05T09:00+00:00"),  # Monday
        ("2027-03-30T08:30+00:00", "2027-03-23T09:00+00:00", "2027-03-25T09:00+00:00"),  # Easter
        ("2027-04-01T08:30+00:00", "2027-03-25T09:00+00:00", "2027-03-31T08:00+00:00"),
        ("2027-11-02T09:30+00:00", "2027-10-26T08:00+00:00", "2027-11-01T09:00+00:00"),
        ("2026-12-29T09:30+00:00", "2026-12-22T09:00+00:00", "2026-12-24T09:00+00:00"),  # Christmas
        ("2027-02-13T09:30+00:00", "2027-02-06T09:00+00:00", "2027-02-12T09:00+00:00"),  # Saturday
    ],
)
def test_reminders_are_due_at_nine_a_week_and_a_working_day_before(
    starts_at: str, week_before: str, day_before: str
) -> None:
    starts = datetime.fromisoformat(starts_at)
    assert reminder_at(WEEK, starts, USUAL) == datetime.fromisoformat(week_before)
    assert reminder_at(DAY, starts, USUAL) == datetime.fromisoformat(day_before)


@given(st.integers(0, 1000), st.data())
def test_never_two_reminders_of_a_session_are_true_at_once(days: int, data: st.DataObject) -> None:
    starts_at = MONDAY + timedelta(days=days)
    before = st.timedeltas(timedelta(days=-1), timedelta(days=20))
    now, told_at = starts_at - data.draw(before), starts_at - data.draw(before)
    due = [which for which in Reminder if reminder_is_due(which, starts_at, told_at, USUAL, now)]
    assert len(due) <= 1
    assert not due or now < starts_at
    assert WEEK not in due or told_at < starts_at - timedelta(days=6)


def test_who_is_told_within_the_week_is_reminded_once() -> None:
    ahead = [(at, which) for which in Reminder for at in [reminder_at(which, MONDAY, USUAL)]]
    assert reminders_to_come([MONDAY], LONG_AGO, USUAL, LONG_AGO) == ahead
    wednesday = datetime(2027, 2, 3, 12, tzinfo=UTC)
    assert reminders_to_come([MONDAY], wednesday, USUAL, wednesday) == [(FRIDAY_NINE, DAY)]
    assert reminders_to_come([MONDAY], LONG_AGO, USUAL, MONDAY) == []


def test_several_sessions_are_one_event_a_week_before_and_each_one_the_day_before() -> None:
    second = MONDAY + timedelta(days=7)
    ahead = reminders_to_come([MONDAY, second], LONG_AGO, USUAL, LONG_AGO)
    assert [which for _, which in ahead] == [WEEK, DAY, DAY]


# --- As they are queued and sent ------------------------------------------------------------


def test_everyone_with_a_place_is_reminded_once(app: Flask, make: Make) -> None:
    event = make.event()
    lately = FRIDAY_NINE - timedelta(days=1)
    held = [make.booking(event, requested_at=lately) for _ in range(2)]
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


MONDAY_BEFORE = datetime(2027, 2, 1, 9, tzinfo=UTC)


def test_a_week_before_everyone_is_asked_once_whether_they_can_come(app: Flask, make: Make) -> None:
    event = make.event(days=2)
    held = make.booking(event)
    make.booking(event, requested_at=MONDAY_BEFORE + timedelta(hours=1))
    assert send_due_reminders(MONDAY_BEFORE - timedelta(seconds=1)) == 0
    assert send_due_reminders(MONDAY_BEFORE + timedelta(days=2)) == 1
    assert send_due_reminders(MONDAY_BEFORE + timedelta(days=2)) == 0
    [message] = messages("reminder-week-before")
    assert message.subject_id == held


def test_a_clock_that_jumps_over_both_reminds_of_the_day_alone(app: Flask, make: Make) -> None:
    make.booking(make.event())
    assert send_due_reminders(FRIDAY_NINE + timedelta(hours=5)) == 1
    assert send_due_reminders(MONDAY_BEFORE) == 1, "a clock put back: the other one, still once"
    assert len(messages("reminder")) == len(messages("reminder-week-before")) == 1


def test_a_later_session_is_no_more_given_up(app: Flask, make: Make) -> None:
    make.booking(make.event(days=2))
    send_due_reminders(FRIDAY_NINE)
    send_due_reminders(MONDAY + timedelta(hours=9))
    first, second = messages("reminder")
    assert "[[link /places" in first.body
    assert "[[link /places" not in second.body


def test_all_that_falls_due_for_one_person_is_one_envelope(
    app: Flask, make: Make, mailer: KeptMail, clock: FixedClock
) -> None:
    """Two events in a week and the day of a third; somebody else's is another envelope."""
    ada = make.person("Ada Marlow", "ada@x.example")
    make.booking(make.event("Neglect"), ada)
    make.booking(make.event("Bullying", starts_at=MONDAY + timedelta(hours=8), hours=1), ada)
    make.booking(make.event("Hoarding", starts_at=MONDAY - timedelta(days=6), hours=1), ada)
    make.booking(make.event("Elsewhere"))
    clock.set(MONDAY_BEFORE)
    assert send_due_reminders(clock.now()) == 4
    send_due(clock.now())
    [mail] = mailer.to("ada@x.example")
    body = str(mail.get_content())
    assert str(mail["Subject"]).endswith("(and two more)")
    assert all(title in body for title in ("Neglect", "Bullying", "Hoarding"))
    assert body.count("Hello Ada") == 1
    assert len(mailer.sent) == 2


def still_true(message: Message, now: datetime) -> bool:
    facts = MessageFacts(message.purpose, message.subject_id, message.occurrence, message.queued_at)
    return PURPOSES[message.purpose](facts, now)


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


def test_a_week_reminder_is_untrue_once_the_event_has_moved(app: Flask, make: Make) -> None:
    event = make.event()
    make.booking(event)
    send_due_reminders(MONDAY_BEFORE)
    [message] = messages("reminder-week-before")
    assert still_true(message, MONDAY_BEFORE)
    assert not still_true(message, FRIDAY_NINE), "by then the other one goes"

    details = details_of(db.session.get_one(Event, event))
    [block] = details.sessions
    day = timedelta(days=1)
    moved = replace(block, starts_at=block.starts_at + day, ends_at=block.ends_at + day)
    change_event(event, replace(details, sessions=(moved,)), by=None, now=MONDAY_BEFORE + 2 * day)
    assert not still_true(messages("reminder-week-before")[0], MONDAY_BEFORE)
    assert send_due_reminders(MONDAY_BEFORE + 2 * day) == 0, "the message about the move said it"
