"""What an import does beside marking: sides of a hybrid, claims, walk-ins, races, forgetting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.attendance.commands import close_register, mark, undo_mark
from lms.attendance.commands.locked import lock_register
from lms.attendance.commands.marking import mark_within
from lms.attendance.commands.undoing import strike_out
from lms.attendance.meetings.commands import (
    add_row_as_walk_in,
    bring_row_back,
    forget_meeting_files,
    match_row,
    set_row_aside,
    take_file_back,
)
from lms.attendance.models import AttendanceFile, Mark, NameAlias
from lms.attendance.rules import MarkKind, MarkSource, RowState
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.rules import EventMode
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from tests.attendance.meetings.test_files import EVENING, STARTS, Online
from tests.support.make import Make
from tests.support.meetings import Attendee, at_minutes, british, teams_report

WHOLE = at_minutes(STARTS, (0, 180))
HALF = at_minutes(STARTS, (0, 90))


@pytest.fixture
def online(make: Make, clock: FixedClock) -> Online:
    return Online(make, clock)


def report(*people: Attendee) -> bytes:
    return teams_report(people, write=british)


def row_called(online: Online, name: str) -> int:
    return next(row.id for row in online.picture.imported_rows() if row.name == name)


def test_A5_in_a_hybrid_who_was_in_the_meeting_was_online_and_the_room_is_left_alone(
    make: Make, clock: FixedClock
) -> None:
    online = Online(make, clock, mode=EventMode.HYBRID, online_capacity=10)
    sides = {"Ann Online": EventMode.ONLINE, "Abe Away": EventMode.ONLINE}
    sides |= {"Rita Room": EventMode.IN_PERSON, "Rob Room": EventMode.IN_PERSON}
    for name, side in sides.items():
        person = make.person(name, f"{name.split()[0].lower()}@a.example")
        online.booked[name] = make.booking(online.event, person, mode=side)
    online.bring_in(
        report(
            Attendee("Ann", "ann@a.example", WHOLE),
            Attendee("Rita", "rita@a.example", HALF),
        )
    )
    kinds = {name: said[0] for name, said in online.marks().items()}
    assert kinds == {
        "Ann Online": MarkKind.PRESENT,
        "Abe Away": MarkKind.ABSENT,
        "Rita Room": MarkKind.LEFT_EARLY,
    }
    modes = dict(db.session.execute(select(Mark.booking_id, Mark.mode)).all())
    assert modes[online.booked["Rita Room"]] is EventMode.ONLINE
    assert modes[online.booked["Ann Online"]] is EventMode.ONLINE


def test_A2_a_claim_gives_way_to_a_file_with_the_name_and_not_to_one_without(
    online: Online,
) -> None:
    online.book({"Ann Claims": "ann@a.example", "Ben Claims": "ben@a.example"})
    [at] = online.picture.sessions
    for booking_id in online.booked.values():
        with transaction() as session:
            locked = lock_register(session, online.event, online.by)
            mark_within(
                session,
                locked,
                session.get_one(Booking, booking_id),
                at.id,
                MarkKind.PRESENT,
                by=None,
                now=online.now,
                source=MarkSource.SELF_CHECK_IN,
            )
    online.bring_in(report(Attendee("Ann", "ann@a.example", HALF)))
    assert online.marks() == {
        "Ann Claims": (MarkKind.LEFT_EARLY, 0, 0, 90),
        "Ben Claims": (MarkKind.PRESENT, 0, 0, 0),
    }


def test_A1_what_a_trainer_says_after_an_import_stands_through_the_next_one(
    online: Online,
) -> None:
    online.book({"Ann Online": "ann@a.example"})
    [at] = online.picture.sessions
    online.bring_in(report(Attendee("Ann", "ann@a.example", HALF)))
    mark(
        online.event,
        online.booked["Ann Online"],
        at.id,
        MarkKind.PRESENT,
        by=online.by,
        now=online.now,
    )
    online.bring_in(report(Attendee("Ann", "ann@a.example", at_minutes(STARTS, (0, 60)))))
    assert online.marks()["Ann Online"][0] is MarkKind.PRESENT
    by_hand = db.session.scalars(select(Mark).where(Mark.is_current)).one()
    undo_mark(online.event, by_hand.id, by=online.by, now=online.now)
    assert online.marks()["Ann Online"] == (MarkKind.LEFT_EARLY, 0, 0, 90)


def test_a_meeting_started_anew_adds_up_over_its_two_files(online: Online) -> None:
    online.book({"Ann Online": "ann@a.example"})
    online.bring_in(report(Attendee("Ann", "ann@a.example", HALF)))
    online.bring_in(report(Attendee("Ann", "ann@a.example", at_minutes(STARTS, (100, 180)))))
    assert online.marks()["Ann Online"] == (MarkKind.PRESENT, 0, 10, 0)
    take_file_back(online.event, online.picture.files[0].id, by=online.by, now=online.now)
    assert online.marks()["Ann Online"] == (MarkKind.LATE, 100, 0, 0)


def test_A4_a_walk_in_from_a_file_comes_and_goes_with_its_name(online: Online, make: Make) -> None:
    stranger = make.person("Sam Stranger", "sam@bread.example", agency=make.agency("Bread Club"))
    online.bring_in(
        report(
            Attendee("Stranger, Sam", "sam@bread.example", WHOLE),
            Attendee("Nobody At-All", "", WHOLE),
            Attendee("Front desk", "reception@school.example", WHOLE),
        )
    )
    for name in ("Stranger, Sam", "Nobody At-All", "Front desk"):
        row_id = row_called(online, name)
        for _ in range(2):
            add_row_as_walk_in(online.event, row_id, by=online.by, now=online.now)
    found = {b.name: b for b in db.session.scalars(select(Booking))}
    assert found["Sam Stranger"].person_id == stranger
    assert found["Sam Stranger"].agency_name == "Bread Club"
    assert found["Nobody At-All"].person_id is None
    assert found["Front desk"].person_id is None  # a mailbox that several people read
    assert len(online.picture.roll.names) == 3
    bring_row_back(online.event, row_called(online, "Nobody At-All"), by=online.by, now=online.now)
    assert db.session.get_one(Booking, found["Nobody At-All"].id).state is BookingState.CANCELLED
    assert [row.name for row in online.picture.in_state(RowState.UNMATCHED)] == ["Nobody At-All"]
    strike_out(online.event, found["Front desk"].id, by=online.by, now=online.now)
    assert [row.name for row in online.picture.in_state(RowState.SET_ASIDE)] == ["Front desk"]


def test_what_was_said_of_a_name_holds_for_the_next_file_of_the_event(online: Online) -> None:
    online.book({"Ann Online": "ann@a.example", "Ben Ashby": "ben@a.example"})
    first = (Attendee("Laptop 7", "", WHOLE), Attendee("Recorder Bot", "", WHOLE))
    online.bring_in(report(*first))
    match_row(
        online.event,
        row_called(online, "Laptop 7"),
        online.booked["Ann Online"],
        by=online.by,
        now=online.now,
    )
    set_row_aside(online.event, row_called(online, "Recorder Bot"), by=online.by, now=online.now)
    online.bring_in(report(*first, Attendee("Ben", "ben@a.example", HALF)))
    assert online.picture.in_state(RowState.UNMATCHED) == ()
    assert online.marks()["Ann Online"] == (MarkKind.PRESENT, 0, 0, 0)
    assert online.marks()["Ben Ashby"] == (MarkKind.LEFT_EARLY, 0, 0, 90)
    assert db.session.scalars(select(NameAlias)).all() == []


def test_an_alias_said_anew_means_the_one_said_last(online: Online) -> None:
    online.book({"Ann Online": "ann@a.example", "Ben Ashby": "ben@a.example"})
    online.bring_in(report(Attendee("A Nonymous", "private@home.example", WHOLE)))
    row_id = row_called(online, "A Nonymous")
    for name in ("Ann Online", "Ben Ashby"):
        match_row(online.event, row_id, online.booked[name], by=online.by, now=online.now)
    [alias] = db.session.scalars(select(NameAlias)).all()
    ben = db.session.get_one(Booking, online.booked["Ben Ashby"]).person_id
    assert (alias.alias, alias.person_id) == ("private@home.example", ben)
    assert {n: said[0] for n, said in online.marks().items()} == {
        "Ann Online": MarkKind.ABSENT,
        "Ben Ashby": MarkKind.PRESENT,
    }


def test_only_rows_and_bookings_of_this_event_are_taken(
    online: Online, make: Make, clock: FixedClock
) -> None:
    online.bring_in(report(Attendee("Somebody Else", "", WHOLE)))
    row_id = row_called(online, "Somebody Else")
    elsewhere = make.booking(make.event(starts_at=STARTS))
    with pytest.raises(NotFound):
        match_row(online.event, row_id, elsewhere, by=online.by, now=online.now)
    with pytest.raises(NotFound):
        set_row_aside(make.event(starts_at=STARTS), row_id, by=None, now=online.now)
    with pytest.raises(NotFound):
        take_file_back(
            make.event(starts_at=STARTS), online.picture.files[0].id, by=None, now=online.now
        )


def test_a_file_before_the_register_opens_or_after_it_is_closed_is_refused(
    online: Online, clock: FixedClock
) -> None:
    online.now = STARTS - timedelta(hours=1)
    with pytest.raises(Refused, match="The register opens on Thursday 8 July"):
        online.stage(report(Attendee("Ann", "", WHOLE)))
    online.now = EVENING
    close_register(online.event, by=online.by, now=online.now)
    with pytest.raises(Refused, match="The register is closed"):
        online.stage(report(Attendee("Ann", "", WHOLE)))


def test_P1_names_and_times_are_forgotten_and_the_marks_stay(online: Online) -> None:
    online.book({"Ann Online": "ann@a.example"})
    online.bring_in(report(Attendee("Ann", "ann@a.example", WHOLE)))
    online.stage(report(Attendee("Ann", "ann@a.example", HALF)))
    assert forget_meeting_files(EVENING + timedelta(days=6)) == 0
    assert forget_meeting_files(EVENING + timedelta(days=8)) == 1  # the one never imported
    close_register(online.event, by=online.by, now=online.now)
    assert forget_meeting_files(EVENING + timedelta(days=29)) == 0
    assert forget_meeting_files(EVENING + timedelta(days=31)) == 1
    assert db.session.scalars(select(AttendanceFile)).all() == []
    assert online.marks()["Ann Online"] == (MarkKind.PRESENT, 0, 0, 0)
