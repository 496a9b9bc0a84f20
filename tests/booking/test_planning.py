"""Venues, trainers, copies, series and the minimum, through their pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.access import Role
from lms.accounts.models import TimeAway
from lms.audit import AuditEntry
from lms.booking.commands import go_ahead, publish_event, warn_of_few
from lms.booking.models import Share as ShareRow
from lms.booking.queries.decisions import events_in_doubt
from lms.booking.rules import ShareKind
from lms.catalogue.models import Event, EventSession, SharedWith
from lms.catalogue.rules import ApprovedBy, EventState
from lms.clock import FixedClock, london
from lms.db import db, transaction
from lms.errors import Refused
from tests.booking.test_editing import TYPED, rows, summary, the_event
from tests.booking.test_mails import check, last_mail
from tests.support.booking import messages
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.snapshots import at


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> Browser:
    browser.sign_in(make.coordinator(email="idris@wsp.example"))
    return browser


def events(title: str) -> list[Event]:
    db.session.rollback()
    return db.session.query(Event).filter_by(title=title).order_by(Event.starts_at).all()


# --- Venues ---------------------------------------------------------------------------------


def test_a_venue_is_kept_once_and_fills_in_an_event(coordinator: Browser, make: Make) -> None:
    page = coordinator.get("/manage/venues/new")
    page = coordinator.submit(page, {"seats": "none"}, form="Save the venue")
    assert summary(page) == ["Enter the venue’s name", "Enter a whole number, such as 25"]
    typed = {"name": "Lantern House", "access": "Step-free.", "seats": "20"}
    page = coordinator.submit(page, typed, form="Save the venue")
    assert rows(page) == ["Lantern House"]
    venue = page.link("Lantern House").rsplit("/", 1)[1]
    again = coordinator.submit(coordinator.get("/manage/venues/new"), typed, form="Save the venue")
    assert summary(again) == ["Enter another name: a venue has this one already"]

    form = coordinator.get("/manage/events/new")
    both = {**TYPED, "known_venue": venue}
    page = coordinator.submit(form, both, form="Save the draft")
    assert summary(page) == ["Take this out, or choose another place than Lantern House above"]
    page = coordinator.submit(page, {"venue": ""}, form="Save the draft")
    event = the_event()
    assert (event.venue, event.venue_access) == ("Lantern House", "Step-free.")
    assert "Lantern House seats 20, and there are 25 places in the room." in page.text
    make.event("Neglect", venue_id=int(venue), starts_at=at("2027-02-08 15:00"))
    page = coordinator.get(f"/manage/events/{event.id}/preview")
    assert "Lantern House is taken by Neglect on Monday 8 February, 3pm to 10pm." in page.text

    page = coordinator.get(f"/manage/venues/{venue}")
    assert "Two events to come are held here." in page.text
    page = coordinator.submit(page, {"access": "The lift is out."}, form="Save the venue")
    assert "One event to come says it anew on its page. Nobody was written to." in page.text
    assert the_event(event.id).venue_access == "The lift is out."
    coordinator.submit(coordinator.get(f"/manage/venues/{venue}"), form="Retire the venue")
    assert rows(coordinator.get("/manage/venues")) == []
    assert rows(coordinator.get("/manage/venues?retired")) == ["Lantern House"]
    page = coordinator.get(f"/manage/events/{event.id}/edit")
    assert page.form("Save the draft")["known_venue"] == venue
    coordinator.submit(coordinator.get(f"/manage/venues/{venue}"), form="Offer it again")
    assert rows(coordinator.get("/manage/venues")) == ["Lantern House"]
    assert db.session.query(AuditEntry).filter(AuditEntry.act.startswith("venue")).count() == 4


def test_another_partnerships_venue_is_not_there(coordinator: Browser, make: Make) -> None:
    theirs = make.venue(partnership_id=make.partnership("Sandwell"))
    coordinator.get(f"/manage/venues/{theirs}", status=404)
    assert rows(coordinator.get("/manage/venues")) == []


# --- Trainers -------------------------------------------------------------------------------


def test_who_can_give_it_comes_first_with_who_is_free(coordinator: Browser, make: Make) -> None:
    course = make.course("Neglect")
    names = ("Ada Ashby", "Bea Birch", "Cy Cole", "Dot Dale")
    ada, bea, cy, dot = (make.person(name, role=Role.TRAINER) for name in names)
    page = coordinator.get(coordinator.get("/manage/trainers").link("Dot Dale"))
    page = coordinator.submit(page, {"courses": str(course)}, form="Save the courses")
    assert "Neglect No event to come" in page.text
    make.event("Bullying", starts_at=at("2027-02-08 11:00"), hours=1, trainers=[ada])
    make.booking(make.event("Hoarding", starts_at=at("2027-02-08 13:00"), hours=1), bea)
    with transaction() as session:
        off = date(2027, 2, 8)
        session.add(TimeAway(person_id=cy, from_on=off, until_on=off))
    form = coordinator.get(f"/manage/events/new?course={course}")
    typed = {**TYPED, "title": "", "capacity": "many", "see_who_is_free": "y"}
    page = coordinator.submit(form, typed, form="Save the draft")
    assert not summary(page)
    boxes = page.document.select("input[name=trainers]")
    said = page.text
    assert [int(box["value"]) for box in boxes] == [dot, ada, bea, cy]
    assert "Dot Dale Can give this course and free then." in said
    assert "Ada Ashby Gives Bullying on Monday 8 February, 11am to noon." in said
    assert "Bea Birch Has a place at Hoarding on Monday 8 February, 1pm to 2pm." in said
    assert "Cy Cole Is away on Monday 8 February." in said
    assert page.form("Save the draft")["capacity"] == "many"
    chosen = {"capacity": "9", "trainers": str(ada)}
    page = coordinator.submit(page, chosen, form="Save the draft")
    assert "Ada Ashby gives Bullying on Monday 8 February, 11am to noon." in page.text
    assert "Ada Ashby is told that they give it." in page.text
    coordinator.get(f"/manage/trainers/{make.person()}", status=404)


def test_trainers_are_told_what_they_give(coordinator: Browser, make: Make) -> None:
    juniper = make.person("Juniper Oakes", "juniper@wsp.example", role=Role.TRAINER)
    linden = make.person("Linden Park", "linden@wsp.example", role=Role.TRAINER)
    event = make.event("Neglect", state=EventState.DRAFT, trainers=[juniper])
    publish_event(event, by=None, now=make.now)
    check("giving_named", last_mail("giving"))
    page = coordinator.get(f"/manage/events/{event}/edit")
    page = coordinator.submit(page, {"trainers": str(linden), "sessions-0-starts": "10am"})
    assert "Linden Park is told that they give it." in page.text
    assert "Juniper Oakes is told that they no longer give it." in page.text
    assert "Nobody has booked, so no delegate is told." in page.text
    coordinator.submit(page, {"confirmed": "yes"})
    assert [m.to_address for m in messages("giving")[1:]] == [
        *("linden@wsp.example", "juniper@wsp.example")
    ]
    check("giving_relieved", last_mail("giving"))
    page = coordinator.submit(
        coordinator.get(f"/manage/events/{event}/edit"), {"sessions-0-starts": "11am"}
    )
    assert "Linden Park is told that what they give has changed." in page.text
    coordinator.submit(page, {"confirmed": "yes"})
    check("giving_moved", last_mail("giving"))
    page = coordinator.get(f"/manage/events/{event}/postpone")
    assert "Linden Park is told, who gives it." in page.text
    coordinator.submit(page, {"reason": "venue"}, form="Postpone the event")
    check("giving_postponed", last_mail("giving"))
    page = coordinator.get(f"/manage/events/{event}/cancel?reason=too_few")
    assert page.form("Cancel the event")["reason"] == "too_few"
    coordinator.submit(page, form="Cancel the event")
    check("giving_cancelled", last_mail("giving"))


# --- Copies ---------------------------------------------------------------------------------


def last_terms_event(make: Make) -> int:
    """Two days, with terms of who may book, trainers, a minimum and a price."""
    trainer = make.person("Juniper Oakes", role=Role.TRAINER)
    event = make.event(
        "Neglect",
        starts_at=at("2026-11-03 09:30"),
        days=2,
        capacity=17,
        trainers=[trainer],
        approved_by=ApprovedBy.LINE_MANAGER,
        minimum_places=6,
        decide_on=date(2026, 10, 20),
        price=45,
        stages="post",
    )
    agency, partner = make.agency("West Midlands Police"), make.partnership("Sandwell")
    with transaction() as session:
        held = {"kind": ShareKind.RESERVATION, "agency_id": agency, "places": 4}
        session.add(ShareRow(event_id=event, release_on=date(2026, 10, 27), **held))
        session.add(SharedWith(event_id=event, partnership_id=partner, places=3))
    return event


def test_last_terms_event_is_copied_and_published_in_five_clicks(
    coordinator: Browser, make: Make
) -> None:
    event = last_terms_event(make)
    page = coordinator.get(coordinator.get("/manage").link("Events"))  # one
    page = coordinator.get(page.link("Past 1"))  # two
    page = coordinator.get(page.link("Copy Neglect"))  # three
    assert "at most" not in page.text
    assert "Four places held for West Midlands Police until 27 October" in page.text
    page = coordinator.submit(page, {"sessions-0-on": "4 May 2027"}, form="Make the draft")  # four
    assert "This is how a delegate will see it" in page.text
    coordinator.submit(page, form="Publish it")  # five
    copy = events("Neglect")[-1]
    assert copy.state is EventState.PUBLISHED
    assert [f"{london(s.starts_at):%d %b %H:%M}" for s in copy.sessions] == [
        *("04 May 09:30", "05 May 09:30")
    ]
    assert (copy.capacity, copy.minimum_places, copy.stages) == (17, 6, "post")
    assert (copy.decide_on, copy.approved_by) == (date(2027, 4, 20), ApprovedBy.LINE_MANAGER)
    assert [trainer.person.name for trainer in copy.trainers] == ["Juniper Oakes"]
    assert [part.places for part in copy.shared_with] == [3]
    share = db.session.query(ShareRow).filter_by(event_id=copy.id).one()
    assert (share.places, share.release_on) == (4, date(2027, 4, 27))
    assert copy.id != event


def test_a_copy_is_made_once_however_often_it_is_sent(coordinator: Browser, make: Make) -> None:
    event = last_terms_event(make)
    page = coordinator.get(f"/manage/events/{event}/copy")
    typed = {"sessions-0-on": "20 January 2027"}
    made = coordinator.submit(page, typed, form="Make the draft")
    assert "Not copied: four places for West Midlands Police" in made.text
    again = coordinator.submit(page, typed, form="Make the draft")
    assert made.address == again.address
    assert len(events("Neglect")) == 2


def test_a_copy_says_what_is_wrong_and_keeps_what_was_typed(
    coordinator: Browser, make: Make
) -> None:
    event = make.event("Neglect", days=2)
    page = coordinator.get(f"/manage/events/{event}/copy")
    wrong = {"sessions-0-on": "1 May 2026", "sessions-1-on": "some day"}
    page = coordinator.submit(page, wrong, form="Make the draft")
    assert summary(page) == ["Enter a date, such as 8 February 2027"]
    assert page.form("Make the draft")["sessions-1-on"] == "some day"
    page = coordinator.submit(page, {"sessions-1-on": ""}, form="Make the draft")
    assert summary(page) == ["Enter a day that is still to come"]
    page = coordinator.submit(page, {"add_session": "y"}, form="Make the draft")
    assert page.form("Make the draft")["sessions-2-starts"] == "9:30am"
    overlaps = {"sessions-0-on": "1 May 2027", "sessions-1-on": "1 May 2027"}
    overlaps |= {"sessions-2-on": "", "sessions-2-starts": "", "sessions-2-ends": ""}
    page = coordinator.submit(page, overlaps, form="Make the draft")
    assert summary(page) == ["Enter times that do not overlap on Saturday 1 May"]
    many = {f"sessions-{n}-on": "1 May 2027" for n in range(200)}
    page = coordinator.submit(page, {**overlaps, **many}, form="Make the draft")
    said = "Enter at most 30 days: plan the others as an event of their own"
    assert said in summary(page)
    assert page.form("Make the draft")["sessions-199-on"] == "1 May 2027"
    assert len(events("Neglect")) == 1


def test_a_copy_for_later_today_does_not_promise_that_it_can_be_booked(
    coordinator: Browser, make: Make, clock: FixedClock
) -> None:
    event = make.event("Neglect", days=1)
    form = coordinator.get(f"/manage/events/{event}/copy")
    typed = {"sessions-0-on": "18 January 2027", "sessions-0-starts": "9am"}
    page = coordinator.submit(form, typed, form="Make the draft")
    assert summary(page) == ["Enter a time that is still to come, or another day"]
    typed["sessions-0-starts"] = "2pm"
    page = coordinator.submit(form, {**typed, "sessions-0-ends": "4pm"}, form="Make the draft")
    assert "Nobody can book it themselves: its last day for booking has passed." in page.text
    assert "Booking has closed already." in page.text
    page = coordinator.submit(page, form="Publish it")
    assert "Booking has closed already: book people in yourself" in page.text
    assert "places can be booked" not in page.text


# --- Series ---------------------------------------------------------------------------------


def test_the_same_every_week_steps_over_a_bank_holiday(coordinator: Browser, make: Make) -> None:
    trainer = make.person("Juniper Oakes", role=Role.TRAINER)
    event = make.event("Neglect", starts_at=at("2027-04-19 09:30"), trainers=[trainer])
    make.event("Bullying", starts_at=at("2027-05-10 09:00"), trainers=[trainer])
    form = coordinator.get(f"/manage/events/{event}/series")
    page = coordinator.submit(form, {"first_on": " ", "times": "4"}, form="See the dates")
    assert summary(page) == ["Enter the first new date, such as 8 February 2027"]
    wrong = {"first_on": "1 May 2020", "times": "500"}
    page = coordinator.submit(form, wrong, form="See the dates")
    assert summary(page) == [
        "Enter a day that is still to come",
        "Enter a number of events from 1 to 30",
    ]
    asked = {"first_on": "26 April 2027", "rhythm": "weekly", "times": "2"}
    check_page = coordinator.submit(page, asked, form="See the dates")
    assert "Two events are made, all of them or none." in check_page.text
    assert "Monday 3 May 2027 : a bank holiday, stepped over" in check_page.text
    assert "Juniper Oakes gives Bullying on Monday 10 May, 9am to 4pm." in check_page.text
    assert len(events("Neglect")) == 1
    for _ in range(2):  # a double click
        page = coordinator.submit(check_page, {"confirmed": "drafts"}, form="Go back")
    assert rows(page) == ["Neglect", "Neglect"]
    assert [f"{london(e.starts_at):%d %b}" for e in events("Neglect") if e.starts_at] == [
        *("19 Apr", "26 Apr", "10 May")
    ]
    more = coordinator.submit(
        coordinator.get(f"/manage/events/{event}/series"),
        {"first_on": "7 June 2027", "rhythm": "monthly", "times": "2"},
        form="See the dates",
    )
    coordinator.submit(more, {"confirmed": "published"}, form="Go back")
    states = [e.state for e in events("Neglect")]
    assert states.count(EventState.PUBLISHED) == 3
    back = coordinator.submit(more, {"back": "yes"}, form="Go back")
    assert back.form("See the dates")["first_on"] == "7 June 2027"
    undated = make.event("Undated", state=EventState.DRAFT)
    with transaction() as session:
        session.get_one(Event, undated).sessions = []
    assert "nothing to repeat" in coordinator.get(f"/manage/events/{undated}/series").text


def test_a_series_that_would_never_miss_a_bank_holiday_says_so(
    coordinator: Browser, make: Make
) -> None:
    event = make.event("Neglect", starts_at=at("2027-04-19 09:30"))
    with transaction() as session:
        kept = session.get_one(Event, event)
        [first] = kept.sessions
        kept.sessions = [
            first,
            *(
                EventSession(
                    starts_at=first.starts_at + timedelta(days=14 * n),
                    ends_at=first.ends_at + timedelta(days=14 * n),
                )
                for n in range(1, 30)
            ),
        ]
    page = coordinator.get(f"/manage/events/{event}/series")
    asked = {"first_on": "26 April 2027", "rhythm": "weekly", "times": "2"}
    page = coordinator.submit(page, asked, form="See the dates")
    [said] = summary(page)
    assert said.startswith("Each of these dates, or a later day of it, is a bank holiday. Copy")


def test_a_series_is_published_whole_or_not_at_all(coordinator: Browser, make: Make) -> None:
    event = make.event("Neglect", venue="", state=EventState.DRAFT)
    page = coordinator.get(f"/manage/events/{event}/series")
    asked = {"first_on": "26 April 2027", "times": "3"}
    page = coordinator.submit(page, asked, form="See the dates")
    assert "Before they can be published: Enter where it takes place." in page.text
    page = coordinator.submit(page, {"confirmed": "published"}, form="Go back")
    assert "Nothing was made. Monday 26 April: Enter where it takes place." in page.text
    assert len(events("Neglect")) == 1


# --- The form -------------------------------------------------------------------------------


def test_what_cannot_be_is_said_beside_its_field(coordinator: Browser) -> None:
    page = coordinator.get("/manage/events/new")
    page = coordinator.submit(page, {**TYPED, "add_session": "y"}, form="Save the draft")
    page = coordinator.submit(page, {"add_session": "y"}, form="Save the draft")
    wrong = {
        "sessions-1-starts": "",
        "sessions-1-ends": "",
        "sessions-2-on": "9 Feb 2027",
        "sessions-2-starts": "noon",
        "sessions-2-ends": "11am",
        "minimum_places": "26",
        "decide_on": "10 February 2027",
        "capacity": "25",
    }
    page = coordinator.submit(page, wrong, form="Save the draft")
    links = {
        link.get_text(): link["href"] for link in page.document.select(".govuk-error-summary a")
    }
    assert links == {
        "Enter an end of the second day after its start": "#sessions-2-ends",
        "Enter 25 or fewer: there are no more places": "#minimum_places",
        "Enter a day of decision that is not after the event": "#decide_on",
    }
    clock = {"sessions-2-on": "28 March 2027", "sessions-2-starts": "1:30am"}
    page = coordinator.submit(page, {**clock, "sessions-2-ends": "3am"}, form="Save the draft")
    assert "the clocks go forward at 1am" in summary(page)[0]
    many = {f"sessions-{n}-on": "1 May 2027" for n in range(200)}
    page = coordinator.submit(page, many, form="Save the draft")
    assert "Enter at most 30 days: plan the others as an event of their own" in summary(page)
    assert page.form("Save the draft")["sessions-199-on"] == "1 May 2027"
    assert not events("Safer Recruitment")


# --- The minimum ----------------------------------------------------------------------------


def test_B18_too_few_is_warned_of_shown_and_decided(
    coordinator: Browser, make: Make, clock: FixedClock
) -> None:
    event = make.event(
        "Neglect",
        starts_at=at("2027-03-01 09:30"),
        minimum_places=3,
        decide_on=date(2027, 2, 12),
        price=45,
        cost=600,
    )
    make.booking(event)
    viewer = make.viewer(make.coordinator("Cora Vale", email="cora@wsp.example"))
    [doubt] = events_in_doubt(viewer, make.now)
    assert (doubt.event.id, doubt.minimum.booked) == (event, 1)
    page = Browser(coordinator.app).get(f"/events/{event}")
    assert "If three people have a place by Friday 12 February. One has so far." in page.text
    assert "600" not in page.text
    page = coordinator.get(f"/manage/events/{event}")
    assert "Decide by Friday 12 February whether it runs." in page.text
    assert "A place costs £45. The event costs you £600." in page.text
    assert warn_of_few(make.now) == 0
    clock.set(datetime(2027, 2, 9, 7, 0, tzinfo=UTC))
    assert warn_of_few(clock.now()) == 0
    clock.set(datetime(2027, 2, 9, 8, 0, tzinfo=UTC))
    assert (warn_of_few(clock.now()), warn_of_few(clock.now())) == (2, 0)
    check("few_booked", last_mail("few-booked", nth=0))
    coordinator.sign_in(make.coordinator("Iris Lark"))
    page = coordinator.submit(coordinator.get(f"/manage/events/{event}"), form="Let it go ahead")
    assert "It goes ahead: decided on Tuesday 9 February." in page.text
    assert "Yes: it goes ahead" in coordinator.get(f"/events/{event}").text
    assert events_in_doubt(viewer, clock.now()) == []
    with pytest.raises(Refused):
        go_ahead(make.event("No minimum"), by=None, now=clock.now())
    page = coordinator.get(f"/manage/events/{event}/edit")
    page = coordinator.submit(page, {"minimum_places": "2"}, form="Go on")
    assert "Must have booked 3 2" in page.text
    coordinator.submit(page, {"confirmed": "yes"}, form="Go back")
    assert the_event(event).decided_at is None
