"""B9 on a database: attended, declared elsewhere, confirmed once for all, lifted with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from lms.audit import AuditEntry
from lms.booking.commands import answer_approval, postpone_event
from lms.booking.models import PriorLearning
from lms.booking.queries.outlook import outlook
from lms.booking.rules import BookingState, Origin, Outcome
from lms.booking.rules.prerequisites import Declared
from lms.catalogue.rules import ApprovedBy, CancelReason
from lms.db import db
from lms.errors import Refused
from tests.support.approvals import School, open_approval, require
from tests.support.booking import booking, faults, messages
from tests.support.make import Make


class Advanced(School):
    """An event of a course for which another is required."""

    def __init__(self, make: Make, *, within_months: int | None = None) -> None:
        self.basic = make.course("Working Together")
        self.advanced = make.course("Advanced Child Protection")
        require(self.advanced, self.basic, within_months=within_months)
        super().__init__(make, ApprovedBy.NOBODY, course=self.advanced, capacity=5)

    def attended(self, outcome: Outcome, *, days_ago: int = 100) -> None:
        starts_at = self.make.now - timedelta(days=days_ago)
        event = self.make.event(starts_at=starts_at, course=self.basic)
        self.make.booking(event, self.marigold, outcome=outcome)

    def declares(self, provider: str = "Dudley Council", days_ago: int = 200) -> list[Declared]:
        on = (self.make.now - timedelta(days=days_ago)).date()
        return [Declared(self.basic, provider, on)]


@pytest.fixture
def school(app: Flask, make: Make) -> Advanced:
    return Advanced(make)


def test_B9_without_it_the_booking_is_refused_saying_which(school: Advanced) -> None:
    with pytest.raises(Refused, match="once you have attended Working Together"):
        school.ask()


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        (Outcome.ATTENDED, True),
        (Outcome.PART_ATTENDED, False),
        (Outcome.DID_NOT_ATTEND, False),
        (Outcome.EXCUSED, False),
    ],
)
def test_B9_only_who_attended_has_learnt_it(
    school: Advanced, outcome: Outcome, counts: bool
) -> None:
    school.attended(outcome)
    if counts:
        assert booking(school.ask()).state is BookingState.CONFIRMED
        return
    with pytest.raises(Refused):
        school.ask()


def test_B9_too_long_ago_does_not_count(make: Make, app: Flask) -> None:
    school = Advanced(make, within_months=6)
    school.attended(Outcome.ATTENDED, days_ago=200)
    with pytest.raises(Refused, match="in the six months before"):
        school.ask()
    school.attended(Outcome.ATTENDED, days_ago=30)
    assert booking(school.ask()).state is BookingState.CONFIRMED


def test_B9_what_is_declared_holds_a_place_until_it_is_confirmed_for_all_events(
    school: Advanced, make: Make
) -> None:
    lead = make.viewer(school.lead())
    other = make.event(
        course=school.advanced, starts_at=make.now + timedelta(days=50), approved_by="nobody"
    )
    asked = school.ask(declared=school.declares())
    again = school.ask(event=other, declared=school.declares(provider="Dudley MBC"))
    assert booking(asked).state is BookingState.REQUESTED
    assert "Dudley Council" in messages("approval-asked")[0].body
    assert db.session.query(PriorLearning).count() == 1, "said again, it is one declaration"
    answer_approval(open_approval(asked), is_given=True, by=lead, now=make.now)
    assert booking(asked).state is BookingState.CONFIRMED
    assert booking(again).is_approved, "what is confirmed once counts for the other event too"
    third = make.event(course=school.advanced, starts_at=make.now + timedelta(days=80))
    with pytest.raises(Refused, match="place on this course"):
        school.ask(event=third)
    learning = db.session.query(PriorLearning).one()
    assert learning.is_confirmed
    assert learning.answered_by_id == lead.person_id
    assert faults(make.now) == []


def test_B9_what_is_not_believed_ends_the_booking_and_counts_nowhere(
    school: Advanced, make: Make
) -> None:
    coordinator = make.viewer(make.coordinator())
    asked = school.ask(declared=school.declares())
    answer_approval(
        *(open_approval(asked),),
        is_given=False,
        why="They know nothing of it",
        by=coordinator,
        now=make.now,
    )
    assert booking(asked).state is BookingState.DECLINED
    with pytest.raises(Refused, match="Working Together"):
        school.ask()
    assert booking(school.ask(declared=school.declares())).state is BookingState.REQUESTED
    assert faults(make.now) == []


@pytest.mark.parametrize(("provider", "days_ago"), [("  ", 200), ("Dudley Council", -3)])
def test_B9_a_declaration_that_cannot_be_is_refused(
    school: Advanced, provider: str, days_ago: int
) -> None:
    with pytest.raises(Refused) as refused:
        school.ask(declared=school.declares(provider, days_ago))
    assert refused.value.field == "declared"


def test_B9_what_needs_no_declaration_is_not_asked_about(school: Advanced) -> None:
    school.attended(Outcome.ATTENDED)
    asked = school.ask(declared=[*school.declares(), Declared(10_000, "Nobody", date(2026, 1, 1))])
    assert booking(asked).state is BookingState.CONFIRMED


def test_B14_a_coordinator_lifts_it_with_a_reason_that_is_recorded(
    school: Advanced, make: Make
) -> None:
    by = make.viewer(make.coordinator())
    said = {"origin": Origin.COORDINATOR, "by": by}
    with pytest.raises(Refused):
        school.ask(**said)
    asked = school.ask(**said, override_reason="She wrote the course")
    assert booking(asked).state is BookingState.CONFIRMED
    assert booking(asked).override_reason == "She wrote the course"
    entry = db.session.query(AuditEntry).filter_by(act="override").one()
    assert "Working Together" in entry.sentence


def test_B9_while_postponed_nothing_can_be_too_long_ago_and_nobody_books(
    make: Make, app: Flask
) -> None:
    school = Advanced(make, within_months=6)
    postpone_event(school.event, reason=CancelReason.VENUE, by=None, now=make.now)
    with pytest.raises(Refused, match="is postponed and has no date yet"):
        school.ask()
    at_present = outlook(school.event, school.marigold, make.now)
    assert [each.title for each in at_present.unmet] == ["Working Together"]
    school.attended(Outcome.ATTENDED, days_ago=200)
    assert outlook(school.event, school.marigold, make.now).unmet == ()
