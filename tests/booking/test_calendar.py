"""Invitations as another library reads them, in the weeks when the clocks change too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
import vobject
from flask import Flask
from icalendar import Calendar

from lms.booking.calendar import Entry, Method, Party, invitation, uid_of
from lms.booking.commands import cancel_booking, change_event
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.catalogue.rules import EventMode
from lms.clock import FixedClock
from lms.db import db
from lms.messaging.sender import send_due
from tests.support.booking import ask, messages
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

NOW = datetime(2027, 1, 18, 10, tzinfo=UTC)
ENTRY = Entry(
    uid=uid_of(7, 3, "training.wsp.example"),
    sequence=2,
    title="Neglect; what we miss, and why",
    starts_at=datetime(2027, 2, 8, 9, 30, tzinfo=UTC),
    ends_at=datetime(2027, 2, 8, 16, 30, tzinfo=UTC),
    place="Beacon Hall, Walsall",
    notes="Join at https://meet.example/abc\nReference WSP-7Q4K-2M",
    organizer=Party("Walsall Safeguarding Partnership", "training@wsp.example"),
    attendee=Party("Marigold Pettifer", "m.pettifer@pool-hayes.example"),
)


def read(entry: Entry, method: Method = Method.REQUEST) -> Any:
    return vobject.readOne(invitation(entry, method, NOW))


def test_an_invitation_says_all_that_a_calendar_needs() -> None:
    calendar = read(ENTRY)
    event = calendar.vevent
    assert calendar.method.value == "REQUEST"
    assert event.uid.value == "booking-7-session-3@training.wsp.example"
    assert event.sequence.value == "2"
    assert event.summary.value == "Neglect; what we miss, and why"
    assert event.location.value == "Beacon Hall, Walsall"
    assert event.description.value == ENTRY.notes
    assert event.organizer.value == "mailto:training@wsp.example"
    assert event.attendee.value == "mailto:m.pettifer@pool-hayes.example"
    assert event.attendee.params["CN"] == ["Marigold Pettifer"]
    assert event.status.value == "CONFIRMED"
    assert event.dtstamp.value == NOW
    assert "TZID=Europe/London:20270208T093000" in invitation(ENTRY, Method.REQUEST, NOW)


def test_a_cancellation_is_one() -> None:
    calendar = read(ENTRY, Method.CANCEL)
    assert (calendar.method.value, calendar.vevent.status.value) == ("CANCEL", "CANCELLED")


@pytest.mark.parametrize("sunday", ["2027-03-28", "2026-10-25"])
@pytest.mark.parametrize("day", range(-3, 4))
def test_times_are_right_all_through_the_weeks_when_the_clocks_change(
    sunday: str, day: int
) -> None:
    """Both libraries read London's own rules in the file, and come to the instants meant."""
    start = datetime.fromisoformat(f"{sunday}T13:00+00:00") + timedelta(days=day)
    entry = replace(ENTRY, starts_at=start, ends_at=start + timedelta(hours=3))
    event = read(entry).vevent
    assert event.dtstart.value.astimezone(UTC) == entry.starts_at
    assert event.dtend.value.astimezone(UTC) == entry.ends_at
    [same] = Calendar.from_ical(invitation(entry, Method.REQUEST, NOW)).walk("VEVENT")
    assert same.decoded("dtstart") == entry.starts_at
    assert same.decoded("dtend") == entry.ends_at


def test_no_line_of_text_becomes_a_line_of_the_calendar() -> None:
    name = 'Eve"\r\nATTENDEE:mailto:everyone@wsp.example'
    entry = replace(ENTRY, title="A\r\nMETHOD:CANCEL", attendee=Party(name, "eve@wsp.example"))
    text = invitation(entry, Method.REQUEST, NOW)
    starts = [line.split(":")[0].split(";")[0] for line in text.split("\r\n")]
    assert starts.count("METHOD") == 1
    assert starts.count("ATTENDEE") == 1
    assert read(entry).vevent.attendee.value == "mailto:eve@wsp.example"


def test_lines_are_as_short_as_the_standard_asks() -> None:
    text = invitation(replace(ENTRY, title="é" * 200), Method.REQUEST, NOW)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_each_session_has_an_invitation_of_its_own(app: Flask, make: Make) -> None:
    link = "https://meet.example/abc"
    event = make.event(days=3, mode=EventMode.ONLINE, joining_link=link)
    ask(make, event, make.agency())
    sent = messages("booking-confirmed") + messages("calendar-entry")
    entries = [vobject.readOne(message.calendar).vevent for message in sent]
    assert len({entry.uid.value for entry in entries}) == 3
    assert [entry.summary.value[-8:] for entry in entries] == ["(1 of 3)", "(2 of 3)", "(3 of 3)"]
    assert all(f"Join at {link}" in entry.description.value for entry in entries)


def test_who_waits_never_sees_the_joining_link(app: Flask, make: Make) -> None:
    link = "https://meet.example/abc"
    event = make.event(capacity=0, mode=EventMode.ONLINE, joining_link=link)
    ask(make, event, make.agency())
    [message] = messages("booking-waiting")
    assert message.calendar is None
    assert link not in message.body


# --- From the booking to the e-mail ---------------------------------------------------------


def arrived(mail: EmailMessage) -> tuple[EmailMessage, Any]:
    """An e-mail as a strict program at the other end reads it, with its one calendar part."""
    read_back = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(read_back, EmailMessage)
    assert not read_back.defects
    [part] = [p for p in read_back.walk() if p.get_content_type() == "text/calendar"]
    text = part.get_content()
    [component] = vobject.readComponents(text, validate=True)
    assert part.get_content_charset() == "utf-8"
    assert part.get_param("method") == component.method.value
    body = read_back.get_body(("plain",))
    alternative = next(p for p in read_back.walk() if p.get_content_subtype() == "alternative")
    assert list(alternative.iter_parts()) == [body, part]
    [attached] = read_back.iter_attachments()
    assert attached.get_content().decode() == text
    return read_back, component


@pytest.mark.parametrize(
    "moves",
    [
        # the week of 28 March, when the clocks go forward
        ("2027-03-26 09:30", "2027-03-28 09:30", "2027-03-29 14:00"),
        # the week of 31 October, when they go back
        ("2027-10-29 09:30", "2027-10-31 01:30", "2027-11-01 09:30"),
    ],
)
def test_book_move_twice_and_cancel_is_one_entry_that_changes_three_times(
    app: Flask, make: Make, mailer: KeptMail, clock: FixedClock, moves: tuple[str, ...]
) -> None:
    """One UID, SEQUENCE 0 to 3, London's wall clock each time; sent by whom it says."""
    starts = [at(text) for text in moves]
    event = make.event(starts_at=starts[0], hours=3, venue="Beacon Hall, Walsall")
    booked = ask(make, event, make.agency())
    for start in starts[1:]:
        send_due(clock.now())
        clock.advance(timedelta(minutes=5))
        details = details_of(db.session.get_one(Event, event))
        block = replace(details.sessions[0], starts_at=start, ends_at=start + timedelta(hours=3))
        change_event(event, replace(details, sessions=(block,)), by=None, now=clock.now())
    send_due(clock.now())
    cancel_booking(booked.booking_id, by=None, now=clock.now())
    send_due(clock.now())

    received = [arrived(mail) for mail in mailer.sent]
    entries = [calendar.vevent for _, calendar in received]
    assert [calendar.method.value for _, calendar in received] == ["REQUEST"] * 3 + ["CANCEL"]
    assert len({entry.uid.value for entry in entries}) == 1
    assert [entry.sequence.value for entry in entries] == ["0", "1", "2", "3"]
    wall_clock = [f"{entry.dtstart.value:%Y-%m-%d %H:%M}" for entry in entries]
    assert wall_clock == [*moves, moves[-1]]
    meant = [*starts, starts[-1]]
    assert [entry.dtstart.value.astimezone(UTC) for entry in entries] == meant
    assert [entry.dtend.value.astimezone(UTC) for entry in entries] == [
        start + timedelta(hours=3) for start in meant
    ]
    for mail, calendar in received:
        assert calendar.vevent.organizer.value == f"mailto:{mail['From'].addresses[0].addr_spec}"
        assert calendar.vevent.attendee.value == f"mailto:{mail['To'].addresses[0].addr_spec}"


@pytest.mark.parametrize(
    ("mode", "place", "link"),
    [
        (EventMode.IN_PERSON, "Beacon Hall, Walsall", ""),
        (EventMode.ONLINE, "Online", "https://meet.example/abc"),
    ],
)
def test_a_hybrid_event_is_where_the_delegate_takes_part(
    app: Flask, make: Make, mode: EventMode, place: str, link: str
) -> None:
    hybrid = make.event(
        mode=EventMode.HYBRID, online_capacity=5, joining_link="https://meet.example/abc"
    )
    ask(make, hybrid, make.agency(), mode=mode)
    [message] = messages("booking-confirmed")
    entry = vobject.readOne(message.calendar).vevent
    assert entry.location.value == place
    assert f"\n  {place}\n" in message.body
    for text in (entry.description.value, message.body):
        assert ("Join at https://meet.example/abc" in text) == bool(link)
