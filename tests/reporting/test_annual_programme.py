"""The annual report tells its reach and programme by the figures of their own reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.access import Role
from lms.agencies.rules import Sector
from lms.booking.rules import BookingState, Outcome
from lms.catalogue.models import Event, Priority
from lms.catalogue.rules import CancelReason, EventState
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.reporting.annual.asked import annual_report
from lms.reporting.annual.document import Paragraph, Section, Table
from lms.reporting.freezing.queries import find_frozen, live_figures
from tests.reporting.test_freezing import Published, published
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.statements import count_statements

__all__ = ["published"]
BEGAN = datetime(2025, 9, 8, 8, 30, tzinfo=UTC)
CAME = {"outcome": Outcome.ATTENDED, "counts_as_confirmed_at_start": True}


class Told:
    """A year with a course that ran, one that was cancelled, a priority without any, a cohort."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.host = make.partnership()
        self.police = make.agency("West Midlands Police", Sector.POLICE)
        self.aid = make.agency("Black Country Women's Aid", Sector.VOLUNTARY_AND_COMMUNITY)
        with transaction() as session:
            session.add(Priority(partnership_id=self.host, name="Neglect", position=1))
        self.event = make.event("Neglect", starts_at=BEGAN, capacity=4, course=make.course())
        for n in range(2):
            person = make.person(f"P {n}", f"p{n}@police.example", agency=self.police)
            make.booking(self.event, person, **CAME, job_role="Detective")
        make.booking(self.event, state=BookingState.WAITING, requested_at=BEGAN - timedelta(days=9))
        self.cancelled("Alone")
        make.cohort("p0@police.example", "nobody@police.example", name="New detectives")

    def cancelled(self, title: str) -> None:
        self.make.event(
            title,
            starts_at=BEGAN + timedelta(days=5),
            state=EventState.CANCELLED,
            cancelled_because=f"{CancelReason.VENUE.value}",
        )

    def section(self, key: str) -> Section:
        found = annual_report("2025-26", "", None, self.make.now).document.sections
        return next(section for section in found if section.key == key)

    def words(self, key: str) -> str:
        blocks = self.section(key).blocks
        return " ".join(block.text for block in blocks if isinstance(block, Paragraph))

    def tables(self, key: str) -> dict[str, list[tuple[str, ...]]]:
        blocks = self.section(key).blocks
        tables = [block for block in blocks if isinstance(block, Table)]
        return {table.caption: [row.cells for row in table.rows] for table in tables}


@pytest.fixture
def told(make: Make) -> Told:
    return Told(make)


def test_R2_R7_the_courses_say_how_full_they_were_what_fell_out_and_why_and_who_got_no_place(
    told: Told,
) -> None:
    said = told.words("courses")
    assert "Two events were planned: one ran and one was cancelled. 50% of the places" in said
    assert "one person waited for a place and never had one" in said
    assert "Cancelled: one because" in said
    rows = told.tables("courses")["Courses planned and run"]
    assert [row[0] for row in rows] == ["Alone", rows[1][0], "All courses and events"]
    assert [row[5] for row in rows] == ["none ran", "50%", "50%"]


def test_a_priority_of_no_event_is_named(told: Told) -> None:
    assert told.words("priorities") == "No event says which priority it was about."
    with transaction() as session:
        later = Priority(partnership_id=told.host, name="Self-neglect", position=2)
        event = session.get_one(Event, told.event)
        event.priorities.append(later)
    said = told.words("priorities")
    assert "One of the two priorities had no event that ran: Neglect." in said
    assert ("Self-neglect", "1", "1") in told.tables("priorities")["Events by priority"]
    assert ("Neglect", "0", "0") in told.tables("priorities")["Events by priority"]


def test_R2_reach_by_role_course_and_cohort_and_of_the_small_sectors(told: Told) -> None:
    said, tables = told.words("reach"), told.tables("reach")
    assert "From the voluntary and community sector came nobody" in said
    assert "and Black Country Women's Aid." in said
    assert tables["Named cohorts"] == [("New detectives", "18 January 2027", "2", "1", "50%", "1")]
    assert tables["People by job role"] == [("Detective", "2")]
    assert tables["People by course"][-1] == ("All courses and events", "2")


def test_a_report_takes_as_many_statements_for_much_as_for_little(
    told: Told, browser: Browser, clock: FixedClock
) -> None:
    del clock
    browser.sign_in(told.make.person("Pat Reader", role=Role.PLD_MEMBER))

    def statements() -> int:
        with count_statements() as counted:
            browser.get("/reports/annual?year=2025-26")
        return counted.number

    statements()
    few = statements()
    for n in range(4):
        event = told.make.event(
            f"Event {n}", starts_at=BEGAN, course=told.make.course(f"Course {n}")
        )
        agency = told.make.agency(f"Agency {n}", Sector.HEALTH)
        for _ in range(2):
            told.make.booking(event, told.make.person(agency=agency), **CAME)
        told.make.booking(event, state=BookingState.WAITING, requested_at=BEGAN)
        told.make.cohort(name=f"Cohort {n}")
        told.cancelled(f"Cancelled {n}")
    assert statements() == few


def test_R6_a_new_name_of_an_agency_or_a_course_is_no_correction(
    published: Published, make: Make
) -> None:
    agency = make.agency("Walsall Police", Sector.POLICE)
    course = make.course("Neglect")
    event = make.event("Neglect", starts_at=BEGAN + timedelta(days=9), course=course)
    make.booking(event, make.person(agency=agency), **CAME)
    published.freeze()
    with transaction() as session:
        for table, column, row in (("agency", "name", agency), ("course", "title", course)):
            named = f"update {table} set {column} = 'Another name' where id = :id"
            session.execute(db.text(named), {"id": row})
    annual = annual_report("2025-26", "", None, make.now)
    assert "Another name" in {
        figure.label.removeprefix("attended from ").removeprefix("attended ")
        for figure in live_figures(annual.partnership, annual.year, make.now).values()
    }
    found = find_frozen(annual.partnership, annual.year, make.now)
    assert found is not None
    assert found.corrected == ()
