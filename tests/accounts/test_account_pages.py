"""A person's own record, through its pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from lms.accounts import queries
from lms.accounts.commands import PersonDetails, add_person
from lms.accounts.models import Membership, Person
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.clock import FixedClock, london_date
from lms.db import db, transaction
from lms.errors import Busy, Refused
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.statements import count_statements


@pytest.fixture
def ida(browser: Browser, make: Make) -> int:
    person = make.person("Ida B", "ida@x.example", agency=make.agency("Old Agency"))
    browser.sign_in(person)
    return person


def test_one_who_moves_keeps_the_history(
    browser: Browser, make: Make, clock: FixedClock, ida: int
) -> None:
    """The new agency is suggested by the address; the day is one's own to say."""
    new = make.agency("New Agency", domains=["x.example"])
    [old] = queries.list_memberships(ida)
    booked = make.booking(make.event(), ida)
    page = browser.get("/account/agencies/move")
    assert "Old Agency, as far as we know" in page.text
    page = browser.submit(page, {"agency": str(new), **day(4)})
    assert "Your agency is changed." in page.text
    assert "Old Agency, until Monday 4 January 2027" in page.text
    today = london_date(clock.now())
    assert [m.agency_id for m in queries.memberships_on(ida, today)] == [new]
    [then] = queries.memberships_on(ida, today - timedelta(days=15))
    assert then.agency_id == old.agency_id
    assert db.session.get_one(Booking, booked).agency_id == old.agency_id
    assert db.session.query(AuditEntry).count() == 0


def day(number: int, year: int = 2027) -> dict[str, str]:
    return {"on-day": str(number), "on-month": "1", "on-year": str(year)}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (day(19), "Enter today’s date or an earlier one"),
        (day(1, 2020), "or later: until then you were not there"),
        ({"on-day": "x"}, "Enter a date, such as 8 2 2027"),
    ],
)
def test_a_day_that_cannot_be_changes_nothing(
    browser: Browser, ida: int, typed: dict[str, str], said: str
) -> None:
    page = browser.get("/account/agencies/move")
    page = browser.submit(page, {"other_agency": "Bread Club", **typed}, status=422)
    assert said in page.text
    assert page.form("Change my agency")["other_agency"] == "Bread Club"
    assert [m.ended_on for m in queries.list_memberships(ida)] == [None]


def test_an_unknown_agency_waits_for_the_coordinator(
    browser: Browser, make: Make, ida: int
) -> None:
    page = browser.submit(browser.get("/account/agencies/move"), {"other_agency": "Bread Club"})
    assert "Bread Club (not matched yet" in page.text
    unmatched = db.session.query(Membership.agency_typed).filter_by(agency_id=None)
    assert [typed for (typed,) in unmatched] == ["Bread Club"]


def test_one_who_works_for_two_says_which_they_left(
    browser: Browser, make: Make, clock: FixedClock, ida: int
) -> None:
    browser.submit(browser.get("/account/agencies/add"), {"other_agency": "Bread Club"})
    page = browser.get("/account/agencies/move")
    page = browser.submit(page, {"other_agency": "Soup Club"}, status=422)
    assert "Choose the agency that you have left" in page.text
    old = queries.list_memberships(ida)[-1]
    theirs = queries.list_memberships(make.person())[0]
    fields = {"other_agency": "Soup Club", "leaves": str(theirs.id)}
    browser.submit(page, fields, status=422)
    browser.submit(page, {**fields, "leaves": str(old.id)})
    now = queries.memberships_on(ida, london_date(clock.now()))
    assert {m.agency_typed for m in now} == {"Bread Club", "Soup Club"}


def test_what_the_form_does_not_ask_stays_as_it_is(browser: Browser, ida: int) -> None:
    """The telephone is the coordinator's to write down, and no loss of a change of name."""
    with transaction() as session:
        session.get_one(Person, ida).phone = "01632 960 111"
    browser.submit(browser.get("/account/details"), {"name": "Ida Bell", "job_role": "Midwife"})
    person = queries.get_person(ida)
    assert (person.name, person.phone) == ("Ida Bell", "01632 960 111")


def test_two_agencies_at_once_are_normal(
    browser: Browser, make: Make, clock: FixedClock, ida: int
) -> None:
    page = browser.get("/account/agencies/add")
    page = browser.submit(page, {"other_agency": " "}, status=422)
    assert "Enter your agency’s name, such as Street Teams" in page.text
    page = browser.submit(page, {"other_agency": "Bread Club"})
    assert "Old Agency" in page.text
    assert "Bread Club (not matched yet" in page.text
    page = browser.submit(page, form="No longer at Old Agency")
    today = london_date(clock.now())
    assert [m.agency_typed for m in queries.memberships_on(ida, today)] == ["Bread Club"]


def test_nobody_ends_anothers_membership(browser: Browser, make: Make, ida: int) -> None:
    other = make.person()
    (theirs,) = queries.list_memberships(other)
    token = browser.get("/account").form("Sign out")["csrf_token"]
    address = f"/account/agencies/{theirs.id}/end"
    browser.post(address, {"csrf_token": token}, status=404)
    assert queries.list_memberships(other)[0].ended_on is None


def test_fields_that_are_not_on_the_form_change_nothing(browser: Browser, ida: int) -> None:
    page = browser.get("/account/details")
    browser.submit(page, {"name": "Ida", "sort_name": "x", "access_needs": "x", "id": "99"})
    person = queries.get_person(ida)
    assert (person.name, person.sort_name, person.access_needs) == ("Ida", "ida", "")


def test_needs_are_kept_as_written_and_can_be_taken_away(browser: Browser, ida: int) -> None:
    page = browser.submit(browser.get("/account/needs"), {"dietary_needs": "Vegan <b>"})
    assert "Vegan <b>" in page.text
    page = browser.submit(browser.get("/account/needs"), form="Delete both from my account")
    assert "What you need at events is deleted" in page.text
    assert queries.get_person(ida).dietary_needs == ""
    too_long = {"access_needs": "x" * 2001}
    page = browser.submit(browser.get("/account/needs"), too_long, status=422)
    assert "Keep it within 2000 characters" in page.text


def test_an_address_is_one_persons_however_many_ask_at_once(app: Flask, make: Make) -> None:
    make.partnership()
    now = make.now + timedelta(minutes=1)
    db.session.rollback()

    def add(number: int) -> bool:
        with app.app_context():
            for _attempt in range(5):
                try:
                    add_person(PersonDetails(f"P{number}", "a@b.example"), by=None, now=now)
                except Refused:
                    return False
                except Busy:
                    continue
                return True
            raise AssertionError("too busy five times over")

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(add, range(8))) == 1


def test_lists_ask_the_database_no_more_for_more_rows(browser: Browser, make: Make) -> None:
    browser.sign_in(make.coordinator())

    def asked(address: str) -> int:
        with count_statements() as counted:
            browser.get(address)
        return counted.number

    addresses = ("/manage/people", "/manage/agencies", "/manage/people/unmatched")
    before = [asked(address) for address in addresses]
    for number in range(6):
        make.person(agency=make.agency(domains=[f"d{number}.example"]))
    assert [asked(address) for address in addresses] == before
