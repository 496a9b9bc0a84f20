"""What was answered to own questions: one figure each, and no reading tells of fewer than five."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.booking.rules import Outcome
from lms.clock import FixedClock
from lms.db import db
from lms.evaluation import commands
from lms.evaluation.commands import Opened, answer
from lms.evaluation.queries import Scope, get_asked
from lms.evaluation.rules import Measure, QuestionKind, Stage, own_words
from lms.evaluation.rules.own_shown import shown_up_to
from tests.evaluation.conftest import Delegate, came
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.snapshots import at

FIRST = date(2027, 1, 1)
days = st.lists(st.integers(0, 400).map(lambda n: FIRST + timedelta(n)), max_size=40)


@given(days, st.integers(1, 9))
def test_R4_two_readings_differ_by_enough_answers_or_by_none(given: list[date], least: int) -> None:
    shown = []
    for month in range(18):
        today = date(2027 + month // 12, month % 12 + 1, 1)
        until = shown_up_to(given, today, least)
        assert until is None or until <= today
        shown.append(sum(day < until for day in given) if until else 0)
    steps = [after - before for before, after in itertools.pairwise(shown)]
    assert all(step == 0 or step >= least for step in [shown[0], *steps])
    assert len(given) - shown[-1] < least, "what is enough is shown"


@pytest.fixture
def scope(delegate: Delegate, make: Make) -> Scope:
    partnership = make.partnership()
    db.session.rollback()
    scope = Scope(partnership, Stage.POST)
    by, when = make.viewer(make.coordinator()), at("2027-02-01 10:00")
    for kind, wording in (
        (QuestionKind.YES_NO, "Would you come again?"),
        (QuestionKind.LONG_TEXT, "What surprised you?"),
    ):
        words = own_words(kind, wording, Measure.REACTION)
        commands.add_question(scope, words, by=by, now=when)
    commands.put_in_force(scope, by=by, now=when)
    return scope


def test_R4_E7_the_coordinator_reads_counts_of_five_after_the_month_and_no_words(
    delegate: Delegate, scope: Scope, make: Make, browser: Browser, clock: FixedClock
) -> None:
    when = at("2027-02-08 17:00")
    address = f"/manage/questionnaires/{scope.partnership_id}/post"
    coordinator = make.coordinator()

    def read(on: str) -> str:
        clock.set(at(on))
        browser.sign_in(coordinator)
        page = browser.get(address)
        return browser.get(page.link("See what was answered")).text

    assert "Nothing has been answered yet" in read("2027-02-08 17:00")
    others = [make.booking(delegate.event, make.person(f"Delegate {n}")) for n in range(4)]
    for number, booking in enumerate([delegate.booking, *others]):
        came(booking)
        keys = [f"own_{key}" for key in _questions(scope)]
        said = {keys[0]: ["no" if number else "yes"], keys[1]: [f"Secret {number}"]}
        scales = {key: [value] for key, value in delegate.confidence(4, 3).items()}
        answer(Opened(booking, Stage.POST, when), {**scales, **said}, now=when)
    assert "Too few to say: fewer than five people answered before this month." in read(
        "2027-02-28 17:00"
    )
    told = read("2027-03-01 09:00")
    assert "Five people answered before Monday 1 March 2027." in told
    assert "Yes 1 20%" in told
    assert "No 4 80%" in told
    assert "Secret" not in told
    came(others[0], Outcome.DID_NOT_ATTEND)
    assert "Too few to say" in read("2027-03-01 10:00"), "a voided form is counted by nobody"


def _questions(scope: Scope) -> list[int]:
    found = [line.id for line in get_asked(scope).shown]
    db.session.rollback()
    return found
