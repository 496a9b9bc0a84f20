"""Exchanging a place for one on another date of the course: one act, one place, no gap (B8)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import vobject
from flask import Flask

from lms.accounts.models import Person
from lms.agencies.models import AgencyDomain
from lms.audit import AuditEntry
from lms.booking.commands import (
    accept_offer,
    answer_approval,
    cancel_booking,
    cancel_event,
    fill_places,
    give_place,
    postpone_event,
    transfer_booking,
)
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.catalogue.rules import ApprovedBy, CancelReason
from lms.db import db, transaction
from lms.errors import Refused
from tests.support.booking import (
    booking,
    faults,
    history,
    messages,
    purposes,
    running_offer,
    states,
)
from tests.support.browser import Browser
from tests.support.make import Make

WAITING = BookingState.WAITING


class Dates:
    """A place on an early date, and a later date of the same course with one place."""

    def __init__(
        self,
        make: Make,
        *,
        taken: bool = False,
        later_first: bool = False,
        title: str = "Neglect",
    ) -> None:
        self.make, self.now = make, make.now
        self.course = make.course(title)
        days = {21: 0, 60: 0}
        for day in sorted(days, reverse=later_first):
            days[day] = make.event(course=self.course, capacity=1, starts_at=self.on(day))
        self.early, self.later = days[21], days[60]
        self.person = make.person("Marigold Pettifer")
        self.held = make.booking(self.early, self.person, access_needs="Hearing loop")
        self.taken = make.booking(self.later) if taken else None

    def on(self, days: int) -> datetime:
        return self.now.replace(hour=9, minute=30) + timedelta(days=days)

    def move(self, to: int | None = None, booking_id: int | None = None, **said: object) -> int:
        said = {"by": None, "now": self.now, **said}
        result = transfer_booking(booking_id or self.held, to or self.later, **said)
        return result.booking_id


def test_B8_a_transfer_to_a_free_place_ends_the_old_one_in_the_same_act(
    app: Flask, make: Make
) -> None:
    dates = Dates(make)
    behind = make.booking(dates.early, state=WAITING)
    new = booking(dates.move())
    assert (new.state, new.replaces_id) == (BookingState.CONFIRMED, dates.held)
    assert new.access_needs == "Hearing loop"
    old = booking(dates.held)
    assert (old.state, old.is_late_cancellation) == (BookingState.CANCELLED, False)
    assert history(dates.held)[-1] == ("cancelled", "delegate")
    assert booking(behind).state is BookingState.OFFERED
    assert purposes() == ["booking-confirmed", "booking-moved", "offer"]
    assert vobject.readOne(messages("booking-confirmed")[0].calendar).method.value == "REQUEST"
    assert faults(make.now) == []


def test_B8_where_there_is_no_place_the_old_one_is_kept_until_an_offer_is_accepted(
    app: Flask, make: Make
) -> None:
    dates = Dates(make, taken=True)
    waits = dates.move()
    assert booking(waits).state is WAITING
    assert booking(dates.held).state is BookingState.CONFIRMED
    assert "is kept until you have one here" in messages("booking-waiting")[0].body
    cancel_booking(dates.taken or 0, by=None, now=make.now)
    offer = running_offer(waits)
    assert "your place on Monday 8 February goes to somebody else" in messages("offer")[0].body
    assert booking(dates.held).state is BookingState.CONFIRMED
    accept_offer(offer.id, now=make.now)
    assert booking(waits).state is BookingState.CONFIRMED
    assert booking(dates.held).state is BookingState.CANCELLED
    assert faults(make.now) == []


@pytest.mark.parametrize("later_first", [False, True])
def test_B8_a_tick_moves_them_by_the_sweep_whichever_event_is_locked_first(
    app: Flask, make: Make, later_first: bool
) -> None:
    """The sweep finds out under one event's lock that it needs the other's."""
    dates = Dates(make, taken=True, later_first=later_first)
    behind = make.booking(dates.early, state=WAITING, confirm_at_once=True)
    waits = dates.move(confirm_at_once=True)
    cancel_booking(dates.taken or 0, by=None, now=make.now)
    assert booking(waits).state is BookingState.CONFIRMED
    assert booking(dates.held).state is BookingState.CANCELLED
    assert booking(behind).state is BookingState.CONFIRMED
    assert faults(make.now) == []


def test_B8_two_who_exchange_their_dates_do_so_in_a_chain(app: Flask, make: Make) -> None:
    dates = Dates(make, taken=True)
    one = dates.move(confirm_at_once=True)
    other = dates.move(dates.early, dates.taken, confirm_at_once=True)
    assert [booking(at).state for at in (one, other)] == [WAITING, WAITING]
    third = make.event(course=dates.course, starts_at=dates.on(80))
    dates.move(third)
    assert booking(other).state is BookingState.CONFIRMED
    assert booking(one).state is WAITING  # they have moved on, and hold a place elsewhere
    assert fill_places(dates.later, make.now) == 0
    assert faults(make.now) == []


def test_B8_transferring_again_stands_for_the_place_now_held(app: Flask, make: Make) -> None:
    dates = Dates(make, taken=True)
    waits = dates.move(confirm_at_once=True)
    third = make.event(course=dates.course, starts_at=dates.on(80))
    at_third = dates.move(third)
    assert dates.move(dates.later, at_third) == waits
    cancel_booking(dates.taken or 0, by=None, now=make.now)
    assert booking(waits).state is BookingState.CONFIRMED
    assert booking(at_third).state is BookingState.CANCELLED


def test_B8_what_ends_meanwhile_leaves_the_other_as_it_is(app: Flask, make: Make) -> None:
    given_up, called_off, postponed, began = (
        Dates(make, taken=True, title=title) for title in ("Neglect", "Fathers", "Forums", "Fire")
    )
    waiting = [dates.move() for dates in (given_up, called_off, postponed, began)]
    cancel_booking(given_up.held, by=None, now=make.now)
    cancel_event(called_off.early, reason=CancelReason.VENUE, by=None, now=make.now)
    postpone_event(postponed.early, reason=CancelReason.VENUE, by=None, now=make.now)
    assert {booking(at).state for at in waiting} == {WAITING}

    by = make.viewer(make.coordinator())
    in_time = make.now + timedelta(days=22)
    for at in waiting:
        give_place(at, reason="There is a chair", by=by, now=in_time)
    assert booking(postponed.held).state is BookingState.CANCELLED
    assert booking(began.held).state is BookingState.CONFIRMED  # the day was theirs
    assert faults(make.now) == []


def test_B8_leaving_the_list_keeps_the_old_place(app: Flask, make: Make) -> None:
    dates = Dates(make, taken=True)
    cancel_booking(dates.move(), by=None, now=make.now)
    assert booking(dates.held).state is BookingState.CONFIRMED


def test_B8_a_clash_another_course_and_a_place_that_began_are_refused(
    app: Flask, make: Make
) -> None:
    dates = Dates(make)
    other = make.event("Safer Recruitment", starts_at=dates.on(60))
    make.booking(other, dates.person)
    with pytest.raises(Refused, match="You have a place at Safer Recruitment at the same time"):
        dates.move()
    with pytest.raises(Refused, match="another date of the same course only"):
        dates.move(other)
    with pytest.raises(Refused, match="The event has started"):
        dates.move(now=make.now + timedelta(days=22))
    assert states(dates.early) == ["confirmed"]


def test_B14_a_coordinator_moves_somebody_beyond_what_is_free_and_it_is_recorded(
    app: Flask, make: Make
) -> None:
    dates = Dates(make, taken=True)
    by = make.viewer(make.coordinator())
    new = booking(dates.move(by=by, override_reason="Her court date moved"))
    assert (new.state, new.is_over_capacity) == (BookingState.CONFIRMED, True)
    assert booking(dates.held).state is BookingState.CANCELLED
    acts = [row.act for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts == ["transfer", "override"]
    assert faults(make.now) == []


def test_B10_where_the_new_date_is_to_be_approved_the_old_place_is_kept_until_it_is(
    app: Flask, make: Make
) -> None:
    dates = Dates(make)
    with transaction() as session:
        session.get_one(Event, dates.later).approved_by = ApprovedBy.LINE_MANAGER
        held = session.get_one(Booking, dates.held)
        session.add(AgencyDomain(agency_id=held.agency_id or 0, domain="care.example"))
        held.line_manager_email = "manager@care.example"
    asked = dates.move()
    assert booking(asked).state is BookingState.REQUESTED
    assert booking(dates.held).state is BookingState.CONFIRMED
    [approval] = booking(asked).approvals
    answer_approval(approval.id, is_given=True, by=None, now=make.now)
    assert booking(asked).state is BookingState.CONFIRMED
    assert booking(dates.held).state is BookingState.CANCELLED
    assert faults(make.now) == []


def test_B10_the_line_manager_is_who_the_person_says_it_is_by_now(
    app: Flask, make: Make, browser: Browser
) -> None:
    """The old place needed none, and no field of the form asks for one."""
    dates = Dates(make)
    with transaction() as session:
        session.get_one(Event, dates.later).approved_by = ApprovedBy.LINE_MANAGER
        agency_id = session.get_one(Booking, dates.held).agency_id or 0
        session.add(AgencyDomain(agency_id=agency_id, domain="care.example"))
    browser.sign_in(dates.person)
    page = browser.get(f"/bookings/{booking(dates.held).reference}/transfer")
    refused = browser.submit(page, {"to": str(dates.later)}, form="Move", status=422)
    assert "It is kept in the account" in refused.text
    with transaction() as session:
        session.get_one(Person, dates.person).line_manager_email = "manager@care.example"
    asked = browser.submit(refused, {"to": str(dates.later)}, form="Move")
    assert "asked for a place there" in asked.text
