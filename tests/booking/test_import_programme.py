"""A programme from a file: made, brought up to date, or refused with every fault at once."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.access import Role
from lms.booking.commands import import_programme
from lms.booking.rules import BookingState
from lms.catalogue.models import Course, Event, LearningOutcome, Priority
from lms.catalogue.rules import EventState, Remit
from lms.cli import main
from lms.db import db
from lms.tables import FaultyFile, Imported
from tests.support.make import Make

ROW = {
    "event_reference": "SR-01",
    "title": "Safer Recruitment",
    "course_title": "Safer Recruitment",
    "kind": "course",
    "level": "2",
    "priority": "Neglect;Exploitation",
    "mode": "in person",
    "starts_at": "2027-06-07T09:30",
    "ends_at": "2027-06-07T16:30",
    "venue": "Beacon Hall, Walsall",
    "capacity": "25",
    "trainer_email": "juniper@agency.example",
    "partnership": "Walsall",
}
NEEDED = tuple(ROW)


@pytest.fixture
def house(make: Make) -> Make:
    make.partnership()
    make.person("Juniper Oakes", "juniper@agency.example", role=Role.TRAINER)
    return make


def a_file(*rows: dict[str, str]) -> io.BytesIO:
    extra = sorted({name for row in rows for name in row} - set(NEEDED))
    written = io.StringIO()
    writer = csv.DictWriter(written, [*NEEDED, *extra], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(written.getvalue().encode("utf-8-sig"))


def take_in(make: Make, *rows: dict[str, str], is_dry_run: bool = False) -> Imported:
    db.session.rollback()
    return import_programme(
        a_file(*rows), "programme.csv", by=None, now=make.now, is_dry_run=is_dry_run
    )


def faults(make: Make, *rows: dict[str, str]) -> list[str]:
    with pytest.raises(FaultyFile) as refused:
        take_in(make, *rows)
    return [str(fault) for fault in refused.value.faults]


def the_event() -> Event:
    db.session.rollback()
    return db.session.query(Event).one()


def test_events_courses_and_priorities_are_made(house: Make) -> None:
    second = {"starts_at": "2027-06-08T09:30", "ends_at": "2027-06-08T12:30"}
    rows = [ROW | {"outcomes": "Check references; Ask why"}]
    rows.append(rows[0] | second)
    assert take_in(house, *rows) == Imported(added=1)
    event = the_event()
    assert (event.reference, event.state, event.level) == ("SR-01", EventState.PUBLISHED, 2)
    assert [s.starts_at for s in event.sessions] == [
        datetime(2027, 6, 7, 8, 30, tzinfo=UTC),
        datetime(2027, 6, 8, 8, 30, tzinfo=UTC),
    ]
    assert event.ends_at == datetime(2027, 6, 8, 11, 30, tzinfo=UTC)
    assert event.published_at == house.now
    assert event.course is not None
    assert [o.text for o in event.course.outcomes] == ["Check references", "Ask why"]
    assert [priority.name for priority in event.priorities] == ["Neglect", "Exploitation"]
    assert [trainer.person.name for trainer in event.trainers] == ["Juniper Oakes"]


def test_the_same_file_again_changes_nothing(house: Make) -> None:
    rows = [ROW, ROW | {"event_reference": "SR-02", "course_title": "", "outcomes": "Ask why"}]
    assert take_in(house, *rows) == Imported(added=2)
    assert take_in(house, *rows) == Imported(unchanged=2)
    counts = [db.session.query(kind).count() for kind in (Event, Course, Priority, LearningOutcome)]
    assert counts == [2, 1, 2, 1]


def test_a_place_by_the_name_of_a_venue_is_that_venue(house: Make) -> None:
    venue = house.venue("Beacon Hall, Walsall")
    row = ROW | {"venue": "beacon hall,  walsall", "price": "45", "cost": "600"}
    assert take_in(house, row) == Imported(added=1)
    event = the_event()
    assert (event.venue_id, event.venue) == (venue, "Beacon Hall, Walsall")
    assert event.venue_access.startswith("12 High Street")
    assert (event.price, event.cost) == (45, 600)
    assert take_in(house, row) == Imported(unchanged=1)


def test_a_dry_run_writes_nothing(house: Make) -> None:
    assert take_in(house, ROW, is_dry_run=True) == Imported(added=1)
    assert db.session.query(Event).count() == db.session.query(Course).count() == 0


def test_what_nobody_booked_is_brought_up_to_date(house: Make) -> None:
    take_in(house, ROW)
    session = the_event().sessions[0].id
    later = ROW | {"starts_at": "2027-06-07T10:00", "capacity": "30", "provider": "NSPCC"}
    assert take_in(house, later) == Imported(changed=1)
    event = the_event()
    assert (event.capacity, event.provider, event.starts_at.hour) == (30, "NSPCC", 9)
    assert event.sessions[0].id == session
    assert take_in(house, ROW | {"starts_at": "2027-06-07T10:00", "capacity": "30"}) == Imported(
        unchanged=1
    )
    assert the_event().provider == "NSPCC", "what a file does not say stays"


def test_what_somebody_booked_is_a_fault_that_names_its_page(house: Make) -> None:
    take_in(house, ROW)
    event = the_event().id
    house.booking(event)
    assert take_in(house, ROW) == Imported(unchanged=1)
    (said,) = faults(house, ROW | {"capacity": "30"})
    assert said.startswith("line 2, event_reference: People are booked: change it at ")
    assert f"/manage/events/{event}/edit" in said
    assert the_event().capacity == 25


def test_only_live_bookings_hold_an_event_fast(house: Make) -> None:
    take_in(house, ROW)
    house.booking(the_event().id, state=BookingState.CANCELLED)
    assert take_in(house, ROW | {"capacity": "30"}) == Imported(changed=1)


def test_drafts_and_cancelled_events_are_told_apart(house: Make) -> None:
    take_in(house, ROW | {"status": "draft"})
    assert the_event().state is EventState.DRAFT
    assert take_in(house, ROW | {"status": "published"}) == Imported(changed=1)
    off = ROW | {"status": "cancelled", "cancelled_because": "Trainer ill"}
    assert take_in(house, off) == Imported(changed=1)
    assert (the_event().state, the_event().cancelled_because) == (
        EventState.CANCELLED,
        "Trainer ill",
    )
    assert faults(house, ROW) == [
        "line 2, event_reference: It is cancelled, and cannot become published"
    ]


def test_a_draft_may_lack_what_a_published_event_must_say(house: Make) -> None:
    bare = ROW | {"venue": "", "capacity": "0"}
    assert faults(house, bare) == [
        "line 2, capacity: Enter how many places there are",
        "line 2, venue: Enter where it takes place",
    ]
    assert take_in(house, bare | {"status": "draft"}) == Imported(added=1)


def test_past_events_may_be_taken_in(house: Make) -> None:
    past = ROW | {"starts_at": "2026-06-08T09:30", "ends_at": "2026-06-08T16:30"}
    assert take_in(house, past) == Imported(added=1)


def test_an_event_without_a_course_has_its_own_outcomes_and_remit(house: Make) -> None:
    take_in(house, ROW | {"course_title": "", "outcomes": "Ask why", "remit": "whole family"})
    event = the_event()
    assert event.course_id is None
    assert [outcome.text for outcome in event.own_outcomes] == ["Ask why"]
    assert event.remit is Remit.WHOLE_FAMILY


def test_all_faults_are_told_with_line_and_column(house: Make) -> None:
    rows = [
        ROW | {"kind": "lecture", "level": "4"},
        ROW | {"event_reference": "A", "trainer_email": "junipr@agency.example"},
        ROW | {"event_reference": "B", "partnership": "Wallsal"},
        ROW | {"event_reference": "C", "ends_at": "2027-06-07T09:00", "status": "planned"},
        ROW | {"event_reference": "D", "ends_at": "2027-06-07T09:00"},
        ROW | {"event_reference": "E", "starts_at": "2027-03-28T01:30"},
        ROW | {"event_reference": "F"},
        ROW | {"event_reference": "F", "starts_at": "2027-06-07T12:00", "capacity": "9"},
        ROW | {"event_reference": "", "title": "", "course_title": ""},
        ROW | {"event_reference": "G", "title": "", "course_title": ""},
    ]
    kind, *said = faults(house, *rows)
    assert kind.startswith("line 2, kind: Write one of: course, learning event, conference")
    nobody = "There is nobody with the address junipr@agency.example."
    assert said == [
        "line 2, level: Write the level as 1, 2 or 3, or leave it empty",
        f"line 3, trainer_email: {nobody} Did you mean juniper@agency.example?",
        "line 4, partnership: There is no partnership Wallsal. Did you mean Walsall?",
        "line 5, status: Write one of: draft, published, cancelled",
        "line 6, ends_at: Enter an end after its start",
        "line 7, starts_at: The clocks go forward: London has no 01:30 on that day",
        "line 9, capacity: Line 8 says otherwise of this event",
        "line 9, starts_at: Enter times that do not overlap on Monday 7 June",
        "line 10, event_reference: Fill this in: it cannot be empty",
        "line 11, title: Enter a title, or choose a course",
    ]
    assert db.session.query(Event).count() == 0


def test_the_partnership_need_not_be_named_where_there_is_one(house: Make) -> None:
    assert take_in(house, ROW | {"partnership": ""}) == Imported(added=1)
    house.partnership("Sandwell")
    assert faults(house, ROW | {"partnership": ""}) == ["line 2, partnership: Name the partnership"]


def test_two_partnerships_may_use_one_reference(house: Make) -> None:
    house.partnership("Sandwell")
    assert take_in(house, ROW, ROW | {"partnership": "Sandwell"}) == Imported(added=2)


def test_a_file_with_other_columns_is_refused(house: Make) -> None:
    file = io.BytesIO(b"event_reference,titel\nSR-01,Safer Recruitment\n")
    with pytest.raises(FaultyFile) as refused:
        import_programme(file, "programme.csv", by=None, now=house.now)
    said = [str(fault) for fault in refused.value.faults]
    assert "line 1, titel: There is no such column. Did you mean title?" in said
    assert "line 1, capacity: The column is missing" in said


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_command_says_what_it_did(house: Make, database: str, tmp_path: Path) -> None:
    path = tmp_path / "programme.csv"
    path.write_bytes(a_file(ROW).getvalue())
    env = {"LMS_DATABASE_URL": database, "LMS_SECRET_KEY": "k" * 40}
    result = CliRunner().invoke(main, ["import", "programme", str(path)], env=env)
    assert (result.exit_code, result.output.strip()) == (0, "One added.")
