"""Writing to an event's people, from choosing them to what became of each copy."""

from __future__ import annotations

import pytest

from lms.access import Role
from lms.accounts.models import PersonEmail
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Outcome
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.evaluation.models import Evaluation
from lms.evaluation.rules import Stage
from lms.jobs import run_all
from lms.messaging.models import Message
from tests.support.browser import Browser
from tests.support.mail import KeptMail
from tests.support.make import Make

WORDS = {"subject": "Before {event}", "text": "Bring a pen, {name}.\n\n{give_up}"}


@pytest.fixture
def desk(browser: Browser, make: Make) -> Browser:
    browser.sign_in(make.coordinator(email="idris@wsp.example"))
    return browser


def test_choose_write_see_it_as_they_will_try_it_and_send_it_once(
    desk: Browser, make: Make, clock: FixedClock, mailer: KeptMail
) -> None:
    event = make.event("Neglect", capacity=3)
    ada = make.person("Ada Quill", "ada@agency.example")
    booked = make.booking(event, ada)
    make.booking(event, make.person("Bram Sedgley"))
    make.booking(event, make.person("Cleo Marsh"), state=BookingState.WAITING)
    unknown = make.person("Dot Field", "dot@agency.example")
    make.booking(event, unknown)
    with transaction() as session:
        session.delete(session.query(PersonEmail).filter_by(person_id=unknown).one())
    here = f"/manage/events/{event}/message"
    page = desk.get(here)
    assert "Those with a place (3)" in page.text
    assert "{name}, {event}, {when}, {where}, {reference} and {give_up}" in page.text
    refused = desk.submit(page, {**WORDS, "text": "Hi {nmae}"}, status=422)
    assert "There is no {nmae} here." in refused.text
    assert refused.form()["subject"] == "Before {event}"

    answers = {"answers_to": "idris@wsp.example", "is_for_later": "y"}
    seen = desk.submit(page, {**WORDS, **answers})
    assert "It goes to 2 people: those with a place." in seen.text
    assert "One person has no e-mail address and does not get it: Dot Field." in seen.text
    assert "Before Neglect" in seen.text
    assert "Bring a pen, Ada Quill. [link]" in seen.text
    assert db.session.query(Message).count() == 0
    seen = desk.submit(seen, {"confirmed": "test"})
    assert "A copy is on its way to idris@wsp.example. Nobody else has it yet." in seen.text
    changed = desk.submit(seen, {"back": "yes"})
    assert changed.form()["text"].replace("\r", "") == WORDS["text"]
    for _ in range(2):  # a double click
        done = desk.submit(seen, {"confirmed": "send"})
        assert "Two people have it within a minute." in done.text
    run_all(clock.now())
    assert sorted(mailer.subjects()) == ["Before Neglect", "Before Neglect", "Test: Before Neglect"]
    assert "<idris@wsp.example>" in mailer.to("ada@agency.example")[0]["Reply-To"]

    page = desk.get(f"/manage/events/{event}/messages")
    assert "To 2 people: those with a place. Idris Larkspur, Monday 18 January" in page.text
    assert "Two copies sent. It stands on the page of everyone who has a place." in page.text
    assert "One announcement" in desk.get(page.link("Before Neglect")).text
    reference = db.session.get_one(Booking, booked).reference
    desk.sign_in(ada)
    own = desk.get(f"/bookings/{reference}")
    assert "What Walsall wrote to everyone" in own.text
    assert f"Bring a pen, Ada Quill. http://127.0.0.1:8000/bookings/{reference}/cancel" in own.text


def test_those_who_have_not_answered_and_those_picked(desk: Browser, make: Make) -> None:
    event = make.event("Neglect")
    ada, bram = (
        make.booking(event, make.person(name), outcome=Outcome.ATTENDED)
        for name in ("Ada Quill", "Bram Sedgley")
    )
    rows = [
        Evaluation(booking_id=each, stage=Stage.POST, invited_at=make.now) for each in (ada, bram)
    ]
    rows[1].answered_at = make.now
    make._keep(*rows)
    here = f"/manage/events/{event}/message"
    page = desk.get(f"{here}?to=not_evaluated")
    assert "Those asked for an evaluation who have not answered (1)" in page.text
    seen = desk.submit(page, {**WORDS})
    assert "It goes to 1 person" in seen.text
    nobody = desk.submit(page, {**WORDS, "audience": "picked"}, status=422)
    assert "Tick at least one name" in nobody.text
    picked = {"audience": "picked", "picked": [str(bram)]}
    assert "Bring a pen, Bram Sedgley." in desk.submit(page, {**WORDS, **picked}).text


def test_it_is_for_those_who_run_the_event(browser: Browser, make: Make) -> None:
    trainer = make.person(role=Role.TRAINER)
    event = make.event(trainers=[trainer])
    browser.sign_in(trainer)
    browser.get(f"/manage/events/{event}/message", status=404)
    browser.sign_in(make.coordinator())
    assert "There is nobody to write to." in browser.get(f"/manage/events/{event}/message").text
