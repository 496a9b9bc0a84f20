"""What was offered to whom and how it ended; offers taken back; links that are used again (B6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lms.audit import AuditEntry
from lms.booking.commands import (
    accept_offer,
    cancel_booking,
    change_capacity,
    decline_offer,
    end_lapsed_offers,
    pass_on_refused_offers,
    set_priority,
    take_back_offer,
)
from lms.booking.queries.offers import offers_at
from lms.booking.rules import BookingState, Ended, OfferFact, what_became_of
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from lms.jobs import run_all
from lms.messaging.models import Message
from tests.booking.test_offers import Full
from tests.support.booking import booking, faults, history, messages, running_offer, states
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.snapshots import at


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (None, "Runs until Wednesday 20 January at 10am"),
        (Ended.ACCEPTED, "Accepted on Tuesday 19 January at 9am"),
        (Ended.DECLINED, "Turned down on Tuesday 19 January at 9am"),
        (Ended.LAPSED, "Ran out on Tuesday 19 January at 9am, without an answer"),
        (Ended.TAKEN, "Somebody else was first, on Tuesday 19 January at 9am"),
    ],
)
def test_B6_the_ledger_says_how_an_offer_ended(how: Ended | None, words: str) -> None:
    made_at, ends_at = at("2027-01-18 10:00"), at("2027-01-20 10:00")
    ended_at = at("2027-01-19 09:00") if how else None
    assert what_became_of(OfferFact(made_at, ends_at, True, ended_at, how)) == words


def became(event: int) -> list[str]:
    """How each offer ended, the oldest first, without the moment."""
    db.session.rollback()
    return [line.became.split(" on ")[0] for line in reversed(offers_at(event))]


def test_B6_every_end_stands_in_the_ledger(app: Flask, make: Make) -> None:
    full = Full(make, 5)
    full.free()
    end_lapsed_offers(running_offer(full.waiting[0]).ends_at)
    decline_offer(running_offer(full.waiting[1]).id, now=make.now)
    refused = running_offer(full.waiting[2]).id
    with transaction() as session:
        session.query(Message).filter_by(purpose="offer", subject_id=refused).update(
            {"was_refused": True}
        )
    pass_on_refused_offers(make.now)
    cancel_booking(full.waiting[3], by=None, now=make.now)
    accept_offer(running_offer(full.waiting[4]).id, now=make.now)
    assert became(full.event) == [
        "Ran out",
        "Turned down",
        "Not delivered, and passed on,",
        "Fell away",
        "Accepted",
    ]


def test_B6_an_offer_taken_back_goes_to_the_next_and_keeps_the_position(
    app: Flask, make: Make
) -> None:
    full = Full(make, 2)
    by = make.viewer(make.coordinator())
    full.free()
    run_all(make.now)
    said = {"by": by, "now": make.now}
    with pytest.raises(Refused, match="is next in line, so the place would be offered to them"):
        take_back_offer(full.waiting[0], reason="Wrong person", **said)
    assert states(full.event) == ["cancelled", "offered", "waiting"]
    set_priority(full.waiting[1], 1, reason="Starts in post on Monday", **said)
    ticket = booking(full.waiting[0]).ticket
    with pytest.raises(Refused, match="Say why"):
        take_back_offer(full.waiting[0], reason=" ", **said)
    take_back_offer(full.waiting[0], reason="Promised to a new starter", **said)
    assert states(full.event) == ["cancelled", "waiting", "offered"]
    assert (booking(full.waiting[0]).ticket, booking(full.waiting[0]).lapses) == (ticket, 0)
    assert history(full.waiting[0])[-1] == ("waiting", "coordinator")
    [mail] = messages("offer-taken-back")
    assert "The reason: Promised to a new starter" in mail.body
    assert db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first().act == (
        "take back offer"
    )
    assert became(full.event)[0] == "Taken back"
    assert faults(make.now) == []


def test_an_offer_that_has_not_left_is_taken_back_without_a_word(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 1)
    clock.set(datetime(2027, 1, 18, 22, tzinfo=UTC))
    full.free()
    by = make.viewer(make.coordinator())
    change_capacity(full.event, 0, by=by, now=make.now)
    take_back_offer(full.waiting[0], reason="The room is smaller", by=by, now=make.now)
    assert messages("offer-taken-back") == []
    assert states(full.event) == ["cancelled", "waiting"]


def test_a_coordinator_of_elsewhere_takes_nothing_back(app: Flask, make: Make) -> None:
    full = Full(make, 1)
    full.free()
    dudley = make.partnership("Dudley")
    by = make.viewer(make.coordinator("Elsie Where", partnership=dudley))
    with pytest.raises(NotFound):
        take_back_offer(full.waiting[0], reason="Mine", by=by, now=make.now)


def open_offer(browser: Browser, offer: int, status: int = 200) -> str:
    token = browser.app.extensions["lms.keys"].token("offer", str(offer))
    return browser.get(f"/offers/{token}", status=status).text


def test_B6_a_link_used_again_says_what_happened_and_what_can_be_done(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    full = Full(make, 2)
    full.free()
    first = running_offer(full.waiting[0]).id
    clock.advance(timedelta(days=2))
    assert "Within a few minutes you are told where you stand." in open_offer(browser, first, 410)
    end_lapsed_offers(make.now)
    said = open_offer(browser, first, 410)
    assert "It ran until Wednesday 20 January at 10am, and the place has gone to the next" in said
    assert "You are still on the waiting list. Second in line" in said or (
        "You are still on the waiting list. First in line" in said
    )
    decline_offer(running_offer(full.waiting[1]).id, now=make.now)
    second = running_offer(full.waiting[0]).id
    newer = open_offer(browser, first, 410)
    assert "There is a newer offer: our later e-mail has its link." in newer
    accept_offer(second, now=make.now)
    assert "You have a place" in open_offer(browser, second)
    cancel_booking(full.waiting[0], by=None, now=make.now)
    assert "This booking has ended" in open_offer(browser, second, 410)


def test_B6_the_coordinator_sees_the_ledger_and_the_delegate_their_own(
    browser: Browser, make: Make
) -> None:
    full = Full(make, 2)
    full.free()
    decline_offer(running_offer(full.waiting[0]).id, now=make.now)
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/events/{full.event}/offers")
    assert "One offer runs now." in page.text
    assert "Turned down on Monday 18 January at 10am" in page.text
    back = browser.get(page.link("Take it back"))
    faulty = browser.submit(back, {"reason": "Not theirs"}, form="Take the offer back", status=422)
    assert "is next in line" in faulty.text
    change_capacity(full.event, 0, by=None, now=make.now)
    page = browser.submit(faulty, form="Take the offer back")
    assert "Taken back on Monday 18 January at 10am. The reason: Not theirs" in page.text
    own = booking(full.waiting[1])
    reference, person = own.reference, own.person_id
    assert own.state is BookingState.WAITING
    browser.sign_in(person)
    seen = browser.get(f"/bookings/{reference}")
    assert "What was offered to you" in seen.text
    assert "a place, held. Taken back on Monday 18 January at 10am" in seen.text
