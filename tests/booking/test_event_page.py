"""An event's own page and a course's, as practitioners see them, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from lms.agencies.rules import Sector
from lms.booking.models import Share
from lms.booking.rules import BookingState, ShareKind
from lms.catalogue.models import Event, LearningOutcome
from lms.catalogue.rules import ApprovedBy, EventKind, EventMode, EventState
from lms.clock import FixedClock
from lms.db import db, transaction
from tests.support.browser import Browser, Page
from tests.support.make import Make
from tests.support.statements import reads_of

LINK = "https://meet.example/secret"


def facts(page: Page) -> dict[str, str]:
    return {
        str(row.find("dt").get_text(strip=True)): str(row.find("dd").get_text(" ", strip=True))
        for row in page.document.select(".facts__row")
    }


def headings(page: Page) -> list[str]:
    return [h2.get_text(strip=True) for h2 in page.document.select(".page__body h2")]


def keep(row: object) -> None:
    with transaction() as session:
        session.add(row)


def test_the_page_says_what_when_where_for_whom(browser: Browser, make: Make) -> None:
    trainers = [make.person("Juniper Oakes"), make.person("Tamsin Quillfeather")]
    event = make.event(course=make.course(), trainers=trainers, capacity=30)
    page = browser.get(f"/events/{event}")
    assert page.h1 == "Disguised Compliance and Safeguarding Children"
    assert page.document.select_one(".caption").get_text() == "Level 2 · One day · Children"
    assert facts(page) == {
        "When": "Monday 8 February 2027 9:30am to 4:30pm",
        "Where": "Beacon Hall, Walsall",
        "For": "People working with children",
        "Run by": "Juniper Oakes and Tamsin Quillfeather",
        "Places": "30 of 30 places left",
        "Cost": "Free",
        "To cancel": "Until it starts. A cancellation after Wednesday 3 February at 5pm"
        " counts as late.",
    }
    assert page.link("Book a place") == f"/events/{event}/book"
    assert "How to see it, test it, and act on it together." in page.text
    assert headings(page) == ["What you will be able to do", "How we follow it up"]
    assert "Recognise when nothing changes" in page.text


def test_who_is_coming_is_told_by_sector(browser: Browser, make: Make) -> None:
    event = make.event(capacity=5)
    police = make.agency("West Midlands Police", Sector.POLICE)
    for _ in range(2):
        make.booking(event, make.person(agency=police))
    make.booking(event, make.person(agency=make.agency("Trust", Sector.HEALTH)))
    make.booking(event, make.person(), state=BookingState.WAITING)
    page = browser.get(f"/events/{event}")
    assert "3 people from two agencies so far" in page.text
    rows = [row.get_text(" ", strip=True) for row in page.document.select(".bars--units li")]
    assert rows == ["Police 2", "Health 1"]


def test_who_had_a_place_is_told_once_it_is_over(browser: Browser, make: Make) -> None:
    event = make.event(capacity=5, starts_at=datetime(2027, 1, 15, 9, 30, tzinfo=UTC))
    make.booking(event)
    page = browser.get(f"/events/{event}")
    assert "1 of 5 places were taken" in page.text
    assert "Who had a place" in page.text
    assert "places left" not in page.text
    assert "so far" not in page.text


def test_few_places_stand_out_and_the_other_date_is_named(browser: Browser, make: Make) -> None:
    course = make.course()
    event = make.event(course=course, capacity=4)
    other = make.event(course=course, starts_at=datetime(2027, 3, 11, 9, 30, tzinfo=UTC))
    make.booking(event)
    page = browser.get(f"/events/{event}")
    assert page.document.select_one(".facts .few").get_text() == "3 of 4 places left"
    assert page.link("Thursday 11 March") == f"/events/{other}"
    assert "Not this day? Thursday 11 March has 30 places left." in page.text


def test_B4_a_full_event_offers_the_list_and_says_the_position(
    browser: Browser, make: Make
) -> None:
    course = make.course()
    event = make.event(course=course, capacity=1)
    other = make.event(course=course, starts_at=datetime(2027, 3, 11, 9, 30, tzinfo=UTC))
    make.booking(event)
    make.booking(event, state=BookingState.WAITING)
    page = browser.get(f"/events/{event}")
    assert facts(page)["Places"] == "Full. 1 person is waiting"
    assert page.link("Join the waiting list") == f"/events/{event}/book"
    assert page.link("Book that one instead") == f"/events/{other}"
    assert "You would be second in line: the one place is taken." in page.text
    assert headings(page)[0] == "What happens if you wait"


def test_B3_a_free_place_that_somebody_waits_for_is_not_offered(
    browser: Browser, make: Make
) -> None:
    event = make.event(capacity=2)
    make.booking(event)
    make.booking(event, state=BookingState.WAITING)
    page = browser.get(f"/events/{event}")
    assert facts(page)["Places"] == "Full. 1 person is waiting"
    assert page.link("Join the waiting list")


def test_B3_places_held_for_a_sector_are_named(browser: Browser, make: Make) -> None:
    event = make.event(capacity=2)
    make.booking(event)
    keep(
        Share(
            event_id=event,
            kind=ShareKind.RESERVATION,
            sector=Sector.POLICE,
            places=1,
            release_on=date(2027, 1, 25),
        )
    )
    page = browser.get(f"/events/{event}")
    said = "1 confirmed, 1 held for the police sector until 25 January"
    assert facts(page)["Places"] == f"Full {said}"


def test_B3_a_cap_is_told_to_whom_it_concerns(browser: Browser, make: Make) -> None:
    police = make.agency("West Midlands Police", Sector.POLICE)
    event = make.event(capacity=9)
    make.booking(event, make.person(agency=police))
    keep(Share(event_id=event, kind=ShareKind.CAP, agency_id=police, places=1))
    browser.sign_in(make.person(agency=police))
    page = browser.get(f"/events/{event}")
    assert "You would be first in line: your agency has its one place." in page.text
    browser.sign_in(make.person())
    assert browser.get(f"/events/{event}").link("Book a place")


def test_B3_the_cap_of_a_partnership_is_told_as_booking_will_decide_it(
    browser: Browser, make: Make
) -> None:
    event = make.event(capacity=9)
    make.booking(event)
    walsall = db.session.get_one(Event, event).partnership_id
    keep(Share(event_id=event, kind=ShareKind.CAP, partnership_id=walsall, places=1))
    browser.sign_in(make.person())
    page = browser.get(f"/events/{event}")
    assert "You would be first in line: your partnership has its one place." in page.text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (BookingState.CONFIRMED, "You have a place."),
        (BookingState.WAITING, "You are waiting. First in line: "),
        (BookingState.OFFERED, "You have an offer of a place."),
    ],
)
def test_B2_who_has_booked_is_shown_the_booking(
    browser: Browser, make: Make, state: BookingState, said: str
) -> None:
    person, event = make.person(), make.event(capacity=1)
    if state is BookingState.WAITING:
        make.booking(event)
    make.booking(event, person, state=state)
    browser.sign_in(person)
    page = browser.get(f"/events/{event}")
    assert said in page.text
    assert page.link("See your booking").startswith("/bookings/WSP-")
    assert "Book a place" not in page.text


def test_the_joining_link_is_shown_only_to_those_with_a_place(browser: Browser, make: Make) -> None:
    event = make.event(
        mode=EventMode.ONLINE, joining_link=LINK, joining_instructions="Bring a case.", capacity=1
    )
    booked, waiting = make.person(), make.person()
    make.booking(event, booked)
    make.booking(event, waiting, state=BookingState.WAITING)
    for person in (None, waiting, make.coordinator()):
        if person:
            browser.sign_in(person)
        assert "meet.example" not in browser.get(f"/events/{event}").html
    browser.sign_in(booked)
    page = browser.get(f"/events/{event}")
    assert facts(page)["Join"] == LINK
    assert "Bring a case." in page.text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"state": EventState.CANCELLED}, "This event is cancelled."),
        (
            {"starts_at": datetime(2027, 1, 19, 9, 30, tzinfo=UTC), "closes_at": None},
            "Booking closes",
        ),
        ({"starts_at": datetime(2027, 1, 15, 9, 30, tzinfo=UTC)}, "This event has taken place."),
        (
            {"closes_at": datetime(2027, 1, 18, 9, tzinfo=UTC)},
            "Booking closed on Monday 18 January at 9am.",
        ),
    ],
)
def test_B1_why_no_booking_is_taken(
    browser: Browser, make: Make, event: dict[str, object], said: str
) -> None:
    page = browser.get(f"/events/{make.event(**event)}")  # type: ignore[arg-type]
    if said == "Booking closes":
        assert page.link("Book a place")
    else:
        assert said in page.text
        assert "Book a place" not in page.text


def test_B1_closing_goes_by_the_partnerships_policy(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    event = make.event(starts_at=datetime(2027, 1, 20, 9, 30, tzinfo=UTC))
    clock.set(datetime(2027, 1, 19, 17, tzinfo=UTC))
    said = "Booking closed on Tuesday 19 January at 5pm."
    assert said in browser.get(f"/events/{event}").text


def test_a_draft_is_not_there_but_for_those_who_run_it(browser: Browser, make: Make) -> None:
    draft = make.event(state=EventState.DRAFT)
    browser.get(f"/events/{draft}", status=404)
    browser.get("/events/999999", status=404)
    browser.sign_in(make.person())
    browser.get(f"/events/{draft}", status=404)
    browser.sign_in(make.coordinator())
    assert "This event is not published yet." in browser.get(f"/events/{draft}").text


def test_the_page_wears_the_look_of_its_partnership(browser: Browser, make: Make) -> None:
    make.partnership()
    sandwell = make.partnership("Sandwell", brand="#5a2f63", brand_dark="#3d1d45")
    page = browser.get(f"/events/{make.event(partnership=sandwell)}")
    assert (
        page.document.select_one(".header__name").get_text() == "Sandwell Safeguarding Partnership"
    )
    assert "/brand/sandwell-" in page.html


def test_E1_only_the_stages_in_force_are_announced(browser: Browser, make: Make) -> None:
    webinar = browser.get(f"/events/{make.event(kind=EventKind.WEBINAR)}")
    assert [s.get_text() for s in webinar.document.select(".timeline__title")] == [
        "At the end: two minutes"
    ]
    forum = browser.get(f"/events/{make.event(kind=EventKind.FORUM, level=None)}")
    assert "How we follow it up" not in headings(forum)
    assert forum.document.select_one(".caption").get_text() == "Forum · One day · Children"


def test_E5_own_outcomes_stand_for_the_courses(browser: Browser, make: Make) -> None:
    event = make.event(course=make.course())
    keep(LearningOutcome(event_id=event, position=0, text="Only here"))
    page = browser.get(f"/events/{event}")
    assert "Only here" in page.text
    assert "Recognise when nothing changes" not in page.text


def test_several_days_price_and_access(browser: Browser, make: Make) -> None:
    event = make.event(
        days=2, hours=3, price=Decimal("45.50"), venue_access="Step-free.\n\nHearing loop."
    )
    page = browser.get(f"/events/{event}")
    assert page.document.select_one(".caption").get_text() == "Level 2 · Two days · Children"
    said = facts(page)
    assert said["When"].endswith("Tuesday 9 February 2027 9:30am to 12:30pm")
    assert said["Cost"] == "£45.50"
    assert said["Where"] == "Beacon Hall, Walsall ( access )"
    paragraphs = [p.get_text() for p in page.document.select("#getting-there p")]
    assert paragraphs == ["Step-free.", "Hearing loop."]


def test_the_page_needs_three_statements_whatever_the_bookings(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    course = make.course()
    event = make.event(course=course, trainers=[make.person()], capacity=40)
    few = reads_of(browser, f"/events/{event}")
    for day in range(1, 4):
        other = make.event(course=course, starts_at=clock.now() + timedelta(days=30 + day))
        make.booking(other)
    for _ in range(12):
        make.booking(event)
    assert reads_of(browser, f"/events/{event}") == few <= 3


# --- Courses --------------------------------------------------------------------------------


def test_courses_are_listed_with_what_comes_next(browser: Browser, make: Make) -> None:
    course = make.course(minutes=210)
    make.course("Never planned", level=None)
    event = make.event(course=course, capacity=4)
    make.course("Retired", retired_on=date(2026, 9, 1))
    page = browser.get("/courses")
    titles = [title.get_text(strip=True) for title in page.document.select(".rows__title")]
    assert titles == ["Disguised Compliance and Safeguarding Children", "Never planned"]
    assert "Level 2 · 3 hours 30 minutes · Children" in page.text
    assert page.link("Monday 8 February") == f"/events/{event}"
    assert "No date is planned" in page.text


def test_a_courses_page_has_its_dates_to_come(browser: Browser, make: Make) -> None:
    course = make.course(audience="For everyone.")
    make.event("Over", course=course, starts_at=datetime(2027, 1, 4, 10, tzinfo=UTC))
    make.event("To come", course=course)
    page = browser.get("/courses/disguised-compliance-and-safeguarding-children")
    titles = [title.get_text(strip=True) for title in page.document.select(".event-row__title")]
    assert titles == ["To come"]
    assert headings(page) == ["Dates", "What you will be able to do", "Is it for you?"]
    browser.get("/courses/unknown", status=404)


def test_a_course_without_dates_says_so(browser: Browser, make: Make) -> None:
    make.course("Neglect")
    assert "No date is planned at the moment." in browser.get("/courses/neglect").text


def test_B10_approval_is_said_to_those_who_could_book_alone(browser: Browser, make: Make) -> None:
    event = make.event("Neglect", approved_by=ApprovedBy.LINE_MANAGER)
    holder = make.person()
    make.booking(event, holder)
    said = "Your line manager approves your booking"
    assert said in browser.get(f"/events/{event}").text
    browser.sign_in(holder)
    page = browser.get(f"/events/{event}")
    assert "You have a place." in page.text
    assert said not in page.text
