"""Who can book an event: what cannot be, what a change does, and the page on which it is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from lms.agencies.rules import Sector
from lms.audit import AuditEntry
from lms.booking.commands import set_who_can_book, what_would_follow
from lms.booking.models import Booking
from lms.booking.models import Share as ShareRow
from lms.booking.queries.who_can_book import terms_of
from lms.booking.rules import (
    Allocation,
    BookingState,
    Frame,
    Share,
    ShareKind,
    Side,
    WhoCanBook,
    who_can_book_faults,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import ApprovedBy, EventMode, EventState, ListOrder
from lms.db import db
from lms.errors import Refused
from tests.support.booking import ask, faults, set_shares, states
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.snapshots import at

CAP, RESERVATION = ShareKind.CAP, ShareKind.RESERVATION
WAITING = BookingState.WAITING
TODAY, FIRST_DAY = date(2027, 1, 11), date(2027, 2, 8)
POLICE = Share(CAP, 2, agency_id=1, name="West Midlands Police")
FAITH = Share(RESERVATION, 4, sector=Sector.FAITH, name="the faith sector")
FIRE = Share(RESERVATION, 7, sector=Sector.FIRE, name="the fire sector")
FRAME = Frame({Side.ROOM: 10}, FIRST_DAY, at("2027-02-05 17:00"))
HYBRID = replace(FRAME, capacities={Side.ROOM: 10, Side.ONLINE: 3})
Terms = dict[str, Any]


@pytest.mark.parametrize(
    ("terms", "field", "sentence"),
    [
        ({"opens_at": at("2027-02-05 17:00")}, "opens_on", "Enter a day before booking closes"),
        ({"is_by_invitation": True}, "invited_agencies", "Name an agency or an address"),
        ({"unnamed_places": 11}, "unnamed_places", "Enter 10 or less"),
        ({"shares": (POLICE, POLICE)}, "shares-1-group", "Enter West Midlands Police once"),
        (
            {"shares": (replace(FAITH, ends_on=date(2027, 2, 9)),)},
            "shares-0-ends_on",
            "Enter a day that is not after the event on Monday 8 February",
        ),
        (
            {"shares": (replace(FAITH, ends_on=TODAY),)},
            "shares-0-ends_on",
            "Enter a day to come: 11 January has begun already",
        ),
        (
            {"shares": (FAITH, FIRE)},
            "shares-1-places",
            "Enter fewer: 11 would be held back, and there are 10 places",
        ),
        (
            {"shares": (replace(POLICE, kind=RESERVATION, places=3), POLICE)},
            "shares-1-places",
            "Enter 3 or more: so many are held back for West Midlands Police",
        ),
        (
            {
                "shares": (Share(CAP, 2, partnership_id=9, name="Dudley"),),
                "allocations": (Allocation(9, 2),),
            },
            "shares-0-group",
            "Take Dudley out",
        ),
        ({"allocations": (Allocation(9, 11),)}, "partners-0-places", "Enter fewer: 11"),
    ],
)
def test_B3_terms_that_cannot_be(terms: Terms, field: str, sentence: str) -> None:
    (fault,) = who_can_book_faults(WhoCanBook(**terms), FRAME, TODAY, WhoCanBook())
    assert fault.field == field
    assert fault.sentence.startswith(sentence)


@pytest.mark.parametrize(
    ("terms", "frame"),
    [
        ({"shares": (POLICE, FAITH)}, FRAME),
        ({"shares": (FAITH, replace(FAITH, side=Side.ONLINE, places=3))}, HYBRID),
        ({"shares": (replace(FAITH, ends_on=FIRST_DAY),)}, FRAME),
        ({"shares": (replace(FAITH, places=9, ends_on=date(2027, 1, 4)), FIRE)}, FRAME),
    ],
)
def test_B3_terms_that_can_be(terms: Terms, frame: Frame) -> None:
    """A reservation whose day has passed holds nothing back, and is not asked about again."""
    wanted = WhoCanBook(**terms)
    known = WhoCanBook(shares=wanted.shares[:1])
    assert who_can_book_faults(wanted, frame, TODAY, known) == []


def test_B3_a_cut_cap_removes_nobody_and_is_recorded(app: Flask, make: Make) -> None:
    police, event = make.agency("West Midlands Police"), make.event(capacity=4)
    for _ in range(3):
        ask(make, event, police)
    set_shares(event, Share(CAP, 1, agency_id=police), now=make.now)
    assert states(event) == ["confirmed"] * 3
    assert faults(make.now) == []
    marked = [b.override_reason for b in db.session.query(Booking).order_by(Booking.id)]
    assert marked == [None, *["Who may have how many places was changed."] * 2]


def test_B3_holding_back_what_is_taken_removes_nobody(app: Flask, make: Make) -> None:
    event = make.event(capacity=3)
    for _ in range(3):
        ask(make, event, make.agency())
    set_shares(event, Share(RESERVATION, 2, sector=Sector.FAITH), now=make.now)
    assert states(event) == ["confirmed"] * 3
    assert faults(make.now) == []
    assert ask(make, event, make.agency()).why == "First in line: all 3 places are taken"


def test_B5_what_would_follow_is_told_and_not_done(app: Flask, make: Make) -> None:
    police, event = make.agency("Police"), make.event(capacity=4)
    set_shares(event, Share(CAP, 1, agency_id=police), now=make.now)
    for name in ("Ada Marlow", "Ben Tully", "Cy Dent"):
        ticks = name == "Ben Tully"
        ask(make, event, police, make.person(name, agency=police), confirm_at_once=ticks)
    following = what_would_follow(event, WhoCanBook(), now=make.now)
    assert (following.confirmed, following.offered) == (("Ben Tully",), ("Cy Dent",))
    assert states(event) == ["confirmed", "waiting", "waiting"]
    set_who_can_book(event, WhoCanBook(), by=None, now=make.now)
    assert states(event) == ["confirmed", "confirmed", "offered"]
    assert db.session.query(AuditEntry).filter_by(act="change who can book").count() == 2


def test_a_cancelled_event_has_no_terms_any_more(app: Flask, make: Make) -> None:
    event = make.event(state=EventState.CANCELLED)
    with pytest.raises(Refused, match="is cancelled"):
        set_who_can_book(event, WhoCanBook(), by=None, now=make.now)


# --- The page -------------------------------------------------------------------------------


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> int:
    person = make.coordinator()
    browser.sign_in(person)
    return person


def terms_now(event: int) -> WhoCanBook:
    db.session.rollback()
    return terms_of(db.session.get_one(Event, event))


def test_shares_are_added_changed_and_taken_out_without_script(
    browser: Browser, make: Make, coordinator: int
) -> None:
    event = make.event(capacity=10)
    police = make.agency("West Midlands Police", Sector.POLICE)
    page = browser.get(f"/manage/events/{event}/who-can-book")
    first = {"shares-0-group": "west midlands police", "shares-0-places": "2"}
    longer = browser.submit(page, {**first, "add_share": "y"}, form="Go on")
    assert longer.form("Go on")["shares-0-places"] == "2"
    second = {
        "shares-1-group": "Faith sector",
        "shares-1-kind": "reservation",
        "shares-1-places": "4",
        "shares-1-ends_on": "5 February 2027",
    }
    check = browser.submit(longer, second, form="Go on")
    assert "At most two places for West Midlands Police" in check.text
    assert terms_now(event) == WhoCanBook()
    saved = browser.submit(check, {"confirmed": "yes"}, form="Save who can book")
    assert "6 of 10 places are free: 4 held" in saved.text
    assert [(s.kind, s.agency_id, s.places) for s in terms_now(event).shares] == [
        (CAP, police, 2),
        (RESERVATION, None, 4),
    ]
    page = browser.get(f"/manage/events/{event}/who-can-book")
    faulty = browser.submit(page, {"shares-1-places": ""}, form="Go on", status=422)
    assert "Enter how many places" in faulty.text
    check = browser.submit(page, {"shares-0-group": ""}, form="Go on")
    browser.submit(check, {"confirmed": "yes"}, form="Save who can book")
    assert db.session.query(ShareRow).count() == 1


def test_an_unknown_name_is_kept_and_the_nearest_offered(
    browser: Browser, make: Make, coordinator: int
) -> None:
    make.agency("West Midlands Police", Sector.POLICE)
    event = make.event(capacity=10)
    page = browser.get(f"/manage/events/{event}/who-can-book")
    typed = {
        "shares-0-group": "West Midland Police",
        "shares-0-places": "2",
        "invited_agencies": "Street Teams",
        "invited_addresses": "ada at police",
    }
    faulty = browser.submit(page, typed, form="Go on", status=422)
    assert "Did you mean West Midlands Police?" in faulty.text
    assert "There is no agency “Street Teams”" in faulty.text
    assert "“ada at police” is no e‑mail address" in faulty.text
    assert faulty.form("Go on")["shares-0-group"] == "West Midland Police"
    too_many = {"shares-0-group": "Police sector", "shares-0-kind": "reservation"}
    faulty = browser.submit(page, {**too_many, "shares-0-places": "11"}, form="Go on", status=422)
    assert "Enter fewer: 11 would be held back, and there are 10 places" in faulty.text


def test_a_draft_is_saved_with_all_its_terms(
    browser: Browser, make: Make, coordinator: int
) -> None:
    dudley, team = make.partnership("Dudley"), make.agency("Early Help")
    event = make.event(capacity=10, state=EventState.DRAFT, mode=EventMode.HYBRID)
    page = browser.get(browser.get(f"/manage/events/{event}/preview").link("Who can book"))
    typed = {
        "opens_on": "8 January 2027",
        "order": "mix",
        "approved_by": "line_manager",
        "is_by_invitation": "y",
        "invited_agencies": "early help",
        "invited_addresses": "Ada@Police.example",
        "unnamed_places": "2",
        "partners-0-places": "3",
    }
    browser.submit(page, typed, form="Save who can book")
    assert terms_now(event) == WhoCanBook(
        opens_at=at("2027-01-08 09:00"),
        order=ListOrder.MIX,
        approved_by=ApprovedBy.LINE_MANAGER,
        is_by_invitation=True,
        invited_agency_ids=(team,),
        invited_addresses=("ada@police.example",),
        unnamed_places=2,
        allocations=(Allocation(dudley, 3),),
    )
    again = browser.get(f"/manage/events/{event}/who-can-book").form("Save who can book")
    assert again["invited_agencies"].strip() == "Early Help"
    assert again["partners-0-places"] == "3"


def test_before_it_is_saved_the_page_says_who_gets_a_place(
    browser: Browser, make: Make, coordinator: int
) -> None:
    police, event = make.agency("West Midlands Police"), make.event(capacity=3)
    set_shares(event, Share(CAP, 1, agency_id=police), now=make.now)
    for name in ("Ada Marlow", "Ben Tully"):
        ask(make, event, police, make.person(name, agency=police))
    page = browser.get(f"/manage/events/{event}/who-can-book")
    check = browser.submit(page, {"shares-0-places": "2"}, form="Go on")
    assert "Ben Tully is offered a place." in check.text
    cut = browser.submit(page, {"shares-0-places": "0"}, form="Go on")
    assert "Nobody loses a place. Nobody who waits is placed" in cut.text
    assert "West Midlands Police has one place already, and keeps it" in cut.text
    back = browser.submit(check, {"back": "yes"}, form="Save who can book")
    assert back.form("Go on")["shares-0-places"] == "2"
    browser.submit(check, {"confirmed": "yes"}, form="Save who can book")
    assert states(event) == ["confirmed", "offered"]
