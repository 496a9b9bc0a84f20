"""Asking for a place, by the real command on real databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from lms.agencies.rules import Sector
from lms.audit import AuditEntry
from lms.booking.commands import AlreadyBooked, cancel_booking, fill_places
from lms.booking.queries import snapshot, standing_of, summary_of
from lms.booking.rules import BookingState, CancelledBy, Origin, Share, ShareKind
from lms.catalogue.rules import ListOrder
from lms.clock import FixedClock
from lms.db import db
from lms.errors import NotFound, Refused
from lms.messaging.models import Message
from tests.support.booking import ask, booking, faults, history, messages, set_shares, state_of
from tests.support.make import Make
from tests.support.snapshots import at
from tests.support.statements import count_statements
from tests.support.trail import said

CONFIRMED, WAITING = BookingState.CONFIRMED, BookingState.WAITING


def test_B3_B4_B5_worked_examples_a_and_b_first_come(app: Flask, make: Make) -> None:
    """(a) Capacity 3, cap 2 per agency; (b) then one police delegate cancels."""
    police = make.agency("West Midlands Police", Sector.POLICE)
    health = make.agency("Walsall Healthcare", Sector.HEALTH)
    school = make.agency("Pool Hayes Primary School", Sector.EDUCATION)
    event = make.event(capacity=3)
    caps = [Share(ShareKind.CAP, 2, agency_id=at) for at in (police, health, school)]
    set_shares(event, *caps, now=make.now)

    results = [ask(make, event, at) for at in (police, police, police, health, school)]

    assert [result.state for result in results] == [
        CONFIRMED,
        CONFIRMED,
        WAITING,
        CONFIRMED,
        WAITING,
    ]
    assert results[2].why == "First in line: your agency has its 2 places"
    assert results[4].why == "Second in line: all 3 places are taken"

    cancel_booking(results[0].booking_id, by=None, now=make.now)

    assert [state_of(result) for result in results[1:]] == [
        "confirmed",
        "offered",
        "confirmed",
        "waiting",
    ]
    assert faults(make.now) == []


def test_B7_worked_example_b_mix(app: Flask, make: Make) -> None:
    """(b) One police delegate cancels: the mix gives the place to the school, which has none."""
    police = make.agency("West Midlands Police", Sector.POLICE)
    health = make.agency("Walsall Healthcare", Sector.HEALTH)
    school = make.agency("Pool Hayes Primary School", Sector.EDUCATION)
    event = make.event(capacity=3, list_order=ListOrder.MIX)
    caps = [Share(ShareKind.CAP, 2, agency_id=at) for at in (police, health, school)]
    set_shares(event, *caps, now=make.now)
    results = [ask(make, event, at) for at in (police, police, police, health, school)]
    assert [state_of(result) for result in results] == [
        *("confirmed", "confirmed", "waiting", "confirmed", "waiting")
    ]
    assert results[4].why == "First in line: all 3 places are taken"
    cancel_booking(results[0].booking_id, by=None, now=make.now)
    assert [state_of(result) for result in results[1:]] == [
        *("confirmed", "waiting", "confirmed", "offered")
    ]
    third = standing_of(booking(results[2].booking_id), make.now)
    assert third.sentence == "First in line: all 3 places are taken"
    assert faults(make.now) == []


def test_B3_B5_worked_example_c(app: Flask, make: Make, clock: FixedClock) -> None:
    """Ten places, four of them for the voluntary sector until 5 May 2027."""
    clock.set(at("2027-05-04 10:00"))
    council = make.agency("Walsall Council", Sector.LOCAL_AUTHORITY)
    charity = make.agency("Street Teams", Sector.VOLUNTARY_AND_COMMUNITY)
    event = make.event(capacity=10, starts_at=at("2027-06-07 09:30"))
    sector = Sector.VOLUNTARY_AND_COMMUNITY
    held = Share(ShareKind.RESERVATION, 4, sector=sector, ends_on=date(2027, 5, 5))
    set_shares(event, held, now=make.now)
    for _ in range(6):
        assert ask(make, event, council).state is CONFIRMED
    waiting = [ask(make, event, council, confirm_at_once=ticks) for ticks in (True, False)]
    assert waiting[0].why == (
        "First in line: the 4 places left are held for the voluntary and community sector "
        "until 5 May"
    )
    assert ask(make, event, charity).state is CONFIRMED
    clock.set(at("2027-05-04 23:59"))
    assert fill_places(event, make.now) == 0
    clock.set(at("2027-05-05 00:00"))
    assert summary_of(snapshot(db.session(), event, make.now), make.now).unclaimed == 3
    assert fill_places(event, make.now) == 2
    assert [state_of(result) for result in waiting] == ["confirmed", "offered"]
    (mail,) = messages("offer")
    assert mail.next_attempt_at == at("2027-05-05 08:00")
    assert summary_of(snapshot(db.session(), event, make.now), make.now).free == 1
    assert faults(make.now) == []


def test_B3_a_sector_has_its_cap(app: Flask, make: Make) -> None:
    faith = [make.agency(sector=Sector.FAITH) for _ in range(2)]
    event = make.event(capacity=5)
    cap = Share(ShareKind.CAP, 1, sector=Sector.FAITH)
    set_shares(event, cap, now=make.now)
    assert ask(make, event, faith[0]).state is CONFIRMED
    assert ask(make, event, faith[1]).why == "First in line: your sector has its one place"


def test_B3_a_cap_counts_sub_agencies(app: Flask, make: Make) -> None:
    council = make.agency("Walsall Council", Sector.LOCAL_AUTHORITY)
    team = make.agency("Early Help", Sector.LOCAL_AUTHORITY, parent_id=council)
    event = make.event(capacity=5)
    cap = Share(ShareKind.CAP, 1, agency_id=council)
    set_shares(event, cap, now=make.now)
    assert ask(make, event, team).state is CONFIRMED
    assert ask(make, event, council).state is WAITING


def test_B3_a_free_place_that_someone_waits_for_is_spoken_for(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event(capacity=1)
    make.booking(event, state=WAITING)
    late = ask(make, event, agency)
    assert late.why == "Second in line: a place is free, and those who wait are asked in turn"


def test_B2_a_second_booking_names_the_first(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event()
    first = ask(make, event, agency)
    person = booking(first.booking_id).person_id
    with pytest.raises(AlreadyBooked) as refused:
        ask(make, event, agency, person)
    assert refused.value.reference == first.reference
    assert len(messages("booking-confirmed")) == 1


def test_B2_after_cancelling_one_may_book_again(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event()
    first = ask(make, event, agency)
    person = booking(first.booking_id).person_id
    cancel_booking(first.booking_id, by=None, now=make.now)
    assert ask(make, event, agency, person).state is CONFIRMED


def test_B1_closed_events_are_refused_and_a_coordinator_overrides(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    agency, event = make.agency(), make.event()
    clock.advance(timedelta(days=20, hours=12))
    with pytest.raises(Refused, match="Booking closed on Friday 5 February at 5pm"):
        ask(make, event, agency)
    by = make.viewer(make.coordinator())
    given = ask(
        make, event, agency, by=by, origin=Origin.COORDINATOR, override_reason="Rang on Friday"
    )
    row = booking(given.booking_id)
    assert (row.state, row.override_reason, row.is_over_capacity) == (
        CONFIRMED,
        "Rang on Friday",
        False,
    )
    entry = db.session.query(AuditEntry).filter_by(act="override").one()
    assert "overrode: Booking closed on Friday 5 February at 5pm" in entry.sentence
    assert (entry.reason, entry.by_name) == ("Rang on Friday", "Idris Larkspur")


def test_B8_a_clash_is_refused_and_named(app: Flask, make: Make) -> None:
    agency = make.agency()
    first, second = make.event("Neglect"), make.event("Exploitation")
    person = make.person(agency=agency)
    ask(make, first, agency, person)
    with pytest.raises(Refused, match="You have a place at Neglect at the same time"):
        ask(make, second, agency, person)


def test_B8_one_place_per_course_and_waiting_on_several_dates(app: Flask, make: Make) -> None:
    agency, course = make.agency(), make.course()
    dates = [
        make.event(course=course, capacity=1, starts_at=make.now + timedelta(days=days))
        for days in (30, 40, 50)
    ]
    person = make.person(agency=agency)
    for event in dates[1:]:
        make.booking(event)
    assert ask(make, dates[0], agency, person).state is CONFIRMED
    assert [ask(make, event, agency, person).state for event in dates[1:]] == [WAITING, WAITING]
    with pytest.raises(Refused, match="You have a place on this course already"):
        ask(
            make, make.event(course=course, starts_at=make.now + timedelta(days=60)), agency, person
        )


def test_B14_an_override_exceeds_capacity_is_recorded_and_counted(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event(capacity=1)
    ask(make, event, agency)
    by = make.viewer(make.coordinator())
    given = ask(make, event, agency, by=by, override_reason="The chair of the board")
    row = booking(given.booking_id)
    assert (row.state, row.is_over_capacity) == (CONFIRMED, True)
    assert faults(make.now) == []


def test_B14_only_a_coordinator_of_the_partnership_overrides(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event(capacity=1)
    by = make.viewer(make.person(agency=agency))
    with pytest.raises(NotFound):
        ask(make, event, agency, by=by, override_reason="I want to")


def test_B14_a_reason_that_lifts_nothing_is_not_recorded(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event()
    by = make.viewer(make.coordinator())
    given = ask(make, event, agency, by=by, override_reason="To be sure")
    assert booking(given.booking_id).override_reason is None
    assert [entry.act for entry in said()] == ["book"]


def test_R1_the_booking_keeps_agency_sector_and_area(app: Flask, make: Make) -> None:
    agency = make.agency("Beacon Church", Sector.FAITH)
    dudley = make.partnership("Dudley")
    event = make.event()
    kept = booking(ask(make, event, agency, area_id=dudley).booking_id)
    assert (kept.agency_id, kept.sector, kept.area_id) == (agency, Sector.FAITH, dudley)
    person = make.person()
    typed = ask(make, event, agency, person, agency_id=None, agency_typed=" Scouts ")
    row = booking(typed.booking_id)
    assert (row.agency_id, row.agency_typed, row.sector) == (None, "Scouts", None)


def test_every_move_is_kept_with_who_made_it(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event()
    by = make.viewer(make.coordinator())
    made = ask(make, event, agency, by=by, origin=Origin.COORDINATOR)
    cancel_booking(
        made.booking_id, by=by, by_what=CancelledBy.COORDINATOR, why="Rang us", now=make.now
    )
    assert history(made.booking_id) == [("confirmed", "coordinator"), ("cancelled", "coordinator")]


def test_what_fails_leaves_neither_booking_nor_mail(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event(state="cancelled")
    with pytest.raises(Refused, match="This event is cancelled"):
        ask(make, event, agency)
    assert db.session.query(Message).count() == 0
    with pytest.raises(NotFound):
        ask(make, event + 1000, agency)


def test_a_booking_takes_few_statements(app: Flask, make: Make) -> None:
    agency, event = make.agency(), make.event(capacity=2)
    people = [make.person(agency=agency) for _ in range(3)]
    for person in people:
        with count_statements() as asked:
            ask(make, event, agency, person)
        said = [text for text in asked.texts if not text.startswith(("PRAGMA", "BEGIN"))]
        assert len(said) <= 14, said  # one of them asks for own words
