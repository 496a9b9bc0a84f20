"""Being told when a course runs: one list, one message for each event, until there is a place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.accounts.models import PersonEmail
from lms.agencies.rules import Sector
from lms.booking.commands import (
    ask_to_be_told,
    publish_event,
    request_place,
    stop_telling,
    tell_of_new_dates,
)
from lms.booking.messages import PURPOSES
from lms.booking.models import Demand
from lms.booking.rules import BookingState
from lms.catalogue.commands import retire_course
from lms.catalogue.models import Invitee
from lms.catalogue.rules import EventState
from lms.db import db, transaction
from lms.errors import Refused
from lms.messaging.rules import MessageFacts
from tests.support.booking import booking, messages
from tests.support.browser import Browser
from tests.support.make import Make


def drafted(make: Make, course: int, **facts: object) -> int:
    return make.event(course=course, state=EventState.DRAFT, published_at=None, **facts)  # type: ignore[arg-type]


def open_demands() -> int:
    db.session.rollback()
    return db.session.query(Demand).filter(Demand.ended_at.is_(None)).count()


def is_true(make: Make) -> bool:
    [told] = messages("course-runs")
    facts = MessageFacts(told.purpose, told.subject_id, told.occurrence, told.queued_at)
    return PURPOSES[told.purpose](facts, make.now)


def test_B16_those_on_the_list_are_told_once_of_each_event_that_is_published(
    app: Flask, make: Make
) -> None:
    course, person = make.course(), make.person()
    make.event(course=course, published_at=make.now - timedelta(days=1))  # there when they asked
    ask_to_be_told(course, person, now=make.now)
    ask_to_be_told(course, person, now=make.now)
    event = drafted(make, course)
    assert open_demands() == 1
    assert tell_of_new_dates(make.now) == 0
    publish_event(event, by=None, now=make.now)
    assert tell_of_new_dates(make.now) == 1
    assert tell_of_new_dates(make.now) == 0
    assert is_true(make)

    stop_telling(course, person, now=make.now)
    stop_telling(course, person, now=make.now)
    assert not is_true(make)
    publish_event(drafted(make, course), by=None, now=make.now)
    assert tell_of_new_dates(make.now) == 0


def test_B16_a_place_ends_the_wish_and_waiting_does_not(app: Flask, make: Make) -> None:
    course, person = make.course(), make.person()
    ask_to_be_told(course, person, now=make.now)
    full, free = make.event(course=course, capacity=0), make.event(course=course)
    said = {"agency_id": None, "by": None, "now": make.now}
    waits = request_place(full, person, **said)  # type: ignore[arg-type]
    assert booking(waits.booking_id).state is BookingState.WAITING
    assert open_demands() == 1
    assert [row.event_id for row in told(make)] == [free]  # not of the one whose list they are on
    request_place(free, person, **said)  # type: ignore[arg-type]
    assert open_demands() == 0


def told(make: Make) -> list[object]:
    tell_of_new_dates(make.now)
    return list(messages("course-runs"))


def test_B16_by_invitation_only_those_invited_are_told(app: Flask, make: Make) -> None:
    course, invited, other = make.course(), make.person(), make.person()
    for person in (invited, other):
        ask_to_be_told(course, person, now=make.now)
    event = make.event(course=course, is_by_invitation=True)
    with transaction() as session:
        address = session.query(PersonEmail).filter_by(person_id=invited).one().address
        session.add(Invitee(event_id=event, address=address))
    assert tell_of_new_dates(make.now) == 1
    assert messages("course-runs")[0].person_id == invited


def test_B16_a_course_that_is_taught_no_more_takes_no_wishes(app: Flask, make: Make) -> None:
    course, person = make.course(), make.person()
    retire_course(course, by=None, now=make.now)
    with pytest.raises(Refused, match="no longer offered"):
        ask_to_be_told(course, person, now=make.now)


def test_B16_one_tap_on_and_one_tap_off(browser: Browser, make: Make) -> None:
    make.course("Neglect")
    page = browser.get("/courses/neglect")
    assert page.link("Tell me when this runs") == "/courses/neglect/tell-me"
    assert browser.get("/courses/neglect/tell-me").h1 == "Sign in"
    browser.sign_in(make.person())
    page = browser.get("/courses/neglect")
    page = browser.submit(page, form="Tell me when this runs")
    assert "You are told when a new date is published." in page.text
    assert "Neglect" in browser.get("/my-learning").text
    page = browser.submit(browser.get("/my-learning"), form="Stop telling me")
    assert open_demands() == 0
    assert "Tell me when this runs" in page.text


def test_B16_a_full_event_and_leaving_its_list_lead_there(browser: Browser, make: Make) -> None:
    course, person = make.course("Neglect"), make.person()
    event = make.event("Neglect", course=course, capacity=0)
    browser.sign_in(person)
    page = browser.get(f"/events/{event}")
    assert page.link("Tell me when this course runs again") == "/courses/neglect/tell-me"
    waits = booking(make.booking(event, person, state=BookingState.WAITING)).reference
    page = browser.get(f"/bookings/{waits}/cancel")
    assert browser.get(page.link("tell you when")).h1 == "Be told when this runs"


def test_B16_the_coordinator_sees_how_many_would_come_and_from_where(
    browser: Browser, make: Make
) -> None:
    course = make.course("Neglect")
    browser.sign_in(make.coordinator())
    assert "Nobody has asked to be told" in browser.get(f"/manage/courses/{course}").text
    police = make.agency("West Midlands Police", Sector.POLICE)
    for person in (
        make.person("Ada Marlow", agency=police),
        make.person("Rafi Candlewick", agency=police),
        make.person("Marigold Pettifer"),
    ):
        ask_to_be_told(course, person, now=make.now)
    page = browser.get(f"/manage/courses/{course}")
    assert "Three people have asked to be told when it runs." in page.text
    assert "3 people would come" in browser.get("/manage/courses").text
    page = browser.get(page.link("Three people"))
    assert "West Midlands Police 2" in page.text
    assert page.text.index("Ada Marlow") < page.text.index("Marigold Pettifer")
