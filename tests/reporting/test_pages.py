"""The reports as a sub-group reads them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from werkzeug.test import TestResponse

from lms.access import Role
from lms.agencies.models import Headcount
from lms.agencies.rules import Sector
from lms.booking.rules import BookingState, Origin, Outcome
from lms.db import transaction
from lms.evaluation.models import Evaluation
from lms.evaluation.rules import Stage
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make
from tests.support.statements import reads_of

LAST_YEAR = datetime(2025, 9, 8, 8, 30, tzinfo=UTC)
YEAR_BEFORE = datetime(2024, 9, 9, 8, 30, tzinfo=UTC)


class Programme:
    """A year and the year before, with the police and two agencies of the voluntary sector."""

    def __init__(self, make: Make, browser: Browser) -> None:
        self.make, self.browser = make, browser
        self.partnership = make.partnership()
        council = make.agency("Walsall Council", Sector.LOCAL_AUTHORITY)
        self.reader = make.person("Pat Member", role=Role.PLD_MEMBER, agency=council)
        self.police = make.agency("West Midlands Police", Sector.POLICE)
        self.aid = make.agency("Women’s Aid", Sector.VOLUNTARY_AND_COMMUNITY)
        self.teams = make.agency("Street Teams", Sector.VOLUNTARY_AND_COMMUNITY)
        self.now = make.event("Neglect", starts_at=LAST_YEAR)
        self.before = make.event("Neglect", starts_at=YEAR_BEFORE)
        browser.sign_in(self.reader)

    def came(self, at: int, agency: int, people: int = 1, **facts: object) -> list[int]:
        known = {
            "outcome": Outcome.ATTENDED,
            "counts_as_confirmed_at_start": True,
            **facts,
        }
        make = self.make
        return [
            make.booking(at, make.person(agency=agency), **known)  # type: ignore[arg-type]
            for _ in range(people)
        ]


@pytest.fixture
def programme(make: Make, browser: Browser) -> Programme:
    return Programme(make, browser)


def fetch(browser: Browser, address: str) -> TestResponse:
    return browser.client.get(address, base_url=BASE_URL)


def rows_of(page_text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page_text.decode())))


def test_R3_the_finding_the_chart_and_the_table_tell_the_same_figures(
    programme: Programme, browser: Browser
) -> None:
    programme.came(programme.now, programme.police, 6)
    programme.came(programme.now, programme.aid, 2)
    programme.came(programme.now, programme.teams, 2, origin=Origin.WALK_IN)
    programme.came(programme.before, programme.police, 5)
    programme.came(programme.before, programme.aid, 3)
    page = browser.get("/reports/attendance")
    assert page.h1 == "Attendance by agency"
    assert "April 2025 to March 2026, compared with the year before" in page.text
    finding = page.document.find("p", class_="finding")
    assert finding is not None
    assert finding.get_text() == (
        "10 attended: 2 more than the year before. 60% of them were from the police, down from 63%."
    )
    table = page.document.find("table").get_text(" ", strip=True)
    assert "Police : West Midlands Police 6 6 60% 63% 100% unknown" in table
    assert "Voluntary and community 2 4 40% 38% 100% unknown" in table
    assert "Street Teams 0 2 20% 0% unknown unknown" in table
    assert "All agencies 8 10 100% 100% 100% unknown" in table


def test_R2_reach_is_of_the_workforce_and_a_sector_is_unknown_if_one_of_its_agencies_is(
    programme: Programme, browser: Browser
) -> None:
    with transaction() as session:
        for agency, people in ((programme.police, 50), (programme.aid, 10)):
            session.add(
                Headcount(
                    agency_id=agency,
                    partnership_id=programme.partnership,
                    year=2025,
                    people=people,
                )
            )
    programme.came(programme.now, programme.police, 2)
    programme.came(programme.now, programme.aid, 1)
    table = browser.get("/reports/attendance").document.find("table").get_text(" ", strip=True)
    assert "West Midlands Police 2 2 67% 100% 4%" in table
    assert "Women’s Aid 1 1 33% 100% 10%" in table
    assert "Voluntary and community 1 1 33% 100% unknown" in table


@pytest.mark.parametrize(
    "by",
    [
        *("sector", "course", "level", "priority", "theme", "kind", "mode", "remit"),
        *("quarter", "partnership"),
    ],
)
def test_every_grouping_has_a_page_and_files(
    programme: Programme, browser: Browser, by: str
) -> None:
    programme.came(programme.now, programme.police, 2)
    programme.came(programme.before, programme.police, 1)
    assert browser.get(f"/reports/attendance?by={by}").h1 == f"Attendance by {by}"
    assert browser.get(f"/reports/evaluation?by={by}").h1 == f"Evaluation by {by}"
    answer = fetch(browser, f"/reports/attendance.csv?by={by}&year=2025-26")
    rows = rows_of(answer.data)
    assert rows[-1]["attended"] == "2"
    assert next(iter(rows[0])) == by


def test_a_quarter_is_compared_with_the_same_one_of_the_year_before(
    programme: Programme, browser: Browser
) -> None:
    programme.came(programme.now, programme.police, 2)
    programme.came(programme.before, programme.police, 1)
    table = browser.get("/reports/attendance?by=quarter").document.find("table")
    assert "2025-26 Q2 2 2 100% 100%" in table.get_text(" ", strip=True)


def test_the_page_takes_the_last_complete_year_and_its_files_say_the_same(
    programme: Programme, browser: Browser
) -> None:
    programme.came(programme.now, programme.police, 2)
    programme.came(programme.before, programme.police, 1)
    page = browser.get("/reports/attendance")
    rows = rows_of(fetch(browser, page.link("CSV")).data)
    assert rows[-1] == {**rows[-1], "agency": "Total", "attended": "2", "people": "2"}
    told = json.loads(fetch(browser, page.link("JSON")).data)
    assert told["filters"]["from"] == "2025-04-01"
    workbook = fetch(browser, page.link("Excel"))
    assert workbook.data[:2] == b"PK"
    assert "attachment" in workbook.headers["Content-Disposition"]
    year = browser.get(page.link("2024-25"))
    assert "1 attended." in year.text
    browser.get("/reports/attendance.docx", status=404)


def test_R1_people_of_no_agency_have_a_row_of_their_own(
    programme: Programme, browser: Browser
) -> None:
    programme.came(programme.now, programme.police, 1)
    programme.came(programme.now, programme.police, 1, agency_id=None, agency_typed="Polise")
    table = browser.get("/reports/attendance").document.find("table").get_text(" ", strip=True)
    assert "No agency given 1 1 50%" in table


def test_cancelled_bookings_and_those_to_come_count_as_nobody(
    programme: Programme, browser: Browser
) -> None:
    programme.came(
        programme.now,
        programme.police,
        state=BookingState.CANCELLED,
        outcome=None,
        counts_as_confirmed_at_start=False,
    )
    page = browser.get("/reports/attendance")
    assert "Nobody attended in this period." in page.text


def test_evaluation_says_who_was_asked_and_who_answered_by_stage(
    programme: Programme, browser: Browser
) -> None:
    bookings = programme.came(programme.now, programme.police, 4)
    with transaction() as session:
        for n, booking_id in enumerate(bookings):
            session.add(
                Evaluation(
                    booking_id=booking_id,
                    stage=Stage.POST,
                    invited_at=LAST_YEAR,
                    answered_at=LAST_YEAR if n else None,
                )
            )
    page = browser.get("/reports/evaluation")
    assert "3 of 4 answered at the end (75%)." in page.text
    assert "75%, provisional" in page.text
    rows = rows_of(fetch(browser, page.link("CSV")).data)
    post = [row for row in rows if row["stage"] == "post"]
    assert post[0] == {
        "agency": "West Midlands Police",
        "stage": "post",
        "invited": "4",
        "answered": "3",
        "reply_rate": "0.7500",
        "provisional": "yes",
    }
    assert "3 of 4 answered at the end" in browser.get("/reports").text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("by=colour", "There is no report by colour."),
        ("from=2026-02-30", "Write a date as 2026-04-01"),
        ("from=2026-02-03&to=2026-02-01", "before it begins"),
        ("from=0001-01-01", "Write a date of the years 1900 to 2200."),
        ("to=9999-12-31", "Write a date of the years 1900 to 2200."),
        ("year=2025", "There is no reporting year 2025."),
        ("partnership=Dudley", "There is no partnership Dudley."),
    ],
)
def test_what_cannot_be_asked_is_said_on_a_page(
    programme: Programme, browser: Browser, asked: str, said: str
) -> None:
    assert said in browser.get(f"/reports/attendance?{asked}", status=422).text


def test_a_reader_sees_only_the_partnerships_of_their_role(
    programme: Programme, browser: Browser, make: Make
) -> None:
    sandwell = make.partnership("Sandwell", reference_prefix="SSP")
    elsewhere = make.event("Elsewhere", starts_at=LAST_YEAR, partnership=sandwell)
    programme.came(elsewhere, programme.police, 3)
    programme.came(programme.now, programme.police, 1)
    assert "1 attended" in browser.get("/reports/attendance").text
    browser.get("/reports/attendance?partnership=Sandwell", status=422)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.AGENCY_LEAD, Role.PRACTITIONER])
def test_others_read_no_reports(browser: Browser, make: Make, role: Role) -> None:
    browser.sign_in(make.person(role=role))
    for address in ("/reports", "/reports/attendance", "/reports/evaluation"):
        browser.get(address, status=404)
    assert fetch(browser, "/reports/attendance.csv").status_code == 404


def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(
    programme: Programme, browser: Browser, make: Make
) -> None:
    programme.came(programme.now, programme.police)
    programme.came(programme.before, programme.police)
    browser.get("/reports")
    few = [reads_of(browser, address) for address in SOME_PAGES]
    for n in range(12):
        other = make.agency(f"Agency {n}", Sector.EDUCATION)
        programme.came(make.event(f"Event {n}", starts_at=LAST_YEAR), other, 2)
    many = [reads_of(browser, address) for address in SOME_PAGES]
    assert many == few


SOME_PAGES = (
    "/reports/attendance",
    "/reports/attendance?by=agency&across=quarter&level=2",
    "/reports/attendance?by=priority&across=course&sector=education",
    "/reports/evaluation",
)
