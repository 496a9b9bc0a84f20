"""The pages of those who run an event: places, people, booking in, lifting rules, calling off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms.access import Role
from lms.accounts.models import Person
from lms.agencies.rules import Sector
from lms.audit import AuditEntry
from lms.booking.commands import fill_places
from lms.booking.models import Booking, Share
from lms.booking.rules import BookingState, Outcome, ShareKind
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.db import db, transaction
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.statements import count_statements


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> int:
    person = make.coordinator()
    browser.sign_in(person)
    return person


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def test_places_are_shown_by_agency_with_who_is_next(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event(capacity=3)
    police = make.agency("West Midlands Police", Sector.POLICE)
    for name in ("Early Help", "Children’s Social Care"):
        agency = make.agency(name, Sector.LOCAL_AUTHORITY)
        make.booking(event, make.person(agency=agency))
    make.booking(event, state=BookingState.CANCELLED)
    waiting = make.person("Rafi Candlewick", agency=police)
    make.booking(event, waiting, state=BookingState.WAITING, access_needs="Hearing loop")
    fill_places(event, make.now)
    make.booking(event, make.person("Ngozi Starling", agency=police), state=BookingState.WAITING)
    page = browser.get(f"/manage/events/{event}")
    assert "All 3 places are spoken for: 2 confirmed, 1 offered. One person waits." in page.text
    assert "One offer ends on Wednesday 20 January at 10am." in page.text
    assert "First in line: Ngozi Starling, West Midlands Police." in page.text
    assert "Police : West Midlands Police" in page.text
    assert "Local authority" in page.text
    assert "4 people" in page.text
    assert "First in line: all 3 places are taken" in page.text
    assert "Hearing loop" in page.text
    assert "4 of 4 shown" in page.text
    ended = browser.get(page.link("Ended 1").split("#")[0])
    assert "Cancelled" in ended.text
    assert "Ngozi Starling First" not in ended.text
    waits = browser.get(page.link("Waiting 1").split("#")[0])
    assert "1 of 4 shown" in waits.text


def test_a_draft_without_a_date_has_a_page(browser: Browser, make: Make, coordinator: int) -> None:
    event = make.event(state=EventState.DRAFT)
    assert "Nobody sees it until it is published" in browser.get(f"/manage/events/{event}").text


PAST = datetime(2027, 1, 15, 9, 30, tzinfo=UTC)


def test_B15_an_event_whose_register_is_closed_cannot_be_called_off(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event(starts_at=PAST)
    make.booking(event, outcome=Outcome.ATTENDED)
    page = browser.get(f"/manage/events/{event}")
    assert "It has taken place. One person had a place." in page.text
    assert "Cancel the event" not in page.text
    assert "Book someone in" not in page.text
    form = browser.get(f"/manage/events/{event}/cancel")
    refused = browser.submit(form, {"reason": "venue"}, status=422)
    assert "Who came is recorded, so this event has taken place: it stays." in refused.text
    assert db.session.get_one(Event, event).state is EventState.PUBLISHED


def test_a_cancelled_event_offers_no_places(browser: Browser, make: Make, coordinator: int) -> None:
    event = make.event(state=EventState.CANCELLED)
    page = browser.get(f"/manage/events/{event}")
    assert "It does not take place: every booking has ended." in page.text
    for act in ("Book someone in", "Change capacity or shares", "places are free"):
        assert act not in page.text
    assert "places left" not in browser.get(f"/events/{event}").text


def test_who_may_have_how_many_places_stands_with_the_places(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event(capacity=9)
    with transaction() as session:
        session.add(Share(event_id=event, sector=Sector.POLICE, kind=ShareKind.CAP, places=2))
    make.booking(event, make.person(agency=make.agency(sector=Sector.POLICE)))
    page = browser.get(f"/manage/events/{event}").text
    assert "Who may have how many Group Picture Places Until Taken" in page
    assert "The police sector at most 2 the end 1" in page


def test_P3_a_file_with_names_is_asked_for_by_a_button_and_recorded(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event()
    make.booking(event, make.person("=Ada Marlow", email="ada@agency.example"), access_needs="Loop")
    page = browser.get(f"/manage/events/{event}")
    browser.get(f"/manage/events/{event}/people.csv", status=405)
    file = browser.submit(page, form="Download as CSV")
    lines = file.response.get_data(as_text=True).splitlines()
    assert lines[0].startswith("name,email,agency,job_role,state")
    assert "ada@agency.example" in lines[1]
    assert not lines[1].startswith("=")
    assert "Loop" not in lines[1]
    assert acts() == ["download"]


def test_someone_who_rings_up_is_found_and_booked(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event()
    ada = make.person("Ada Marlow", email="ada@agency.example")
    page = browser.get(f"/manage/events/{event}/book?q=marlow")
    check = browser.get(page.link("Book Ada Marlow"))
    assert check.h1 == "Book Ada Marlow in"
    done = browser.submit(check, {"access_needs": "Step-free"}, form="Book Ada")
    assert "Ada Marlow has a place, and is told by e-mail" in done.text
    booking = db.session.scalars(select(Booking)).one()
    assert (booking.person_id, booking.origin, booking.access_needs) == (
        ada,
        "coordinator",
        "Step-free",
    )
    assert acts() == ["book"]
    again = browser.get(f"/manage/events/{event}/book/{ada}")
    assert "Ada Marlow is confirmed here already" in again.text


def test_a_new_person_is_added_and_booked(browser: Browser, make: Make, coordinator: int) -> None:
    event = make.event()
    make.agency("Street Teams")
    assert "Nobody is called" in browser.get(f"/manage/events/{event}/book?q=nobody").text
    page = browser.get(f"/manage/events/{event}/book/new")
    faulty = browser.submit(page, {"name": "Bo Quill"}, form="Add", status=422)
    assert faulty.form("Add")["name"] == "Bo Quill"
    assert "Three things to put right" in faulty.text
    details = {
        "name": "Bo Quill",
        "email": "Bo@new.example",
        "agency": "street teams",
        "job_role": "Youth worker",
    }
    check = browser.submit(page, details, form="Add")
    assert check.h1 == "Book Bo Quill in"
    assert "Street Teams" in check.text
    taken = browser.submit(page, details, form="Add", status=422)
    assert "belongs to somebody who is here already" in taken.text


def test_a_new_person_of_another_partnership_s_agency_is_booked_too(
    browser: Browser, make: Make, coordinator: int
) -> None:
    make.agency("Sandwell Schools", partnership=make.partnership("Sandwell"))
    page = browser.get(f"/manage/events/{make.event()}/book/new")
    details = {
        "name": "Bo Quill",
        "email": "Bo@new.example",
        "agency": "Sandwell Schools",
        "job_role": "Teacher",
    }
    assert browser.submit(page, details, form="Add").h1 == "Book Bo Quill in"


def test_B14_a_rule_is_lifted_with_a_reason_only(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event(capacity=1)
    make.booking(event)
    ada = make.person("Ada Marlow")
    page = browser.get(f"/manage/events/{event}/book/{ada}")
    assert "They would wait: the one place is taken" in page.text
    refused = browser.submit(page, {"override": "y"}, form="waiting list", status=422)
    assert "Say why the rule is lifted" in refused.text
    given = browser.submit(
        page, {"override": "y", "override_reason": "Needed in court"}, form="waiting list"
    )
    assert "The one place is taken, and one beyond: 2 confirmed" in given.text
    assert "By an override: Needed in court" in given.text
    assert acts() == ["override"]
    ben = make.person("Ben Tully")
    listed = browser.submit(browser.get(f"/manage/events/{event}/book/{ben}"), form="waiting list")
    assert "Ben Tully is on the waiting list" in listed.text


def test_B14_one_who_waits_is_given_a_place(browser: Browser, make: Make, coordinator: int) -> None:
    event = make.event(capacity=1)
    make.booking(event)
    make.booking(event, make.person("Ada Marlow"), state=BookingState.WAITING)
    page = browser.get(browser.get(f"/manage/events/{event}").link("Give a place to Ada"))
    assert "First in line: the one place is taken" in page.text
    faulty = browser.submit(page, form="Give Ada", status=422)
    assert "Say why" in faulty.text
    done = browser.submit(page, {"reason": "Needed in court"}, form="Give Ada")
    assert "Ada Marlow has a place, and is told by e-mail" in done.text
    kept = db.session.scalars(select(Booking).order_by(Booking.id.desc())).first()
    assert kept is not None
    assert (kept.state, kept.is_over_capacity) == (BookingState.CONFIRMED, True)
    assert acts() == ["override"]
    twice = browser.submit(page, {"reason": "Needed in court"}, form="Give Ada")
    assert twice.h1 == done.h1
    assert acts() == ["override"]


def test_B14_a_clash_is_lifted_for_one_who_waits(
    browser: Browser, make: Make, coordinator: int
) -> None:
    ada = make.person("Ada Marlow")
    make.booking(make.event("Another Course"), ada)
    event = make.event(capacity=2)
    make.booking(event, ada, state=BookingState.WAITING)
    shown = browser.get(f"/manage/events/{event}")
    assert "First in line: they have a place at Another Course at the same time" in shown.text
    page = browser.get(shown.link("Give a place to Ada"))
    browser.submit(page, {"reason": "She sends a deputy there"}, form="Give Ada")
    kept = db.session.scalars(select(Booking).where(Booking.event_id == event)).one()
    assert (kept.state, kept.is_over_capacity) == (BookingState.CONFIRMED, False)
    assert kept.override_reason == "She sends a deputy there"


def test_B4_priority_changes_the_order(browser: Browser, make: Make, coordinator: int) -> None:
    event = make.event(capacity=1)
    make.booking(event)
    make.booking(event, make.person("Ada Marlow"), state=BookingState.WAITING)
    make.booking(event, make.person("Ben Tully"), state=BookingState.WAITING)
    page = browser.get(browser.get(f"/manage/events/{event}").link("Change order of Ben Tully"))
    assert "Second in line" in page.text
    faulty = browser.submit(page, {"priority": "1"}, form="Save", status=422)
    assert "Say why this person goes first" in faulty.text
    done = browser.submit(page, {"priority": "1", "reason": "New in post"}, form="Save")
    assert "Ben Tully is first in line now" in done.text
    assert "First in line: Ben Tully" in done.text
    assert "Goes first: New in post" in done.text


def test_capacity_goes_to_those_who_wait_and_a_cut_removes_nobody(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event(capacity=1)
    make.booking(event)
    make.booking(event, state=BookingState.WAITING, confirm_at_once=True)
    page = browser.get(f"/manage/events/{event}/capacity")
    faulty = browser.submit(page, {"capacity": "many"}, form="Save the number", status=422)
    assert faulty.form("Save the number")["capacity"] == "many"
    browser.submit(page, {"capacity": "2"}, form="Save the number")
    confirmed = select(func.count(Booking.id)).where(Booking.state == BookingState.CONFIRMED)
    assert db.session.scalar(confirmed) == 2
    cut = browser.submit(page, {"capacity": "1"}, form="Save the number")
    assert "The one place is taken, and one beyond: 2 confirmed" in cut.text
    assert db.session.scalar(confirmed) == 2


def test_B15_an_event_is_called_off_with_its_reason(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event(capacity=2)
    for state in (BookingState.CONFIRMED, BookingState.CONFIRMED, BookingState.WAITING):
        make.booking(event, state=state)
    page = browser.get(f"/manage/events/{event}/cancel")
    assert "Two people lose their place and one person stops waiting" in page.text
    assert "This cannot be undone" in page.text
    faulty = browser.submit(page, form="tell 3 people", status=422)
    assert "Choose why" in faulty.text
    done = browser.submit(page, {"reason": "venue", "note": "Burst pipe"}, form="tell 3 people")
    assert "Three people are told" in done.text
    assert db.session.get_one(Event, event).state is EventState.CANCELLED
    again = browser.submit(page, {"reason": "venue"}, form="tell 3 people")
    assert again.address == f"/manage/events/{event}"


@pytest.mark.parametrize("role", [None, Role.TRAINER, Role.PLD_MEMBER, Role.AGENCY_LEAD])
def test_wrong_roles_and_other_partnerships_find_nothing(
    browser: Browser, make: Make, role: Role | None
) -> None:
    event, ada = make.event(), make.person()
    booking = db.session.get_one(Booking, make.booking(event, state=BookingState.WAITING))
    addresses = [
        *(
            f"/manage/events/{event}{tail}"
            for tail in ("", "/book", "/book/new", "/capacity", "/who-can-book")
        ),
        *(f"/manage/events/{event}{tail}" for tail in ("/cancel", f"/book/{ada}")),
        *(f"/manage/bookings/{booking.reference}/{act}" for act in ("place", "priority")),
    ]
    browser.sign_in(make.person(role=role))
    for address in addresses:
        browser.get(address, status=404)
    browser.sign_in(make.coordinator(partnership=make.partnership("Dudley")))
    for address in addresses:
        browser.get(address, status=404)


def test_a_person_of_elsewhere_is_booked_only_by_their_exact_address(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event()
    dudley = make.partnership("Dudley")
    agency = make.agency("Dudley Council", partnership=dudley)
    eve = make.person("Eve Hart", email="eve@dudley.example", agency=agency)
    assert "Nobody is called" in browser.get(f"/manage/events/{event}/book?q=hart").text
    browser.get(f"/manage/events/{event}/book/{eve}", status=404)
    found = browser.get(f"/manage/events/{event}/book?q=eve@dudley.example")
    check = browser.get(found.link("Book Eve Hart"))
    assert "has a place" in browser.submit(check, form="Book Eve").text


def test_statements_do_not_grow_with_people(browser: Browser, make: Make, coordinator: int) -> None:
    event = make.event(capacity=4)
    counts = []
    for size in (2, 12):
        for number in range(size):
            state = BookingState.CONFIRMED if number < 2 else BookingState.WAITING
            make.booking(event, state=state)
        with count_statements() as counted:
            browser.get(f"/manage/events/{event}")
        counts.append(counted.number)
    assert counts[0] == counts[1]
    assert counts[0] <= 20
    assert db.session.scalar(select(func.count(Person.id))) > 10
