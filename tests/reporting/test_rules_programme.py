"""The programme's rules and sentences, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules import CancelReason, EventState, reason_told
from lms.reporting.programme.finding import (
    events_caption,
    filled_caption,
    money_sentence,
    nothing_about,
    programme_finding,
)
from lms.reporting.programme.rules import (
    Belonged,
    PlannedEvent,
    ProgrammeCounts,
    Taught,
    TrainerDays,
    Waited,
    WaitingCounts,
    count_programme,
    count_waiting,
    days_by_agency,
)
from lms.reporting.rules import EventCounts

NOW = datetime(2027, 1, 18, 10, tzinfo=UTC)
RAN = PlannedEvent(EventState.PUBLISHED, NOW, NOW - timedelta(hours=1), seats=10, confirmed=8)
TO_COME = replace(RAN, ends_at=NOW + timedelta(days=3), confirmed=3)
OFF = replace(RAN, state=EventState.CANCELLED, reason=CancelReason.VENUE)
PUT_OFF = replace(RAN, state=EventState.POSTPONED, ends_at=None)

events = st.builds(
    PlannedEvent,
    state=st.sampled_from(EventState),
    ends_at=st.sampled_from([None, NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)]),
    seats=st.integers(0, 40),
    confirmed=st.none() | st.integers(0, 40),
    waited=st.lists(st.builds(Waited, st.integers(1, 5), st.booleans())).map(tuple),
    price=st.none() | st.decimals(0, 90, places=2),
    cost=st.none() | st.decimals(0, 900, places=2),
    charged_pence=st.integers(0, 9000),
    absent_charged=st.integers(0, 3),
)


def test_R2_R7_only_what_ran_fills_and_all_but_drafts_were_planned() -> None:
    draft = replace(RAN, state=EventState.DRAFT)
    found = count_programme([RAN, TO_COME, OFF, PUT_OFF, draft], NOW)
    assert found.events == EventCounts(planned=4, run=1, cancelled=1, postponed=1)
    assert found.events.to_come == 1
    assert (found.capacity, found.confirmed, found.fill_rate) == (10, 8, Fraction(8, 10))
    assert found.reasons[CancelReason.VENUE] == 1


def test_R2_an_unknown_part_makes_the_fill_rate_unknown() -> None:
    assert count_programme([RAN, replace(RAN, confirmed=None)], NOW).fill_rate is None
    assert count_programme([TO_COME], NOW).fill_rate is None
    assert count_programme([replace(RAN, seats=0)], NOW).fill_rate is None


@given(st.lists(events, max_size=12), st.lists(events, max_size=12))
def test_R7_what_is_counted_apart_adds_up(
    some: list[PlannedEvent], more: list[PlannedEvent]
) -> None:
    one, two, both = (count_programme(part, NOW) for part in (some, more, some + more))
    assert both.events.planned == one.events.planned + two.events.planned
    assert both.charges_pence == one.charges_pence + two.charges_pence
    assert both.waiting.unmet <= one.waiting.unmet + two.waiting.unmet
    assert both.events.to_come >= 0
    assert sum(both.reasons.values()) == both.events.cancelled


@given(st.lists(st.builds(Waited, st.integers(1, 6), st.booleans())))
def test_who_was_met_once_is_no_unmet_demand(waited: list[Waited]) -> None:
    found = count_waiting(waited)
    assert found.unmet <= found.people <= found.at_start == len(waited)
    met = {one.who for one in waited if one.is_met}
    assert found.unmet == found.people - len(met)


def test_trainer_days_go_to_the_agency_of_longest_standing_on_the_day() -> None:
    long = (NOW, NOW + timedelta(hours=7))
    short = (NOW + timedelta(days=1), NOW + timedelta(days=1, hours=3))
    times = [
        Belonged(1, 20, date(2026, 5, 1)),
        Belonged(1, 10, date(2025, 1, 1), date(2027, 1, 19)),
    ]
    found = days_by_agency([Taught(1, (long, short)), Taught(2, (long,))], times)
    assert found == {10: TrainerDays(1, 1), 20: TrainerDays(1, 0.5), None: TrainerDays(1, 1)}


@pytest.mark.parametrize(
    ("because", "reason"),
    [
        ("The trainer is ill", CancelReason.TRAINER_ILL),
        ("Too few people had booked. We are sorry", CancelReason.TOO_FEW),
        ("the venue cannot be used", CancelReason.VENUE),
        ("Snow", CancelReason.OTHER),
        ("", CancelReason.OTHER),
        (None, CancelReason.OTHER),
    ],
)
def test_why_an_event_was_cancelled_is_read_from_what_was_told(
    because: str | None, reason: CancelReason
) -> None:
    assert reason_told(because) is reason


# --- Sentences ----------------------------------------------------------------------------------


def counts(**events: int) -> ProgrammeCounts:
    return ProgrammeCounts(events=EventCounts(**events))


@pytest.mark.parametrize(
    ("total", "said"),
    [
        (counts(), "No event was planned in this period."),
        (counts(planned=1, run=1), "One event was planned: one ran."),
        (
            counts(planned=14, run=11, cancelled=1, postponed=2),
            "14 events were planned: 11 ran, one was cancelled and two were postponed.",
        ),
        (
            replace(counts(planned=2, run=2), capacity=30, confirmed=25),
            "Two events were planned: two ran. 83% of the places were taken.",
        ),
        (
            replace(counts(planned=1), waiting=WaitingCounts(3, 2, 2)),
            (
                "One event was planned: one is to come. "
                "Two people waited for a place and never had one."
            ),
        ),
    ],
)
def test_R7_the_finding_is_true_of_the_figures(total: ProgrammeCounts, said: str) -> None:
    assert programme_finding(total) == said


def test_captions_say_what_the_pictures_show() -> None:
    assert events_caption(EventCounts(3, 3)) == "Every event that was planned ran"
    assert events_caption(EventCounts(3, 0, 3)) == "No event has run"
    assert events_caption(EventCounts(12, 9)) == "9 of the 12 events that were planned ran"
    rates = {"Neglect": Fraction(9, 10), "Forum": Fraction(1, 10)}
    assert filled_caption(rates) == "Neglect filled best, at 90%; Forum least, at 10%"
    assert filled_caption({"Neglect": Fraction(1, 2)}) == "50% of the places were taken"
    assert filled_caption({}) == "How full events were is unknown"


def test_what_no_event_was_about_is_said_by_name() -> None:
    assert nothing_about([], 3, "priority", "priorities") == ""
    assert nothing_about(["A", "B"], 2, "theme", "themes") == (
        "No event that ran was about any of the themes."
    )
    assert nothing_about(["A", "B"], 5, "priority", "priorities") == (
        "Two of the five priorities had no event that ran: A and B."
    )
    assert nothing_about(["A"], 4, "priority", "priorities") == (
        "One of the four priorities had no event that ran: A."
    )


def test_R2_cost_and_income_say_of_how_many_they_are_known() -> None:
    ran = counts(planned=3, run=3)
    known = replace(ran, cost=Decimal(900), without_cost=1, fees_pence=4500, charges_pence=500)
    assert money_sentence(known) == (
        "The events that ran cost £900, at the two of three that say so; £50 is due for places, "
        "£5 of it charges for places that were not used."
    )
    unknown = replace(ran, without_cost=3, fees_pence=None)
    assert money_sentence(unknown).endswith("; what they brought in is unknown.")
    assert money_sentence(ran).endswith("; nothing is due for places.")
    assert money_sentence(counts(planned=1)) == ""
