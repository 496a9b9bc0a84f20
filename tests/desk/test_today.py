"""Today: what needs the coordinator, what went wrong, what happens by itself."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask

from lms.access import Role
from lms.agencies.commands import set_policy
from lms.agencies.rules import PolicyKey
from lms.attendance.models import Register
from lms.booking.commands import fill_places
from lms.booking.rules import BookingState, Outcome
from lms.catalogue.models import Event
from lms.clock import FixedClock, at_london, london_date
from lms.db import db, transaction
from lms.jobs import run_all
from tests.support.browser import Browser
from tests.support.mail import come_back
from tests.support.make import Make
from tests.support.statements import count_statements


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> int:
    person = make.coordinator()
    browser.sign_in(person)
    return person


def test_nothing_needs_anybody(browser: Browser, make: Make, coordinator: int) -> None:
    run_all(make.now)
    page = browser.get("/manage")
    assert "Nothing needs you today, Idris" in page.text
    assert "Went wrong" not in page.text
    assert "By itself this week" not in page.text


def test_each_thing_is_one_click_from_being_done(
    browser: Browser, make: Make, coordinator: int
) -> None:
    run_all(make.now)
    ended = make.event("Parental Mental Illness", starts_at=make.now - timedelta(days=7))
    make.booking(ended)
    lately = make.event("Bullying Awareness", starts_at=make.now - timedelta(hours=8), hours=2)
    soon = make.event("Safer Recruitment", starts_at=make.now + timedelta(days=3), capacity=2)
    for state in (BookingState.CONFIRMED, BookingState.CONFIRMED, *[BookingState.WAITING] * 3):
        make.booking(soon, state=state)
    make.booking(soon, make.person("Lee Oak"), agency_id=None, agency_typed="Street Team Walsal")
    make.agency("Street Teams")
    come_back(make)
    page = browser.get("/manage")
    assert "Five things need you, Idris. One is overdue." in page.text
    assert page.link("Close Close the register: Parental") == f"/manage/events/{ended}/register"
    assert page.link("Close Close the register: Bullying") == f"/manage/events/{lately}/register"
    assert page.link("Name Name a trainer: Safer") == f"/manage/events/{soon}/edit"
    assert page.link("Look More places? Three people wait") == f"/manage/events/{soon}/capacity"
    assert "“Street Team Walsal” is no agency we know" in page.text
    assert "Went wrong: 1" in page.text
    assert "One message to Kofi Lanternby came back" in page.text


def test_what_happens_by_itself_is_counted_by_day(
    browser: Browser, make: Make, coordinator: int
) -> None:
    run_all(make.now)
    course = make.course()
    event = make.event(starts_at=make.now + timedelta(days=3), course=course, capacity=3)
    for _ in range(2):
        make.booking(event)
    waits = make.event(capacity=1)
    make.booking(waits, state=BookingState.WAITING)
    fill_places(waits, make.now)
    page = browser.get("/manage")
    assert "One offer runs" in page.text
    assert "Two forms before an event Wednesday 20 January" in page.text
    assert "Two forms at the end Thursday 21 January" in page.text
    assert "Two reminders Wednesday 20 January" in page.text


def test_E4_forms_are_counted_however_long_the_policy_lets_them_wait(
    browser: Browser, make: Make, coordinator: int
) -> None:
    days, three_days = 300, timedelta(days=3)
    ended = make.event(starts_at=make.now - timedelta(days=days) + three_days)
    walsall = db.session.get_one(Event, ended).partnership_id
    on = london_date(make.now) - timedelta(days=days)
    set_policy(walsall, PolicyKey.IMPACT_DAYS, days, on, by=None, now=make.now)
    make.booking(ended, outcome=Outcome.ATTENDED)
    assert "One eight-week form Thursday 21 January" in browser.get("/manage").text


def test_a_silent_worker_is_said(browser: Browser, make: Make, coordinator: int) -> None:
    run_all(make.now - timedelta(hours=3))
    assert "Nothing runs" in browser.get("/manage").text


def test_nothing_of_another_partnership_is_shown(browser: Browser, make: Make) -> None:
    browser.sign_in(make.coordinator(partnership=make.partnership("Dudley")))
    make.event("Parental Mental Illness", starts_at=make.now - timedelta(days=7))
    come_back(make)
    page = browser.get("/manage")
    assert "Parental" not in page.text
    assert "Kofi" not in page.text


@pytest.mark.parametrize("role", [None, Role.TRAINER, Role.PLD_MEMBER, Role.AGENCY_LEAD])
def test_others_have_no_today(browser: Browser, make: Make, role: Role | None) -> None:
    browser.sign_in(make.person(role=role))
    browser.get("/manage", status=404)


def test_statements_do_not_grow(browser: Browser, make: Make, coordinator: int) -> None:
    run_all(make.now)
    counts = []
    for _ in range(2):
        for number in range(4):
            event = make.event(starts_at=make.now + timedelta(days=number + 1), capacity=1)
            make.booking(event)
            make.booking(event, state=BookingState.WAITING)
            make.event(starts_at=make.now - timedelta(days=number + 2))
        with count_statements() as counted:
            browser.get("/manage")
        counts.append(counted.number)
    assert counts[0] == counts[1]


def test_what_went_this_morning_is_told(
    app: Flask, make: Make, browser: Browser, clock: FixedClock
) -> None:
    browser.sign_in(make.coordinator())
    course = make.course()
    ended = at_london(date(2026, 11, 23), time(16))
    event = make.event("Neglect", course=course, starts_at=ended - timedelta(hours=3), hours=3)
    for _ in range(2):
        make.booking(event, outcome=Outcome.ATTENDED, counts_as_confirmed_at_start=True)
    with transaction() as session:
        session.add(Register(event_id=event, closed_at=ended))
    run_all(at_london(date(2027, 1, 18), time(9)))
    clock.set(at_london(date(2027, 1, 18), time(9, 30)))
    assert "Two eight-week forms went at 9am Neglect." in browser.get("/manage").text
