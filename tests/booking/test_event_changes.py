"""Publishing, moving and calling off an event, and giving a place up, by the real commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject
from flask import Flask

from lms.agencies.models import Policy
from lms.agencies.rules import PolicyKey
from lms.booking.commands import (
    cancel_booking,
    cancel_event,
    change_event,
    fill_places,
    publish_event,
)
from lms.booking.messages import PURPOSES
from lms.booking.models import Booking
from lms.booking.queries import is_told_of
from lms.booking.rules import BookingState, CancelledBy
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.catalogue.rules import CancelReason, EventDetails, EventState, SessionDetails
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import Refused
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts
from tests.support.booking import (
    ask,
    booking,
    faults,
    history,
    messages,
    purposes,
    running_offer,
    states,
)
from tests.support.make import Make

WAITING = BookingState.WAITING
LATE = datetime(2027, 2, 3, 17, 0, 1, tzinfo=UTC)
"""A second after the cut-off of an event on Monday 8 February: 17:00, three working days before."""


def details(event: int) -> EventDetails:
    db.session.rollback()
    return details_of(db.session.get_one(Event, event))


def moved(event: int, by: timedelta) -> EventDetails:
    now = details(event)
    blocks = [
        replace(block, starts_at=block.starts_at + by, ends_at=block.ends_at + by)
        for block in now.sessions
    ]
    return replace(now, sessions=tuple(blocks))


def change(make: Make, event: int, to: EventDetails) -> int:
    return change_event(event, to, by=None, now=make.now)


def entry(message: Message) -> Any:
    """The one entry of a message's invitation, read by another library than wrote it."""
    assert message.calendar is not None
    calendar = vobject.readOne(message.calendar)
    assert calendar.method.value == message.calendar_method
    [event] = calendar.vevent_list
    return event


# --- Publishing -----------------------------------------------------------------------------


def test_B1_a_draft_is_published_once_it_says_enough(app: Flask, make: Make) -> None:
    event = make.event(state="draft", published_at=None, venue="")
    with pytest.raises(Refused, match="Enter where it takes place"):
        publish_event(event, by=None, now=make.now)
    with transaction() as session:
        session.get_one(Event, event).venue = "Beacon Hall"
    publish_event(event, by=None, now=make.now)
    row = db.session.get_one(Event, event)
    assert (row.state, row.published_at) == (EventState.PUBLISHED, make.now)
    with pytest.raises(Refused, match="is published already"):
        publish_event(event, by=None, now=make.now)


def test_B1_an_event_in_the_past_is_not_published(app: Flask, make: Make) -> None:
    event = make.event(state="draft", starts_at=make.now - timedelta(days=1))
    with pytest.raises(Refused, match="Enter a day that is still to come"):
        publish_event(event, by=None, now=make.now)


# --- Giving a place up ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "by_what", "is_late"),
    [
        (LATE - timedelta(seconds=1), CancelledBy.DELEGATE, False),
        (LATE, CancelledBy.DELEGATE, True),
    ],
)
def test_B11_late_after_the_cut_off(
    app: Flask, make: Make, at: datetime, by_what: CancelledBy, is_late: bool
) -> None:
    held = make.booking(make.event())
    cancel_booking(held, by=None, by_what=by_what, now=at)
    row = booking(held)
    assert (row.is_late_cancellation, row.cancelled_at) == (is_late, at)


def test_B11_lateness_goes_by_the_policy_when_the_booking_was_made(app: Flask, make: Make) -> None:
    event = make.event()
    before = make.booking(event, requested_at=make.now - timedelta(days=2))
    after = make.booking(event)
    with transaction() as session:
        session.add(
            Policy(
                partnership_id=make.partnership(),
                key=PolicyKey.LATE_CANCEL_DAYS,
                value=10,
                holds_from=make.now.date(),
            )
        )
    on_the_first = datetime(2027, 2, 1, 12, tzinfo=UTC)
    for held in (before, after):
        cancel_booking(held, by=None, now=on_the_first)
    assert booking(before).is_late_cancellation is False
    assert booking(after).is_late_cancellation is True


def test_B11_leaving_the_list_is_never_late(app: Flask, make: Make) -> None:
    waiting = make.booking(make.event(capacity=0), state=WAITING)
    cancel_booking(waiting, by=None, now=LATE)
    assert booking(waiting).is_late_cancellation is False
    assert purposes() == ["off-the-list"]


def test_B11_not_once_the_event_has_started(app: Flask, make: Make) -> None:
    held = make.booking(make.event())
    with pytest.raises(Refused, match="The event has started"):
        cancel_booking(held, by=None, now=datetime(2027, 2, 8, 9, 30, tzinfo=UTC))


def test_B11_cancelling_twice_tells_once(app: Flask, make: Make) -> None:
    held = make.booking(make.event())
    for _ in range(2):
        cancel_booking(held, by=None, now=make.now)
    assert purposes() == ["booking-cancelled"]


# --- Calling off ----------------------------------------------------------------------------


def test_B15_calling_off_ends_every_live_booking_and_tells_all(app: Flask, make: Make) -> None:
    event = make.event(capacity=1)
    confirmed = ask(make, event, make.agency()).booking_id
    waiting = make.booking(event, state=WAITING)
    ended = make.booking(event, state=WAITING)
    cancel_booking(ended, by=None, now=make.now)
    by = make.viewer(make.coordinator())
    assert cancel_event(event, reason=CancelReason.TRAINER_ILL, by=by, now=LATE) == 2
    assert cancel_event(event, reason=CancelReason.TRAINER_ILL, by=by, now=LATE) == 0

    assert states(event) == ["cancelled"] * 3
    assert history(confirmed)[-1] == ("cancelled", "event")
    assert booking(confirmed).is_late_cancellation is False
    assert purposes().count("event-cancelled") == 2
    told = messages("event-cancelled")
    assert entry(told[0]).status.value == "CANCELLED"
    assert told[1].calendar is None, "who waited has nothing in the calendar"
    assert booking(waiting).cancelled_at == LATE
    assert booking(ended).cancelled_at == make.now
    assert faults(make.now) == []


# --- Moving ---------------------------------------------------------------------------------


def test_B15_moving_tells_everyone_and_the_calendar(app: Flask, make: Make) -> None:
    event = make.event(capacity=1)
    held = ask(make, event, make.agency()).booking_id
    make.booking(event, state=WAITING)
    first = entry(messages("booking-confirmed")[0])

    assert change(make, event, moved(event, timedelta(days=7))) == 2

    told, of_waiting = messages("event-changed")
    again = entry(told)
    assert again.uid.value == first.uid.value
    assert (first.sequence.value, again.sequence.value) == ("0", "1")
    assert again.dtstart.value == datetime(2027, 2, 15, 9, 30, tzinfo=UTC)
    assert of_waiting.calendar is None
    cancel_booking(held, by=None, now=make.now)
    gone = entry(messages("booking-cancelled")[0])
    assert (gone.uid.value, gone.sequence.value) == (first.uid.value, "2")


def test_B15_after_a_move_leaving_is_not_late(app: Flask, make: Make, clock: FixedClock) -> None:
    event = make.event()
    held = ask(make, event, make.agency()).booking_id
    clock.set(LATE)
    change(make, event, moved(event, timedelta(hours=2)))
    newcomer = make.booking(event, requested_at=LATE + timedelta(minutes=1))
    for one in (held, newcomer):
        cancel_booking(one, by=None, now=LATE + timedelta(hours=1))
    assert booking(held).is_late_cancellation is False
    assert booking(newcomer).is_late_cancellation is True


def test_B15_a_new_title_tells_nobody(app: Flask, make: Make) -> None:
    event = make.event()
    make.booking(event)
    new = replace(details(event), title="Another title", aims="Other aims")
    assert is_told_of(db.session.get_one(Event, event), new) is False
    assert change(make, event, new) == 0
    assert messages("event-changed") == []
    assert details(event).title == "Another title"


def test_B15_a_session_added_and_one_taken_away(app: Flask, make: Make) -> None:
    event = make.event(days=2)
    ask(make, event, make.agency())
    now = details(event)
    third = SessionDetails(*(at + timedelta(days=1) for at in _times(now.sessions[1])))
    change(make, event, replace(now, sessions=(now.sessions[0], third)))

    first, second = entry(messages("event-changed")[0]), messages("calendar-entry")
    assert first.sequence.value == "1"
    told = [(m.calendar_method, entry(m).sequence.value) for m in second]
    assert told == [("REQUEST", "0"), ("REQUEST", "0"), ("CANCEL", "1")]


def _times(block: SessionDetails) -> tuple[datetime, datetime]:
    return block.starts_at, block.ends_at


def test_B14_a_change_that_cuts_capacity_removes_nobody(app: Flask, make: Make) -> None:
    event = make.event(capacity=2)
    for _ in range(2):
        make.booking(event)
    change(make, event, replace(details(event), capacity=1))
    assert states(event) == ["confirmed", "confirmed"]
    assert db.session.query(Booking).filter_by(is_over_capacity=True).count() == 1
    assert faults(make.now) == []


def test_B5_a_change_that_adds_places_serves_the_list(app: Flask, make: Make) -> None:
    event = make.event(capacity=0)
    make.booking(event, state=WAITING)
    change(make, event, replace(details(event), capacity=1))
    assert states(event) == ["offered"]


def test_B6_an_event_that_moves_up_takes_its_offers_along(app: Flask, make: Make) -> None:
    event = make.event(capacity=1)
    waiting = make.booking(event, state=WAITING)
    fill_places(event, make.now)
    change(make, event, moved(event, timedelta(days=-20)))
    assert running_offer(waiting).ends_at == datetime(2027, 1, 19, 7, 30, tzinfo=UTC)


def test_B15_only_a_published_event_is_changed_so(app: Flask, make: Make) -> None:
    event = make.event(state="cancelled")
    with pytest.raises(Refused, match="only a published event is changed"):
        change(make, event, moved(event, timedelta(days=1)))


# --- Still true -----------------------------------------------------------------------------


def still_true(message: Message, now: datetime) -> bool:
    facts = MessageFacts(message.purpose, message.subject_id, message.occurrence, message.queued_at)
    return PURPOSES[message.purpose](facts, now)


def test_what_has_been_overtaken_is_no_longer_true(app: Flask, make: Make) -> None:
    event = make.event()
    held = ask(make, event, make.agency()).booking_id
    [confirmed] = messages("booking-confirmed")
    assert still_true(confirmed, make.now)
    change(make, event, moved(event, timedelta(days=1)))
    [first] = messages("event-changed")
    assert still_true(first, make.now)
    change_event(event, moved(event, timedelta(days=1)), by=None, now=make.now + timedelta(hours=1))
    first, second = messages("event-changed")
    assert (still_true(first, make.now), still_true(second, make.now)) == (False, True)
    cancel_booking(held, by=None, now=make.now)
    [confirmed] = messages("booking-confirmed")
    [cancelled] = messages("booking-cancelled")
    assert (still_true(confirmed, make.now), still_true(cancelled, make.now)) == (False, True)
    assert not still_true(messages("event-changed")[1], make.now)


def test_B6_an_offer_that_has_run_out_is_no_longer_true(app: Flask, make: Make) -> None:
    event = make.event(capacity=1)
    held = make.booking(event)
    make.booking(event, state=WAITING)
    cancel_booking(held, by=None, now=make.now)
    [offer] = messages("offer")
    assert still_true(offer, make.now)
    assert not still_true(offer, datetime(2027, 1, 20, 10, tzinfo=UTC))
