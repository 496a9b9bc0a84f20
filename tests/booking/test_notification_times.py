"""The policies on when people are told govern: in the rules, the jobs, the pages and the words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.commands import set_policy
from lms.agencies.rules import POLICY_BOUNDS, PolicyEntry, PolicyKey, policies_fault
from lms.booking.commands import send_due_reminders
from lms.booking.models import Booking
from lms.booking.queries import get_booking, reminders_of
from lms.booking.queries.events import snapshot
from lms.booking.queries.figures import policy_in_force
from lms.booking.rules import BookingPolicy, Reminder, last_reminder_words, reminder_at
from lms.booking.rules.offers import leaving_time
from lms.clock import FixedClock, at_london, london
from lms.db import db
from lms.errors import Refused
from lms.evaluation.queries import find_facts
from lms.evaluation.rules import Stage, impact_due_at, invitation_at
from lms.messaging.models import Message
from tests.support.make import Make
from tests.support.snapshots import at

LONG_AGO = date(2026, 4, 1)


def set_all(make: Make, holds_from: date = LONG_AGO, **figures: int) -> None:
    for name, figure in figures.items():
        set_policy(make.partnership(), PolicyKey(name), figure, holds_from, by=None, now=make.now)


@pytest.mark.parametrize(
    ("now", "leaves_at"),
    [
        ("2027-02-08 08:30", "2027-02-08 09:00"),
        ("2027-02-08 15:59", "2027-02-08 15:59"),
        ("2027-02-08 16:00", "2027-02-09 09:00"),
    ],
)
def test_B6_offers_leave_in_the_hours_that_the_partnership_chose(now: str, leaves_at: str) -> None:
    policy = BookingPolicy(offers_from_hour=9, offers_until_hour=16)
    assert leaving_time(policy, at(now)) == at(leaves_at)


def test_reminders_go_as_many_days_before_as_the_partnership_chose() -> None:
    starts, policy = (
        at("2027-02-10 09:30"),
        BookingPolicy(first_reminder_days=14, last_reminder_working_days=3),
    )
    assert reminder_at(Reminder.WEEK_BEFORE, starts, policy) == at("2027-01-27 09:00")
    assert reminder_at(Reminder.DAY_BEFORE, starts, policy) == at("2027-02-05 09:00")
    assert last_reminder_words(policy) == "three working days before"
    assert last_reminder_words(BookingPolicy()) == "on the working day before"


@given(st.dates(date(2026, 11, 1), date(2028, 5, 1)), st.data())
def test_the_first_reminder_comes_before_the_last_for_all_figures_that_may_be_set(
    day: date, data: st.DataObject
) -> None:
    drawn = {
        key: data.draw(st.integers(*POLICY_BOUNDS[key]))
        for key in (PolicyKey.FIRST_REMINDER_DAYS, PolicyKey.LAST_REMINDER_WORKING_DAYS)
    }
    entries = [PolicyEntry(key, LONG_AGO, figure) for key, figure in drawn.items()]
    first, last = drawn.values()
    policy = BookingPolicy(first_reminder_days=first, last_reminder_working_days=last)
    starts = at_london(day, datetime.min.time().replace(hour=10))
    times = [reminder_at(which, starts, policy) for which in Reminder]
    near_holidays = {12, 1, 3, 4, 5, 8} & {day.month}
    if policies_fault(entries) is None and not near_holidays:
        assert times[0] < times[1]


def test_what_is_set_governs_reminders_offers_and_evaluations(
    make: Make, clock: FixedClock
) -> None:
    event = make.event(course=make.course(), starts_at=at("2027-02-10 09:30"))
    booking = make.booking(event)
    set_all(
        make,
        first_reminder_days=20,
        last_reminder_working_days=3,
        evaluation_hour=14,
        offers_from_hour=10,
        offers_until_hour=16,
    )
    # what holds from after the first session changes nothing for it
    set_all(make, date(2027, 2, 11), first_reminder_days=10, evaluation_hour=8)
    reference = db.session.get_one(Booking, booking).reference
    own = get_booking(reference, make.viewer(make.coordinator()))
    policy = policy_in_force(db.session(), own.event, clock.now())
    assert snapshot(db.session(), event, clock.now()).policy == policy
    assert [which_at for which_at, _ in reminders_of(own, policy, clock.now())] == [
        at("2027-01-21 09:00"),
        at("2027-02-05 09:00"),
    ]
    facts = find_facts(db.session(), booking)
    assert facts is not None
    assert invitation_at(facts.facts, Stage.PRE) == at("2027-02-09 14:00")
    assert london(impact_due_at(facts.facts)).hour == 14
    db.session.rollback()

    clock.set(at("2027-01-21 08:59"))
    assert send_due_reminders(clock.now()) == 0
    clock.set(at("2027-01-21 09:00"))
    assert send_due_reminders(clock.now()) == 1
    assert "follows three working days before" in db.session.query(Message).one().body
    db.session.rollback()
    clock.set(at("2027-02-05 09:01"))
    assert send_due_reminders(clock.now()) == 1


def test_figures_that_contradict_each_other_are_refused(make: Make) -> None:
    with pytest.raises(Refused, match="at least 6 days before"):
        set_all(make, last_reminder_working_days=3, first_reminder_days=5)
    set_all(make, attended_share=60)
    with pytest.raises(Refused, match="no more than what counts as attended"):
        set_all(make, part_share=61)
    with pytest.raises(Refused, match="no more than what counts as attended"):
        set_all(make, LONG_AGO + timedelta(days=30), part_share=90)
    set_all(make, LONG_AGO + timedelta(days=60), attended_share=95)
    set_all(make, LONG_AGO + timedelta(days=60), part_share=90)
    with pytest.raises(Refused, match="From Wednesday 1 April 2026"):
        set_all(make, attended_share=20)
