"""Past years' attendance out of a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.attendance.commands import Imported, import_attendance
from lms.attendance.models import Register
from lms.booking.models import Booking, BookingMove
from lms.booking.rules import BookingState, Move, Origin, Outcome, replay
from lms.catalogue.models import Course, Event
from lms.clock import london
from lms.db import db
from lms.evaluation.queries.facts import list_facts
from lms.evaluation.rules import Stage, is_asked
from lms.tables import FaultyFile
from tests.support.make import Make

HEADER = [
    "event_reference",
    "event_title",
    "course_title",
    "kind",
    "level",
    "held_on",
    "email",
    "name",
    "agency",
    "outcome",
]
ROW = {
    "event_reference": "DV-1",
    "event_title": "Introduction to Domestic Violence",
    "course_title": "Introduction to Domestic Violence",
    "kind": "course",
    "level": "1",
    "held_on": "2026-05-11",
    "email": "",
    "name": "Ada Pettifer",
    "agency": "Street Teams",
    "outcome": "attended",
}


def file_of(rows: Iterable[dict[str, str]], header: Iterable[str] = HEADER) -> io.BytesIO:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(header))
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return io.BytesIO(out.getvalue().encode())


def run(make: Make, *rows: dict[str, str], dry_run: bool = False) -> Imported:
    return import_attendance(file_of(rows), "past.csv", is_dry_run=dry_run, now=make.now)


def faults_of(make: Make, *rows: dict[str, str]) -> list[str]:
    with pytest.raises(FaultyFile) as refused:
        run(make, *rows)
    return [str(fault) for fault in refused.value.faults]


def number_of(kind: type) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_A4_rows_without_an_email_count_and_make_no_person(make: Make) -> None:
    make.partnership()
    people = number_of(Person)
    done = run(make, {}, {})
    assert (done.events, done.people, done.bookings) == (1, 0, 2)
    assert number_of(Person) == people
    assert [b.name for b in db.session.scalars(select(Booking))] == ["Ada Pettifer"] * 2


def test_the_same_file_again_changes_nothing(make: Make) -> None:
    make.partnership()
    rows = [{}, {}, {"email": "ada@teams.example"}, {"event_reference": "DV-2", "name": "Ben"}]
    run(make, *rows)
    before = [number_of(kind) for kind in (Person, Event, Booking, BookingMove, Course)]
    again = run(make, *rows)
    assert (again.events, again.people, again.bookings, again.already) == (0, 0, 0, 4)
    assert [number_of(kind) for kind in (Person, Event, Booking, BookingMove, Course)] == before


def test_an_imported_event_is_run_with_its_register_closed_from_nine_to_five(make: Make) -> None:
    make.partnership()
    run(make, {}, {"outcome": "walk-in", "name": "Walter"}, {"outcome": "did not attend"})
    event = db.session.scalars(select(Event)).one()
    register = db.session.get_one(Register, event.id)
    assert event.is_imported
    assert event.starts_at
    assert event.ends_at
    assert (london(event.starts_at).hour, london(event.ends_at).hour) == (9, 17)
    assert register.closed_at == make.now
    assert event.capacity == 2
    kept = {(b.origin, b.outcome) for b in db.session.scalars(select(Booking))}
    assert kept == {
        (Origin.IMPORT, Outcome.ATTENDED),
        (Origin.WALK_IN, Outcome.ATTENDED),
        (Origin.IMPORT, Outcome.DID_NOT_ATTEND),
    }


def test_an_address_makes_one_person_however_many_rows_have_it(make: Make) -> None:
    make.partnership()
    agency = make.agency("Street Teams")
    known = make.person("Known Already", "known@teams.example", agency=agency)
    done = run(
        make,
        {"email": "Ada@Teams.example"},
        {"email": "ada@teams.example", "event_reference": "DV-2"},
        {"email": "known@teams.example", "name": "Other Spelling"},
    )
    assert (done.people, done.bookings) == (1, 3)
    ada = db.session.scalars(select(Person).where(Person.name == "Ada Pettifer")).one()
    assert ada.memberships[0].agency_id == agency
    assert ada.sort_name == "pettifer ada"
    held = db.session.scalars(select(Booking.person_id).order_by(Booking.id)).all()
    assert sorted(held) == sorted([ada.id, ada.id, known])
    another = make.person("Made Afterwards")
    assert another not in (ada.id, known)


def test_R1_an_agency_that_is_not_known_is_kept_as_typed(make: Make) -> None:
    make.partnership()
    done = run(make, {"agency": "Street Teems"}, {"agency": ""})
    assert done.unmatched_agencies == ("Street Teems",)
    assert list(db.session.scalars(select(Booking.agency_typed).order_by(Booking.id))) == [
        "Street Teems",
        "",
    ]
    assert {b.sector for b in db.session.scalars(select(Booking))} == {None}


def test_every_imported_history_replays_to_its_state(make: Make) -> None:
    make.partnership()
    run(make, {}, {"email": "ada@teams.example"})
    for booking in db.session.scalars(select(Booking)):
        moves = [Move(m.from_state, m.to_state, m.at) for m in booking.moves]
        assert replay(moves) is booking.state is BookingState.CONFIRMED


def test_every_fault_is_told_with_line_and_column_and_nothing_is_written(make: Make) -> None:
    make.partnership()
    told = faults_of(
        make,
        {"held_on": "11/05/2026"},
        {"outcome": "came", "level": "4"},
        {"held_on": "2027-05-11"},
        {"email": "nobody"},
        {},
        {"event_title": "Something else"},
    )
    assert [fault.split(":")[0] for fault in told] == [
        "line 2, held_on",
        "line 3, level",
        "line 3, outcome",
        "line 4, held_on",
        "line 5, email",
        *["line 6, held_on"] * 1,
        "line 7, event_title",
        "line 7, held_on",
    ]
    assert number_of(Event) == number_of(Booking) == 0


def test_one_address_twice_at_one_event_is_a_fault(make: Make) -> None:
    make.partnership()
    told = faults_of(make, {"email": "a@b.example"}, {"email": "a@b.example"})
    assert told == ["line 3, email: Line 2 has them at this event already"]


def test_the_partnership_must_be_named_where_there_are_several(make: Make) -> None:
    make.partnership("Walsall")
    make.partnership("Sandwell", reference_prefix="SSP")
    assert "Name the partnership" in faults_of(make, {})[0]
    header = [*HEADER, "partnership"]
    file = file_of([{"partnership": "Sandwel"}], header)
    with pytest.raises(FaultyFile) as refused:
        import_attendance(file, "past.csv", now=make.now)
    assert "Did you mean Sandwell?" in str(refused.value.faults[0])
    named = file_of([{"partnership": "Sandwell"}], header)
    assert import_attendance(named, "past.csv", now=make.now).bookings == 1


def test_names_are_known_however_their_ampersands_and_apostrophes_are_written(make: Make) -> None:
    """By the rule that every other import goes by, so that nothing is made or left over twice."""
    make.partnership()
    make.agency("Women’s Aid & Refuge")
    make.course("Children’s Safeguarding & You")
    row = {"agency": "Women's Aid and Refuge", "course_title": "Children's Safeguarding and You"}
    assert run(make, row).unmatched_agencies == ()
    assert number_of(Course) == 1


def test_a_dry_run_counts_and_writes_nothing(make: Make) -> None:
    make.partnership()
    done = run(make, {}, {"email": "ada@teams.example"}, dry_run=True)
    assert (done.events, done.people, done.bookings) == (1, 1, 2)
    assert number_of(Event) == number_of(Booking) == 0


def test_those_who_have_a_place_here_get_their_outcome(make: Make) -> None:
    starts_at = make.now.replace(month=1, day=11, hour=9)
    event = make.event("Bullying Awareness", starts_at=starts_at)
    reference = db.session.get_one(Event, event).reference
    make.booking(
        event,
        make.person("Ada Pettifer", "ada@teams.example"),
        requested_at=starts_at.replace(day=2),
    )
    rows = {"event_reference": reference, "held_on": "2027-01-11"}
    told = faults_of(make, {**rows, "name": "Somebody Else"})
    assert "1 who have a place here are not in the file" in told[0]
    done = run(make, {**rows, "email": "ada@teams.example"}, {**rows, "name": "Walter"})
    assert (done.events, done.bookings) == (0, 2)
    ada, walter = db.session.scalars(select(Booking).order_by(Booking.id))
    assert (ada.outcome, ada.counts_as_confirmed_at_start) == (Outcome.ATTENDED, True)
    assert (walter.outcome, walter.counts_as_confirmed_at_start) == (Outcome.ATTENDED, None)
    assert db.session.get_one(Register, event).closed_at == make.now
    assert run(make, {**rows, "email": "ada@teams.example"}).already == 1


def test_a_workbook_is_read_like_a_csv_file(make: Make) -> None:
    make.partnership()
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEADER)
    row = {**ROW, "held_on": date(2026, 5, 11), "level": 1}
    book.active.append([row[name] for name in HEADER])
    book.active.append([{**row, "level": None, "event_reference": "X"}[name] for name in HEADER])
    file = io.BytesIO()
    book.save(file)
    done = import_attendance(file, "past.xlsx", now=make.now)
    assert (done.events, done.bookings) == (2, 2)
    assert run(make, {}).already == 1


def test_E4_only_a_lately_ended_event_is_asked_about_at_impact(make: Make) -> None:
    make.partnership()
    make.course(ROW["course_title"])
    run(
        make,
        {"email": "new@teams.example", "held_on": "2027-01-11"},
        {"email": "old@teams.example", "held_on": "2026-10-12", "event_reference": "DV-0"},
    )
    found = list_facts(db.session(), [Booking.import_key.is_not(None)])
    asked = {
        booking.address: [stage for stage in Stage if is_asked(booking.facts, stage)]
        for booking in found
    }
    assert asked == {"new@teams.example": [Stage.IMPACT], "old@teams.example": []}


def test_one_who_waited_and_came_is_in_the_file_and_waits_no_longer(make: Make) -> None:
    starts_at = make.now.replace(month=1, day=11, hour=9)
    event = make.event("Bullying Awareness", starts_at=starts_at)
    reference = db.session.get_one(Event, event).reference
    ada = make.person("Ada Pettifer", "ada@teams.example")
    waiting = make.booking(event, ada, state=BookingState.WAITING)
    run(
        make,
        {"event_reference": reference, "held_on": "2027-01-11", "email": "ada@teams.example"},
    )
    came = db.session.scalars(select(Booking).where(Booking.person_id == ada).order_by(Booking.id))
    assert [(b.id == waiting, b.state) for b in came] == [
        (True, BookingState.LAPSED),
        (False, BookingState.CONFIRMED),
    ]
