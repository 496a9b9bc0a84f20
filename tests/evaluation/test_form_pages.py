"""The forms: found by their links, kept half-filled, sent once."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.booking.rules import Outcome
from lms.catalogue.models import LearningOutcome
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.evaluation.commands import AlreadyAnswered, Opened, answer
from lms.evaluation.models import Answer, Commitment, Confidence, Evaluation, FollowUp, Reason
from lms.evaluation.queries import list_owed
from lms.evaluation.rules import CommitmentResult, QuoteConsent, Stage
from tests.evaluation.conftest import Delegate, came, close_register
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make
from tests.support.snapshots import at

PROMISE = "Ask to see the child’s bedroom at every home visit & write down what I saw"


def only(kind: type[Any]) -> Any:
    db.session.rollback()
    return db.session.scalars(select(kind)).one()


def count(kind: type[Any]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.fixture
def after(delegate: Delegate, clock: FixedClock) -> Delegate:
    """The event is over and its register closed."""
    clock.set(at("2027-02-08 17:00"))
    came(delegate.booking)
    close_register(delegate.event, at("2027-02-08 16:45"))
    return delegate


# --- What is asked --------------------------------------------------------------------------


def test_E5_an_event_with_outcomes_of_its_own_asks_about_these_alone(
    delegate: Delegate, browser: Browser
) -> None:
    """As its page says what it teaches: its own outcomes, not those of its course beside them."""
    with transaction() as session:
        own = LearningOutcome(event_id=delegate.event, position=0, text="Name the risk aloud")
        session.add(own)
    page = browser.get(delegate.link("pre"))
    assert "name the risk aloud?" in page.text
    assert "seems to cooperate" not in page.text


def test_E5_an_event_whose_outcomes_are_all_retired_asks_nothing_beforehand(
    delegate: Delegate, browser: Browser
) -> None:
    with transaction() as session:
        for outcome in session.scalars(select(LearningOutcome)):
            outcome.retired_on = date(2027, 2, 1)
    assert browser.get(delegate.link("pre"), status=410).h1 == "There is nothing to answer here"


# --- The link -------------------------------------------------------------------------------


def test_E9_the_link_is_exchanged_for_a_cookie_and_an_address_without_it(
    after: Delegate, browser: Browser
) -> None:
    answered = browser.get(after.link("post"), status=303, follow=False)
    assert answered.headers["Location"] == after.address("post")
    cookie = answered.headers["Set-Cookie"]
    assert f"Path={after.address('post')}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = browser.get(after.link("post"))
    assert page.address == after.address("post")
    assert after.token("post") not in page.html
    assert page.headers["Cache-Control"] == "no-store"


def test_E9_without_its_link_the_address_opens_nothing(after: Delegate, browser: Browser) -> None:
    page = browser.get(after.address("post"), status=410)
    assert "opens from the link in our e-mail" in page.text
    assert browser.get("/evaluations/99999/post", status=410).text == page.text
    browser.get("/evaluations/1/nonsense", status=410)


def test_E9_an_altered_link_is_nobody_s(after: Delegate, browser: Browser) -> None:
    token = after.token("post")
    for altered in (f"{token[:-1]}!", token.replace("post", "pre"), "nonsense", f"9{token}"):
        page = browser.get(f"/evaluations/{altered}", status=404)
        assert "check that the whole address was copied" in page.text


def test_E9_a_link_opens_one_stage_only(after: Delegate, browser: Browser) -> None:
    browser.get(after.link("post"))
    browser.get(after.address("pre"), status=410)


def test_E9_the_delegate_reaches_the_form_signed_in_and_nobody_else_does(
    after: Delegate, browser: Browser, make: Make
) -> None:
    browser.sign_in(make.coordinator())
    browser.get(after.address("post"), status=410)
    browser.sign_in(after.person)
    assert browser.get(after.address("post")).h1 == "How was it?"


@pytest.mark.parametrize(
    ("stage", "when", "status", "words"),
    [
        ("post", "2027-02-08 16:00", 200, "It opens on Monday 8 February at 4:15pm"),
        ("post", "2027-03-08 16:30", 410, "It was open until Monday 8 March at 4:30pm"),
        ("pre", "2027-02-08 16:30", 410, "It was open until Monday 8 February at 4:30pm"),
        ("impact", "2027-04-04 10:00", 200, "It opens on Monday 5 April at 9am"),
        ("impact", "2027-05-03 09:00", 410, "It was open until Monday 3 May at 9am"),
    ],
)
def test_E9_a_form_that_is_not_open_says_so_and_what_to_do(
    after: Delegate,
    browser: Browser,
    clock: FixedClock,
    stage: str,
    when: str,
    status: int,
    words: str,
) -> None:
    clock.set(at(when))
    page = browser.get(after.link(stage), status=status)
    assert words in page.text
    assert "training@wsp.example" in page.text


def test_E3_an_outcome_voids_the_form(after: Delegate, browser: Browser) -> None:
    came(after.booking, Outcome.DID_NOT_ATTEND)
    page = browser.get(after.link("post"), status=410)
    assert page.h1 == "There is nothing to answer here"


def test_no_GET_changes_anything(after: Delegate, browser: Browser) -> None:
    browser.get(after.link("post"))
    browser.get(after.address("post"))
    assert count(Evaluation) == 0


# --- Answering ------------------------------------------------------------------------------


def send_post(browser: Browser, delegate: Delegate, **more: str) -> Any:
    page = browser.get(delegate.link("post"))
    answers = {**delegate.confidence(4, 3), "rating_content": "5", "commitment_1": PROMISE, **more}
    return browser.submit(page, answers)


def test_E5_E6_post_keeps_every_answer(after: Delegate, browser: Browser) -> None:
    first, second = after.outcomes
    page = send_post(
        browser,
        after,
        commitment_1_about=str(second),
        commitment_3="Tell my team",
        comment="Thank you",
        quote_consent="with_job_role",
        **{f"look_back_{first}": "2"},
    )
    assert page.h1 == "Your answers are in"
    assert "On Monday 5 April we ask what came of it" in page.text
    form = only(Evaluation)
    assert form.answered_at == at("2027-02-08 17:00")
    assert form.quote_consent is QuoteConsent.WITH_JOB_ROLE
    kept = {(c.outcome_id, c.is_look_back): c.value for c in db.session.scalars(select(Confidence))}
    assert kept == {(first, False): 4, (second, False): 3, (first, True): 2}
    promises = db.session.scalars(select(Commitment).order_by(Commitment.position)).all()
    assert [(p.text, p.outcome_id) for p in promises] == [(PROMISE, second), ("Tell my team", None)]
    answers = {a.question: a.number or a.words for a in db.session.scalars(select(Answer))}
    assert answers == {"rating_content": 5, "comment": "Thank you"}


def test_E9_answered_the_link_dies_and_answering_twice_is_refused(
    after: Delegate, browser: Browser
) -> None:
    page = browser.get(after.link("post"))
    browser.submit(page, after.confidence(4, 3))
    again = browser.submit(page, after.confidence(1, 1), status=410)
    assert again.h1 == "You have answered this"
    assert "came first stand" in again.text
    assert browser.get(after.link("post"), status=410).h1 == "You have answered this"
    assert list(db.session.scalars(select(Confidence.value).order_by(Confidence.id))) == [4, 3]


def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    after: Delegate, browser: Browser
) -> None:
    first, second = after.outcomes
    page = browser.submit(
        browser.get(after.link("post")),
        {f"confidence_{first}": "4", "commitment_2": "A second one", "comment": "Kept"},
    )
    assert page.document.title.get_text().startswith("Error:")
    summary = page.document.select_one(".govuk-error-summary")
    assert "One thing to put right" in summary.get_text()
    link = summary.find("a")
    assert link["href"] == f"#confidence_{second}"
    assert link.get_text() == (
        "Choose a number from 1 to 5: ask the questions that test what you have been told"
    )
    fields = page.form("Send my answers")
    assert fields[f"confidence_{first}"] == "4"
    assert (fields["commitment_2"], fields["comment"]) == ("A second one", "Kept")
    assert page.document.find("details", open=True), "the second commitment stands open"
    assert count(Evaluation) == 0


def test_E5_each_legend_carries_the_whole_question(after: Delegate, browser: Browser) -> None:
    page = browser.get(after.link("post"))
    legends = [" ".join(tag.get_text(" ").split()) for tag in page.document.find_all("legend")]
    assert legends[0] == (
        "How confident are you now that you can recognise when a family seems to cooperate"
        " and nothing changes?"
    )
    assert not page.document.find("input", checked=True), "nothing is preselected"
    assert "Name no child, adult or family." in page.text
    assert "the safeguarding lead can find out who wrote it, and that is recorded" in page.text


def test_E5_who_has_no_baseline_is_asked_to_look_back(
    delegate: Delegate, browser: Browser, clock: FixedClock
) -> None:
    browser.submit(browser.get(delegate.link("pre")), delegate.confidence(2, 2))
    clock.set(at("2027-02-08 16:20"))
    look_back = f"look_back_{delegate.outcomes[0]}"
    assert look_back not in browser.get(delegate.link("post")).html
    with transaction() as session:
        session.scalars(select(Evaluation)).one().is_baseline = False
    assert look_back in browser.get(delegate.link("post")).html


def test_E6_impact_plays_the_commitments_back_word_for_word(
    after: Delegate, browser: Browser, clock: FixedClock
) -> None:
    send_post(browser, after, commitment_1_about=str(after.outcomes[0]))
    promise = only(Commitment).id
    clock.set(at("2027-04-05 09:00"))
    page = browser.get(after.link("impact"))
    assert page.h1 == "You said you would…"
    quote = page.document.select_one("blockquote.own-words")
    assert quote.find("p").get_text() == f"“{PROMISE}”"
    page = browser.submit(page, after.confidence(5, 4))
    assert f"Say what came of “{PROMISE}”" in page.text
    answers = {
        f"result_{promise}": "not_yet",
        "barriers": ["no_time"],
        "barriers_other": "The form asks for nothing of the kind",
        "barriers_text": "Two of us were off",
        "helps": "colleagues",
        "example": "A visit in March",
        "difference": "",
    }
    assert browser.submit(page, answers).h1 == "Your answers are in"
    assert only(FollowUp).result is CommitmentResult.NOT_YET
    reasons = {(r.code, r.is_help, r.words) for r in db.session.scalars(select(Reason))}
    assert reasons == {
        ("no_time", False, ""),
        ("other", False, "The form asks for nothing of the kind"),
        ("colleagues", True, ""),
    }
    texts = {a.question: a.words for a in db.session.scalars(select(Answer)) if a.words}
    assert texts == {"barriers_text": "Two of us were off", "example": "A visit in March"}


def test_E6_who_promised_nothing_is_asked_what_came_of_it(
    after: Delegate, browser: Browser, clock: FixedClock
) -> None:
    clock.set(at("2027-04-05 09:00"))
    page = browser.get(after.link("impact"))
    assert page.h1 == "What came of it?"
    assert "What got in the way?" in page.text
    assert browser.submit(page, after.confidence(5, 4)).h1 == "Your answers are in"


# --- Drafts and the baseline ----------------------------------------------------------------


def test_E9_a_half_filled_form_is_kept_by_its_button_and_by_script(
    after: Delegate, browser: Browser
) -> None:
    page = browser.get(after.link("post"))
    kept = browser.submit(page, {"keep": "yes", "commitment_1": PROMISE, "rating_content": "4"})
    assert "What you typed is kept until Monday 8 March at 4:30pm" in kept.text
    assert kept.form("Send my answers")["commitment_1"] == PROMISE
    fields = {**kept.form("Send my answers"), "comment": "By itself"}
    browser.post(f"{after.address('post')}/draft", fields, status=204)
    again = browser.get(after.link("post")).form("Send my answers")
    assert (again["comment"], again["rating_content"]) == ("By itself", "4")
    assert count(Answer) == 0
    browser.submit(browser.get(after.link("post")), after.confidence(3, 3))
    form = only(Evaluation)
    assert form.draft is None
    assert only(Commitment).text == PROMISE


def test_E9_a_draft_that_comes_after_the_answers_changes_nothing(
    after: Delegate, browser: Browser
) -> None:
    page = browser.get(after.link("post"))
    browser.submit(page, after.confidence(4, 3))
    browser.post(f"{after.address('post')}/draft", page.form("Send my answers"), status=410)
    assert only(Evaluation).draft is None


@pytest.mark.parametrize(
    ("opened", "kept", "is_baseline"),
    [
        ("2027-02-08 10:00", "2027-02-08 11:00", True),
        ("2027-02-08 10:01", "2027-02-08 11:00", False),
    ],
)
def test_E2_the_baseline_counts_from_the_first_opening_not_from_the_sending(
    delegate: Delegate,
    browser: Browser,
    clock: FixedClock,
    opened: str,
    kept: str,
    is_baseline: bool,
) -> None:
    clock.set(at(opened))
    page = browser.get(delegate.link("pre"))
    clock.set(at(kept))
    faulty = browser.submit(page, {})
    browser.submit(faulty, delegate.confidence(2, 1))
    form = only(Evaluation)
    assert form.opened_at == at(opened)
    assert form.is_baseline is is_baseline


def test_E2_an_earlier_draft_keeps_its_opening_and_a_forged_one_counts_from_now(
    delegate: Delegate, browser: Browser, clock: FixedClock
) -> None:
    clock.set(at("2027-02-08 09:40"))
    browser.submit(browser.get(delegate.link("pre")), {"keep": "yes", **delegate.confidence(1, 1)})
    clock.set(at("2027-02-08 12:00"))
    page = browser.get(delegate.link("pre"))
    forged = f"{delegate.booking}-pre-1.aaaaaaaaaaaaaaaa"
    browser.submit(page, {**delegate.confidence(2, 1), "opened": forged})
    form = only(Evaluation)
    assert form.opened_at == at("2027-02-08 09:40")
    assert form.is_baseline


# --- Once -----------------------------------------------------------------------------------


def test_E9_twenty_answers_at_once_are_one_evaluation(app: Flask, after: Delegate) -> None:
    opened = Opened(after.booking, Stage.POST, at("2027-02-08 17:00"))
    barrier, outcomes = Barrier(20), []

    def work(number: int) -> None:
        with app.app_context():
            posted = {
                **{key: [value] for key, value in after.confidence(4, 3).items()},
                "comment": [f"Copy {number}"],
            }
            barrier.wait()
            try:
                answer(opened, posted, now=at("2027-02-08 17:00"))
                outcomes.append("taken")
            except AlreadyAnswered:
                outcomes.append("refused")
            finally:
                db.session.remove()

    workers = [Thread(target=work, args=(number,)) for number in range(20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["refused"] * 19 + ["taken"]
    assert (count(Evaluation), count(Answer), count(Confidence)) == (1, 1, 2)


# --- What is owed ---------------------------------------------------------------------------


def test_my_learning_is_told_what_is_owed(
    delegate: Delegate, browser: Browser, clock: FixedClock
) -> None:
    def owed(when: str) -> list[tuple[str, bool]]:
        db.session.rollback()
        return [(form.stage.value, form.is_begun) for form in list_owed(delegate.person, at(when))]

    assert owed("2027-02-04 10:00") == [], "open, but not asked for yet"
    assert owed("2027-02-05 09:00") == [("pre", False)]
    assert owed("2027-02-08 16:30") == [("post", False)]
    clock.set(at("2027-02-08 16:30"))
    browser.submit(browser.get(delegate.link("post")), {"keep": "yes", "comment": "Half"})
    assert owed("2027-02-08 16:40") == [("post", True)]
    came(delegate.booking)
    close_register(delegate.event, at("2027-02-08 17:00"))
    assert owed("2027-04-05 09:00") == [("impact", False)]


def test_the_cookie_goes_to_its_form_only(after: Delegate, browser: Browser) -> None:
    browser.get(after.link("post"))
    names = [cookie.key for cookie in browser.client._cookies.values()]
    assert "evaluation" in names
    other = browser.client.get("/privacy", base_url=BASE_URL)
    assert "evaluation" not in (other.request.headers.get("Cookie") or "")
