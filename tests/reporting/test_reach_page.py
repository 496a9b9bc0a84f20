"""Reach as a sub-group reads it, the cohorts that a coordinator names, and the files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from lms.access import Role
from lms.agencies.models import Headcount
from lms.agencies.rules import Sector
from lms.audit import AuditEntry
from lms.booking.rules import Origin, Outcome
from lms.db import db, transaction
from lms.records.commands import merge_people
from lms.reporting.cohorts.commands import add_cohort
from lms.reporting.cohorts.rules import CohortDetails
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make
from tests.support.statements import count_statements

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LAST_YEAR = datetime(2025, 9, 8, 8, 30, tzinfo=UTC)
ON = date(2026, 4, 1)


class Region:
    """The police of 50, Women's Aid of whom nobody knows how many, a charity that never came."""

    def __init__(self, make: Make, browser: Browser) -> None:
        self.make, self.browser = make, browser
        self.partnership = make.partnership()
        self.police = make.agency("West Midlands Police", Sector.POLICE)
        self.aid = make.agency("Women’s Aid", Sector.VOLUNTARY_AND_COMMUNITY)
        self.teams = make.agency("Street Teams", Sector.VOLUNTARY_AND_COMMUNITY)
        self.event = make.event("Neglect", starts_at=LAST_YEAR, course=make.course("Neglect"))
        self.member = make.person("Pat Member", role=Role.PLD_MEMBER, agency=self.police)
        self.coordinator = make.coordinator(agency=self.police)
        self.knows(self.police, 50)
        browser.sign_in(self.member)

    def knows(self, agency: int, people: int) -> None:
        with transaction() as session:
            session.add(
                Headcount(
                    agency_id=agency, partnership_id=self.partnership, year=2025, people=people
                )
            )

    def came(self, agency: int, name: str | None = None, **facts: object) -> int:
        person = self.make.person(name, agency=agency)
        known = {"outcome": Outcome.ATTENDED, "counts_as_confirmed_at_start": True, **facts}
        self.make.booking(self.event, person, **known)  # type: ignore[arg-type]
        return person

    def name(self, details: CohortDetails) -> int:
        by = self.make.viewer(self.coordinator)
        return add_cohort(self.partnership, details, by=by, now=self.make.now)

    def rows(self, address: str) -> list[dict[str, str]]:
        answer = self.browser.client.get(address, base_url=BASE_URL)
        return list(csv.DictReader(io.StringIO(answer.data.decode())))

    def cohort(self) -> dict[str, str]:
        (row,) = self.rows("/reports/reach.csv?by=cohort&year=2025-26")
        return row


@pytest.fixture
def region(make: Make, browser: Browser) -> Region:
    return Region(make, browser)


def test_R2_unknown_is_said_and_never_nought_or_all(region: Region, browser: Browser) -> None:
    region.came(region.police)
    region.came(region.aid)
    page = browser.get("/reports/reach")
    assert "2 people came. Of how many is unknown: two of three agencies give no" in page.text
    table = page.document.find("table").get_text(" ", strip=True)
    assert "Police : West Midlands Police 1 50 2%" in table
    assert "Women’s Aid 1 unknown unknown" in table
    assert "Street Teams 0 unknown unknown" in table
    rows = region.rows("/reports/reach.csv?by=agency&year=2025-26")
    assert {row["agency"]: row["reach"] for row in rows} == {
        "Street Teams": "",
        "West Midlands Police": "0.0200",
        "Women’s Aid": "",
        "Total": "",
    }


def test_the_small_sectors_have_a_sentence_of_their_own(region: Region, browser: Browser) -> None:
    region.came(region.aid)
    assert (
        "From the voluntary and community sector came one person, of how many is unknown; "
        "of the faith sector there is no agency." in browser.get("/reports/reach").text
    )
    region.knows(region.aid, 10)
    region.knows(region.teams, 30)
    assert "came one person, 3% of its 40;" in browser.get("/reports/reach").text


def test_agencies_of_which_nobody_came_are_named_unless_they_were_closed(
    region: Region, browser: Browser, make: Make
) -> None:
    make.agency("Old CCG", closed_on=date(2024, 7, 1))
    region.came(region.police)
    said = browser.get("/reports/reach").text
    assert "Nobody came from two agencies: Street Teams and Women’s Aid." in said


def test_R2_a_list_has_its_reach_and_two_addresses_of_one_person_count_once(
    region: Region, browser: Browser, make: Make
) -> None:
    came = region.came(region.police, "Ida Bell", origin=Origin.WALK_IN)
    address = make.viewer(came).email
    other = make.person("Ida Bel", "ida@home.example")
    region.name(CohortDetails("New", ON, addresses=(address, "ida@home.example", "no@one.example")))
    assert region.cohort() == {
        "cohort": "New",
        "counted_on": "2026-04-01",
        "people": "1",
        "workforce": "3",
        "reach": "0.3333",
        "not_reached": "2",
    }
    by = make.viewer(region.coordinator)
    merge_people(came, other, by=by, now=make.now)
    assert (region.cohort()["people"], region.cohort()["workforce"]) == ("1", "2")
    assert "New: 50% were reached" in browser.get("/reports/reach").text


def test_a_number_counts_those_who_say_so_when_they_book(region: Region, make: Make) -> None:
    region.came(region.police, job_role="Police Officer ")
    region.came(region.aid, job_role="police officer")
    region.came(region.police, job_role="Clerk")
    region.name(
        CohortDetails("Officers", ON, number=4, job_role="Police officer", sector=Sector.POLICE)
    )
    assert (region.cohort()["people"], region.cohort()["reach"]) == ("1", "0.2500")
    region.name(CohortDetails("All officers", ON, number=8, job_role="police OFFICER"))
    roles = region.rows("/reports/reach.csv?by=role&year=2025-26")
    assert [(row["people"], row["workforce"], row["reach"]) for row in roles] == [
        ("2", "8", "0.2500"),
        ("1", "", ""),
        ("3", "", ""),
    ]


def test_a_member_reads_how_many_and_never_who(region: Region, browser: Browser) -> None:
    cohort = region.name(CohortDetails("New", ON, addresses=("no@one.example",)))
    page = browser.get("/reports/reach")
    assert "New" in page.text
    assert "no@one.example" not in page.text
    assert "not-reached" not in page.response.get_data(as_text=True)
    for address in ("", "/new", f"/{cohort}", f"/{cohort}/not-reached"):
        browser.get(f"/manage/cohorts{address}", status=404)


def test_the_coordinator_sees_who_of_a_list_has_not_come(
    region: Region, browser: Browser, make: Make
) -> None:
    came = make.viewer(region.came(region.police, "Ida Bell")).email
    make.person("Omar Fenn", "omar@a.example")
    region.name(CohortDetails("New", ON, addresses=(came, "omar@a.example", "no@one.example")))
    browser.sign_in(region.coordinator)
    page = browser.get(browser.get("/reports/reach").link("2 of New: who"))
    table = page.document.find("table").get_text(" ", strip=True)
    assert "Omar Fenn omar@a.example Not known here no@one.example" in table
    assert "Ida" not in table


def test_a_cohort_of_another_partnership_is_nobodys_here(
    region: Region, browser: Browser, make: Make
) -> None:
    elsewhere = make.partnership("Sandwell", reference_prefix="SSP")
    stranger = make.coordinator("Nia Stone", partnership=elsewhere)
    cohort = region.name(CohortDetails("Ours alone", ON, number=3))
    browser.sign_in(stranger)
    for address in ("", "/not-reached"):
        browser.get(f"/manage/cohorts/{cohort}{address}", status=404)
    assert "Ours alone" not in browser.get("/manage/cohorts").text


def test_a_list_is_pasted_changed_and_retired(region: Region, browser: Browser) -> None:
    browser.sign_in(region.coordinator)
    page = browser.get("/manage/cohorts/new")
    typed = {
        "name": "New social workers",
        "kind": "list",
        "addresses": "Ida Bell <IDA@a.example>\nomar@a.example; ida@a.example",
    }
    page = browser.submit(page, typed, form="Save")
    assert "A list of 2 people" in page.text
    page = browser.get(page.link("New social workers"))
    page = browser.submit(page, {"addresses": "ida@a.example"}, form="Save")
    assert "A list of 1 person" in page.text
    page = browser.submit(page, {}, form="/retire")
    assert "retired on" in page.text
    acts = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts[-3:] == ["add cohort", "change cohort", "retire cohort"]


def test_a_file_of_people_is_taken_and_kept_where_something_else_is_wrong(
    region: Region, browser: Browser
) -> None:
    browser.sign_in(region.coordinator)
    page = browser.get("/manage/cohorts/new")
    file = (io.BytesIO(b"name,E-mail\nIda,ida@a.example\n"), "new.csv")
    page = browser.submit(page, {"name": "", "file": file}, form="Save", status=422)
    assert "Two things to put right" in page.text
    assert "Enter a name, such as" in page.text
    assert "Choose a list or a number" in page.text
    assert "ida@a.example" in page.response.get_data(as_text=True)
    page = browser.submit(page, {"name": "New", "kind": "list"}, form="Save")
    assert "A list of 1 person" in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "list", "addresses": "ida@"}, "This is no e-mail address: line 1, “ida@”"),
        ({"kind": "list"}, "Paste their e-mail addresses, or choose a file"),
        ({"kind": "number"}, "Enter how many people it is"),
        ({"kind": "number", "number": "-3"}, "Enter how many people it is"),
        ({"kind": "number", "number": "many"}, "Enter a whole number"),
        ({}, "Choose a list or a number"),
        ({"kind": "number", "number": "3", "counted_on-year": "2031"}, "Enter a day that has come"),
        ({"kind": "number", "number": "3", "name": "TAKEN"}, "There is a cohort TAKEN already"),
    ],
)
def test_what_cannot_be_is_said_by_the_field(
    region: Region, browser: Browser, typed: dict[str, str], said: str
) -> None:
    region.name(CohortDetails("Taken", ON, number=3))
    browser.sign_in(region.coordinator)
    page = browser.get("/manage/cohorts/new")
    page = browser.submit(page, {"name": "New", **typed}, form="Save", status=422)
    assert said in page.text


def test_by_cohort_is_a_file_and_by_colour_is_nothing(region: Region, browser: Browser) -> None:
    del region
    said = browser.get("/reports/reach?by=colour", status=422).text
    assert "There is no report by colour: choose among agency, sector, role and course." in said


def test_every_grouping_has_a_page_also_where_nobody_came(region: Region, browser: Browser) -> None:
    for year in ("2025-26", "2019-20"):
        for by in ("agency", "sector", "role", "course"):
            assert browser.get(f"/reports/reach?by={by}&year={year}").h1 == f"Reach by {by}"
        region.came(region.police)


def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(
    region: Region, browser: Browser, make: Make
) -> None:
    def statements() -> int:
        with count_statements() as counted:
            browser.get("/reports/reach")
        return counted.number

    region.came(region.police)
    region.name(CohortDetails("One", ON, number=3))
    browser.get("/reports/reach")
    few = statements()
    for n in range(5):
        region.came(make.agency(f"Agency {n}", Sector.EDUCATION))
        region.name(CohortDetails(f"List {n}", ON, addresses=(f"p{n}@a.example",)))
    assert statements() == few
