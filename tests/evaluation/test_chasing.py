"""Chasing (E3, E4): who is silent is reminded, until they answer or ask us to stop."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lms.clock import FixedClock
from lms.db import db
from lms.evaluation.commands import (
    NothingToSpare,
    NotStopped,
    ask_all_due,
    remind_again,
    stop_reminders,
)
from lms.evaluation.models import Evaluation
from lms.evaluation.queries import get_event_replies
from lms.evaluation.queries.replies import bookings_that_owe_an_answer
from lms.evaluation.rules import (
    DueMessage,
    EvaluationFacts,
    Stage,
    due_message,
    is_last_message,
    may_opt_out,
)
from lms.messaging.sender import send_due
from tests.evaluation.conftest import ENDS, STARTS, Delegate, came
from tests.support.browser import Browser
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

FIRST, SECOND = at("2027-02-10 16:30"), at("2027-02-15 16:30")
STOP = re.compile(r"http://127\.0\.0\.1:8000(/evaluations/\S+\?reminders=stop)")


def ask(clock: FixedClock, mailer: KeptMail, when: str) -> str:
    """What the mail of that minute says; empty where none leaves."""
    clock.set(at(when))
    before = len(mailer.sent)
    ask_all_due(clock.now())
    send_due(clock.now())
    assert len(mailer.sent) <= before + 1
    return str(mailer.sent[-1].get_content()) if len(mailer.sent) > before else ""


@pytest.mark.parametrize("opted_out", [True, False])
def test_E3_E4_whoever_asks_us_to_stop_is_reminded_of_that_form_no_more(opted_out: bool) -> None:
    facts = EvaluationFacts(
        stages=frozenset(Stage),
        starts_at=STARTS,
        ends_at=ENDS,
        confirmed_at=at("2027-01-18 10:00"),
        invited_at={Stage.POST: ENDS},
        opted_out=frozenset({Stage.POST} if opted_out else ()),
    )
    expected = None if opted_out else DueMessage(Stage.POST, 1)
    assert due_message(facts, Stage.POST, FIRST) == expected
    assert may_opt_out(facts, Stage.POST, FIRST) is not opted_out
    assert not may_opt_out(facts, Stage.PRE, STARTS), "nobody is reminded of that"
    assert not is_last_message(DueMessage(Stage.POST, 1))
    assert is_last_message(DueMessage(Stage.POST, 2))


def test_E3_the_reminder_s_link_stops_the_next_at_once_and_the_coordinator_sees_it(
    delegate: Delegate, browser: Browser, clock: FixedClock, mailer: KeptMail, make: Make
) -> None:
    assert "reminders=stop" not in ask(clock, mailer, "2027-02-08 16:30")
    link = STOP.search(ask(clock, mailer, "2027-02-10 16:30"))
    assert link is not None
    page = browser.get(link[1])
    assert page.h1 == "Stop reminders of this form?"
    clock.set(SECOND)
    ask_all_due(SECOND)  # already queued, and not yet sent
    stopped = browser.submit(page, form="Do not remind me")
    assert stopped.h1 == "We do not remind you of this form"
    send_due(SECOND)
    assert len(mailer.sent) == 2, "what was queued is not sent"
    assert ask(clock, mailer, "2027-02-16 16:30") == ""
    with pytest.raises(NothingToSpare):
        stop_reminders(delegate.booking, Stage.POST, now=SECOND)
    assert bookings_that_owe_an_answer(delegate.event) == set(), "nor by an announcement"
    assert browser.get(stopped.link("Answer the form")).h1 == "How was it?"
    coordinator = make.coordinator()
    count = get_event_replies(delegate.event, make.viewer(coordinator)).count("post")
    assert (count.invited, count.answered) == (1, 0), "counted as silent"
    db.session.rollback()
    browser.sign_in(coordinator)
    assert (
        "Asked not to be reminded"
        in browser.get(f"/manage/events/{delegate.event}/evaluations").text
    )
    came(delegate.booking)
    assert "What came of it" not in mailer.sent[-1]["Subject"]
    assert ask(clock, mailer, "2027-04-05 09:00"), "another form is asked for as before"


def test_E3_whoever_stopped_reminders_asks_for_them_again_on_that_page_or_their_account(
    delegate: Delegate, browser: Browser, clock: FixedClock, mailer: KeptMail
) -> None:
    ask(clock, mailer, "2027-02-08 16:30")
    link = STOP.search(ask(clock, mailer, "2027-02-10 16:30"))
    assert link is not None
    page = browser.submit(browser.get(link[1]), form="Do not remind me")
    page = browser.submit(page, form="Remind me again")
    assert "We remind you of this form again" in page.text
    page = browser.submit(page, form="Do not remind me")
    assert ask(clock, mailer, "2027-02-15 16:29") == ""
    browser.sign_in(delegate.person)
    account = browser.get("/account")
    page = browser.get(account.link("Reminders that you stopped"))
    assert "open until Monday 8 March" in page.text
    page = browser.submit(page, form="Remind me again")
    assert "You have not stopped any reminder" in page.text
    assert "This is the last time that we ask." in ask(clock, mailer, "2027-02-15 16:30")
    with pytest.raises(NotStopped):
        remind_again(delegate.booking, Stage.POST, now=clock.now())
    db.session.rollback()
    stop_reminders(delegate.booking, Stage.POST, now=clock.now())
    clock.set(at("2027-03-08 16:30"))
    browser.sign_in(delegate.person)
    assert "You have not stopped any" in browser.get("/account/reminders").text, "it has closed"


def test_E3_the_last_reminder_says_so_and_an_answer_stops_it(
    delegate: Delegate, browser: Browser, clock: FixedClock, mailer: KeptMail
) -> None:
    ask(clock, mailer, "2027-02-08 16:30")
    ask(clock, mailer, "2027-02-10 16:30")
    last = ask(clock, mailer, "2027-02-15 16:30")
    assert "This is the last time that we ask." in last
    assert "reminders=stop" not in last
    clock.set(at("2027-02-15 17:00"))
    browser.submit(browser.get(delegate.link("post")), delegate.confidence(4, 3))
    page = browser.get(f"{delegate.link('post')}?reminders=stop", status=410)
    assert page.h1 == "You have answered this"
    assert db.session.scalars(select(Evaluation.opted_out_at)).all() == [None]


def test_E3_several_forms_that_are_owed_come_in_one_e_mail(
    delegate: Delegate, make: Make, clock: FixedClock, mailer: KeptMail
) -> None:
    other = make.event("Neglect", starts_at=STARTS, course=make.course("Neglect"))
    second = make.booking(other, delegate.person)
    body = ask(clock, mailer, "2027-02-08 16:30")
    for booking in (delegate.booking, second):
        token = delegate.app.extensions["lms.keys"].token("evaluation", f"{booking}-post")
        assert f"/evaluations/{token}" in body
