"""Mail that comes back: an offer passes on (B6), a declined entry asks and never cancels (B11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms.booking.commands import ask_who_declined, cancel_booking
from lms.booking.models import Offer
from lms.booking.rules import BookingState
from lms.catalogue.models import EventSession
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.jobs import run_all
from lms.messaging.mailboxes import FolderMailbox
from lms.messaging.models import Message
from tests.support.booking import ask, messages, states
from tests.support.make import Make
from tests.support.returned import calendar_reply, report


@pytest.fixture
def inbox(app: Flask, tmp_path: Path) -> Iterator[Path]:
    app.extensions["lms.mailbox"] = FolderMailbox(tmp_path)
    yield tmp_path
    app.extensions["lms.mailbox"] = None


class Booked:
    """Marigold has a place, and her calendar the entry."""

    def __init__(self, make: Make) -> None:
        self.make = make
        agency = make.agency()
        self.person = make.person("Marigold Pettifer", "marigold@agency.example", agency=agency)
        self.event = make.event()
        self.booking = ask(make, self.event, agency, self.person).booking_id
        self.block = db.session.query(EventSession.id).filter_by(event_id=self.event).scalar()
        run_all(make.now)

    def answers(self, inbox: Path, answer: str, address: str = "marigold@agency.example") -> None:
        raw = calendar_reply(self.booking, self.block, address, answer)
        (inbox / f"{len(list(inbox.rglob('*.eml')))}.eml").write_bytes(raw)
        run_all(self.make.now)


def questions() -> list[Message]:
    return messages("calendar-declined")


def test_B6_an_offer_that_comes_back_passes_on(
    app: Flask, make: Make, clock: FixedClock, inbox: Path
) -> None:
    event = make.event(capacity=1)
    held = make.booking(event)
    for _ in range(2):
        make.booking(event, state=BookingState.WAITING)
    cancel_booking(held, by=None, now=make.now)
    run_all(make.now)
    [offer] = messages("offer")
    (inbox / "bounce.eml").write_bytes(report(str(offer.envelope)))
    clock.advance(timedelta(minutes=1))
    run_all(make.now)
    assert states(event) == ["cancelled", "waiting", "offered"]
    assert [row.ended_how for row in db.session.query(Offer).order_by(Offer.id)] == [
        "refused",
        None,
    ]


def test_B11_a_declined_entry_asks_once_and_cancels_nothing(
    app: Flask, make: Make, inbox: Path
) -> None:
    booked = Booked(make)
    booked.answers(inbox, "DECLINED")
    booked.answers(inbox, "DECLINED")
    [question] = questions()
    assert question.state == "sent"
    assert "You still have your place" in question.body
    assert states(booked.event) == ["confirmed"]


@pytest.mark.parametrize("answer", ["ACCEPTED", "TENTATIVE"])
def test_any_other_answer_asks_nothing(app: Flask, make: Make, inbox: Path, answer: str) -> None:
    Booked(make).answers(inbox, answer)
    assert questions() == []


def test_an_answer_of_somebody_else_asks_nobody(app: Flask, make: Make, inbox: Path) -> None:
    booked = Booked(make)
    other = Booked.__new__(Booked)
    other.__dict__ |= booked.__dict__
    other.booking, other.block = booked.booking, booked.block + 1
    booked.answers(inbox, "DECLINED", "stranger@elsewhere.example")
    other.answers(inbox, "DECLINED")
    ask(
        make,
        make.event("Neglect", starts_at=make.now + timedelta(days=50)),
        make.agency(),
        make.person(email="rafi@agency.example"),
    )
    booked.answers(inbox, "DECLINED", "rafi@agency.example")
    assert questions() == []


def test_one_who_has_left_or_changed_their_mind_is_not_asked(
    app: Flask, make: Make, inbox: Path
) -> None:
    booked = Booked(make)
    raw = calendar_reply(booked.booking, booked.block, "marigold@agency.example", "DECLINED")
    (inbox / "1.eml").write_bytes(raw)
    booked.answers(inbox, "ACCEPTED")
    assert questions() == []
    with transaction() as session:
        session.query(Message).delete()
    cancel_booking(booked.booking, by=None, now=make.now)
    booked.answers(inbox, "DECLINED")
    assert ask_who_declined(make.now) == 0
