"""Every message about an evaluation, as prose: one file each, to be read as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.booking.commands import send_due_reminders
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.evaluation.commands import Opened, answer, ask_all_due
from lms.evaluation.rules import Stage
from lms.messaging.models import Message
from lms.messaging.sender import send_due
from tests.evaluation.conftest import Delegate, came, close_register
from tests.support.mail import KeptMail, must_read_as
from tests.support.make import Make
from tests.support.snapshots import at

SNAPSHOTS = Path(__file__).parent / "mail_snapshots"
PROMISE = "Ask to see the bedroom at every home visit"


def send_all(now: str) -> None:
    while send_due(at(now)):
        pass


def as_prose(mailer: KeptMail, delegate: Delegate) -> str:
    mail = mailer.sent[-1]
    body = str(mail.get_content())
    for stage in Stage:
        body = body.replace(delegate.token(stage.value), "[their link]")
    heads = "\n".join(f"{name}: {mail[name]}" for name in ("From", "Reply-To", "To", "Subject"))
    return f"{heads}\n\n{body}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("pre", ["2027-02-05 09:00"]),
        ("post", ["2027-02-08 16:30"]),
        ("post_reminder", ["2027-02-08 16:30", "2027-02-10 16:30"]),
        ("impact", ["2027-04-05 09:00"]),
        ("impact_reminder", ["2027-04-05 09:00", "2027-04-12 09:00"]),
    ],
)
def test_each_message_reads_as_written(
    delegate: Delegate, mailer: KeptMail, name: str, days: list[str]
) -> None:
    if name.startswith("impact"):
        came(delegate.booking)
        close_register(delegate.event, at("2027-02-08 17:00"))
    for day in days:
        assert ask_all_due(at(day)) == 1
        send_all(day)
    must_read_as(SNAPSHOTS / f"{name}.txt", as_prose(mailer, delegate))


def test_a_message_carries_no_answer_and_no_live_link_until_it_is_sent(
    delegate: Delegate, mailer: KeptMail
) -> None:
    when = at("2027-02-08 17:00")
    posted = {**delegate.confidence(4, 3), "commitment_1": PROMISE}
    answer(
        Opened(delegate.booking, Stage.POST, when), {k: [v] for k, v in posted.items()}, now=when
    )
    came(delegate.booking)
    close_register(delegate.event, when)
    ask_all_due(at("2027-04-05 09:00"))
    kept = db.session.scalars(select(Message)).one()
    assert delegate.token("impact") not in kept.body
    send_all("2027-04-05 09:01")
    sent = str(mailer.sent[-1].get_content())
    assert f"http://127.0.0.1:8000{delegate.link('impact')}\n" in sent
    assert PROMISE not in sent


def test_E2_pre_joins_the_reminder_in_one_envelope(
    delegate: Delegate, mailer: KeptMail, clock: FixedClock
) -> None:
    clock.set(at("2027-02-05 09:00"))
    send_due_reminders(clock.now())
    ask_all_due(clock.now())
    send_all("2027-02-05 09:00")
    (mail,) = mailer.to("m.pettifer@pool-hayes.example")
    body = str(mail.get_content())
    assert "You have a place on Monday 8 February." in body
    assert delegate.link("pre") in body
    assert body.count("Hello Marigold") == 1
    assert body.count("Idris Larkspur") == 1


def test_several_that_fall_due_for_one_person_are_one_envelope(
    app: Flask, delegate: Delegate, make: Make, mailer: KeptMail
) -> None:
    other = make.event("Bullying Awareness", starts_at=at("2027-02-08 13:30"), hours=3)
    make.booking(other, delegate.person)
    assert ask_all_due(at("2027-02-08 16:30")) == 2
    send_all("2027-02-08 16:30")
    assert len(mailer.sent) == 1


def test_E3_answered_before_it_left_it_is_not_sent(delegate: Delegate, mailer: KeptMail) -> None:
    ask_all_due(at("2027-02-08 16:30"))
    when = at("2027-02-08 16:31")
    posted = {key: [value] for key, value in delegate.confidence(4, 3).items()}
    answer(Opened(delegate.booking, Stage.POST, when), posted, now=when)
    send_all("2027-02-08 16:32")
    assert mailer.sent == []
    with transaction() as session:
        assert session.scalars(select(Message)).one().key is None
