"""The pages of messages and jobs: who sees which, the words without live links, sending again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lms.access import Role
from lms.accounts.models import PersonEmail
from lms.audit import AuditEntry
from lms.booking.commands import request_place
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.jobs import Job, run_all
from lms.messaging.calendars import read_calendar
from lms.messaging.commands import Draft, Sender, enqueue, forget_old_answers
from lms.messaging.models import InboundMail, Message
from lms.messaging.rules import CalendarAnswer, MessageState
from lms.messaging.transports import RecipientRefusedError
from lms.tokens import KeyRing
from tests.support.browser import Browser
from tests.support.mail import KeptMail
from tests.support.make import Make


@pytest.fixture
def tell(app: Flask, make: Make, clock: FixedClock) -> Any:
    """Queue a message for Walsall, or for the partnership given; returns its id."""
    app.extensions["lms.purposes"] = {
        **app.extensions["lms.purposes"],
        "test": lambda _facts, _now: True,
        "other-test": lambda _facts, _now: True,
    }

    def queue(number: int = 1, **facts: Any) -> int:
        draft = {
            "purpose": "test",
            "subject_id": number,
            "occurrence": "0",
            "to_address": f"m{number}@agency.example",
            "to_name": "Marigold Pettifer",
            "sender": Sender("Walsall Safeguarding Partnership", "idris@wsp.example"),
            "subject": f"You have a place: number {number}",
            "body": "Hello Marigold,\n\n\fGive it up:\n[[link /places place 12]]\n\n\f\f",
            "partnership_id": make.partnership(),
            **facts,
        }
        with transaction() as session:
            assert enqueue(session, Draft(**draft), clock.now())
        return db.session.query(Message).order_by(Message.id.desc()).first().id

    return queue


@pytest.fixture
def desk(browser: Browser, make: Make) -> Browser:
    browser.sign_in(make.coordinator())
    return browser


def test_messages_are_listed_newest_first_with_what_became_of_them(
    desk: Browser, tell: Any, clock: FixedClock
) -> None:
    tell(1)
    run_all(clock.now())
    clock.advance(timedelta(minutes=10))
    tell(2)
    page = desk.get("/manage/messages")
    assert page.h1 == "Messages"
    assert "All 2 are sent or on their way." in page.text
    assert "Sent on Monday 18 January at 10am." in page.text
    assert page.text.index("number 2") < page.text.index("number 1")
    with transaction() as session:
        session.query(Message).filter(Message.state == MessageState.QUEUED).update(
            {"state": MessageState.DROPPED}
        )
    lead = desk.get("/manage/messages").text
    assert "1 is sent or on the way. One message was dropped, no longer true when" in lead


def test_the_list_is_narrowed_by_links(desk: Browser, tell: Any, clock: FixedClock) -> None:
    tell(1)
    run_all(clock.now())
    tell(2, purpose="other-test")
    page = desk.get("/manage/messages?state=queued")
    assert "number 2" in page.text
    assert "number 1" not in page.text
    assert page.link("Other test") == "/manage/messages?state=queued&purpose=other-test"
    assert "No message is like that." in desk.get("/manage/messages?state=failed").text


def test_messages_about_one_event_or_one_person(desk: Browser, tell: Any, make: Make) -> None:
    event, person = make.event("Disguised Compliance"), make.person("Marigold Pettifer")
    tell(1, event_id=event, person_id=person)
    tell(2)
    for address in (f"/manage/messages?event={event}", f"/manage/messages?person={person}"):
        page = desk.get(address)
        assert "number 1" in page.text
        assert "number 2" not in page.text
    assert "Disguised Compliance" in desk.get(f"/manage/messages?event={event}").text


def test_a_message_shows_its_words_and_no_live_link(app: Flask, desk: Browser, tell: Any) -> None:
    page = desk.get(f"/manage/messages/{tell(1)}")
    assert "Give it up: [link]" in page.text
    keys: KeyRing = app.extensions["lms.keys"]
    assert keys.token("place", "12") not in page.html
    assert "[[link" not in page.html


def test_a_failed_message_is_sent_again_and_that_is_on_record(
    desk: Browser, tell: Any, clock: FixedClock, mailer: KeptMail
) -> None:
    mailer.fault = RecipientRefusedError("The mail server said 550 no such mailbox")
    number = tell(1)
    run_all(clock.now())
    page = desk.get(f"/manage/messages/{number}")
    assert "Came back on Monday 18 January at 10am" in page.text
    assert "One message of 1 did not get through." in desk.get("/manage/messages").text
    mailer.fault = None
    page = desk.submit(page, form="Send again")
    assert "The message is in the queue again." in page.text
    run_all(clock.now())
    assert mailer.subjects() == ["You have a place: number 1"]
    assert db.session.query(AuditEntry).filter_by(act="send again", object_id=number).count() == 1


def test_it_goes_to_the_address_that_is_known_by_now(
    desk: Browser, tell: Any, make: Make, clock: FixedClock, mailer: KeptMail
) -> None:
    mailer.fault = RecipientRefusedError("The mail server said 550 no such mailbox")
    person = make.person("Marigold Pettifer", "mended@agency.example")
    number = tell(1, person_id=person)
    run_all(clock.now())
    mailer.fault = None
    desk.submit(desk.get(f"/manage/messages/{number}"), form="Send again")
    run_all(clock.now())
    assert len(mailer.to("mended@agency.example")) == 1


def test_what_has_not_failed_cannot_be_sent_again(
    desk: Browser, tell: Any, clock: FixedClock, mailer: KeptMail
) -> None:
    mailer.fault = RecipientRefusedError("550")
    number = tell(1)
    run_all(clock.now())
    page = desk.get(f"/manage/messages/{number}")
    desk.submit(page, form="Send again")
    desk.submit(page, form="Send again", status=409)


def test_another_partnerships_messages_are_not_there(desk: Browser, tell: Any, make: Make) -> None:
    other = tell(1, partnership_id=make.partnership("Dudley"))
    nobodys = tell(2, partnership_id=None)
    page = desk.get("/manage/messages")
    assert "number 1" not in page.text
    assert "number 2" not in page.text
    for number in (other, nobodys):
        desk.get(f"/manage/messages/{number}", status=404)


def test_messages_of_no_partnership_are_the_administrators(
    browser: Browser, tell: Any, make: Make
) -> None:
    browser.sign_in(make.person(role=Role.ADMINISTRATOR))
    assert "[link]" in browser.get(f"/manage/messages/{tell(1, partnership_id=None)}").text


@pytest.mark.parametrize("address", ["/manage/messages", "/manage/jobs"])
def test_these_pages_are_for_those_who_run_the_programme(
    browser: Browser, make: Make, address: str
) -> None:
    browser.sign_in(make.person(role=Role.PLD_MEMBER))
    browser.get(address, status=404)


def test_an_empty_list_says_what_to_do(desk: Browser) -> None:
    assert "No message has been written yet." in desk.get("/manage/messages").text


def test_jobs_show_their_last_run_and_silence(desk: Browser, clock: FixedClock) -> None:
    assert "silent" in desk.get("/manage/jobs").text
    run_all(clock.now())
    page = desk.get("/manage/jobs")
    assert "Everything runs." in page.text
    assert "Monday 18 January at 10am" in page.text
    clock.advance(timedelta(minutes=4))
    assert "Start the worker." in desk.get("/manage/jobs").text


def test_a_rehearsal_is_no_sign_of_life(desk: Browser, clock: FixedClock) -> None:
    run_all(clock.now(), is_rehearsal=True)
    assert "silent" in desk.get("/manage/jobs").text


def test_a_job_that_fails_is_shown_and_stops_no_other(
    app: Flask, desk: Browser, clock: FixedClock, tell: Any, mailer: KeptMail
) -> None:
    def fail(_now: object) -> int:
        raise RuntimeError("the dog ate it")

    app.extensions["lms.jobs"] = (Job("faulty", fail), *app.extensions["lms.jobs"])
    tell(1)
    outcome = run_all(clock.now())
    assert outcome.faults == {"faulty": "RuntimeError: the dog ate it"}
    assert len(mailer.sent) == 1
    assert "the dog ate it" in desk.get("/manage/jobs").text


def test_what_failed_is_dealt_with_address_by_address(
    desk: Browser, tell: Any, clock: FixedClock, mailer: KeptMail
) -> None:
    mailer.fault = RecipientRefusedError("The mail server said 550 no such mailbox")
    first = tell(1, to_address="gone@agency.example")
    tell(2, to_address="gone@agency.example")
    run_all(clock.now())
    page = desk.submit(desk.get(f"/manage/messages/{first}"), form="Dealt with")
    assert "Idris Larkspur marked it as dealt with." in page.text
    assert "One message of 2 did not get through." in desk.get("/manage/messages").text
    desk.submit(page, form="Not dealt with after all")
    page = desk.get("/manage/messages?state=failed")
    assert "2 messages to gone@agency.example. The mail server knows no such address." in page.text
    page = desk.submit(page, form="Dealt with")
    assert "Two messages to gone@agency.example no longer stand" in page.text
    assert "number 1" in desk.get("/manage/messages?state=settled").text
    sentences = [e.sentence for e in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert sentences == [
        "marked “You have a place: number 1” to Marigold Pettifer as dealt with",
        "marked “You have a place: number 1” to Marigold Pettifer as not dealt with after all",
        "marked two messages to gone@agency.example as dealt with",
    ]


def test_what_is_no_longer_true_cannot_be_sent_again(
    app: Flask, desk: Browser, tell: Any, clock: FixedClock, mailer: KeptMail
) -> None:
    mailer.fault = RecipientRefusedError("550")
    number = tell(1)
    run_all(clock.now())
    page = desk.get(f"/manage/messages/{number}")
    app.extensions["lms.purposes"]["test"] = lambda _facts, _now: False
    assert "there is nothing to send again" in desk.get(f"/manage/messages/{number}").text
    desk.submit(page, form="Send again", status=409)


def test_the_list_by_day_by_word_and_as_a_file(
    desk: Browser, tell: Any, make: Make, clock: FixedClock
) -> None:
    tell(1)
    clock.advance(timedelta(days=3))
    tell(2, to_name="Hector Bramblewick")
    desk.sign_in(make.coordinator("Ada Quill"))
    assert "number 1" not in desk.get("/manage/messages?when=today").text
    assert "number 2" not in desk.get("/manage/messages?when=2027-01-18").text
    page = desk.get("/manage/messages?q=bramblewick")
    assert "1 of 1 messages shown" in page.text
    file = desk.submit(page, form="Download as CSV")
    lines = file.response.get_data(as_text=True).splitlines()
    assert lines[0].startswith("written_at,to_name,to_address")
    assert lines[1].startswith("2027-01-21T10:00,Hector Bramblewick,m2@agency.example,Test,")
    assert len(lines) == 2
    taken = db.session.query(AuditEntry).filter_by(act="take messages file").one()
    assert taken.sentence == "took a file of one message, with names and addresses"


def test_a_calendar_entry_its_answers_and_another_address(
    desk: Browser, make: Make, clock: FixedClock, mailer: KeptMail
) -> None:
    person = make.person("Marigold Pettifer", "marigold@agency.example")
    request_place(make.event(), person, agency_id=None, by=None, now=clock.now())
    mailer.fault = RecipientRefusedError("550")
    run_all(clock.now())
    message = db.session.query(Message).filter_by(purpose="booking-confirmed").one()
    uid = read_calendar(message.calendar or "").uid
    with transaction() as session:
        session.add(
            InboundMail(
                fingerprint="1",
                received_at=clock.now(),
                from_address="marigold@agency.example",
                calendar_uid=uid,
                answer=CalendarAnswer.TENTATIVE,
            )
        )
        session.query(PersonEmail).filter_by(person_id=person).one().address = "new@agency.example"
    page = desk.get(f"/manage/messages/{message.id}")
    assert "Puts it into the calendar" in page.text
    assert "Their calendar answered: tentative." in page.text
    places = desk.get(f"/manage/events/{message.event_id}")
    assert "Their calendar says: tentative" in places.text
    desk.submit(page, form="Send again to new@agency.example")
    again = db.session.get_one(Message, message.id)
    assert read_calendar(again.calendar or "").attendee == "new@agency.example"
    assert read_calendar(again.calendar or "").uid == uid


def test_what_calendars_answered_is_forgotten_after_a_year(make: Make, clock: FixedClock) -> None:
    with transaction() as session:
        session.add_all(
            InboundMail(
                fingerprint=str(days),
                received_at=clock.now() - timedelta(days=days),
                from_address="marigold@agency.example",
                calendar_uid="booking-1-session-1@lms.example",
                answer=CalendarAnswer.ACCEPTED,
            )
            for days in (399, 401)
        )
    assert forget_old_answers(clock.now()) == 1
    assert [row.fingerprint for row in db.session.query(InboundMail)] == ["399"]
