"""The demonstration as a visitor finds it on Monday 18 January 2027: built once, looked at here."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.commands import make_sign_in_link
from lms.agencies.models import Partnership
from lms.booking.models import Approval, Booking, Charge, Demand, Share
from lms.booking.rules import ApprovalKind, BookingState, ChargeState, ShareKind
from lms.catalogue.models import Event, Improvement
from lms.catalogue.rules import ApprovedBy, EventMode, EventState, ListOrder, Stage
from lms.cli.checking import AUDITS
from lms.cli.demonstration import write_fast
from lms.clock import FixedClock, at_london
from lms.config import REPOSITORY
from lms.db import db, transaction
from lms.demo.building import Guest, build
from lms.demo.models import Demonstration
from lms.demo.replies import OWN_PROMISES
from lms.errors import Refused
from lms.evaluation.models import (
    Commitment,
    Confidence,
    Corroboration,
    Evaluation,
    Questionnaire,
    Statement,
)
from lms.evaluation.queries import own_results
from lms.evaluation.queries.statements import released_statements
from lms.evaluation.rules import StatementState
from lms.files.store import FolderStore
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from lms.reporting.annual.asked import annual_report
from lms.reporting.attendance.queries import attendance_report
from lms.reporting.evaluation.queries import evaluation_report
from lms.reporting.packs.queries import PURPOSE as PACK
from lms.reporting.queries import Asked, scope_of
from lms.reporting.rules import By
from tests.conftest import sqlite_template
from tests.support.browser import BASE_URL, Browser, Page
from tests.support.databases import build_app
from tests.support.mail import KeptMail
from tests.support.snapshots import at

NOW = at("2027-01-18 09:30")
COURSES = REPOSITORY / "lms" / "demo" / "data" / "courses-2016-17.csv"
LAST_YEAR = (date(2025, 4, 1), date(2026, 3, 31))


@dataclass(frozen=True)
class Built:
    app: Flask
    guests: list[Guest]
    url: str


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    url = sqlite_template().fresh()
    app = build_app(url, clock=FixedClock(NOW), mailer=KeptMail(), demonstration=True)
    app.extensions["lms.files"] = FolderStore(tmp_path_factory.mktemp("files"))
    with app.app_context():
        write_fast()
        guests = build(NOW.date(), NOW)
        yield Built(app, guests, url)
        db.session.remove()
        db.engine.dispose()
    sqlite_template().discard(url)


def published_table() -> dict[str, tuple[int, int, int]]:
    """By course: events planned, events run, attendees."""
    with COURSES.open(newline="", encoding="utf-8") as file:
        return {
            row["course_title"]: (
                int(row["events_planned"]),
                int(row["events_run"] or row["events_planned"]),
                int(row["attendees"]),
            )
            for row in csv.DictReader(file)
        }


def test_last_year_s_events_are_those_of_the_published_table(built: Built) -> None:
    first, last = (at_london(day, time()) for day in LAST_YEAR)
    rows = db.session.execute(
        select(Event.title, Event.state, func.count())
        .where(Event.starts_at >= first, Event.starts_at < last)
        .group_by(Event.title, Event.state)
    ).all()
    planned: dict[str, int] = {}
    for title, _, count in rows:
        planned[title] = planned.get(title, 0) + count
    run = {title: count for title, state, count in rows if state is EventState.PUBLISHED}
    expected = published_table()
    assert planned == {title: row[0] for title, row in expected.items()}
    assert run == {title: row[1] for title, row in expected.items()}
    assert (sum(planned.values()), sum(run.values())) == (28, 27)


def test_last_year_s_attendance_by_course_is_that_of_the_published_table(built: Built) -> None:
    scope = scope_of(Asked(*LAST_YEAR, "", "Walsall"), None)
    report = attendance_report(By.COURSE, scope, NOW)
    attended = {row.label: row.counts.attended for row in report.rows}
    assert attended == {title: row[2] for title, row in published_table().items()}
    assert report.total.attended == 591


def test_sectors_differ_as_the_published_reports_say(built: Built) -> None:
    scope = scope_of(Asked(*LAST_YEAR, "", "Walsall"), None)
    rows = attendance_report(By.SECTOR, scope, NOW).rows
    attended = {row.label: row.counts.attended for row in rows}
    statutory = ("local authority", "health", "education", "police")
    assert all(attended[sector] > 3 * attended["faith"] for sector in statutory)
    assert attended["voluntary and community"] < 591 / 10


def test_a_believable_share_answers_at_each_stage(built: Built) -> None:
    scope = scope_of(Asked(*LAST_YEAR, "", "Walsall"), None)
    shares = {
        stage: counts.answered / counts.invited
        for stage, counts in zip(Stage, evaluation_report(By.COURSE, scope).total, strict=True)
    }
    assert 0.4 < shares[Stage.PRE] < 0.7
    assert 0.5 < shares[Stage.POST] < 0.8
    assert 0.3 < shares[Stage.IMPACT] < 0.6
    assert shares[Stage.POST] > shares[Stage.PRE] > shares[Stage.IMPACT]


def test_events_ahead_have_places_and_two_are_full_with_people_waiting(built: Built) -> None:
    rows = db.session.execute(
        select(Event.id, Event.capacity, Booking.state, func.count())
        .join(Booking, Booking.event_id == Event.id)
        .where(Event.starts_at > NOW)
        .group_by(Event.id, Booking.state)
    ).all()
    waiting = {event for event, _, state, _ in rows if state is BookingState.WAITING}
    full = {
        e for e, capacity, state, n in rows if state is BookingState.CONFIRMED and n >= capacity
    }
    assert waiting
    assert waiting <= full
    assert len({event for event, *_ in rows}) - len(full) > 5


def test_what_lies_ahead_shows_who_can_book(built: Built) -> None:
    """Caps, places held back, both orders, approval, a hybrid, one shared, one by invitation."""
    ahead = db.session.scalars(select(Event).where(Event.state == EventState.PUBLISHED)).all()
    assert set(db.session.scalars(select(Share.kind))) == {ShareKind.CAP, ShareKind.RESERVATION}
    assert sum(event.list_order is ListOrder.MIX for event in ahead) >= 2
    assert sum(event.approved_by is ApprovedBy.LINE_MANAGER for event in ahead) == 1
    assert sum(event.is_by_invitation for event in ahead) == 1
    assert sum(event.mode is EventMode.HYBRID for event in ahead) == 1
    assert [part.places for event in ahead for part in event.shared_with] == [6]
    assert db.session.query(Event).filter_by(state=EventState.POSTPONED).count() == 1
    assert db.session.query(Demand).count() == 4


def test_what_partners_did_waits_for_those_who_decide(built: Built) -> None:
    """Approvals asked, places held without a name, one handed over, charges in each state."""
    asked = db.session.scalars(select(Approval.kind).where(Approval.ended_at.is_(None)))
    assert set(asked) == {ApprovalKind.LINE_MANAGER, ApprovalKind.PRIOR_LEARNING}
    unnamed = db.session.query(Booking).filter_by(is_unnamed=True, state=BookingState.REQUESTED)
    assert unnamed.count() == 2
    replaced = db.session.query(Booking).filter(Booking.replaces_id.is_not(None))
    assert [booking.state for booking in replaced] == [BookingState.CONFIRMED] * 2
    assert set(db.session.scalars(select(Charge.state))) == {
        ChargeState.PROPOSED,
        ChargeState.CONFIRMED,
        ChargeState.WAIVED,
    }


def test_own_questions_are_asked_at_the_end_and_a_draft_waits(built: Built) -> None:
    found = {(row.stage, row.in_force_from is None) for row in db.session.query(Questionnaire)}
    assert found == {(Stage.POST, False), (Stage.IMPACT, True)}


def test_what_people_wrote_is_released_waits_and_shows_one_at_risk(built: Built) -> None:
    """Quotes with and without a role, both lists to read, a concern sent on, and what changed."""
    walsall = db.session.scalar(select(Partnership.id).where(Partnership.name == "Walsall")) or 0
    quotes = released_statements([walsall])
    assert len(quotes) > 15
    assert len({quote.words for quote in quotes}) == len(quotes), "nobody reads the same twice"
    assert {bool(quote.role) for quote in quotes} == {True, False}
    assert any(quote.question_key.startswith("own_") for quote in quotes)
    assert any("[…]" in quote.words or "[" in quote.words for quote in quotes)
    left = Statement.state == StatementState.WAITING
    assert db.session.query(Statement).filter(left).count() >= 8
    [concern] = db.session.scalars(select(Statement).where(Statement.is_concern))
    assert concern.settled_at is None
    told = db.session.query(Message).filter_by(purpose="concern", state=MessageState.SENT)
    assert told.count() == 1
    assert db.session.query(Improvement).count() == 3
    assert db.session.query(Corroboration).count() > 20
    assert all(one.as_of for one in own_results(walsall, Stage.POST, NOW)), "own answers are read"


def test_the_practitioner_is_asked_today_about_promises_in_their_own_words(built: Built) -> None:
    [own] = [guest.person_id for guest in built.guests if guest.role == "practitioner"]
    promised = db.session.scalars(
        select(Commitment.text)
        .join(Evaluation, Evaluation.id == Commitment.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .where(Booking.person_id == own)
        .order_by(Commitment.position)
    ).all()
    assert promised == list(OWN_PROMISES.values())


def test_people_look_back_on_less_confidence_than_they_ended_with(built: Built) -> None:
    mean = select(func.avg(Confidence.value)).join(Evaluation)
    back = db.session.scalar(mean.where(Confidence.is_look_back)) or 0
    end = db.session.scalar(mean.where(Evaluation.stage == Stage.POST, ~Confidence.is_look_back))
    assert 0 < back < (end or 0) - 0.5


def test_nothing_is_broken(built: Built) -> None:
    audits = [(name, fault) for name, audit in AUDITS for fault in audit(NOW)]
    assert audits == []


def test_e_mails_leave_soon_after_what_they_tell_of(built: Built) -> None:
    """Of the weeks ahead: whoever opens the mailbox finds believable times."""
    late = db.session.execute(
        select(Message.purpose, Message.queued_at, Message.ended_at)
        .join(Event, Event.id == Message.event_id)
        .where(Event.starts_at > NOW, Message.next_attempt_at == Message.queued_at)
        .where(Message.was_refused.is_(False))  # one comes back, later
    ).all()
    assert len(late) > 100
    waits = {row.purpose: row.ended_at - row.queued_at for row in late}
    assert max(wait.total_seconds() for wait in waits.values()) <= 60


def test_a_database_that_holds_something_is_refused(built: Built) -> None:
    with pytest.raises(Refused, match="holds something already"):
        build(NOW.date(), NOW)


def test_every_guest_s_link_signs_in_and_lands_on_a_page(built: Built) -> None:
    roles = {guest.role for guest in built.guests}
    assert roles == {
        "practitioner",
        "agency lead",
        "trainer",
        "coordinator",
        "PLD member",
        "safeguarding lead",
        "administrator",
    }
    for guest in built.guests:
        secret = make_sign_in_link(guest.person_id, now=NOW)
        browser = Browser(built.app)
        page = browser.submit(browser.get(f"/sign-in/{secret}"), form="Sign in")
        assert browser.get("/account").h1 == "Your account", guest.role
        for link in page.document.select("nav.navigation a"):
            assert browser.get(str(link["href"])).h1


SPENT = {  # the story went on without it
    "The event has started",
    "This has been answered",
    "This question has closed",
}


def test_the_mailbox_lists_the_newest_first_and_their_links_open_pages(built: Built) -> None:
    browser = Browser(built.app)
    listed = [int(m) for m in re.findall(r"/demo/mailbox/(\d+)", browser.get("/demo/mailbox").html)]
    sent_at = dict(db.session.execute(select(Message.id, Message.ended_at)).all())
    times = [sent_at[message] for message in listed]
    assert len(times) > 20
    assert times == sorted(times, reverse=True)
    is_sent = Message.state == MessageState.SENT
    first_of_each = select(func.min(Message.id)).where(is_sent).group_by(Message.envelope)
    newest = db.session.execute(
        select(Message.purpose, func.max(Message.id))
        .where(Message.id.in_(first_of_each))
        .group_by(Message.purpose)
    ).all()
    assert len(newest) >= 5
    paths = [path for _, message in newest for path in links_in(browser, message)]
    assert len(paths) >= 5
    for path in paths:
        answer = Browser(built.app).client.get(path, base_url=BASE_URL, follow_redirects=True)
        page = Page(answer)
        assert page.status == 200 or page.h1 in SPENT, path


def links_in(browser: Browser, message: int) -> list[str]:
    """Where an e-mail leads within the application."""
    page = browser.get(f"/demo/mailbox/{message}")
    links = [str(link["href"]) for link in page.document.select("main a")]
    return [link.removeprefix(BASE_URL) for link in links if link.startswith(BASE_URL)]


def test_the_mailbox_needs_the_mark_and_the_setting(built: Built) -> None:
    plain = build_app(built.url, clock=FixedClock(NOW), mailer=KeptMail())
    with plain.app_context():
        Browser(plain).get("/demo/mailbox", status=404)
        db.session.remove()
        db.engine.dispose()
    with transaction() as session:
        mark = session.scalars(select(Demonstration)).one()
        as_of, built_at = mark.as_of, mark.built_at
        session.delete(mark)
    try:
        Browser(built.app).get("/demo/mailbox", status=404)
    finally:
        with transaction() as session:
            session.add(Demonstration(as_of=as_of, built_at=built_at))


def test_the_year_before_the_last_is_published_and_was_corrected_once(built: Built) -> None:
    annual = annual_report("2024-25", "Walsall", None, NOW)
    assert annual.frozen is not None
    assert {one.label: one.now - one.published for one in annual.frozen.corrected} == {
        "attended": 2,
        "different people who attended": 2,
        annual.frozen.corrected[2].label: 2,
        annual.frozen.corrected[3].label: 2,
    }
    assert {one.on for one in annual.frozen.corrected} == {date(2025, 5, 31)}


def test_the_last_complete_year_has_something_to_say_in_every_section(built: Built) -> None:
    annual = annual_report("", "Walsall", None, NOW)
    assert annual.year.label == "2025-26"
    keys = {section.key for section in annual.document.sections}
    assert keys >= {"words", "improvements", "since", "reach", "priorities", "impact", "elsewhere"}
    said = str(annual.document)
    assert "two people waited for a place and never had one" in said
    assert "Health visitors" in said
    assert "Newly qualified social workers" in said
    assert "more than the year before" in said


def test_packs_of_figures_have_come_with_links_to_the_figures(built: Built) -> None:
    with built.app.app_context():
        bodies = db.session.scalars(
            select(Message.body).where(Message.purpose == PACK, Message.state == MessageState.SENT)
        ).all()
    assert any("/reports/attendance?quarter=2026-27%20Q3" in body for body in bodies)
    assert any("for December 2026 are on your agency’s page" in body for body in bodies)
