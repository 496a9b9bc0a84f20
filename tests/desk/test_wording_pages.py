"""What messages say: the list, a partnership's own words, ours again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.audit import AuditEntry
from lms.booking.commands import request_place
from lms.clock import FixedClock
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.templates import SEAM
from lms.messaging.wording import kinds
from tests.support.browser import Browser
from tests.support.make import Make

HERE = "/manage/wording/booking-confirmed"


@pytest.fixture
def desk(browser: Browser, make: Make) -> Browser:
    browser.sign_in(make.coordinator())
    return browser


def confirmed(make: Make, partnership: int) -> Message:
    event = make.event("Disguised Compliance", partnership=partnership)
    person = make.person("Marigold Pettifer")
    request_place(event, person, agency_id=None, by=None, now=make.now)
    return db.session.query(Message).filter_by(event_id=event).one()


def test_own_words_are_said_from_now_on_by_that_partnership_alone(
    desk: Browser, make: Make, clock: FixedClock
) -> None:
    walsall, dudley = make.partnership(), make.partnership("Dudley")
    queued = confirmed(make, walsall).body
    page = desk.get("/manage/wording")
    assert f"All {len(kinds())} kinds of message are in our words." in page.text
    page = desk.get(page.link("You have a place"))
    assert "Hello Marigold" in page.text
    words = "Well done, {name}.\n\n{message}\n\nBring a pen to {where}."
    shown = desk.submit(page, {"body": words, "preview": "y"}, form="Say it")
    assert "Well done, Marigold Pettifer. You have a place." in shown.text
    assert "our words" in desk.get(HERE).text  # a preview keeps nothing
    desk.submit(shown, {"subject": "A place at {event}"}, form="Say it")
    message = confirmed(make, walsall)
    assert message.subject == "A place at Disguised Compliance"
    assert "Bring a pen to Beacon Hall, Walsall." in message.body
    assert len(message.body.split(SEAM)) == 4
    assert "Bring a pen" not in confirmed(make, dudley).body
    assert db.session.query(Message).order_by(Message.id).first().body == queued  # type: ignore[union-attr]
    assert (
        f"One message of {len(kinds())} is in your own words." in desk.get("/manage/wording").text
    )

    clock.advance(timedelta(minutes=5))
    page = desk.submit(desk.get(HERE), form="Bring back our words")
    assert (
        "Idris Larkspur, Monday 18 January at 10am, until Monday 18 January at 10:05am" in page.text
    )
    again = desk.get(page.link("Begin with these words"))
    assert again.form("Say it")["body"].replace("\r", "") == words
    assert "Bring a pen" not in confirmed(make, walsall).body
    trail = db.session.query(AuditEntry).filter_by(act="change wording")
    sentences = [entry.sentence for entry in trail.order_by(AuditEntry.id)]
    assert sentences == [
        "changed the words of “You have a place”",
        "brought back the service’s own words of “You have a place”",
    ]


def test_what_may_not_be_said_is_refused_and_what_was_typed_is_kept(desk: Browser) -> None:
    page = desk.submit(desk.get(HERE), {"body": "Hello {nmae}"}, form="Say it", status=422)
    assert "There is no {nmae} here." in page.text
    assert page.form("Say it")["body"] == "Hello {nmae}"
    page = desk.get(f"{HERE}?from=ours")
    assert "{give_up}" in page.form("Say it")["body"]
    desk.submit(page, form="Say it")
    desk.get("/manage/wording/no-such-kind", status=404)


def test_our_words_of_signing_in_stay(desk: Browser) -> None:
    assert "our words stay" in desk.get("/manage/wording/accounts-sign-in-code").text
