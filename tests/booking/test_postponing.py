"""Postponing: everyone keeps place and position, undated, until there is a new date (B15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import vobject
from flask import Flask

from lms.access import Role
from lms.booking.commands import (
    cancel_booking,
    cancel_event,
    change_event,
    fill_places,
    hold_places,
    postpone_event,
    send_due_reminders,
)
from lms.booking.models import Offer
from lms.booking.queries import audits
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.catalogue.rules import CancelReason, EventState, SessionDetails
from lms.db import db
from lms.errors import Refused
from tests.support.booking import ask, booking, faults, history, messages, purposes, states
from tests.support.browser import Browser
from tests.support.make import Make

WAITING = BookingState.WAITING


def postpone(make: Make, event: int) -> int:
    reason = CancelReason.TRAINER_ILL
    return postpone_event(event, reason=reason, note="", by=None, now=make.now)


def date_again(make: Make, event: int, *, days: int = 60) -> int:
    starts = make.now.replace(hour=9, minute=30) + timedelta(days=days)
    block = SessionDetails(starts, starts + timedelta(hours=7))
    db.session.rollback()
    details = replace(details_of(db.session.get_one(Event, event)), sessions=(block,))
    return change_event(event, details, by=None, now=make.now)


def test_B15_postponing_keeps_everyone_in_order_and_ends_offers_without_a_lapse(
    app: Flask, make: Make
) -> None:
    event = make.event(capacity=2)
    had_on = db.session.get_one(Event, event).starts_at
    held = make.booking(event)
    offered, behind = (make.booking(event, state=WAITING) for _ in range(2))
    fill_places(event, make.now)
    tickets = [booking(at).ticket for at in (held, offered, behind)]

    assert postpone(make, event) == 3
    row = db.session.get_one(Event, event)
    assert (row.state, row.starts_at, row.postponed_from) == (EventState.POSTPONED, None, had_on)
    assert states(event) == ["confirmed", "waiting", "waiting"]
    assert [booking(at).ticket for at in (held, offered, behind)] == tickets
    assert booking(offered).lapses == 0
    assert db.session.query(Offer).filter_by(ended_at=None).count() == 0
    assert len(messages("event-postponed")) == 3
    assert faults(make.now) == audits.audit_times(make.now) == []

    assert postpone(make, event) == 0  # a second press
    assert fill_places(event, make.now) == send_due_reminders(make.now) == 0
    with pytest.raises(Refused, match="is postponed and has no date yet"):
        ask(make, event, make.agency())


def test_B15_a_postponed_event_may_be_left_at_any_time_and_is_never_late(
    app: Flask, make: Make
) -> None:
    event = make.event(capacity=1)
    held, waits = make.booking(event), make.booking(event, state=WAITING)
    postpone(make, event)
    long_after = make.now + timedelta(days=40)
    for at in (held, waits):
        cancel_booking(at, by=None, now=long_after)
    assert booking(held).is_late_cancellation is False
    assert "off-the-list" in purposes()
    assert messages("booking-cancelled")[0].calendar is None  # it was taken out before


def test_B15_a_new_date_publishes_it_again_and_the_list_goes_on(app: Flask, make: Make) -> None:
    event = make.event(capacity=1)
    held = ask(make, event, make.agency()).booking_id
    waits = make.booking(event, state=WAITING)
    postpone(make, event)
    cancelled = vobject.readOne(messages("event-postponed")[0].calendar)
    assert cancelled.method.value == "CANCEL"

    assert date_again(make, event) == 2
    row = db.session.get_one(Event, event)
    assert (row.state, row.postponed_at, row.postponed_from) == (EventState.PUBLISHED, None, None)
    first, second = messages("event-changed")
    assert vobject.readOne(first.calendar).method.value == "REQUEST"
    assert second.calendar is None
    assert first.subject.startswith("New date: ")

    day_before = make.now + timedelta(days=59)
    cancel_booking(held, by=None, now=day_before)
    assert booking(held).is_late_cancellation is False
    assert history(waits)[-1] == ("waiting", "delegate")  # too late to ask that evening
    assert faults(make.now) == []


def test_B15_without_a_date_only_its_other_facts_change_and_nobody_is_told(
    app: Flask, make: Make
) -> None:
    event = make.event()
    make.booking(event)
    postpone(make, event)
    details = replace(details_of(db.session.get_one(Event, event)), venue="Town Hall")
    assert change_event(event, details, by=None, now=make.now) == 0
    assert db.session.get_one(Event, event).state is EventState.POSTPONED
    past = replace(details, sessions=(_yesterday(make),))
    with pytest.raises(Refused, match="a day that is still to come"):
        change_event(event, past, by=None, now=make.now)


def _yesterday(make: Make) -> SessionDetails:
    begins = make.now - timedelta(days=1)
    return SessionDetails(begins, begins + timedelta(hours=2))


def test_B8_who_has_something_else_on_the_new_date_keeps_both_and_is_told(
    app: Flask, make: Make
) -> None:
    event, person = make.event("Neglect"), make.person()
    make.booking(event, person)
    other = make.event("Safer Recruitment", starts_at=make.now.replace(hour=9) + timedelta(days=60))
    make.booking(other, person)
    postpone(make, event)
    date_again(make, event)
    [told] = messages("event-changed")
    assert "You have a place at Safer Recruitment at the same time" in told.body
    assert "Both stand until you give one of them up." in told.body
    assert states(event) == ["confirmed"]


def test_B15_an_event_that_has_begun_is_not_postponed_one_without_a_date_is_cancelled(
    app: Flask, make: Make
) -> None:
    begun = make.event(starts_at=make.now - timedelta(hours=1))
    with pytest.raises(Refused, match="has begun"):
        postpone(make, begun)
    event = make.event()
    make.booking(event)
    postpone(make, event)
    assert cancel_event(event, reason=CancelReason.VENUE, by=None, now=make.now) == 1
    with pytest.raises(Refused, match="only a published event is postponed"):
        postpone(make, event)


def test_a_postponed_event_is_shown_as_one_everywhere(
    app: Flask, browser: Browser, make: Make
) -> None:
    event = make.event("Neglect", capacity=1)
    marigold, coordinator = make.person("Marigold Pettifer"), make.coordinator()
    held, waits = make.booking(event, marigold), make.booking(event, state=WAITING)
    browser.sign_in(coordinator)
    page = browser.get(f"/manage/events/{event}/postpone")
    assert "One person keeps their place, one person the position on the waiting list" in page.text
    browser.submit(page, {"reason": "trainer_ill"}, form="tell 2 people")

    page = browser.get(f"/manage/events/{event}")
    assert "It is postponed and has no date yet. One person keeps a place. One person waits." in (
        page.text
    )
    assert "Marigold Pettifer" in page.text
    assert "No date yet" in browser.get("/manage/events").text
    assert (
        "and there is no new date yet" in browser.get(f"/bookings/{booking(waits).reference}").text
    )
    browser.get(f"/manage/events/{event}/capacity")

    browser.sign_in(marigold)
    assert "Postponed. We e-mail you" in browser.get("/my-learning").text
    own = browser.get(f"/bookings/{booking(held).reference}")
    assert "You keep your place." in own.text
    assert "does not count as late" in browser.get(own.link("Give up your place")).text
    assert "Postponed The trainer is ill." in browser.get(f"/events/{event}").text
    visitor = Browser(app).get(f"/events/{event}")
    assert "This event is postponed and has no date yet." in visitor.text


def test_B13_who_holds_a_place_without_a_name_is_told_of_all_three(app: Flask, make: Make) -> None:
    event, agency = make.event(unnamed_places=2), make.agency("Street Teams")
    lead = make.viewer(make.person("Lola Lead", agency=agency, role=Role.AGENCY_LEAD))
    hold_places(event, agency, 1, by=lead, now=make.now)
    postpone(make, event)
    date_again(make, event)
    cancel_event(event, reason=CancelReason.VENUE, by=None, now=make.now)
    told = [messages(purpose)[0] for purpose in ("event-postponed", "event-changed")]
    assert all("place that you hold without a name is still held" in each.body for each in told)
    told += messages("event-cancelled")
    assert {each.to_name for each in told} == {"Lola Lead"}
    assert all("because you hold a place for Street Teams" in each.body for each in told)
