"""From a figure of attendance to the bookings behind it: for those who run the programme."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.access import Role
from lms.audit import AuditEntry
from lms.booking.rules import Origin, Outcome
from lms.db import db
from tests.reporting.test_pages import LAST_YEAR, Programme, fetch, rows_of
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.statements import reads_of

AUTUMN = datetime(2025, 11, 10, 9, 30, tzinfo=UTC)
TRACED = ("confirmed", "attended_fully", "attended_partly", "did_not_attend", "excused")


@pytest.fixture
def programme(make: Make, browser: Browser) -> Programme:
    """Two of the police who came, one who did not, and one of the aid who walked in."""
    made = Programme(make, browser)
    made.came(made.now, made.police, 2)
    made.came(made.now, made.police, 1, outcome=Outcome.DID_NOT_ATTEND)
    made.came(made.now, made.aid, 1, origin=Origin.WALK_IN)
    browser.sign_in(make.person("Idris Larkspur", role=Role.COORDINATOR))
    return made


def test_each_figure_leads_to_as_many_bookings(programme: Programme, browser: Browser) -> None:
    page = browser.get("/reports/attendance")
    police = browser.get(page.link("2 West Midlands Police, attended: see the bookings"))
    assert police.h1 == "Bookings counted as attended"
    assert "2 of 2 shown" in police.text
    assert len(police.document.find("tbody").find_all("tr")) == 2
    assert "from West Midlands Police" in police.text
    missed = browser.get(police.link("did not attend"))
    assert "1 of 1 shown" in missed.text
    assert "Did not attend" in missed.document.find("tbody").get_text()
    walked_in = browser.get(page.link("1 Women’s Aid, attended: see the bookings"))
    assert "Walked in, attended" in walked_in.document.find("tbody").get_text()


def test_a_cell_of_a_crossed_table_leads_to_its_own_bookings(
    programme: Programme, browser: Browser, make: Make
) -> None:
    programme.came(make.event("Later", starts_at=AUTUMN), programme.police, 1)
    page = browser.get("/reports/attendance?by=sector&across=quarter")
    cells = page.document.find("tbody").find_all("a")
    assert [cell.contents[0] for cell in cells] == ["3", "2", "1", "1", "1"]
    second = browser.get(cells[1]["href"])
    assert "2 of 2 shown" in second.text
    assert "July 2025 to September 2025" in second.text


@pytest.mark.parametrize("figure", TRACED)
def test_the_bookings_are_as_many_as_the_report_says(
    programme: Programme, browser: Browser, figure: str
) -> None:
    total = rows_of(fetch(browser, "/reports/attendance.csv?year=2025-26").data)[-1]
    page = browser.get(f"/reports/attendance/bookings?figure={figure}&year=2025-26")
    shown = page.document.find("tbody")
    assert len(shown.find_all("tr") if shown else []) == int(total[figure])


def test_P3_a_file_of_them_is_asked_for_by_a_button_and_is_in_the_audit_trail(
    programme: Programme, browser: Browser
) -> None:
    page = browser.get("/reports/attendance/bookings?sector=police&year=2025-26")
    answer: TestResponse = browser.submit(page, form="Download as CSV").response
    rows = rows_of(answer.data)
    assert [row["agency"] for row in rows] == ["West Midlands Police"] * 2
    assert set(rows[0]) == {
        *("event_reference", "event", "held_on", "name", "agency", "became"),
        "booking_reference",
    }
    said = db.session.scalars(select(AuditEntry.sentence)).all()[-1]
    assert said == (
        "took a file of two bookings behind a figure of attendance: "
        "attended, April 2025 to March 2026, from the police"
    )


def test_a_long_list_comes_a_page_at_a_time_in_as_many_statements(
    programme: Programme, browser: Browser
) -> None:
    programme.came(programme.now, programme.teams, 55)
    few = reads_of(browser, "/reports/attendance/bookings?agency=Women’s Aid")
    assert reads_of(browser, "/reports/attendance/bookings?agency=Street Teams") == few
    page = browser.get("/reports/attendance/bookings?agency=Street Teams")
    assert "50 of 55 shown" in page.text
    rest = browser.get(page.link("Older events"))
    assert "5 of 55 shown" in rest.text
    first = {row.get_text() for row in page.document.find("tbody").find_all("tr")}
    assert not first & {row.get_text() for row in rest.document.find("tbody").find_all("tr")}
    assert "There is no such page" in browser.get("/reports/attendance/bookings?page=9").text


def test_the_same_bookings_come_as_an_excel_file(programme: Programme, browser: Browser) -> None:
    page = browser.get("/reports/attendance/bookings?sector=police")
    answer = browser.submit(page, form="Download as Excel file").response
    assert answer.is_streamed
    header, *rows = load_workbook(BytesIO(answer.get_data())).active.iter_rows(values_only=True)
    assert header[3:6] == ("name", "agency", "became")
    assert [row[4:6] for row in rows] == [("West Midlands Police", "attended")] * 2
    said = db.session.scalars(select(AuditEntry.sentence)).all()[-1]
    assert said.startswith("took a file of two bookings behind a figure of attendance")


def test_a_sub_group_member_sees_no_name_and_no_way_to_one(
    programme: Programme, browser: Browser
) -> None:
    browser.sign_in(programme.reader)
    page = browser.get("/reports/attendance")
    assert page.document.find("tbody").find_all("a") == []
    browser.get("/reports/attendance/bookings", status=404)


def test_a_coordinator_traces_the_figures_of_their_own_partnership_alone(
    programme: Programme, browser: Browser, make: Make
) -> None:
    sandwell = make.partnership("Sandwell", reference_prefix="SSP")
    elsewhere = make.event("Elsewhere", starts_at=LAST_YEAR, partnership=sandwell)
    programme.came(elsewhere, programme.police, 3)
    page = browser.get("/reports/attendance/bookings?sector=police")
    assert "2 of 2 shown" in page.text
    browser.get("/reports/attendance/bookings?partnership=Sandwell", status=422)
