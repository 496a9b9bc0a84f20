"""B13: an agency lead books several people at once, and holds places without a name."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.access import Role
from lms.accounts.models import Person
from lms.agencies.rules import Sector
from lms.attendance.commands import close_register
from lms.attendance.queries import picture_within
from lms.attendance.rules import MarkKind
from lms.audit import AuditEntry
from lms.booking.commands import (
    GroupRefused,
    Member,
    NewColleague,
    TooFewPlaces,
    cancel_booking,
    hold_places,
    name_place,
    postpone_event,
    request_places,
)
from lms.booking.commands.asking.requesting_group import NO_LINE_MANAGER
from lms.booking.jobs import see_to_unnamed
from lms.booking.messages import PURPOSES
from lms.booking.models import Booking
from lms.booking.queries import places_of
from lms.booking.rules import (
    BookingState,
    GroupChoice,
    Origin,
    Share,
    ShareKind,
    naming_until,
    naming_warning_at,
    unnamed_left,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import ApprovedBy, CancelReason
from lms.clock import FixedClock
from lms.db import db
from lms.errors import NotFound, Refused
from lms.evaluation.queries import list_facts
from lms.messaging.rules import MessageFacts
from lms.reporting.attendance.queries import attendance_report
from lms.reporting.queries import Asked, scope_of
from lms.reporting.rules import By
from tests.support.booking import ask, booking, faults, history, messages, set_shares, states
from tests.support.make import Make
from tests.support.snapshots import at, event

ALL, AS_MANY, REST_WAIT = GroupChoice


def test_B13_names_are_due_at_five_working_days_before_and_warned_three_earlier() -> None:
    assert naming_until(event()) == at("2027-02-01 17:00")
    assert naming_warning_at(event()) == at("2027-01-27 09:00")


def test_B13_what_a_part_of_an_agency_holds_counts_for_the_whole() -> None:
    council, team, other_team = (1,), (2, 1), (3, 1)
    assert unnamed_left(3, [], council) == 3
    assert unnamed_left(3, [team, team], council) == 1
    assert unnamed_left(3, [team, team], other_team) == 1
    assert unnamed_left(3, [(9,)], team) == 3
    assert unnamed_left(0, [team], team) == 0


class Scene:
    """A lead of the Healthcare trust, three colleagues of it, and an event of four places."""

    def __init__(self, make: Make, **facts: object) -> None:
        self.make, self.now = make, make.now
        self.trust = make.agency("Walsall Healthcare", Sector.HEALTH, domains=["wht.example"])
        self.school = make.agency("Pool Hayes Primary School", Sector.EDUCATION)
        lead = make.person(
            "Leander Osei", "lead@wht.example", agency=self.trust, role=Role.AGENCY_LEAD
        )
        self.lead, self.by = lead, make.viewer(lead)
        self.people = make.people(3, agency=self.trust)
        self.event = make.event(**{"capacity": 4, "course": make.course(), **facts})  # type: ignore[arg-type]

    def members(self, *whom: int | NewColleague) -> list[Member]:
        return [Member(each, self.trust) for each in whom or self.people]

    def book(self, *whom: int | NewColleague, choice: GroupChoice = ALL) -> list[str]:
        result = request_places(
            self.event, self.members(*whom), choice=choice, by=self.by, now=self.now
        )
        return [booked.state.value for booked in result.booked]

    def hold(self, places: int) -> list[int]:
        return hold_places(self.event, self.trust, places, by=self.by, now=self.now)


@pytest.fixture
def scene(app: Flask, make: Make) -> Scene:
    return Scene(make, unnamed_places=5)


def test_B13_several_are_booked_at_once(scene: Scene) -> None:
    assert scene.book() == ["confirmed"] * 3
    rows = db.session.query(Booking).order_by(Booking.id).all()
    assert {(row.origin, row.booked_by_id) for row in rows} == {(Origin.AGENCY_LEAD, scene.lead)}
    assert len({row.ticket for row in rows}) == 3, "each has a turn of its own"
    assert len(messages("booking-confirmed")) == 3
    assert db.session.query(AuditEntry).filter_by(act="book").count() == 3
    assert faults(scene.now) == []


def test_B13_all_or_nobody(scene: Scene) -> None:
    for _ in range(2):
        ask(scene.make, scene.event, scene.school)
    with pytest.raises(TooFewPlaces, match="two places for the 3 of them") as refused:
        scene.book()
    assert [each.sentence for each in refused.value.hindrances] == ["All 4 places are taken"]
    assert states(scene.event) == ["confirmed"] * 2
    assert scene.book(choice=AS_MANY) == ["confirmed"] * 2
    assert states(scene.event) == ["confirmed"] * 4


def test_B13_the_others_may_wait(scene: Scene) -> None:
    for _ in range(2):
        ask(scene.make, scene.event, scene.school)
    assert scene.book(choice=REST_WAIT) == ["confirmed", "confirmed", "waiting"]
    assert faults(scene.now) == []


def test_B3_B13_a_group_stays_within_the_agencys_cap(app: Flask, make: Make) -> None:
    scene = Scene(make)
    set_shares(scene.event, Share(ShareKind.CAP, 2, agency_id=scene.trust), now=scene.now)
    with pytest.raises(TooFewPlaces) as refused:
        scene.book()
    [hindrance] = refused.value.hindrances
    assert hindrance.sentence == "Walsall Healthcare has its 2 places"


def test_B13_one_unknown_and_one_clashing_colleague_are_named_and_nobody_is_half_booked(
    scene: Scene,
) -> None:
    elsewhere = scene.make.event("Early Help")
    ask(scene.make, elsewhere, scene.trust, scene.people[0])
    stranger = NewColleague("Sol Ebdon", "sol@beacon.example")
    scene.make.person("Solomon E", "sol@beacon.example", agency=scene.school)
    new = NewColleague("Wren Abara", "wren@wht.example")
    with pytest.raises(GroupRefused, match="Two people of five cannot be booked") as refused:
        scene.book(*scene.people, stranger, new)
    found = {each.name: each.sentence for each in refused.value.hindrances}
    assert found["Sol Ebdon"] == "They are not known as a colleague at your agency"
    assert "at Early Help at the same time" in found[_name(scene.people[0])]
    assert states(scene.event) == []
    assert db.session.query(Person).filter_by(name="Wren Abara").count() == 0
    assert scene.book(*scene.people[1:], new) == ["confirmed"] * 3


def test_B13_nobody_of_another_agency_can_be_named_by_number(scene: Scene) -> None:
    stranger = scene.make.person(agency=scene.school)
    with pytest.raises(NotFound):
        scene.book(stranger)
    with pytest.raises(NotFound):
        request_places(
            *(scene.event, [Member(stranger, scene.school)]),
            choice=ALL,
            by=scene.by,
            now=scene.now,
        )
    with pytest.raises(NotFound):
        hold_places(scene.event, scene.school, 1, by=scene.by, now=scene.now)
    assert states(scene.event) == []


def test_B13_the_same_colleague_twice_is_booked_once(scene: Scene) -> None:
    address = _address(scene.people[0])
    assert scene.book(scene.people[0], NewColleague("Someone", address)) == ["confirmed"]


# --- Without a name -----------------------------------------------------------------------------


def test_B13_held_places_are_taken_and_never_counted_as_confirmed(scene: Scene) -> None:
    scene.hold(3)
    places = places_of(db.session(), [scene.event], scene.now)[scene.event]
    assert (places.confirmed, places.free) == (0, 1)
    assert ask(scene.make, scene.event, scene.school).state.value == "confirmed"
    assert ask(scene.make, scene.event, scene.school).state.value == "waiting"
    assert faults(scene.now) == []


def test_B13_no_more_than_the_event_allows_and_than_there_are(scene: Scene) -> None:
    with pytest.raises(Refused, match="hold five places without a name here: enter five more"):
        scene.hold(6)
    with pytest.raises(Refused, match="All 4 places are taken"):
        scene.hold(5)
    assert states(scene.event) == []


def test_B13_where_the_event_allows_none(app: Flask, make: Make) -> None:
    with pytest.raises(Refused, match="no place can be held without a name"):
        Scene(make).hold(1)


def test_B13_a_held_place_is_named_and_one_is_given_back(scene: Scene) -> None:
    first, second = scene.hold(2)
    named = name_place(first, to=scene.people[0], by=scene.by, now=scene.now)
    new = booking(named.booking_id)
    assert (new.state.value, new.person_id, new.replaces_id) == (
        *("confirmed", scene.people[0], first),
    )
    assert messages("booking-handed-over") == [], "nobody held it, so nobody is told"
    cancel_booking(second, by=scene.by, now=scene.now)
    assert states(scene.event) == ["cancelled", "cancelled", "confirmed"]
    with pytest.raises(Refused, match="held no longer"):
        name_place(second, to=scene.people[1], by=scene.by, now=scene.now)
    assert faults(scene.now) == []


def test_B13_B15_a_place_is_named_once_the_event_has_a_date(scene: Scene) -> None:
    """Without one nobody can be told when, and no clash shows (B8)."""
    [held] = scene.hold(1)
    postpone_event(scene.event, reason=CancelReason.VENUE, by=None, now=scene.now)
    with pytest.raises(Refused, match="no date yet"):
        name_place(held, to=scene.people[0], by=scene.by, now=scene.now)
    assert booking(held).state is BookingState.REQUESTED


def test_B13_unnamed_places_lapse_to_the_waiting_list_at_the_naming_date(
    scene: Scene, clock: FixedClock
) -> None:
    held = scene.hold(4)
    waits = ask(scene.make, scene.event, scene.school, confirm_at_once=True)
    name_place(
        held[0], to=NewColleague("Wren Abara", "wren@wht.example"), by=scene.by, now=scene.now
    )

    assert tick(clock, "2027-01-27 08:59") == 0
    assert tick(clock, "2027-01-27 09:00") == 1, "warned"
    assert tick(clock, "2027-01-27 09:05") == 0, "once"
    assert tick(clock, "2027-02-01 16:59") == 0
    with_names = states(scene.event)
    assert with_names == ["cancelled", *["requested"] * 3, "waiting", "confirmed"]
    assert tick(clock, "2027-02-01 17:00") == 3
    assert history(held[1])[-1] == ("lapsed", "the system")
    assert booking(waits.booking_id).state.value == "confirmed"
    assert [m.to_address for m in messages("unnamed-lapsed")] == ["lead@wht.example"]
    with pytest.raises(Refused, match="Names were due on Monday 1 February at 5pm"):
        hold_places(scene.event, scene.trust, 1, by=scene.by, now=clock.now())
    assert faults(clock.now()) == []


def test_B13_a_warning_is_true_while_a_place_wants_a_name(scene: Scene, clock: FixedClock) -> None:
    [held] = scene.hold(1)
    tick(clock, "2027-01-27 09:00")
    [message] = messages("naming-due")
    purpose, subject, occurrence = (message.key or "").split(":")
    facts = MessageFacts(purpose, int(subject), occurrence, clock.now())
    assert PURPOSES["naming-due"](facts, clock.now())
    cancel_booking(held, by=scene.by, now=clock.now())
    db.session.rollback()
    assert not PURPOSES["naming-due"](facts, clock.now())


def test_B13_no_report_register_or_evaluation_counts_an_unnamed_place(
    scene: Scene, clock: FixedClock
) -> None:
    held = scene.hold(3)
    named = name_place(held[0], to=scene.people[0], by=scene.by, now=scene.now)
    cancel_booking(held[1], by=scene.by, now=scene.now)
    tick(clock, "2027-02-01 17:00")
    clock.set(at("2027-02-08 16:30"))

    picture = picture_within(db.session(), db.session.get_one(Event, scene.event))
    assert [line.booking_id for line in picture.lines] == [named.booking_id]
    session_id = picture.sessions[0].id
    there = {(named.booking_id, session_id): MarkKind.PRESENT}
    close_register(scene.event, there, by=None, now=clock.now())
    report = attendance_report(By.AGENCY, scope_of(Asked(), None), clock.now())
    assert (report.total.confirmed, report.total.attended, report.total.cancelled) == (1, 1, 0)
    confirmed = [Booking.event_id == scene.event, Booking.state == BookingState.CONFIRMED]
    assert len(list_facts(db.session(), confirmed)) == 1


def tick(clock: FixedClock, when: str) -> int:
    clock.set(at(when))
    return see_to_unnamed(clock.now())


def _name(person: int) -> str:
    return db.session.get_one(Person, person).name


def _address(person: int) -> str:
    return db.session.get_one(Person, person).emails[0].address


def test_B10_B13_one_whom_no_line_manager_could_approve_is_named(app: Flask, make: Make) -> None:
    scene = Scene(make, approved_by=ApprovedBy.LINE_MANAGER)
    with pytest.raises(GroupRefused) as refused:
        scene.book()
    assert {each.whom for each in refused.value.hindrances} == set(scene.people)
    assert {each.sentence for each in refused.value.hindrances} == {NO_LINE_MANAGER}
    assert states(scene.event) == []
