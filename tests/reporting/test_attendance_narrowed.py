"""Attendance narrowed, crossed and compared, as a sub-group reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from lms.agencies.rules import Sector
from lms.booking.rules import Outcome
from lms.catalogue.rules import EventMode
from tests.reporting.test_pages import LAST_YEAR, Programme, fetch, rows_of
from tests.support.browser import Browser, Page
from tests.support.make import Make

AUTUMN = datetime(2025, 11, 10, 9, 30, tzinfo=UTC)


@pytest.fixture
def programme(make: Make, browser: Browser) -> Programme:
    return Programme(make, browser)


@pytest.fixture
def two_quarters(programme: Programme, make: Make) -> Programme:
    """Four of the police and three of the aid in July to September, one of each in autumn."""
    make.course("Neglect")
    programme.came(programme.now, programme.police, 4)
    programme.came(programme.now, programme.aid, 3)
    autumn = make.event("Exploitation", starts_at=AUTUMN, level=1, mode=EventMode.ONLINE)
    programme.came(autumn, programme.police, 1)
    programme.came(autumn, programme.aid, 1)
    return programme


def finding(page: Page) -> str:
    return str(page.document.find("p", class_="finding").get_text())


def table(page: Page) -> str:
    return str(page.document.find("table").get_text(" ", strip=True))


def test_a_filter_stands_in_the_sentence_the_heading_the_chip_and_every_link(
    two_quarters: Programme, browser: Browser
) -> None:
    page = browser.get("/reports/attendance?sector=police&level=1")
    assert finding(page) == "1 attended (from the police, at level 1)."
    assert "Every agency, April 2025 to March 2026 (from the police, at level 1)" in page.text
    assert "Sector: police" in page.text
    by_course = browser.get(page.link("course"))
    assert finding(by_course).startswith("1 attended (from the police, at level 1).")
    assert rows_of(fetch(browser, page.link("CSV")).data)[-1]["attended"] == "1"
    told = json.loads(fetch(browser, page.link("JSON")).data)
    assert told["filters"]["sector"] == ["police"]
    assert told["filters"]["level"] == ["1"]
    assert "9 attended" in finding(browser.get(page.link("Remove all")))


def test_the_form_keeps_what_was_asked_and_the_dates_keep_the_filters(
    two_quarters: Programme, browser: Browser
) -> None:
    page = browser.get("/reports/attendance?by=course&year=2025-26&sector=police")
    narrow, dates = page.document.find_all("form", method="get")
    assert {(i["name"], i["value"]) for i in narrow.find_all("input", type="hidden")} == {
        ("by", "course"),
        ("year", "2025-26"),
    }
    assert narrow.find("option", selected=True)["value"] == "police"
    assert {(i["name"], i["value"]) for i in dates.find_all("input", type="hidden")} == {
        ("by", "course"),
        ("sector", "police"),
    }


def test_several_values_of_one_dimension_are_any_of_them(
    two_quarters: Programme, browser: Browser
) -> None:
    page = browser.get("/reports/attendance?agency=West Midlands Police&agency=Street Teams")
    assert finding(page) == "5 attended (from West Midlands Police or Street Teams)."
    kept = {box["value"] for box in page.document.find_all("input", type="checkbox")}
    assert kept == {"West Midlands Police", "Street Teams"}


def test_nothing_matches_is_a_sentence_with_a_way_out(
    two_quarters: Programme, browser: Browser
) -> None:
    page = browser.get("/reports/attendance?sector=faith&mode=online")
    assert "Nobody attended in this period (from faith groups, online)." in page.text
    assert "9 attended" in browser.get(page.link("Show the figures without filters")).text


@pytest.mark.parametrize(
    ("asked", "said", "at"),
    [
        ("sector=polise", "There is no sector polise. Did you mean police?", "#sector"),
        ("agency=West+Midlands+Polis", "Did you mean West Midlands Police?", "#agency"),
        ("level=9", "There is no level 9. Choose from: 1, 2, 3, none.", "#level"),
        ("year=2039-40", "That period has not begun: its first day is Friday 1 April", "#main"),
        ("from=2039-01-01", "That period has not begun", "#main"),
        ("quarter=2025-26+Q5", "There is no quarter 2025-26 Q5. Write one as 2023-24 Q1.", "#main"),
        ("year=2024-25&quarter=2025-26+Q1", "lies outside the dates", "#main"),
        ("from=3/2/2026&to=1/2/2026", "before it begins on Tuesday 3 February 2026", "#to"),
        ("by=agency&across=agency", "Choose two different groupings", "#main"),
        ("by=agency&across=sector", "Agencies stand under their sectors already", "#main"),
        ("show=colour&across=quarter", "There is no figure colour.", "#main"),
    ],
)
def test_what_cannot_be_asked_is_said_by_the_form_and_nothing_is_lost(
    two_quarters: Programme, browser: Browser, asked: str, said: str, at: str
) -> None:
    page = browser.get(f"/reports/attendance?course=Neglect&{asked}", status=422)
    summary = page.document.find(class_="govuk-error-summary")
    assert said in summary.get_text()
    assert summary.find("a")["href"] == at
    assert page.document.title.get_text().startswith("Error: ")
    for name, value in (pair.split("=") for pair in asked.split("&")):
        fields = page.document.find_all(attrs={"name": name})
        values = {field.get("value") for field in fields}
        values |= {o["value"] for field in fields for o in field.find_all("option", selected=True)}
        assert value.replace("+", " ") in values


def test_a_quarter_is_read_against_the_quarter_before_or_that_of_a_year_before(
    two_quarters: Programme, browser: Browser
) -> None:
    page = browser.get("/reports/attendance?quarter=2025-26 Q3")
    assert finding(page).startswith("2 attended: 5 fewer than the quarter before.")
    assert "October 2025 to December 2025, compared with the quarter before" in page.text
    same = browser.get(page.link("The same quarter a year before"))
    assert finding(same).startswith("2 attended.")
    assert "Nobody attended in the same quarter a year before, so nothing is compared" in same.text
    dates = browser.get("/reports/attendance?from=1/11/2025&to=30/11/2025")
    assert "compared with" not in dates.text.replace("Compared with", "")
    september = browser.get("/reports/attendance?from=8/9/2025&to=10/11/2025&sector=police")
    assert finding(september) == "5 attended (from the police)."


def test_last_quarter_is_three_clicks_from_signing_in(
    two_quarters: Programme, browser: Browser, make: Make
) -> None:
    last = make.event("Neglect", starts_at=datetime(2026, 11, 9, 9, 30, tzinfo=UTC))
    two_quarters.came(last, two_quarters.police, 2)
    page = browser.get("/")
    for click in ("Reports", "Attendance", "2026-27 Q3"):
        page = browser.get(page.link(click))
    assert finding(page).startswith("2 attended.")
    assert page.document.find("figure") is not None
    assert "Police : West Midlands Police 2 2 100%" in table(page)


def test_two_groupings_are_crossed_with_sectors_and_people_once_in_totals(
    two_quarters: Programme, browser: Browser, make: Make
) -> None:
    twice = make.person(agency=two_quarters.police)
    autumn = make.event("Again", starts_at=AUTUMN)
    for at in (two_quarters.now, autumn):
        make.booking(at, twice, **CAME)
    page = browser.get("/reports/attendance?by=agency&across=quarter&show=people")
    assert page.h1 == "Attendance by agency and quarter"
    assert "People, each person once." in page.text
    rows = table(page)
    assert "Sector and agency Total 2025-26 Q2 2025-26 Q3" in rows
    assert "Police : West Midlands Police 6 5 2" in rows
    assert "Women’s Aid 4 3 1" in rows
    assert rows.endswith("Total 10 8 3")
    attended = table(browser.get(page.link("attended")))
    assert "Police : West Midlands Police 7 5 2" in attended
    assert "Most attended in one cell: 5 (West Midlands Police, 2025-26 Q2)." in page.text


def test_a_crossed_report_as_a_file_has_each_pair_and_each_total(
    two_quarters: Programme, browser: Browser
) -> None:
    answer = fetch(browser, "/reports/attendance.csv?by=sector&across=mode&year=2025-26")
    found = {(row["sector"], row["mode"]): row["attended"] for row in rows_of(answer.data)}
    assert found[("police", "in person")] == "4"
    assert found[("police", "online")] == "1"
    assert found[("police", "Total")] == "5"
    assert found[("Total", "online")] == "2"
    assert found[("Total", "Total")] == "9"
    assert "by-sector-and-mode" in answer.headers["Content-Disposition"]
    book = fetch(browser, "/reports/attendance.xlsx?by=sector&across=mode&year=2025-26")
    assert book.data[:2] == b"PK"


def test_a_table_has_no_more_columns_than_fit_and_says_so(
    two_quarters: Programme, browser: Browser, make: Make
) -> None:
    for n in range(14):
        event = make.event(f"Course {n}", starts_at=LAST_YEAR, course=make.course(f"Course {n}"))
        two_quarters.came(event, two_quarters.police, 1)
    page = browser.get("/reports/attendance?by=sector&across=course")
    assert "12 of 15 columns shown" in page.text
    assert table(page).split("Total")[-1].split()[0] == "23", "the total is of all"


def test_workforces_are_of_the_agencies_to_which_the_figures_are_narrowed(
    two_quarters: Programme, browser: Browser, make: Make
) -> None:
    make.agency("Fire Service", Sector.FIRE)
    rows = rows_of(fetch(browser, "/reports/attendance.csv?sector=police&year=2025-26").data)
    assert [row["agency"] for row in rows] == ["West Midlands Police", "Total"]


CAME = {"outcome": Outcome.ATTENDED, "counts_as_confirmed_at_start": True}


def test_a_value_in_other_capitals_is_no_second_value(
    two_quarters: Programme, browser: Browser
) -> None:
    page = browser.get("/reports/attendance?sector=police&sector=POLICE&sector=Police")
    assert finding(page) == "5 attended (from the police)."
