"""What an event says of its venue and its minimum, and the same event on other days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.forms.rows import clock_change
from lms.catalogue.rules import (
    EventDetails,
    EventKind,
    EventMode,
    KnownVenue,
    OutcomeDetails,
    Rhythm,
    SessionDetails,
    VenueDetails,
    copied,
    days_of,
    event_faults,
    held_at,
    seats_short,
    series,
    series_faults,
    sessions_from,
    venue_faults,
)
from lms.clock import bank_holidays, london
from lms.web.forms import read_clock_time
from tests.support.snapshots import at

LANTERN = KnownVenue(1, 1, "Lantern House", "12 High Street\n\nStep-free.", 30)
BEACON = KnownVenue(2, 1, "Beacon Hall", "Hall Lane.", None)
VENUES = (LANTERN, BEACON)


def planned(**facts: object) -> EventDetails:
    known = {"partnership_id": 1, "title": "Neglect", "kind": EventKind.COURSE, "capacity": 25}
    return EventDetails(**{**known, "mode": EventMode.IN_PERSON, **facts})  # type: ignore[arg-type]


def session(first: str, last: str) -> SessionDetails:
    return SessionDetails(at(first), at(last), id=7)


DAY = session("2027-02-09 09:30", "2027-02-09 16:30")


# --- Venues ---------------------------------------------------------------------------------


def test_a_venue_says_how_to_get_there() -> None:
    details = VenueDetails(1, "Lantern House", " 12 High Street ", "", "By bus.")
    assert details.told == "12 High Street\n\nBy bus."
    assert not venue_faults(details)
    assert [f.field for f in venue_faults(VenueDetails(1, " ", seats=0))] == ["name", "seats"]
    assert seats_short(LANTERN, 40) == "Lantern House seats 30, and there are 40 places in the room"
    assert seats_short(LANTERN, 30) == seats_short(BEACON, 999) == ""


def test_a_chosen_venue_fills_in_what_it_says() -> None:
    held = held_at(planned(), LANTERN, VENUES)
    assert (held.venue_id, held.venue, held.venue_access) == (1, LANTERN.name, LANTERN.told)
    own = held_at(planned(venue_access="Ring the bell"), LANTERN, VENUES)
    assert own.venue_access == "Ring the bell"


def test_what_was_said_of_one_place_does_not_stay_at_the_next() -> None:
    before = held_at(planned(), LANTERN, VENUES)
    moved = held_at(before, BEACON, VENUES, before)
    assert (moved.venue, moved.venue_access) == (BEACON.name, BEACON.told)
    typed = held_at(replace(before, venue="The park"), None, VENUES, before)
    assert (typed.venue_id, typed.venue_access) == (None, "")
    kept = held_at(replace(before, venue_access="Room 3"), LANTERN, VENUES, before)
    assert (kept.venue, kept.venue_access) == (LANTERN.name, "Room 3")


def test_a_place_typed_by_a_venues_name_is_that_venue() -> None:
    assert held_at(planned(venue="lantern  house"), None, VENUES).venue_id == 1
    before = planned(venue="Lantern House", venue_access="As told")
    stays = held_at(before, None, VENUES, before)
    assert (stays.venue_id, stays.venue_access) == (None, "As told")


# --- The minimum ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"minimum_places": 26}, "minimum_places"),
        ({"minimum_places": -1}, "minimum_places"),
        ({"decide_on": date(2027, 2, 1)}, "minimum_places"),
        ({"minimum_places": 5, "decide_on": date(2027, 2, 10)}, "decide_on"),
        ({"cost": -1}, "cost"),
    ],
)
def test_B18_a_minimum_that_cannot_be_reached_is_said(facts: dict[str, object], field: str) -> None:
    assert [f.field for f in event_faults(planned(sessions=(DAY,), **facts))] == [field]


def test_B18_a_minimum_may_have_its_day() -> None:
    sound = planned(sessions=(DAY,), minimum_places=25, decide_on=date(2027, 2, 9))
    assert not event_faults(sound)


# --- Other days -----------------------------------------------------------------------------


def test_every_second_tuesday_four_times() -> None:
    found = series(date(2027, 2, 9), Rhythm.FORTNIGHTLY, 4)
    assert [f"{each.on:%a %d %b}" for each in found] == [
        *("Tue 09 Feb", "Tue 23 Feb", "Tue 09 Mar", "Tue 23 Mar")
    ]


def test_a_bank_holiday_is_stepped_over_and_said() -> None:
    found = series(date(2027, 4, 26), Rhythm.WEEKLY, 2)
    assert [(each.on.day, each.holiday) for each in found] == [
        *((26, None), (3, date(2027, 5, 3)), (10, None))
    ]
    touched = series(date(2027, 3, 22), Rhythm.WEEKLY, 1, days=(0, 4))
    assert touched[0].holiday == date(2027, 3, 26)


def test_the_same_weekday_of_each_month() -> None:
    found = series(date(2027, 1, 29), Rhythm.MONTHLY, 3)  # the fifth Friday
    assert [f"{each.on:%a %d %b}" for each in found] == ["Fri 29 Jan", "Fri 30 Apr", "Fri 30 Jul"]


@given(
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    st.sampled_from(Rhythm),
    st.integers(1, 30),
    st.sampled_from([(0,), (0, 1), (0, 7)]),
)
def test_a_series_has_as_many_as_were_asked_for(
    first: date, rhythm: Rhythm, times: int, days: tuple[int, ...]
) -> None:
    found = series(first, rhythm, times, days)
    made = [each.on for each in found if each.holiday is None]
    touched = [on + timedelta(days=n) for on in made for n in days]
    assert len(made) == times
    assert all(on.weekday() == first.weekday() for on in made)
    assert not any(on in bank_holidays(on.year) for on in touched)
    assert all(each.holiday in bank_holidays(each.holiday.year) for each in found if each.holiday)


def test_an_event_that_touches_a_bank_holiday_whenever_it_begins_ends_the_search() -> None:
    mondays = tuple(range(0, 30 * 14, 14))  # for more than a year
    found = series(date(2027, 1, 25), Rhythm.WEEKLY, 2, mondays)
    assert 0 < len(found) < 120
    assert all(each.holiday for each in found)


def test_a_series_that_cannot_be() -> None:
    today = date(2027, 1, 18)
    assert not series_faults(date(2027, 1, 19), today, 30)
    assert [f.field for f in series_faults(today, today, 500)] == ["first_on", "times"]
    assert [f.field for f in series_faults(date(9999, 12, 31), today, 1)] == ["first_on"]


def test_the_hours_stay_by_the_wall_clock() -> None:
    days = (DAY, session("2027-02-16 09:30", "2027-02-16 12:30"))
    [first, second] = sessions_from(days, date(2027, 3, 24))  # the clocks change in between
    assert (f"{london(first.starts_at):%d %H:%M}", first.id) == ("24 09:30", None)
    assert f"{london(second.ends_at):%d %H:%M}" == "31 12:30"
    assert days_of(days) == (0, 7)


def test_a_copy_moves_what_hangs_on_its_day() -> None:
    event = planned(
        sessions=(DAY,),
        closes_at=at("2027-02-05 17:00"),
        minimum_places=5,
        decide_on=date(2027, 2, 1),
        outcomes=(OutcomeDetails("Ask why", 3), OutcomeDetails("Old", 4, is_retired=True)),
    )
    copy = copied(event, sessions_from(event.sessions, date(2027, 6, 8)))
    assert copy.closes_at == at("2027-06-04 17:00")
    assert copy.decide_on == date(2027, 5, 31)
    assert copy.outcomes == (OutcomeDetails("Ask why"),)
    undated = copied(event, ())
    assert (undated.closes_at, undated.decide_on) == (None, None)


@pytest.mark.parametrize(
    ("on", "time", "said"),
    [
        (date(2027, 3, 28), "1:30am", "go forward"),
        (date(2027, 10, 31), "1:30am", "comes twice"),
        (date(2027, 3, 28), "2am", None),
        (date(2027, 10, 31), "12:59am", None),
        (date(2027, 3, 27), "1:30am", None),
    ],
)
def test_an_hour_that_the_clock_does_not_show_once(on: date, time: str, said: str | None) -> None:
    read = read_clock_time(time)
    assert read is not None
    answer = clock_change(on, read)
    assert (answer is None) if said is None else (answer is not None and said in answer)
