"""Marks, undo and walk-ins on a register that is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.access import Role
from lms.accounts.models import Person
from lms.attendance.commands import set_minutes, undo_mark
from lms.attendance.models import Mark
from lms.attendance.queries import get_register
from lms.attendance.rules import MarkKind, MarkSource
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin
from lms.clock import FixedClock
from lms.db import db
from lms.errors import NotFound, Refused
from tests.support.door import DAY, Door
from tests.support.make import Make


@pytest.fixture
def door(make: Make, clock: FixedClock) -> Door:
    return Door(make, clock)


def marks() -> int:
    return db.session.scalar(select(func.count()).select_from(Mark)) or 0


def test_A1_a_register_opens_half_an_hour_before_the_first_session(
    door: Door, clock: FixedClock
) -> None:
    ada = door.book("Ada Pettifer")
    clock.set(DAY - timedelta(minutes=31))
    with pytest.raises(Refused, match="opens on Monday 8 February at 9am"):
        door.mark(ada, MarkKind.PRESENT)
    clock.set(DAY - timedelta(minutes=30))
    door.mark(ada, MarkKind.PRESENT)
    assert door.picture.line(ada).marks[door.session()].kind is MarkKind.PRESENT


def test_A1_the_same_tap_twice_makes_one_mark_and_another_tap_replaces_it(door: Door) -> None:
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.PRESENT)
    door.mark(ada, MarkKind.PRESENT)
    assert marks() == 1
    door.mark(ada, MarkKind.ABSENT)
    assert door.picture.line(ada).marks[door.session()].kind is MarkKind.ABSENT
    kept = db.session.scalars(select(Mark).order_by(Mark.id)).all()
    assert [m.is_current for m in kept] == [False, True]


def test_A1_a_mark_keeps_whether_the_trainer_or_the_coordinator_made_it(
    door: Door, make: Make
) -> None:
    ada, ben = door.book("Ada Pettifer"), door.book("Ben Ashby")
    door.mark(ada, MarkKind.PRESENT)
    door.mark(ben, MarkKind.PRESENT, by=make.viewer(make.coordinator()))
    sources = db.session.scalars(select(Mark.source).order_by(Mark.id)).all()
    assert sources == [MarkSource.TRAINER, MarkSource.COORDINATOR]


def test_undo_brings_the_mark_before_back_and_the_same_undo_again_changes_nothing(
    door: Door,
) -> None:
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.PRESENT)
    door.mark(ada, MarkKind.ABSENT)
    last = door.picture.last_act
    assert last
    for _ in range(2):
        undo_mark(door.event, last.mark_id, by=door.by, now=DAY)
        assert door.picture.line(ada).marks[door.session()].kind is MarkKind.PRESENT
    first = door.picture.last_act
    assert first
    undo_mark(door.event, first.mark_id, by=door.by, now=DAY)
    assert door.picture.line(ada).marks == {}
    assert door.picture.last_act is None


def test_minutes_are_kept_with_a_late_mark_and_only_with_one(door: Door) -> None:
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.LATE)
    set_minutes(door.event, ada, door.session(), late=20, early=5, by=door.by, now=DAY)
    kept = door.picture.line(ada).marks[door.session()]
    assert (kept.kind, kept.minutes_late, kept.minutes_left_early) == (MarkKind.LATE, 20, 5)
    door.mark(ada, MarkKind.PRESENT)
    with pytest.raises(NotFound):
        set_minutes(door.event, ada, door.session(), late=20, early=0, by=door.by, now=DAY)


def test_names_stand_by_surname_and_marking_never_moves_one(door: Door) -> None:
    names = ["Ewan Puddifoot", "Ngozi Starling", "Saffron Dellamere"]
    booked = {name: door.book(name) for name in names}
    wanted = ["Saffron Dellamere", "Ewan Puddifoot", "Ngozi Starling"]
    assert [line.name for line in door.picture.lines] == wanted
    door.mark(booked["Ngozi Starling"], MarkKind.ABSENT)
    assert [line.name for line in door.picture.lines] == wanted


def test_A4_a_walk_in_without_an_address_keeps_the_name_and_is_no_person(door: Door) -> None:
    people = db.session.scalar(select(func.count()).select_from(Person))
    booking = db.session.get_one(Booking, door.walk_in())
    assert (booking.person_id, booking.name, booking.agency_name) == (
        None,
        "Walter Inn",
        "Street Teams",
    )
    assert booking.origin is Origin.WALK_IN
    assert db.session.scalar(select(func.count()).select_from(Person)) == people
    assert door.picture.line(booking.id).marks[door.session()].kind is MarkKind.PRESENT


def test_A4_a_walk_in_with_an_address_is_a_person_known_or_new(door: Door, make: Make) -> None:
    known = make.person("Ada Pettifer", "ada@teams.example")
    assert db.session.get_one(Booking, door.walk_in("Ada", "ADA@teams.example ")).person_id == known
    new = db.session.get_one(Booking, door.walk_in("Ben Ashby", "ben@teams.example", "two"))
    assert new.person
    assert new.person.emails[0].address == "ben@teams.example"


def test_A4_two_taps_of_one_form_are_one_walk_in(door: Door) -> None:
    assert door.walk_in(once="same") == door.walk_in(once="same")
    assert door.walk_in(once="other") != door.walk_in(once="same")
    assert len(door.picture.lines) == 2


def test_A4_a_form_of_another_event_cannot_speak_of_a_walk_in_here(
    door: Door, make: Make, clock: FixedClock
) -> None:
    here = door.walk_in(once="the same")
    elsewhere = Door(make, clock).walk_in(once="the same")
    assert elsewhere != here
    assert len(door.picture.lines) == 1


def test_A4_someone_who_has_a_place_is_marked_on_it(door: Door, make: Make) -> None:
    ada = make.booking(door.event, make.person("Ada Pettifer", "ada@teams.example"))
    assert door.walk_in("Ada Pettifer", "ada@teams.example") == ada
    assert len(door.picture.lines) == 1


def test_A4_someone_who_waited_and_came_is_a_walk_in_and_waits_no_longer(
    door: Door, make: Make
) -> None:
    person = make.person("Ada Pettifer", "ada@teams.example")
    waiting = make.booking(door.event, person, state=BookingState.WAITING)
    walked_in = door.walk_in("Ada Pettifer", "ada@teams.example")
    assert db.session.get_one(Booking, waiting).state is BookingState.LAPSED
    assert db.session.get_one(Booking, walked_in).person_id == person


def test_undoing_a_walk_in_takes_them_off_the_register(door: Door) -> None:
    booking = door.walk_in()
    last = door.picture.last_act
    assert last
    undo_mark(door.event, last.mark_id, by=door.by, now=DAY)
    assert door.picture.lines == ()
    assert db.session.get_one(Booking, booking).state is BookingState.CANCELLED
    assert door.walk_in() != booking


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PLD_MEMBER, Role.ADMINISTRATOR])
def test_only_who_runs_the_event_has_its_register(door: Door, make: Make, role: Role) -> None:
    other = make.viewer(make.person("Olive Other", role=role))
    with pytest.raises(NotFound):
        get_register(door.event, other)
    ada = door.book("Ada Pettifer")
    with pytest.raises(NotFound):
        door.mark(ada, MarkKind.PRESENT, by=other)


def test_a_coordinator_of_another_partnership_has_no_register_here(door: Door, make: Make) -> None:
    sandwell = make.partnership("Sandwell", reference_prefix="SSP")
    other = make.viewer(make.coordinator("Una Elsewhere", partnership=sandwell))
    with pytest.raises(NotFound):
        get_register(door.event, other)


def test_nobody_is_marked_on_the_register_of_another_event(door: Door, make: Make) -> None:
    elsewhere = make.booking(make.event("Another", starts_at=DAY))
    with pytest.raises(NotFound):
        door.mark(elsewhere, MarkKind.PRESENT)
