"""How free places go to those who wait, by the real commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lms.booking.commands import (
    accept_offer,
    cancel_booking,
    change_capacity,
    decline_offer,
    end_lapsed_offers,
    fill_places,
    pass_on_refused_offers,
    set_priority,
)
from lms.booking.jobs import JOBS
from lms.booking.models import Booking, Offer
from lms.booking.queries import events_with_someone_to_serve
from lms.booking.rules import BookingState
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import Gone, Refused
from lms.messaging.models import Message
from tests.support.booking import (
    ask,
    booking,
    faults,
    history,
    messages,
    purposes,
    running_offer,
    state_of,
    states,
)
from tests.support.make import Make

WAITING = BookingState.WAITING


class Full:
    """An event with one place, held, and people waiting for it."""

    def __init__(self, make: Make, waiting: int, **facts: object) -> None:
        self.make = make
        self.event = make.event(**{"capacity": 1, **facts})  # type: ignore[arg-type]
        self.held = make.booking(self.event)
        self.waiting = [make.booking(self.event, state=WAITING) for _ in range(waiting)]

    def free(self) -> None:
        cancel_booking(self.held, by=None, now=self.make.now)


def test_B5_B6_a_place_given_up_is_offered_to_the_first_who_waits(app: Flask, make: Make) -> None:
    full = Full(make, 2)
    full.free()
    assert states(full.event) == ["cancelled", "offered", "waiting"]
    offer = running_offer(full.waiting[0])
    assert (offer.holds_place, offer.ends_at) == (True, datetime(2027, 1, 20, 10, tzinfo=UTC))
    assert history(full.waiting[0])[-1] == ("offered", "the system")
    assert faults(make.now) == []


def test_B6_an_offer_made_at_night_leaves_in_the_morning(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 1)
    clock.set(datetime(2027, 1, 22, 22, tzinfo=UTC))  # Friday, 10pm
    full.free()
    [message] = messages("offer")
    assert message.next_attempt_at == datetime(2027, 1, 25, 8, tzinfo=UTC)
    ends_at = running_offer(full.waiting[0]).ends_at
    assert ends_at == datetime(2027, 1, 27, 8, tzinfo=UTC)


def test_B6_accepting_confirms_and_accepting_again_changes_nothing(app: Flask, make: Make) -> None:
    full = Full(make, 1)
    full.free()
    offer = running_offer(full.waiting[0]).id
    assert accept_offer(offer, now=make.now).state is BookingState.CONFIRMED
    assert accept_offer(offer, now=make.now).state is BookingState.CONFIRMED
    assert purposes().count("booking-confirmed") == 1
    assert booking(full.waiting[0]).confirmed_at == make.now
    assert history(full.waiting[0])[-1] == ("confirmed", "delegate")


def test_B6_declining_passes_the_place_on(app: Flask, make: Make) -> None:
    full = Full(make, 2)
    full.free()
    offer = running_offer(full.waiting[0]).id
    assert decline_offer(offer, now=make.now).state is BookingState.DECLINED
    assert decline_offer(offer, now=make.now).state is BookingState.DECLINED
    assert states(full.event) == ["cancelled", "declined", "offered"]
    with pytest.raises(Gone, match="This offer ended on Monday 18 January at 10am"):
        accept_offer(offer, now=make.now)


def test_B6_a_first_lapse_goes_to_the_end_a_second_off_the_list(app: Flask, make: Make) -> None:
    full = Full(make, 2)
    full.free()
    first, second = full.waiting
    end_lapsed_offers(running_offer(first).ends_at)
    assert states(full.event) == ["cancelled", "waiting", "offered"]
    assert booking(first).ticket > booking(second).ticket
    end_lapsed_offers(running_offer(second).ends_at)
    assert states(full.event) == ["cancelled", "offered", "waiting"]
    end_lapsed_offers(running_offer(first).ends_at)
    assert states(full.event) == ["cancelled", "lapsed", "offered"]
    assert faults(make.now) == []


def test_B6_an_offer_ends_at_its_very_end(app: Flask, make: Make) -> None:
    full = Full(make, 1)
    full.free()
    offer = running_offer(full.waiting[0])
    offer_id, ends_at = offer.id, offer.ends_at
    assert end_lapsed_offers(ends_at - timedelta(seconds=1)) == 0
    with pytest.raises(Gone):
        accept_offer(offer_id, now=ends_at)
    assert end_lapsed_offers(ends_at) == 1


def test_B6_an_offer_that_the_mail_server_refuses_passes_on(app: Flask, make: Make) -> None:
    full = Full(make, 2)
    full.free()
    with transaction() as session:
        session.query(Message).filter_by(purpose="offer").update({"was_refused": True})
    assert pass_on_refused_offers(make.now) == 1
    assert states(full.event) == ["cancelled", "waiting", "offered"]
    assert pass_on_refused_offers(make.now) == 0
    ended = db.session.query(Offer.ended_how).filter_by(booking_id=full.waiting[0]).scalar()
    assert ended == "refused"


def test_B6_the_tick_confirms_at_once_while_there_is_time(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 0)
    agency = make.agency()
    ticked = ask(make, full.event, agency, confirm_at_once=True)
    full.free()
    assert state_of(ticked) == "confirmed"
    assert history(ticked.booking_id)[-1] == ("confirmed", "the system")
    late = ask(make, full.event, agency, confirm_at_once=True)
    clock.set(datetime(2027, 2, 4, 10, tzinfo=UTC))  # two working days before
    cancel_booking(ticked.booking_id, by=None, now=make.now)
    assert state_of(late) == "waiting"
    assert running_offer(late.booking_id).holds_place is False


def test_B6_in_the_last_days_all_are_invited_and_the_first_has_it(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 3)
    clock.set(datetime(2027, 2, 5, 12, tzinfo=UTC))  # Friday before Monday's event
    full.free()
    assert states(full.event) == ["cancelled", "waiting", "waiting", "waiting"]
    invitations = [running_offer(at).id for at in full.waiting]
    assert fill_places(full.event, make.now) == 0, "nobody is asked twice"
    assert accept_offer(invitations[2], now=make.now).state is BookingState.CONFIRMED
    slower = accept_offer(invitations[0], now=make.now)
    assert (slower.state, slower.position) == (WAITING, 1)
    assert slower.why == "First in line: the one place is taken"
    assert faults(make.now) == []


def test_B6_those_invited_before_are_asked_again_for_another_place(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 2)
    clock.set(datetime(2027, 2, 5, 12, tzinfo=UTC))
    full.free()
    accept_offer(running_offer(full.waiting[0]).id, now=make.now)
    change_capacity(full.event, 2, by=None, now=make.now)
    assert accept_offer(running_offer(full.waiting[1]).id, now=make.now).state == "confirmed"


def test_B6_at_night_the_last_places_wait_for_the_morning(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 1)
    clock.set(datetime(2027, 2, 6, 23, tzinfo=UTC))
    full.free()
    assert messages("offer") == []
    assert fill_places(full.event, datetime(2027, 2, 7, 7, tzinfo=UTC)) == 1


def test_B6_two_hours_before_the_start_nothing_is_passed_on(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 1)
    clock.set(datetime(2027, 2, 8, 7, 30, tzinfo=UTC))
    full.free()
    assert messages("offer") == []


def test_B8_an_offer_that_clashes_by_now_is_refused_and_named(app: Flask, make: Make) -> None:
    full = Full(make, 1)
    full.free()
    person = booking(full.waiting[0]).person_id
    make.booking(make.event("Neglect"), person)
    with pytest.raises(Refused, match="You have a place at Neglect at the same time"):
        accept_offer(running_offer(full.waiting[0]).id, now=make.now)
    assert states(full.event) == ["cancelled", "offered"]


def test_B5_one_who_is_hindered_is_passed_over_and_keeps_the_position(
    app: Flask, make: Make
) -> None:
    full = Full(make, 2)
    make.booking(make.event("Neglect"), booking(full.waiting[0]).person_id)
    full.free()
    assert states(full.event) == ["cancelled", "waiting", "offered"]
    ticket = booking(full.waiting[0]).ticket
    assert ticket < booking(full.waiting[1]).ticket


def test_B4_priority_goes_first_and_needs_a_reason(app: Flask, make: Make) -> None:
    full = Full(make, 2)
    with pytest.raises(Refused, match="Say why this person goes first"):
        set_priority(full.waiting[1], 1, reason=" ", by=None, now=make.now)
    set_priority(full.waiting[1], 1, reason="Starts in post on Monday", by=None, now=make.now)
    full.free()
    assert states(full.event) == ["cancelled", "waiting", "offered"]


def test_B5_more_capacity_serves_as_many_as_there_are_places(app: Flask, make: Make) -> None:
    full = Full(make, 3)
    change_capacity(full.event, 3, by=None, now=make.now)
    assert states(full.event) == ["confirmed", "offered", "offered", "waiting"]
    assert faults(make.now) == []


def test_B14_cutting_capacity_removes_nobody(app: Flask, make: Make) -> None:
    event = make.event(capacity=3)
    for _ in range(3):
        make.booking(event)
    change_capacity(event, 1, by=None, now=make.now)
    assert states(event) == ["confirmed"] * 3
    assert db.session.query(Booking).filter_by(is_over_capacity=True).count() == 2
    assert faults(make.now) == []


def test_B5_the_sweep_catches_what_was_missed(app: Flask, make: Make) -> None:
    event = make.event(capacity=1)
    make.booking(event, state=WAITING)
    full = Full(make, 1)
    assert events_with_someone_to_serve(db.session(), make.now) == [event]
    places = next(job for job in JOBS if job.name == "places")
    assert places.run(make.now) == 1
    assert (states(event), states(full.event)) == (["offered"], ["confirmed", "waiting"])
    assert places.run(make.now) == 0


def test_B6_the_job_ends_offers(app: Flask, make: Make) -> None:
    full = Full(make, 1)
    full.free()
    offers = next(job for job in JOBS if job.name == "offers")
    assert offers.run(running_offer(full.waiting[0]).ends_at) == 1


def test_B6_an_invitation_that_runs_out_costs_neither_turn_nor_position(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 2)
    clock.set(datetime(2027, 2, 5, 12, tzinfo=UTC))
    full.free()
    first, ticket = running_offer(full.waiting[0]).id, booking(full.waiting[0]).ticket
    two_hours_before = datetime(2027, 2, 8, 7, 30, tzinfo=UTC)
    assert running_offer(full.waiting[0]).ends_at == two_hours_before
    with pytest.raises(Gone):
        accept_offer(first, now=two_hours_before)
    assert end_lapsed_offers(two_hours_before) == 2
    kept = booking(full.waiting[0])
    assert (kept.state, kept.ticket, kept.lapses) == (WAITING, ticket, 0)
    assert states(full.event) == ["cancelled", "waiting", "waiting"]


def test_B6_one_invited_may_leave_the_list_and_the_others_go_on(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 2)
    clock.set(datetime(2027, 2, 5, 12, tzinfo=UTC))
    full.free()
    decline_offer(running_offer(full.waiting[0]).id, now=make.now)
    assert states(full.event) == ["cancelled", "declined", "waiting"]
    accepted = accept_offer(running_offer(full.waiting[1]).id, now=two_hours_and_a_second())
    assert accepted.state is BookingState.CONFIRMED
    assert faults(make.now) == []


def two_hours_and_a_second() -> datetime:
    """The last moment at which an invitation to Monday's event can be accepted."""
    return datetime(2027, 2, 8, 7, 29, 59, tzinfo=UTC)
