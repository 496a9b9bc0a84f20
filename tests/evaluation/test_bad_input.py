"""What nobody should send, sent all the same: each is answered with a sentence, nothing is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lms.booking.models import Booking
from lms.clock import FixedClock
from lms.db import db
from lms.evaluation import commands
from lms.evaluation.models import Answer, Commitment, Confidence, Evaluation
from lms.evaluation.queries import Scope, get_asked
from lms.evaluation.rules import Measure, QuestionKind, Stage, own_words
from tests.evaluation.conftest import Delegate, came
from tests.support.browser import Browser, Page
from tests.support.make import Make
from tests.support.snapshots import at

TYPED = "Ring the school before I write the plan"


@pytest.fixture
def after(delegate: Delegate, clock: FixedClock) -> Delegate:
    came(delegate.booking)
    clock.set(at("2027-02-08 17:00"))
    return delegate


@pytest.fixture
def scope(after: Delegate, make: Make) -> Scope:
    partnership = db.session.scalars(select(Booking)).one().event.partnership_id
    db.session.rollback()
    return Scope(partnership, Stage.POST)


def kept() -> int:
    """How many answers stand in the tables."""
    db.session.rollback()
    tables = (Answer, Confidence, Commitment)
    return sum(db.session.scalar(select(func.count()).select_from(one)) or 0 for one in tables)


def put(browser: Browser, page: Page, changes: dict[str, str], status: int = 200) -> Page:
    """Send a page's form with values that its fields do not offer."""
    fields = {**page.form("Send my answers"), **changes}
    return browser.post(page.address, fields, status=status)


@pytest.mark.parametrize("value", ["0", "6", "-1", "3.5", "many", "1e9"])
def test_E5_an_answer_out_of_range_is_refused_beside_its_question_and_nothing_typed_is_lost(
    after: Delegate, browser: Browser, value: str
) -> None:
    page = browser.get(after.link("post"))
    first = f"confidence_{after.outcomes[0]}"
    sent = {**after.confidence(4, 3), first: value, "commitment_1": TYPED}
    wrong = put(browser, page, sent)
    assert "Choose one of the answers shown" in wrong.text
    assert TYPED in wrong.html
    assert wrong.form("Send my answers")[f"confidence_{after.outcomes[1]}"] == "3"
    assert kept() == 0
    browser.submit(wrong, {first: "4"}, form="Send my answers")
    assert kept() == 3


def test_E7_answers_to_a_question_that_was_retired_meanwhile(
    after: Delegate, scope: Scope, browser: Browser, make: Make, clock: FixedClock
) -> None:
    """A form that is open keeps its questions; one opened later does not ask them."""
    by = make.viewer(make.coordinator())
    words = own_words(QuestionKind.SHORT_TEXT, "One word for the day?", Measure.REACTION)
    question = commands.add_question(scope, words, by=by, now=at("2027-02-01 10:00"))
    commands.put_in_force(scope, by=by, now=at("2027-02-01 10:00"))
    open_before = browser.get(after.link("post"))
    clock.set(at("2027-02-08 17:10"))
    commands.retire_question(scope, question, by=by, now=clock.now())
    commands.put_in_force(scope, by=by, now=clock.now())
    later = browser.get(after.link("post"))
    assert "One word for the day?" not in later.text
    answers = {**after.confidence(4, 3), f"own_{question}": "Clear"}
    assert put(browser, open_before, answers).h1 == "Your answers are in"
    db.session.rollback()
    assert db.session.scalars(select(Answer.words)).all() == ["Clear"]


def test_E7_what_a_form_does_not_ask_is_left_aside_and_the_rest_is_taken(
    after: Delegate, browser: Browser
) -> None:
    page = browser.get(after.link("post"))
    put(browser, page, {**after.confidence(4, 3), "own_999": "Clear", "nobody": "x"})
    assert kept() == 2


def test_E3_a_form_that_closed_while_it_was_filled_in_says_so_and_whom_to_tell(
    after: Delegate, browser: Browser, clock: FixedClock
) -> None:
    page = browser.get(after.link("post"))
    browser.submit(page, {"commitment_1": TYPED, "keep": "yes"}, form="Keep and finish")
    clock.set(at("2027-03-08 16:30"))
    closed = put(browser, page, {**after.confidence(4, 3), "commitment_1": TYPED}, status=410)
    assert closed.h1 == "This form has closed"
    assert "reply to the e-mail that brought you here" in closed.text
    assert kept() == 0
    draft = db.session.scalars(select(Evaluation.draft)).one()
    assert TYPED in (draft or ""), "what was kept is still there, for a paper form"


def test_E9_answered_twice_the_first_answers_stand_and_the_second_is_told_so(
    after: Delegate, browser: Browser
) -> None:
    page = browser.get(after.link("post"))
    put(browser, page, {**after.confidence(4, 3), "comment": "First"})
    again = put(browser, page, {**after.confidence(1, 1), "comment": "Second"}, status=410)
    assert again.h1 == "You have answered this"
    assert "The answers that came first stand" in again.text
    db.session.rollback()
    assert db.session.scalars(select(Answer.words)).all() == ["First"]


def test_E7_a_questionnaire_with_no_question_of_its_own_asks_the_core_and_says_so(
    after: Delegate, scope: Scope, browser: Browser, make: Make
) -> None:
    coordinator = make.coordinator()
    browser.sign_in(coordinator)
    address = f"/manage/questionnaires/{scope.partnership_id}/post"
    page = browser.get(address)
    assert "Nothing is asked beside the core." in page.text
    token = browser.get(f"{address}/ready").form()["csrf_token"]
    nothing = browser.post(f"{address}/in-force", {"csrf_token": token}, status=409)
    assert "draft" in nothing.text
    assert "How good was the content?" in browser.get(f"{address}/preview").text
    assert get_asked(scope).in_force is None


def test_E5_an_event_with_no_outcome_and_no_question_asks_nothing_beforehand(
    after: Delegate, browser: Browser, make: Make, clock: FixedClock
) -> None:
    bare = make.booking(make.event("Forum", starts_at=at("2027-03-08 09:30")), after.person)
    keys = after.app.extensions["lms.keys"]
    page = browser.get(f"/evaluations/{keys.token('evaluation', f'{bare}-pre')}", status=410)
    assert page.h1 == "There is nothing to answer here"


def test_E9_a_paper_form_with_an_answer_out_of_range_is_refused_and_nothing_typed_is_lost(
    after: Delegate, browser: Browser, make: Make
) -> None:
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/events/{after.event}/evaluations/{after.booking}/post")
    fields = {**page.form("Key in this form"), "rating_content": "9", "commitment_1": TYPED}
    wrong = browser.post(page.address, fields)
    assert "Choose one of the answers shown" in wrong.text
    assert TYPED in wrong.html
    assert kept() == 0
