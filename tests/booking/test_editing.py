"""Planning, changing, previewing and publishing an event, through its pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lms.access import Role
from lms.accounts.models import RoleGrant
from lms.booking.rules import BookingState
from lms.catalogue import queries
from lms.catalogue.models import Event
from lms.catalogue.rules import EventMode, EventState
from lms.clock import london_date
from lms.db import db, transaction
from tests.support.browser import Browser, Page
from tests.support.make import Make

TYPED = {
    "title": "Safer Recruitment",
    "remit": "children",
    "mode": "in_person",
    "venue": "Beacon Hall, Walsall",
    "capacity": "25",
    "sessions-0-on": "Monday 8 February 2027",
    "sessions-0-starts": "9:30am",
    "sessions-0-ends": "4.30pm",
}


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> Browser:
    browser.sign_in(make.coordinator())
    return browser


def the_event(event_id: int | None = None) -> Event:
    db.session.rollback()
    found = db.session.query(Event)
    return (found.filter_by(id=event_id) if event_id else found).one()


def summary(page: Page) -> list[str]:
    return [link.get_text() for link in page.document.select(".govuk-error-summary a")]


def rows(page: Page) -> list[str]:
    return [title.get_text(strip=True) for title in page.document.select(".rows__title")]


def test_an_event_is_planned_seen_first_and_published(
    coordinator: Browser, make: Make, browser: Browser
) -> None:
    trainer = make.person("Juniper Oakes", role=Role.TRAINER)
    page = coordinator.get("/manage/events/new")
    page = coordinator.submit(page, {**TYPED, "trainers": str(trainer)})
    assert page.h1 == "Safer Recruitment"
    assert "This is how a delegate will see it" in page.text
    assert "Run by Juniper Oakes" in page.text
    event = the_event()
    assert (event.state, event.starts_at) == (
        EventState.DRAFT,
        datetime(2027, 2, 8, 9, 30, tzinfo=UTC),
    )
    assert Browser(browser.app).get(f"/events/{event.id}", status=404)
    coordinator.submit(page, form="Publish it", follow=False, status=303)
    assert the_event().state is EventState.PUBLISHED
    assert Browser(browser.app).get(f"/events/{event.id}").h1 == "Safer Recruitment"


def test_another_day_keeps_all_that_was_typed(coordinator: Browser) -> None:
    page = coordinator.get("/manage/events/new")
    page = coordinator.submit(page, {**TYPED, "venue": "", "add_session": "y"})
    fields = page.form("Save the draft")
    assert fields["sessions-0-on"] == "Monday 8 February 2027"
    assert (fields["sessions-1-on"], fields["sessions-1-starts"]) == ("", "9:30am")
    assert fields["title"] == "Safer Recruitment"
    assert not summary(page)
    page = coordinator.submit(page, {"sessions-1-on": "9/2/2027"})
    assert [s.starts_at.day for s in the_event().sessions] == [8, 9]


def test_everything_that_is_wrong_is_said_by_its_field(coordinator: Browser) -> None:
    page = coordinator.get("/manage/events/new")
    wrong = {
        "title": "",
        "capacity": "many",
        "joining_link": "meet",
        "sessions-0-on": "30 February",
        "sessions-0-ends": "half four",
    }
    page = coordinator.submit(page, wrong)
    assert summary(page) == [
        "Enter a title, or choose a course",
        "Enter a date, such as 8 February 2027",
        "Enter when it starts, such as 9:30am",
        "Enter a time, such as 9:30am or 2pm",
        "Choose how people take part",
        "Enter an address that begins with https://",
        "Enter a whole number, such as 25",
        "Choose who it is about",
    ]
    assert page.form("Save")["sessions-0-on"] == "30 February"


def test_days_that_overlap_are_told_at_the_second(coordinator: Browser) -> None:
    page = coordinator.get("/manage/events/new")
    page = coordinator.submit(page, {**TYPED, "add_session": "y"})
    page = coordinator.submit(page, {"sessions-1-on": "8 Feb 2027", "sessions-1-starts": "noon"})
    assert summary(page) == ["Enter times that do not overlap on Monday 8 February"]
    (link,) = page.document.select(".govuk-error-summary a")
    assert link["href"] == "#sessions-1-starts"


def test_an_event_of_a_course_takes_over_what_it_does_not_say(
    coordinator: Browser, make: Make
) -> None:
    course = make.course(level=1)
    page = coordinator.get(f"/manage/events/new?course={course}")
    typed = {**TYPED, "title": "", "remit": ""}
    coordinator.submit(page, typed)
    event = the_event()
    assert (event.course_id, event.level) == (course, 1)
    assert event.title == "Disguised Compliance and Safeguarding Children"


def test_a_draft_that_lacks_something_says_what(coordinator: Browser) -> None:
    page = coordinator.get("/manage/events/new")
    bare = {
        **TYPED,
        "venue": "",
        "sessions-0-on": "",
        "sessions-0-starts": "",
        "sessions-0-ends": "",
    }
    page = coordinator.submit(page, bare)
    assert "Enter the day and the times Enter where it takes place" in page.text
    assert "No date yet" in page.text
    coordinator.post(f"/manage/events/{the_event().id}/publish", status=400)


def test_a_draft_is_changed_and_thrown_away(coordinator: Browser) -> None:
    page = coordinator.submit(coordinator.get("/manage/events/new"), TYPED)
    page = coordinator.submit(coordinator.get(page.link("Change the draft")), {"capacity": "9"})
    event = the_event()
    assert event.capacity == 9
    assert len(event.sessions) == 1
    page = coordinator.submit(page, form="Throw the draft away")
    assert rows(page) == []
    assert db.session.query(Event).count() == 0


def test_a_new_time_is_saved_only_after_saying_who_is_told(
    coordinator: Browser, make: Make
) -> None:
    event = make.event("Safer Recruitment")
    make.booking(event)
    make.booking(event, state=BookingState.WAITING)
    page = coordinator.get(f"/manage/events/{event}/edit")
    check = coordinator.submit(page, {"sessions-0-starts": "10am"})
    assert check.h1 == "Check who will be told"
    assert "Two people are told at once." in check.text
    assert "9:30am to 4:30pm" in check.text
    assert "10am to 4:30pm" in check.text
    assert the_event(event).starts_at.hour == 9
    coordinator.submit(check, {"confirmed": "yes"}, follow=False, status=303)
    assert the_event(event).starts_at.hour == 10


def test_going_back_from_the_check_keeps_what_was_typed(coordinator: Browser, make: Make) -> None:
    event = make.event("Safer Recruitment")
    page = coordinator.get(f"/manage/events/{event}/edit")
    check = coordinator.submit(page, {"venue": "Lantern House"})
    form = coordinator.submit(check, {"back": "yes"})
    assert form.h1 == "Details"
    assert form.form("Go on")["venue"] == "Lantern House"
    assert the_event(event).venue == "Beacon Hall, Walsall"


def test_a_change_that_moves_nobody_tells_nobody(coordinator: Browser, make: Make) -> None:
    event = make.event("Safer Recruitment")
    make.booking(event)
    page = coordinator.get(f"/manage/events/{event}/edit")
    check = coordinator.submit(page, {"capacity": "40", "aims": "To recruit with care."})
    assert "Nobody is told." in check.text
    assert "Places 30 40" in check.text
    coordinator.submit(check, {"confirmed": "yes"}, follow=False, status=303)
    assert (the_event(event).capacity, the_event(event).aims) == (40, "To recruit with care.")


def test_nothing_changed_is_said(coordinator: Browser, make: Make) -> None:
    event = make.event("Safer Recruitment")
    page = coordinator.submit(coordinator.get(f"/manage/events/{event}/edit"))
    assert page.h1 == "Nothing has changed"


def test_the_form_keeps_what_it_does_not_ask(coordinator: Browser, make: Make) -> None:
    event = make.event("Hybrid", mode=EventMode.HYBRID, online_capacity=12)
    check = coordinator.submit(coordinator.get(f"/manage/events/{event}/edit"), {"capacity": "8"})
    coordinator.submit(check, {"confirmed": "yes"}, follow=False, status=303)
    row = the_event(event)
    assert (row.mode, row.online_capacity, row.capacity) == (EventMode.HYBRID, 12, 8)


def test_a_cancelled_event_is_no_longer_changed(coordinator: Browser, make: Make) -> None:
    event = make.event("Off", state=EventState.CANCELLED)
    page = coordinator.submit(coordinator.get(f"/manage/events/{event}/edit"), {"capacity": "8"})
    assert "Off is cancelled, and can no longer be changed." in page.text


# --- The list -------------------------------------------------------------------------------


def test_events_stand_on_four_shelves_with_their_counts(coordinator: Browser, make: Make) -> None:
    coming = make.event("Coming", capacity=3)
    make.booking(coming)
    make.booking(coming, state=BookingState.WAITING)
    make.event("Draft", state=EventState.DRAFT)
    make.event("Past", starts_at=datetime(2026, 11, 2, 10, tzinfo=UTC))
    make.event("Off", state=EventState.CANCELLED)
    page = coordinator.get("/manage/events")
    assert rows(page) == ["Coming"]
    assert "1 of 3 places taken, 1 person waiting" in page.text
    assert "Coming 1 Drafts 1 Past 1 Cancelled 1" in page.text
    for shelf, found in (("drafts", "Draft"), ("past", "Past"), ("cancelled", "Off")):
        assert rows(coordinator.get(f"/manage/events?show={shelf}")) == [found]
    assert rows(coordinator.get("/manage/events?q=nothing")) == []


def test_a_trainer_sees_the_events_that_they_give(browser: Browser, make: Make) -> None:
    trainer = make.person(role=Role.TRAINER)
    given = make.event("Given", trainers=[trainer])
    make.event("Not given")
    make.event("Draft", state=EventState.DRAFT, trainers=[trainer])
    browser.sign_in(trainer)
    page = browser.get("/manage/events")
    assert page.h1 == "My events"
    assert rows(page) == ["Given"]
    assert page.link("Given") == f"/manage/events/{given}/register"
    browser.get("/manage/events/new", status=404)
    browser.get(f"/manage/events/{given}/edit", status=404)


def test_an_administrator_finds_the_events_too(browser: Browser, make: Make) -> None:
    make.event("Safer Recruitment")
    browser.sign_in(make.person(role=Role.ADMINISTRATOR))
    assert rows(browser.get("/manage/events")) == ["Safer Recruitment"]


def test_another_partnerships_events_are_not_there(coordinator: Browser, make: Make) -> None:
    event = make.event("Elsewhere", partnership=make.partnership("Sandwell"))
    draft = make.event("Draft", state=EventState.DRAFT, partnership=make.partnership("Sandwell"))
    assert rows(coordinator.get("/manage/events")) == []
    for page in ("edit", "preview"):
        coordinator.get(f"/manage/events/{event}/{page}", status=404)
    coordinator.get(f"/events/{draft}", status=404)
    coordinator.get(f"/manage/events/new?from={event}", status=404)


def test_an_event_is_of_a_course_of_its_own_partnership(browser: Browser, make: Make) -> None:
    """Also where somebody runs several: its outcomes and priorities are that partnership's."""
    own, sandwell = make.partnership(), make.partnership("Sandwell")
    course = make.course("Neglect", partnership=sandwell)
    both = make.coordinator()
    with transaction() as session:
        grant = {"role": Role.COORDINATOR, "starts_on": london_date(make.now)}
        session.add(RoleGrant(person_id=both, partnership_id=sandwell, **grant))
    browser.sign_in(both)
    page = browser.get("/manage/events/new")
    wrong = {**TYPED, "partnership": str(own), "course": str(course)}
    page = browser.submit(page, wrong)
    assert summary(page) == ["Choose a course of the partnership that runs the event"]
    browser.submit(page, {**wrong, "partnership": str(sandwell)})
    assert the_event().course_id == course


def test_what_a_draft_says_is_read_back_whole(coordinator: Browser, make: Make) -> None:
    page = coordinator.get("/manage/events/new")
    typed = {
        **TYPED,
        "closes_on": "4 February 2027",
        "closes_time": "noon",
        "price": "45.50",
        "follow_up": "pre;post",
        "outcomes-0-text": "Ask why",
    }
    coordinator.submit(page, typed)
    details = queries.details_of(the_event())
    assert details.closes_at == datetime(2027, 2, 4, 12, tzinfo=UTC)
    assert (str(details.price), details.stages) == ("45.50", "pre;post")
    assert [outcome.text for outcome in details.outcomes] == ["Ask why"]
