"""What checking in changes, and what becomes of a claim when the register is closed (A2, A4)."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Person, PersonEmail
from lms.attendance.check_in.commands import Claim, check_in, check_in_by_name, set_walk_ins
from lms.attendance.check_in.queries import OfNoSession
from lms.attendance.check_in.rules import Answer
from lms.attendance.commands import close_register, strike_out
from lms.attendance.rules import MarkKind
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Outcome
from lms.clock import FixedClock
from lms.db import db
from lms.errors import NotFound
from tests.support.booking import booking
from tests.support.door import DAY, Door
from tests.support.make import Make


@pytest.fixture
def door(make: Make, clock: FixedClock) -> Door:
    return Door(make, clock, days=2, capacity=5)


def claim(
    door: Door, name: str, email: str = "", once: str = "one", agency: str = "Teams"
) -> Answer:
    said = Claim(name, email, None, agency, once)
    return check_in_by_name(door.session(), said, now=DAY)


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_A2_a_claim_changes_nobodys_record_until_the_register_is_closed(
    door: Door, make: Make
) -> None:
    known = make.person("Ben Ashby", "ben@teams.example")
    waiting = make.booking(door.event, known, state=BookingState.WAITING)
    before = people()
    claim(door, "Ben Ashby", "ben@teams.example", "ben")
    claim(door, "Walter Inn", "Walter@teams.example", "walter")
    claim(door, "Una Other", "", "una")
    claim(door, "Joke Name", "victim@other.example", "joke")
    db.session.rollback()
    lines = {line.name: line for line in door.picture.lines}
    assert len(door.picture.claims_at(door.session())) == len(lines) == 4
    assert people() == before
    assert booking(waiting).state is BookingState.WAITING

    joke = lines["Joke Name"].booking_id
    strike_out(door.event, joke, by=door.by, now=DAY)
    claim(door, "Joke Name", "victim@other.example", "joke")  # the same form once more
    assert booking(joke).state is BookingState.CANCELLED
    for line in lines.values():
        if line.booking_id != joke:
            door.mark(line.booking_id, MarkKind.PRESENT, 1)
    close_register(door.event, by=door.by, now=door.picture.sessions[1].starts_at)
    db.session.rollback()
    owners = {name: booking(line.booking_id).person_id for name, line in lines.items()}
    assert owners["Ben Ashby"] == known
    assert booking(waiting).state is BookingState.LAPSED
    assert (owners["Una Other"], owners["Joke Name"]) == (None, None)
    address = select(PersonEmail.address).where(PersonEmail.person_id == owners["Walter Inn"])
    assert db.session.scalar(address) == "walter@teams.example"
    assert people() == before + 1
    assert db.session.scalars(select(Booking.address_as_given)).all().count(None) == 5


def test_A2_one_who_did_not_stay_is_made_no_person_and_no_address_is_kept(door: Door) -> None:
    before = people()
    claim(door, "Walter Inn", "walter@teams.example")
    walter = door.picture.lines[0].booking_id
    for nth in range(2):
        door.mark(walter, MarkKind.ABSENT, nth)
    close_register(door.event, by=door.by, now=door.picture.sessions[1].starts_at)
    db.session.rollback()
    kept = booking(walter)
    assert (kept.outcome, kept.person_id, kept.address_as_given) == (
        Outcome.DID_NOT_ATTEND,
        None,
        None,
    )
    assert people() == before


def test_A2_one_who_has_a_place_under_another_address_is_not_counted_as_two_people(
    door: Door, make: Make
) -> None:
    person = make.person("Ada Pettifer", "ada@teams.example")
    claim(door, "A. Pettifer", "ada@teams.example")
    walked_in = door.picture.lines[0].booking_id
    booked = make.booking(door.event, person)
    for who in (walked_in, booked):
        for nth in range(2):
            door.mark(who, MarkKind.PRESENT, nth)
    close_register(door.event, by=door.by, now=door.picture.sessions[1].starts_at)
    assert booking(walked_in).person_id is None
    assert booking(booked).person_id == person


def test_A2_whoever_claimed_by_name_and_then_signs_in_is_one_and_the_same(
    door: Door, make: Make
) -> None:
    person = make.person("Walter Inn", "walter@teams.example")
    waiting = make.booking(door.event, person, state=BookingState.WAITING)
    claim(door, "Walter Inn", "walter@teams.example")
    check_in(door.session(), by=make.viewer(person), now=DAY)
    [line] = door.picture.lines
    kept = booking(line.booking_id)
    assert (kept.person_id, kept.address_as_given) == (person, None)
    assert booking(waiting).state is BookingState.LAPSED


def test_A2_whoever_claimed_by_name_and_is_written_down_with_their_address_is_one_and_the_same(
    door: Door,
) -> None:
    claim(door, "Walter Inn", "walter@teams.example")
    [line] = door.picture.lines
    assert door.walk_in("Walter Inn", "walter@teams.example") == line.booking_id
    assert booking(line.booking_id).person_id is not None
    assert not door.picture.claims_at(door.session())


def test_A2_one_form_filled_in_twice_for_two_people_checks_both_in(door: Door) -> None:
    for name in ("Walter Inn", "Una Other", "Walter Inn"):
        assert claim(door, name, once="the same form") is Answer.CHECKED_IN
    assert [line.name for line in door.picture.lines] == ["Walter Inn", "Una Other"]


def test_A2_the_same_person_on_the_second_day_is_the_same_walk_in(door: Door) -> None:
    claim(door, "Walter Inn", once="first day")
    again = Claim("walter inn", "", None, "teams", "second day")
    second = door.picture.sessions[1]
    assert check_in_by_name(second.id, again, now=second.starts_at) is Answer.CHECKED_IN
    [line] = door.picture.lines
    assert set(line.marks) == {session.id for session in door.picture.sessions}


def test_A2_no_code_leads_to_a_session_that_is_not_there(door: Door) -> None:
    with pytest.raises(OfNoSession):
        check_in_by_name(999_999, Claim("Walter", "", None, "Teams", "one"), now=DAY)


def test_P3_shutting_the_code_to_walk_ins_is_audited_and_only_by_who_takes_the_register(
    door: Door, make: Make
) -> None:
    for _ in range(2):
        set_walk_ins(door.event, False, by=door.by, now=DAY)
    assert claim(door, "Walter Inn") is Answer.PLACES_ONLY
    assert door.picture.lines == ()
    set_walk_ins(door.event, True, by=door.by, now=DAY)
    acts = db.session.scalars(select(AuditEntry.sentence).order_by(AuditEntry.id)).all()
    assert [act.partition(" take ")[2] for act in acts] == [
        "only those who have a place",
        "people without a place too",
    ]
    with pytest.raises(NotFound):
        set_walk_ins(door.event, False, by=make.viewer(make.person()), now=DAY)
