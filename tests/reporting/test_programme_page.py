"""The programme as a sub-group reads it, and its files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lms.access import Role
from lms.agencies.rules import Sector
from lms.booking.models import BookingMove
from lms.booking.rules import BookingState, ChargeReason, ChargeState
from lms.catalogue.models import Event, Priority
from lms.catalogue.rules import EventState
from lms.db import db, transaction
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make
from tests.support.statements import count_statements

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LAST_YEAR = datetime(2025, 9, 8, 8, 30, tzinfo=UTC)


class Programme:
    """Last year: a course that ran full, one that did not run, and somebody who waited."""

    def __init__(self, make: Make, browser: Browser) -> None:
        self.make, self.browser = make, browser
        self.council = make.agency("Walsall Council", Sector.LOCAL_AUTHORITY)
        self.neglect = make.course("Neglect")
        self.trainer = make.person("Tess Trainer", agency=self.council)
        self.ran = self.event(trainers=[self.trainer], capacity=2, price=Decimal(45))
        browser.sign_in(make.person("Pat Member", role=Role.PLD_MEMBER, agency=self.council))

    def event(self, title: str = "Neglect", **facts: object) -> int:
        known = {"starts_at": LAST_YEAR, "course": self.neglect, **facts}
        return self.make.event(title, **known)  # type: ignore[arg-type]

    def confirmed(self, event: int, people: int = 1) -> list[int]:
        make = self.make
        return [
            make.booking(event, make.person(agency=self.council), counts_as_confirmed_at_start=True)
            for _ in range(people)
        ]

    def waits(self, event: int, person: int | None = None) -> int:
        asked = LAST_YEAR - timedelta(days=20)
        state = BookingState.WAITING
        person = person or self.make.person(agency=self.council)
        return self.make.booking(event, person, state=state, requested_at=asked)

    def rows(self, address: str) -> list[dict[str, str]]:
        answer = self.browser.client.get(address, base_url=BASE_URL)
        return list(csv.DictReader(io.StringIO(answer.data.decode())))


@pytest.fixture
def programme(make: Make, browser: Browser) -> Programme:
    return Programme(make, browser)


def test_R2_R7_the_finding_says_what_ran_how_full_and_who_had_no_place(
    programme: Programme, browser: Browser
) -> None:
    programme.event(state=EventState.CANCELLED, cancelled_because="The trainer is ill")
    programme.confirmed(programme.ran, 2)
    programme.waits(programme.ran)
    page = browser.get("/reports/programme")
    assert (
        "Two events were planned: one ran and one was cancelled. 100% of the places were taken; "
        "one person waited for a place and never had one." in page.text
    )
    assert "1 of the 2 events that were planned ran" in page.text
    assert "Cancelled: one because the trainer was ill." in page.text
    table = page.document.find("table").get_text(" ", strip=True)
    assert "Neglect 2 1 1 0 2 2 100% 1 1" in table


def test_R7_a_postponed_event_counts_by_the_day_it_was_taken_from(
    programme: Programme, browser: Browser
) -> None:
    put_off = programme.event("Later")
    with transaction() as session:
        event = session.get_one(Event, put_off)
        event.state, event.postponed_from = EventState.POSTPONED, LAST_YEAR
        event.starts_at = event.ends_at = None
        event.sessions = []
    rows = programme.rows("/reports/programme.csv?year=2025-26")
    assert (rows[-1]["planned"], rows[-1]["run"], rows[-1]["postponed"]) == ("2", "1", "1")
    rows = programme.rows("/reports/programme.csv?year=2026-27")
    assert rows[-1]["planned"] == "0"
    assert "one ran and one was postponed" in browser.get("/reports/programme").text


def test_who_had_a_place_at_a_later_run_of_the_course_is_no_unmet_demand(
    programme: Programme, browser: Browser
) -> None:
    waited, came_before = programme.make.person(), programme.make.person()
    again = programme.event(starts_at=LAST_YEAR + timedelta(days=60))
    long_ago = programme.event(starts_at=LAST_YEAR - timedelta(days=700))
    programme.waits(programme.ran, waited)
    programme.waits(programme.ran, came_before)
    programme.make.booking(again, waited)
    programme.make.booking(long_ago, came_before)
    assert (
        "one person waited for a place and never had one" in browser.get("/reports/programme").text
    )


def test_who_left_the_list_before_the_start_did_not_wait_at_it(
    programme: Programme, browser: Browser
) -> None:
    booking = programme.waits(programme.ran)
    with transaction() as session:
        session.add(
            BookingMove(
                booking_id=booking,
                from_state=BookingState.WAITING,
                to_state=BookingState.CANCELLED,
                at=LAST_YEAR - timedelta(days=1),
                by_what="delegate",
            )
        )
    assert "never had one" not in browser.get("/reports/programme").text


def test_priorities_without_an_event_have_their_row_and_their_sentence(
    programme: Programme, browser: Browser
) -> None:
    with transaction() as session:
        host = programme.make.partnership()
        for n, name in enumerate(("Neglect", "Exploitation")):
            session.add(Priority(partnership_id=host, name=name, position=n))
        session.flush()
        event = session.get_one(Event, programme.ran)
        event.priorities = [db.session.query(Priority).filter_by(name="Neglect").one()]
    page = browser.get("/reports/programme")
    assert "One of the two priorities had no event that ran: Exploitation." in page.text
    rows = programme.rows("/reports/programme.csv?by=priority&year=2025-26")
    assert [(row["priority"], row["run"]) for row in rows] == [
        ("Neglect", "1"),
        ("Exploitation", "0"),
        ("Total", "1"),
    ]


def test_trainer_days_are_of_the_agency_on_the_day(programme: Programme, browser: Browser) -> None:
    """She joined the council in December: until then she belonged to none."""
    february = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
    programme.event(starts_at=february, hours=3, trainers=[programme.trainer])
    said = browser.get("/reports/programme").text
    assert "One trainer taught for 1.5 days altogether." in said
    rows = programme.rows("/reports/programme.csv?by=agency&year=2025-26")
    assert [(row["agency"], row["trainers"], row["trainer_days"]) for row in rows] == [
        ("Walsall Council", "1", "0.5"),
        ("No agency", "1", "1.0"),
        ("Total", "1", "1.5"),
    ]


def test_who_is_charged_for_staying_away_owes_no_fee_beside(
    programme: Programme, browser: Browser
) -> None:
    first, _ = programme.confirmed(programme.ran, 2)
    absent = ChargeReason.NON_ATTENDANCE
    programme.make.charge(first, reason=absent, state=ChargeState.CONFIRMED, pence=9000)
    with transaction() as session:
        session.get_one(Event, programme.ran).cost = Decimal(600)
    page = browser.get("/reports/programme")
    assert "The events that ran cost £600; £135 is due for places" in page.text
    row = programme.rows("/reports/programme.csv?year=2025-26")[-1]
    assert (row["cost"], row["fees"], row["charges"], row["income"]) == (
        *("600.00", "45.00", "90.00", "135.00"),
    )


def test_who_waits_is_a_file_of_its_own(programme: Programme) -> None:
    programme.waits(programme.ran)
    rows = programme.rows("/reports/waiting.csv?by=agency&year=2025-26")
    assert rows[0] == {
        "agency": "Walsall Council",
        "waiting_at_start": "1",
        "people": "1",
        "unmet": "1",
        "waiting_now": "0",
        "asked_to_be_told": "",
    }


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("by=colour", "There is no report by colour: choose among course,"),
        ("by=sector", "There is no report by sector: choose among course,"),
        ("from=2026-02-03&to=2026-02-01", "before it begins"),
        ("year=2025", "There is no reporting year 2025."),
    ],
)
def test_what_cannot_be_asked_is_said_on_a_page(
    programme: Programme, browser: Browser, asked: str, said: str
) -> None:
    del programme
    assert said in browser.get(f"/reports/programme?{asked}", status=422).text


def test_every_grouping_has_a_page(programme: Programme, browser: Browser) -> None:
    programme.confirmed(programme.ran)
    for by in ("level", "priority", "theme", "kind", "mode", "remit", "quarter"):
        assert browser.get(f"/reports/programme?by={by}").h1 == f"Programme by {by}"


def test_a_page_takes_as_many_statements_for_many_events_as_for_few(
    programme: Programme, browser: Browser
) -> None:
    def statements() -> int:
        with count_statements() as counted:
            browser.get("/reports/programme")
        return counted.number

    programme.confirmed(programme.ran)
    programme.waits(programme.ran)
    browser.get("/reports/programme")
    few = statements()
    for n in range(6):
        event = programme.event(f"Event {n}", trainers=[programme.trainer])
        programme.confirmed(event, 2)
        programme.waits(event)
    assert statements() == few


def test_it_is_narrowed_by_what_an_event_is_and_never_by_who_came(
    programme: Programme, browser: Browser
) -> None:
    programme.confirmed(programme.ran)
    programme.event("Alone", course=None, level=3)
    page = browser.get("/reports/programme?by=level&level=3&year=2025-26")
    assert "One event was planned: one ran." in page.text
    assert browser.get(page.link("Remove all")).h1 == "Programme by level"
    chip = browser.get(page.link("Level: 3"))
    assert (chip.h1, "Two events were planned" in chip.text) == ("Programme by level", True)
    names = {select.get("name") for select in page.document.find_all("select")}
    assert "level" in names
    assert not names & {"agency", "sector", "area"}
    wrong = browser.get("/reports/programme?agency=Walsall Council", status=422)
    assert "cannot be narrowed to an agency" in wrong.text
    assert wrong.h1 == "The programme: ask again"


def test_it_is_compared_with_the_year_before(programme: Programme, browser: Browser) -> None:
    before = "The year before,"
    assert before not in browser.get("/reports/programme?year=2025-26").text
    for state in (EventState.PUBLISHED, EventState.CANCELLED):
        programme.event(starts_at=LAST_YEAR - timedelta(days=364), state=state)
    said = browser.get("/reports/programme?year=2025-26").text
    assert "The year before, two events were planned and one ran." in said
    assert before not in browser.get("/reports/programme?year=2026-27").text
