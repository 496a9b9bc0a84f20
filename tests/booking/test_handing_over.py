"""B12: a confirmed place goes to a colleague, who is confirmed in its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.audit import AuditEntry
from lms.booking.commands import NewColleague, cancel_booking, cancel_event, hand_over_booking
from lms.booking.models import Booking, Invitation
from lms.booking.rules import (
    BookingState,
    CancelledBy,
    Colleague,
    Origin,
    Rule,
    Workplace,
    may_take_over,
)
from lms.booking.rules.prerequisites import Prerequisite
from lms.catalogue.models import Event, Invitee
from lms.catalogue.rules import CancelReason
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from tests.support.booking import ask, booking, faults, history, messages, states
from tests.support.make import Make
from tests.support.snapshots import at, event

NOW = at("2027-01-18 10:00")
COUNCIL, ITS_TEAM, POLICE = Workplace((1,)), Workplace((2, 1)), Workplace((9,))
TYPED = Workplace(typed="st chad's toddlers")


@pytest.mark.parametrize(
    ("place_of", "works_at", "is_colleague"),
    [
        (COUNCIL, COUNCIL, True),
        (COUNCIL, ITS_TEAM, True),
        (ITS_TEAM, COUNCIL, False),
        (COUNCIL, POLICE, False),
        (TYPED, TYPED, True),
        (TYPED, COUNCIL, False),
        (Workplace(), Workplace(), False),
    ],
)
def test_B12_a_colleague_works_for_the_agency_or_a_part_of_it(
    place_of: Workplace, works_at: Workplace, is_colleague: bool
) -> None:
    kofi = Colleague(4, "Kofi Asante", (works_at,))
    assert (may_take_over(event(), place_of, kofi, NOW) is None) is is_colleague


def test_B9_B12_a_colleague_has_learnt_what_comes_before() -> None:
    basics = Prerequisite(3, "Working Together", "working-together")
    kofi = Colleague(4, "Kofi Asante", (COUNCIL,), unmet=(basics,))
    refusal = may_take_over(event(), COUNCIL, kofi, NOW)
    assert refusal is not None
    assert refusal.rule is Rule.B9
    assert "once they have attended Working Together" in refusal.sentence


def test_B1_B12_a_colleague_is_among_those_invited() -> None:
    kofi = Colleague(4, "Kofi Asante", (COUNCIL,), is_for_them=False)
    refusal = may_take_over(event(), COUNCIL, kofi, NOW)
    assert refusal is not None
    assert refusal.rule is Rule.B1


class Scene:
    """Two places: Ada and Bram of one school have them; Cleo of another school waits."""

    def __init__(self, make: Make) -> None:
        self.make, self.now = make, make.now
        self.school = make.agency("Pool Hayes Primary School", domains=["pool-hayes.example"])
        self.other = make.agency("Beacon Academy", domains=["beacon.example"])
        self.event = make.event(capacity=2, course=make.course())
        self.ada = make.person("Ada Quillfeather", "ada@pool-hayes.example", agency=self.school)
        self.place = ask(make, self.event, self.school, self.ada).booking_id
        self.second = ask(make, self.event, self.school).booking_id
        self.waits = ask(make, self.event, self.other).booking_id
        self.kofi = make.person(
            *("Kofi Asante", "kofi@pool-hayes.example"),
            agency=self.school,
            access_needs="A hearing loop",
        )

    def hand_over(self, to: int | NewColleague, **said: object) -> Booking:
        said = {"by": None, "now": self.now, **said}
        result = hand_over_booking(self.place, to=to, **said)  # type: ignore[arg-type]
        return booking(result.booking_id)


@pytest.fixture
def scene(app: Flask, make: Make) -> Scene:
    return Scene(make)


def test_B12_the_old_booking_ends_and_a_new_one_is_confirmed_in_its_place(scene: Scene) -> None:
    by = scene.make.viewer(scene.ada)
    new = scene.hand_over(scene.kofi, by=by)

    assert (new.state, new.person_id, new.replaces_id) == (
        *(BookingState.CONFIRMED, scene.kofi, scene.place),
    )
    old = booking(scene.place)
    assert history(old.id) == [("confirmed", "delegate"), ("cancelled", "delegate")]
    assert old.is_late_cancellation is False
    assert new.access_needs == "A hearing loop", "theirs, not the other’s"
    assert (new.agency_id, new.sector, new.area_id) == (old.agency_id, old.sector, old.area_id)
    assert states(scene.event) == ["cancelled", "confirmed", "waiting", "confirmed"]
    assert booking(scene.waits).ticket > new.ticket, "nobody lost their turn, nobody gained one"
    assert [m.to_address for m in messages("booking-handed-over")] == ["ada@pool-hayes.example"]
    assert messages("booking-handed-over")[0].calendar_method == "CANCEL"
    assert messages("booking-confirmed")[-1].to_address == "kofi@pool-hayes.example"
    assert messages("booking-confirmed")[-1].calendar_method == "REQUEST"
    assert (
        db.session.query(Invitation).filter_by(booking_id=old.id, is_cancelled=False).count() == 0
    )
    entry = db.session.query(AuditEntry).filter_by(act="hand over").one()
    assert entry.sentence.startswith("gave the place of Ada Quillfeather")
    assert faults(scene.now) == []


def test_B12_an_override_stays_with_the_place(scene: Scene) -> None:
    by = scene.make.viewer(scene.make.coordinator())
    extra = ask(
        *(scene.make, scene.event, scene.school),
        origin=Origin.COORDINATOR,
        override_reason="The head asked.",
        by=by,
    )
    scene.place = extra.booking_id
    new = scene.hand_over(scene.kofi)
    assert (new.is_over_capacity, new.override_reason) == (True, "The head asked.")
    assert faults(scene.now) == []


def test_B12_a_colleague_is_added_by_name_and_address(scene: Scene) -> None:
    new = scene.hand_over(NewColleague("Wren Abara", "Wren@Pool-Hayes.example"))
    assert new.name == "Wren Abara"
    assert [m.agency_id for m in new.person.memberships] == [scene.school]  # type: ignore[union-attr]


def test_B12_one_who_waited_there_leaves_the_list(scene: Scene) -> None:
    waited = ask(scene.make, scene.event, scene.school, scene.kofi)
    scene.hand_over(scene.kofi)
    assert history(waited.booking_id)[-1][0] == "cancelled"
    assert faults(scene.now) == []


def test_B12_a_person_of_another_agency_cannot_take_it(scene: Scene) -> None:
    stranger = scene.make.person("Sol Ebdon", "sol@beacon.example", agency=scene.other)
    for to in (stranger, NewColleague("Sol", "sol@beacon.example")):
        with pytest.raises(Refused, match="They are not known as a colleague"):
            scene.hand_over(to)
    with pytest.raises(Refused, match="is an address of Beacon Academy"):
        scene.hand_over(NewColleague("New One", "new@beacon.example"))
    assert states(scene.event) == ["confirmed", "confirmed", "waiting"]


def test_B8_B12_a_clash_is_named(scene: Scene) -> None:
    elsewhere = scene.make.event("Early Help")
    ask(scene.make, elsewhere, scene.school, scene.kofi)
    with pytest.raises(Refused, match="They have a place at Early Help at the same time"):
        scene.hand_over(scene.kofi)


def test_B2_B12_nobody_has_two_places(scene: Scene) -> None:
    holder = booking(scene.second).person_id
    assert holder is not None
    for to in (holder, scene.ada):
        with pytest.raises(Refused, match="has a place at this event already"):
            scene.hand_over(to)


def test_B12_until_the_first_session_starts(scene: Scene, clock: FixedClock) -> None:
    clock.set(at("2027-02-08 09:29"))
    scene.now = clock.now()
    new = scene.hand_over(scene.kofi)
    assert booking(scene.place).is_late_cancellation is False
    clock.advance(timedelta(minutes=1))
    with pytest.raises(Refused, match="The event has started"):
        hand_over_booking(new.id, to=scene.ada, by=None, now=clock.now())


def test_B12_only_a_confirmed_place_is_handed_over(scene: Scene) -> None:
    scene.place, first = scene.waits, scene.place
    with pytest.raises(Refused, match="this booking is waiting"):
        scene.hand_over(scene.kofi)
    cancel_booking(first, by=None, now=scene.now)
    scene.place = first
    with pytest.raises(Refused, match="this booking is cancelled"):
        scene.hand_over(scene.kofi)
    cancel_event(scene.event, reason=CancelReason.VENUE, by=None, now=scene.now)
    with pytest.raises(Refused):
        scene.hand_over(scene.kofi)
    with pytest.raises(NotFound):
        hand_over_booking(999_999, to=scene.kofi, by=None, now=scene.now)


def test_B12_a_lead_may_act_for_their_people(scene: Scene) -> None:
    by = scene.make.viewer(scene.make.person("Lead Er", agency=scene.school))
    new = scene.hand_over(scene.kofi, by=by, by_what=CancelledBy.AGENCY_LEAD)
    assert (new.origin, new.booked_by_id) == (Origin.AGENCY_LEAD, by.person_id)
    assert history(scene.place)[-1] == ("cancelled", "agency lead")


def test_B1_B12_a_place_by_invitation_goes_to_nobody_who_is_not_invited(scene: Scene) -> None:
    with transaction() as session:
        event = session.get_one(Event, scene.event)
        event.is_by_invitation = True
        event.invitees.append(Invitee(address="ada@pool-hayes.example"))
    with pytest.raises(Refused, match="not among those invited"):
        hand_over_booking(scene.place, to=scene.kofi, by=None, now=scene.now)
    assert booking(scene.place).state is BookingState.CONFIRMED
