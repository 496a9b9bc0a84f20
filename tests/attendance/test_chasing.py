"""Registers that were left open are chased, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.attendance.commands import close_register
from lms.attendance.jobs import chase_open_registers
from lms.attendance.messages import is_still_open
from lms.clock import FixedClock
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts
from tests.support.door import DAY, Door
from tests.support.mail import must_read_as
from tests.support.make import Make

# Monday's event is chased on Wednesday at nine.
WEDNESDAY = DAY.replace(day=10, hour=9, minute=0)
SNAPSHOT = Path(__file__).parent / "mail_snapshots" / "register_open.txt"


@pytest.fixture
def door(make: Make, clock: FixedClock) -> Door:
    make.coordinator()
    return Door(make, clock)


def told() -> list[str]:
    return sorted(db.session.scalars(select(Message.to_name)))


def test_A3_an_open_register_is_chased_two_working_days_after_once(door: Door) -> None:
    assert chase_open_registers(WEDNESDAY - timedelta(minutes=1)) == 0
    assert chase_open_registers(WEDNESDAY) == 2
    assert told() == ["Idris Larkspur", "Tilda Trainer"]
    assert chase_open_registers(WEDNESDAY + timedelta(days=3)) == 0


def test_A3_a_closed_register_is_not_chased(door: Door) -> None:
    close_register(door.event, by=door.by, now=DAY + timedelta(hours=7))
    assert chase_open_registers(WEDNESDAY) == 0


def test_a_reminder_is_true_until_the_register_is_closed(door: Door) -> None:
    facts = MessageFacts("register", door.event, "chased-1", WEDNESDAY)
    assert is_still_open(facts, WEDNESDAY)
    close_register(door.event, by=door.by, now=WEDNESDAY)
    assert not is_still_open(facts, WEDNESDAY)


def test_the_reminder_reads_as_it_was_agreed(door: Door) -> None:
    chase_open_registers(WEDNESDAY)
    message = db.session.scalars(select(Message).where(Message.to_name == "Tilda Trainer")).one()
    said = f"Subject: {message.subject}\n\n{message.body}".replace("\f", "")
    said = said.replace(f"/events/{door.event}/", "/events/1/")
    must_read_as(SNAPSHOT, said)
