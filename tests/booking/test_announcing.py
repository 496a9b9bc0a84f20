"""Writing to an event's people: whom, exactly once, and to nobody who has left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.audit import AuditEntry
from lms.booking.commands import (
    ToWhom,
    announce,
    cancel_booking,
    cancel_event,
    send_trial,
)
from lms.booking.messages.announcing import Written
from lms.booking.models import Announcement
from lms.booking.rules import BookingState, CancelledBy, Origin, Outcome
from lms.booking.rules.announcing import Addressee, Audience, chosen_among, still_goes
from lms.catalogue.rules import CancelReason
from lms.clock import FixedClock
from lms.db import db
from lms.errors import NotFound, Refused
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from lms.messaging.sender import send_due
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

WORDS = Written(
    "About {event}", "Dear {name},\nbring a pen to {where}.\n{give_up}", "me@wsp.example"
)
CONFIRMED, WAITING = BookingState.CONFIRMED, BookingState.WAITING


def somebody(number: int, **facts: object) -> Addressee:
    plain = {"booking_id": number, "name": f"N{number}", "address": f"n{number}@x.example"}
    return Addressee(**{**plain, "state": CONFIRMED, **facts})  # type: ignore[arg-type]


def test_who_belongs_to_which_part() -> None:
    people = [
        somebody(1, agency_id=7, outcome=Outcome.ATTENDED, owes_evaluation=True),
        somebody(2, outcome=Outcome.DID_NOT_ATTEND),
        somebody(3, state=WAITING, agency_id=7),
        somebody(4, state=BookingState.OFFERED),
        somebody(5, state=BookingState.REQUESTED),
        somebody(6, origin=Origin.WALK_IN, outcome=Outcome.PART_ATTENDED),
        somebody(7, state=BookingState.CANCELLED),
        somebody(8, state=BookingState.CANCELLED, ended_with_event=True),
        somebody(9, state=BookingState.REQUESTED, address="n5@x.example"),
    ]
    found = {
        each: [who.booking_id for who in chosen_among(people, each, picked=[1, 7, 8])]
        for each in Audience
    }
    assert found == {
        Audience.EVERYONE: [1, 2, 3, 4, 5, 6],
        Audience.CONFIRMED: [1, 2],
        Audience.WAITING: [3, 4],
        Audience.REQUESTED: [5],  # one address, written to once
        Audience.ATTENDED: [1, 6],
        Audience.MISSED: [2],
        Audience.WALK_INS: [6],
        Audience.NOT_EVALUATED: [1],
        Audience.CALLED_OFF: [8],
        Audience.PICKED: [1, 8],
    }
    of_one = chosen_among(people, Audience.EVERYONE, agency_id=7)
    assert [who.booking_id for who in of_one] == [1, 3]


def test_it_goes_to_nobody_who_left_since_it_was_written() -> None:
    written, cancelled = at("2027-01-18 10:00"), BookingState.CANCELLED
    assert still_goes(WAITING, at("2027-01-18 10:01"), written)
    assert still_goes(cancelled, at("2027-01-18 09:59"), written)
    assert not still_goes(cancelled, at("2027-01-18 10:01"), written)


class Room:
    """An event with two in it and one who waits, and its coordinator."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.event = make.event("Neglect", capacity=2)
        people = [make.person(name) for name in ("Ada Quill", "Bram Sedgley", "Cleo Marsh")]
        states = (CONFIRMED, CONFIRMED, WAITING)
        self.bookings = [
            make.booking(self.event, person, state=state)
            for person, state in zip(people, states, strict=True)
        ]
        self.by = make.viewer(make.coordinator())

    def announce(self, *numbers: int, key: str = "form", words: Written = WORDS) -> int:
        chosen = frozenset(self.bookings[n] for n in numbers)
        to = ToWhom(chosen, "those with a place")
        return announce(self.event, words, to, form_key=key, by=self.by, now=self.make.now).people


@pytest.fixture
def room(make: Make) -> Room:
    return Room(make)


def test_each_reads_their_own_and_a_form_sent_twice_is_sent_once(
    room: Room, mailer: KeptMail, clock: FixedClock
) -> None:
    assert room.announce(0, 1) == 2
    assert room.announce(0, 1) == 2  # the same form again
    with pytest.raises(Refused, match="these very words"):
        room.announce(0, 1, key="another tab")
    assert room.announce(0, 1, 2, key="a wider choice") == 1
    send_due(clock.now())
    assert len(mailer.sent) == 3
    mail = mailer.sent[0]
    assert mail["Subject"] == "About Neglect"
    assert "<me@wsp.example>" in mail["Reply-To"]
    assert "Dear Ada Quill,\nbring a pen to Beacon Hall, Walsall.\nhttp" in mail.get_content()
    assert [a.people for a in db.session.query(Announcement).order_by(Announcement.id)] == [2, 1]
    sentences = [entry.sentence for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert sentences[0] == "wrote “About {event}” to two people of Neglect (those with a place)"
    Room(room.make).announce(0, 1)  # under the same key at another event: it goes all the same
    send_due(clock.now())
    assert len(mailer.sent) == 5


def test_who_leaves_before_it_goes_does_not_get_it(
    room: Room, mailer: KeptMail, clock: FixedClock
) -> None:
    room.announce(0, 1)
    clock.advance(timedelta(seconds=5))
    cancel_booking(room.bookings[0], by_what=CancelledBy.DELEGATE, by=None, now=clock.now())
    send_due(clock.now())
    copies = db.session.query(Message).filter_by(purpose="announcement").order_by(Message.id)
    assert [copy.state for copy in copies] == [MessageState.DROPPED, MessageState.SENT]


def test_those_whom_a_cancelled_event_lost_can_be_written_to(
    room: Room, mailer: KeptMail, clock: FixedClock
) -> None:
    cancel_event(room.event, reason=CancelReason.VENUE, by=room.by, now=clock.now())
    clock.advance(timedelta(minutes=1))
    words = Written("The recording", "Watch {event} instead.", "me@wsp.example")
    assert room.announce(0, 1, 2, words=words) == 3
    send_due(clock.now())
    assert mailer.subjects().count("The recording") == 3


def test_a_copy_for_oneself_opens_nothing_and_tells_nobody(
    room: Room, mailer: KeptMail, clock: FixedClock
) -> None:
    send_trial(room.event, WORDS, room.bookings[0], by=room.by, now=clock.now())
    send_due(clock.now())
    assert mailer.subjects() == ["Test: About Neglect"]
    assert room.by.email in mailer.sent[0]["To"]
    assert "[each reader’s own link]" in mailer.sent[0].get_content()


@pytest.mark.parametrize(
    ("subject", "text", "field"),
    [
        ("", "Text", "subject"),
        ("S" * 151, "Text", "subject"),
        ("Subject {give_up}", "Text", "subject"),
        ("Subject", " \n ", "text"),
        ("Subject", "Dear {nmae}", "text"),
        ("Subject", "x" * 5001, "text"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_its_field(
    room: Room, subject: str, text: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        room.announce(0, words=Written(subject, text, "me@wsp.example"))
    assert refusal.value.field == field


def test_another_partnerships_coordinator_finds_nothing(room: Room) -> None:
    dudley = room.make.partnership("Dudley")
    room.by = room.make.viewer(room.make.coordinator("Elsie Where", partnership=dudley))
    with pytest.raises(NotFound):
        room.announce(0)
