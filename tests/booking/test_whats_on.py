"""The public programme: list, month, filters, feed and file, on both databases."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from bs4 import Tag
from icalendar import Calendar

from lms.booking.rules import BookingState
from lms.catalogue.models import Event, Priority
from lms.catalogue.rules import EventKind, EventMode, EventState, Remit
from lms.clock import FixedClock
from lms.db import transaction
from tests.support.browser import Browser, Page
from tests.support.make import Make
from tests.support.statements import reads_of


def at(month: int, day: int, hour: int = 10, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def titles(page: Page) -> list[str]:
    return [title.get_text(strip=True) for title in page.document.select(".event-row__title")]


def count_of(page: Page) -> int:
    bar = page.document.select_one(".bar b")
    assert bar is not None
    return int(bar.get_text().split()[0])


def options(page: Page) -> list[tuple[str, str, int]]:
    """(text, address, count) of every link of the card."""
    found = []
    for item in page.document.select(".narrow__options li"):
        link, count = item.find("a"), item.select_one(".narrow__count")
        if isinstance(link, Tag) and count is not None:
            found.append((link.get_text(), str(link["href"]), int(count.get_text())))
    return found


@pytest.fixture
def programme(make: Make) -> Make:
    """Five events that differ in everything that can be chosen."""
    walsall = make.partnership()
    with transaction() as session:
        neglect = Priority(partnership_id=walsall, name="Neglect", position=2)
        hoarding = Priority(partnership_id=walsall, name="Self-neglect and hoarding", position=1)
        session.add_all([neglect, hoarding])
    full = make.event("Full course", starts_at=at(1, 28), capacity=1)
    make.booking(full)
    make.booking(full, state=BookingState.WAITING)
    online = make.event("Online course", starts_at=at(2, 2), level=1, mode=EventMode.ONLINE)
    both = make.event("Both ways", starts_at=at(2, 3), level=None, mode=EventMode.HYBRID)
    adults = make.event("For adults", starts_at=at(3, 4), level=None, remit=Remit.ADULTS)
    make.event("Webinar", starts_at=at(3, 5), kind=EventKind.WEBINAR, mode=EventMode.ONLINE)
    with transaction() as session:
        session.get_one(Event, online).priorities = [session.merge(neglect)]
        session.get_one(Event, adults).priorities = [
            session.merge(neglect),
            session.merge(hoarding),
        ]
        session.get_one(Event, both).remit = Remit.WHOLE_FAMILY
    return make


def test_the_list_says_how_many_and_from_when_to_when(browser: Browser, programme: Make) -> None:
    page = browser.get("/")
    assert page.h1 == "What is on"
    assert "5 events , 28 January to 5 March" in page.text
    assert titles(page) == ["Full course", "Online course", "Both ways", "For adults", "Webinar"]
    headings = [h2.get_text() for h2 in page.document.select(".event-list-heading")]
    assert headings == ["January 2027", "February 2027", "March 2027"]
    assert "Full · 1 waiting" in page.text
    assert "30 places left of 30" in page.text


def test_drafts_cancelled_and_past_events_are_not_listed(browser: Browser, make: Make) -> None:
    make.event("Draft", state=EventState.DRAFT)
    make.event("Off", state=EventState.CANCELLED)
    make.event("Over", starts_at=at(1, 15))
    make.event("This morning", starts_at=at(1, 18, 8))
    assert titles(browser.get("/events")) == ["This morning"]


def test_every_choice_leads_to_as_many_as_it_says(browser: Browser, programme: Make) -> None:
    pages: dict[str, Page] = {}
    said: dict[str, int] = {}
    addresses = ["/events"]
    while addresses:
        address = addresses.pop()
        page = pages[address] = browser.get(address)
        assert len(titles(page)) == count_of(page) == said.setdefault(address, count_of(page)) > 0
        for text, href, count in options(page):
            assert said.setdefault(href, count) == count, f"{text} on {address}"
            if href not in {*pages, *addresses} and len(urlsplit(href).query.split("&")) <= 2:
                addresses.append(href)
    assert len(pages) > 30


def test_choices_stand_in_the_partnerships_own_order(browser: Browser, programme: Make) -> None:
    texts = [text for text, _, _ in options(browser.get("/events"))]
    assert texts == [
        "With places left",
        *("Level 1", "Level 2", "No level"),
        *("Children", "Adults", "Whole family"),
        *("In person", "Online"),
        *("Self-neglect and hoarding", "Neglect"),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=COURSE online", ["Online course"]),
        ("q=hoarding", ["For adults"]),
        ("from=2027-02-03&to=2027-03-04", ["Both ways", "For adults"]),
        ("to=2027-01-28", ["Full course"]),
        ("from=2020-01-01&to=2027-01-28", ["Full course"]),
        ("mode=online", ["Online course", "Both ways", "Webinar"]),
        ("places=left&level=2", ["Webinar"]),
        ("priority=neglect&level=1", ["Online course"]),
        (
            "level=9&from=soon",
            ["Full course", "Online course", "Both ways", "For adults", "Webinar"],
        ),
    ],
)
def test_the_query_narrows_the_list(
    browser: Browser, programme: Make, query: str, found: list[str]
) -> None:
    assert titles(browser.get(f"/events?{query}")) == found


def test_a_chip_takes_its_choice_away_and_the_search_keeps_the_others(
    browser: Browser, programme: Make
) -> None:
    page = browser.get("/events?q=course&level=2&from=2027-01-20")
    chips = [chip.get_text(" ", strip=True) for chip in page.document.select(".chips__chip")]
    assert chips == ["Remove: “course” ×", "Remove: From 20 January 2027 ×", "Remove: Level 2 ×"]
    without = browser.get(str(page.document.select(".chips__chip")[2]["href"]))
    assert titles(without) == ["Full course", "Online course"]
    kept = {str(i["name"]) for i in page.document.select("form[role=search] input")}
    assert kept == {"q", "level", "from"}


def test_nothing_found_says_what_to_do(browser: Browser, programme: Make) -> None:
    page = browser.get("/events?q=course&level=3&remit=adults")
    assert "No event matches what you chose." in page.text
    assert page.link("show all 5") == "/events"


def test_an_empty_programme_says_so(browser: Browser, make: Make) -> None:
    make.partnership()
    assert "Nothing is planned at the moment." in browser.get("/").text


def test_several_partnerships_can_be_told_apart(browser: Browser, make: Make) -> None:
    make.event("Here")
    make.event("There", partnership=make.partnership("Sandwell"))
    page = browser.get("/events")
    assert ("Sandwell", "/events?partnership=Sandwell", 1) in options(page)
    assert titles(browser.get("/events?partnership=Sandwell")) == ["There"]


# --- The month ------------------------------------------------------------------------------


def squares(page: Page) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.find_all("td")]
        for row in page.document.select("table.month tbody tr")
    ]


def columns(page: Page) -> list[str]:
    return [th.get_text() for th in page.document.select("table.month th")]


def test_the_month_is_a_table_of_working_days(browser: Browser, programme: Make) -> None:
    page = browser.get("/events?view=month&month=2027-02")
    assert page.h1 == "February 2027"
    assert columns(page) == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    week = squares(page)[0]
    assert week[0] == "Mon 1"
    assert week[1] == "Tue 2 10am Online course Online · 30 left"
    assert "Nothing is planned at a weekend this month." in page.text
    assert [page.link("January"), page.link("March")] == [
        "/events?view=month&month=2027-01",
        "/events?view=month&month=2027-03",
    ]


def test_weekends_stand_there_when_they_are_used(browser: Browser, make: Make) -> None:
    make.event("Saturday", starts_at=at(2, 6))
    page = browser.get("/events?view=month&month=2027-02")
    assert columns(page)[-2:] == ["Saturday", "Sunday"]
    assert squares(page)[0][5] == "Sat 6 10am Saturday 30 left"


def test_each_day_of_an_event_has_its_tile(browser: Browser, make: Make) -> None:
    make.event("Two days", starts_at=at(1, 31), days=2, capacity=4)
    january = browser.get("/events?view=month&month=2027-01")
    assert squares(january)[-1][-1] == "Sun 31 10am Two days Day 1 of 2 · 4 left"
    february = browser.get("/events?view=month&month=2027-02")
    assert squares(february)[0][0] == "Mon 1 10am Two days Day 2 of 2"


@pytest.mark.parametrize(
    ("month", "starts_at", "square"),
    [
        ("2027-03", datetime(2027, 3, 26, 10, tzinfo=UTC), "Fri 26 10am Event 30 left"),
        ("2027-03", datetime(2027, 3, 29, 9, tzinfo=UTC), "Mon 29 10am Event 30 left"),
        ("2027-10", datetime(2027, 10, 29, 9, tzinfo=UTC), "Fri 29 10am Event 30 left"),
        ("2027-11", datetime(2027, 11, 1, 10, tzinfo=UTC), "Mon 1 10am Event 30 left"),
        ("2027-06", datetime(2027, 5, 31, 23, 30, tzinfo=UTC), "Tue 1 12:30am Event 30 left"),
    ],
)
def test_the_clocks_change_and_the_days_stay(
    browser: Browser, make: Make, month: str, starts_at: datetime, square: str
) -> None:
    make.event("Event", starts_at=starts_at, hours=3)
    page = browser.get(f"/events?view=month&month={month}")
    assert square in [text for week in squares(page) for text in week]


def test_the_month_carries_the_query_over(browser: Browser, programme: Make) -> None:
    page = browser.get(browser.get("/events?mode=online").link("Month"))
    assert page.h1 == "February 2027"
    assert page.link("March") == "/events?mode=online&view=month&month=2027-03"
    assert page.link("List") == "/events?mode=online"
    for _, href, count in options(page):
        assert count_of(browser.get(href)) == count


@pytest.mark.parametrize("month", ["2026-12", "0001-01", "9999-12", "soon", "2027-13"])
def test_a_month_that_is_over_or_beyond_all_planning_is_not_shown(
    browser: Browser, programme: Make, month: str
) -> None:
    assert browser.get(f"/events?view=month&month={month}").h1 == "January 2027"


def test_a_month_without_events_says_so(browser: Browser, programme: Make) -> None:
    page = browser.get("/events?view=month&month=2027-04")
    assert "Nothing is planned in April 2027." in page.text
    assert page.link("March") == "/events?view=month&month=2027-03"


# --- Files ----------------------------------------------------------------------------------


def test_the_file_holds_the_narrowed_list(browser: Browser, programme: Make) -> None:
    page = browser.get("/events?mode=online")
    file = browser.get(page.link("Download these 3 as CSV"))
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(file.response.get_data(as_text=True))))
    assert [row["title"] for row in rows] == ["Online course", "Both ways", "Webinar"]
    assert rows[0]["starts_at"] == "2027-02-02T10:00"
    assert (rows[0]["places"], rows[0]["places_left"], rows[0]["priority"]) == (
        "30",
        "30",
        "Neglect",
    )


def test_the_feed_tells_of_cancelled_events_and_never_of_joining_links(
    browser: Browser, make: Make
) -> None:
    link = "https://meet.example/secret"
    two_days = make.event("Two days", starts_at=at(6, 7), days=2, joining_link=link)
    make.event("Off", state=EventState.CANCELLED, cancelled_at=make.now)
    make.event("Draft", state=EventState.DRAFT, published_at=None)
    response = browser.get("/events.ics").response
    text = response.get_data(as_text=True)
    assert response.content_type.startswith("text/calendar")
    assert "meet.example" not in text
    entries = Calendar.from_ical(text).walk("VEVENT")
    said = [(str(e["summary"]), str(e["status"])) for e in entries]
    assert said == [
        ("Cancelled: Off", "CANCELLED"),
        ("Two days (day 1 of 2)", "CONFIRMED"),
        ("Two days (day 2 of 2)", "CONFIRMED"),
    ]
    assert len({str(entry["uid"]) for entry in entries}) == 3
    assert str(entries[1]["url"]).endswith(f"/events/{two_days}")


# --- Cost -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "most"),
    [("/events", 3), ("/events?view=month", 3), ("/events.ics", 2), ("/courses", 5)],
)
def test_a_page_needs_as_many_statements_for_thirty_events_as_for_one(
    browser: Browser, make: Make, address: str, most: int, clock: FixedClock
) -> None:
    course = make.course()
    make.booking(make.event(course=course))
    few = reads_of(browser, address)
    for day in range(30):
        event = make.event(f"No {day}", starts_at=clock.now() + timedelta(days=day + 1), days=2)
        make.booking(event)
    assert reads_of(browser, address) == few
    assert few <= most


def test_a_cancelled_event_s_page_promises_nothing(browser: Browser, make: Make) -> None:
    event = make.event("Off", state=EventState.CANCELLED, cancelled_at=make.now)
    page = browser.get(f"/events/{event}")
    assert "This event is cancelled." in page.text
    for promise in ("places left", "Cost", "How we follow it up", "Book a place"):
        assert promise not in page.text
