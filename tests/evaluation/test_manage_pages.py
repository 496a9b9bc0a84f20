"""What those who run the programme see: who has not answered, never what anybody said."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access import Role
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.booking.rules import Origin, Outcome
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.evaluation.commands import Opened, answer, ask_all_due
from lms.evaluation.models import Answer, Commitment, Confidence, Evaluation, FollowUp
from lms.evaluation.queries import reply_rows
from lms.evaluation.queries.facts import list_facts
from lms.evaluation.rules import Stage, counts_in_reply_rate, is_provisional
from lms.messaging.sender import send_due
from tests.evaluation.conftest import Delegate, came, close_register
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.snapshots import at
from tests.support.statements import reads_of

SECRET = "The head will not let me ring the social worker"


def said(delegate: Delegate, booking: int, stage: Stage = Stage.POST, **more: str) -> None:
    posted = {**delegate.confidence(4, 3), **more}
    when = at("2027-02-08 17:00") if stage is Stage.POST else at("2027-04-05 10:00")
    answer(Opened(booking, stage, when), {k: [v] for k, v in posted.items()}, now=when)


@pytest.fixture
def two(delegate: Delegate, make: Make) -> tuple[Delegate, int]:
    """Marigold and Osei were there; both were asked after; Marigold has answered."""
    osei = make.booking(delegate.event, make.person("Osei Thistledown"))
    ask_all_due(at("2027-02-08 16:30"))
    said(delegate, delegate.booking, comment=SECRET, commitment_1=f"{SECRET} again")
    return delegate, osei


def signed_in(browser: Browser, make: Make, clock: FixedClock, when: str) -> Browser:
    clock.set(at(when))
    browser.sign_in(make.coordinator())
    return browser


# --- Who has not answered -------------------------------------------------------------------


def test_E10_the_coordinator_sees_who_has_not_answered(
    two: tuple[Delegate, int], browser: Browser, make: Make, clock: FixedClock
) -> None:
    signed_in(browser, make, clock, "2027-02-10 16:31")
    ask_all_due(at("2027-02-10 16:30"))
    while send_due(at("2027-02-10 16:31")):
        pass
    page = browser.get("/manage/evaluations")
    assert "1 of 2 50%, provisional" in page.text
    assert page.document.select_one(".back a")["href"] == "/manage/events"
    assert browser.get(page.link("What the forms ask")).h1 == "What the forms ask"
    page = browser.get(page.link("Disguised Compliance"))
    (row,) = page.document.select("tbody tr")
    words = " ".join(row.get_text(" ").split())
    assert words.startswith("Osei Thistledown")
    assert "Monday 8 February once" in words
    assert "Marigold" not in page.document.find("main").get_text()


def test_E3_the_rate_is_provisional_until_the_register_is_closed_and_voided_ones_leave_it(
    two: tuple[Delegate, int], browser: Browser, make: Make, clock: FixedClock
) -> None:
    delegate, osei = two
    signed_in(browser, make, clock, "2027-02-09 10:00")
    came(osei, Outcome.DID_NOT_ATTEND)
    close_register(delegate.event, at("2027-02-09 09:00"))
    page = browser.get(f"/manage/events/{delegate.event}/evaluations")
    assert "At the end, 100% 1 of 1" in page.text
    assert "provisional" not in page.text
    assert "Osei Thistledown" not in page.text


def test_nobody_asked_yet_says_what_happens_next(
    delegate: Delegate, browser: Browser, make: Make, clock: FixedClock
) -> None:
    signed_in(browser, make, clock, "2027-01-18 10:00")
    assert "Nobody has been asked yet." in browser.get("/manage/evaluations").text
    page = browser.get(f"/manage/events/{delegate.event}/evaluations")
    assert "Nobody has been asked yet." in page.text


def test_another_partnership_s_events_are_not_there(
    two: tuple[Delegate, int], browser: Browser, make: Make, clock: FixedClock
) -> None:
    delegate, osei = two
    clock.set(at("2027-02-09 10:00"))
    dudley = make.partnership("Dudley")
    browser.sign_in(make.person("Else Where", role=Role.COORDINATOR, partnership=dudley))
    assert "Disguised" not in browser.get("/manage/evaluations").text
    browser.get(f"/manage/events/{delegate.event}/evaluations", status=404)
    browser.get(f"/manage/events/{delegate.event}/evaluations/{osei}/post", status=404)


# --- Paper ----------------------------------------------------------------------------------


def test_E9_a_paper_form_is_keyed_in_marked_and_not_read_again(
    two: tuple[Delegate, int], browser: Browser, make: Make, clock: FixedClock
) -> None:
    delegate, osei = two
    signed_in(browser, make, clock, "2027-03-20 10:00")
    event = browser.get(f"/manage/events/{delegate.event}/evaluations")
    paper = browser.get(event.link("Key in a paper form"))
    assert "nobody can read it here" in paper.text
    empty = browser.submit(paper, {}, form="Key in this form")
    assert "Answer at least one question" in empty.text
    kept = browser.submit(empty, {"rating_content": "2", "comment": "On paper"}, form="Key in")
    assert "The paper form of Osei Thistledown is in" in kept.text
    form = db.session.scalars(select(Evaluation).filter_by(booking_id=osei)).one()
    assert form.keyed_in_by_person_id is not None
    assert form.answered_at == at("2027-03-20 10:00"), "also after the link has closed"
    entry = db.session.scalars(select(AuditEntry).filter_by(act="key in evaluation")).one()
    assert "Osei Thistledown" in entry.sentence
    assert "On paper" not in entry.sentence
    again = browser.submit(paper, {"comment": "Twice"}, form="Key in", status=409)
    assert "Osei Thistledown has answered already" in again.text
    browser.get(paper.address, status=409)


def test_E10_staff_key_in_impact_without_reading_what_was_promised(
    two: tuple[Delegate, int], browser: Browser, make: Make, clock: FixedClock
) -> None:
    delegate, _ = two
    came(delegate.booking)
    close_register(delegate.event, at("2027-02-08 17:00"))
    signed_in(browser, make, clock, "2027-04-06 10:00")
    base = f"/manage/events/{delegate.event}/evaluations/{delegate.booking}"
    page = browser.get(f"{base}/impact")
    assert "The first thing that they said they would do" in page.text
    assert SECRET not in page.html
    promise = db.session.scalars(select(Commitment)).one().id
    browser.submit(page, {f"result_{promise}": "done"}, form="Key in")
    assert db.session.scalars(select(FollowUp)).one().commitment_id == promise


def test_E9_a_paper_form_from_before_the_event_is_a_baseline(
    delegate: Delegate, browser: Browser, make: Make, clock: FixedClock
) -> None:
    signed_in(browser, make, clock, "2027-02-11 10:00")
    page = browser.get(f"/manage/events/{delegate.event}/evaluations/{delegate.booking}/pre")
    browser.submit(page, delegate.confidence(1, 2), form="Key in")
    assert db.session.scalars(select(Evaluation)).one().is_baseline


def test_a_paper_form_of_another_event_or_stage_is_not_there(
    two: tuple[Delegate, int], browser: Browser, make: Make, clock: FixedClock
) -> None:
    delegate, osei = two
    other = make.event(starts_at=at("2027-02-08 09:30"))
    signed_in(browser, make, clock, "2027-02-09 10:00")
    browser.get(f"/manage/events/{other}/evaluations/{osei}/post", status=404)
    browser.get(f"/manage/events/{delegate.event}/evaluations/{osei}/nonsense", status=404)
    page = browser.get(f"/manage/events/{delegate.event}/evaluations/{osei}/impact", status=409)
    assert "is not asked for this form" in page.text


# --- Never who said what --------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PLD_MEMBER, Role.ADMINISTRATOR])
def test_E10_no_page_shows_an_answer_to_those_who_run_the_programme(
    app: Flask,
    two: tuple[Delegate, int],
    browser: Browser,
    make: Make,
    clock: FixedClock,
    role: Role,
) -> None:
    delegate, _ = two
    clock.set(at("2027-02-09 10:00"))
    browser.sign_in(make.person("Idris Larkspur", role=role))
    reference = db.session.get_one(Booking, delegate.booking).reference
    known = {
        "event_id": delegate.event,
        "booking_id": delegate.booking,
        "person_id": delegate.person,
        "stage": "post",
        "reference": reference,
    }
    seen = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        values = {name: known.get(name, 1) for name in rule.arguments}
        with app.test_request_context():
            address = rule.build(values, append_unknown=False)
        response = browser.client.get(address[1], base_url="http://127.0.0.1:8000")
        assert SECRET.encode() not in response.get_data(), address[1]
        seen += 1
    assert seen > 20


# --- Reply rates ----------------------------------------------------------------------------


def rows() -> set[tuple[Any, ...]]:
    db.session.rollback()
    return {
        (row.booking_id, row.stage, bool(row.invited), bool(row.answered), bool(row.is_provisional))
        for row in db.session.execute(reply_rows())
    }


def test_R2_reply_rows_are_those_invited_and_not_voided(two: tuple[Delegate, int]) -> None:
    delegate, osei = two
    post = Stage.POST
    assert rows() == {(delegate.booking, post, True, True, True), (osei, post, True, False, True)}
    came(osei, Outcome.EXCUSED)
    close_register(delegate.event, at("2027-02-08 18:00"))
    assert rows() == {(delegate.booking, post, True, True, False)}


def test_R2_pre_counts_those_invited_and_confirmed_at_the_start(
    delegate: Delegate, make: Make
) -> None:
    cancelled = make.booking(delegate.event)
    ask_all_due(at("2027-02-05 09:00"))
    with transaction() as session:
        session.get_one(Booking, cancelled).counts_as_confirmed_at_start = False
        session.get_one(Booking, delegate.booking).counts_as_confirmed_at_start = True
    came(delegate.booking, Outcome.DID_NOT_ATTEND)
    assert rows() == {(delegate.booking, Stage.PRE, True, False, False)}


def test_R2_the_rows_say_of_many_what_the_rules_say_of_one(
    two: tuple[Delegate, int], make: Make
) -> None:
    delegate, osei = two
    walked_in = make.booking(delegate.event, origin=Origin.WALK_IN)
    ask_all_due(at("2027-02-08 16:40"))
    came(walked_in, Outcome.PART_ATTENDED, counts_as_confirmed_at_start=False)
    came(osei, Outcome.DID_NOT_ATTEND, counts_as_confirmed_at_start=True)
    for closed in (False, True):
        if closed:
            close_register(delegate.event, at("2027-02-08 18:00"))
            ask_all_due(at("2027-04-05 09:00"))
        db.session.rollback()
        by_rule = {
            (
                booking.booking_id,
                stage,
                True,
                stage in facts.answered_at,
                is_provisional(facts, stage),
            )
            for booking in list_facts(db.session(), [])
            for facts in [booking.facts]
            for stage in Stage
            if counts_in_reply_rate(facts, stage)
        }
        assert rows() == by_rule


# --- Cost -----------------------------------------------------------------------------------


def test_statements_do_not_grow_with_what_is_listed(
    two: tuple[Delegate, int],
    browser: Browser,
    make: Make,
    clock: FixedClock,
) -> None:
    delegate, _ = two
    signed_in(browser, make, clock, "2027-02-09 10:00")
    addresses = ("/manage/evaluations", f"/manage/events/{delegate.event}/evaluations")

    def cost() -> list[int]:
        for address in addresses:
            browser.get(address)
        return [reads_of(browser, address) for address in addresses]

    few = cost()
    for _ in range(10):
        make.booking(delegate.event)
        make.booking(make.event(starts_at=at("2027-02-08 09:30"), stages="post"))
    ask_all_due(at("2027-02-08 16:45"))
    assert cost() == few
    assert max(few) < 20


def test_an_answer_is_never_beside_a_name_in_the_tables_of_those_who_are_silent(
    two: tuple[Delegate, int],
) -> None:
    """What is kept of an answer knows its evaluation, and only that knows the booking."""
    for kind in (Answer, Confidence, Commitment, FollowUp):
        names = set(kind.__table__.columns.keys())
        assert names.isdisjoint({"person_id", "booking_id", "name"})
