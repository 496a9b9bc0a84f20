"""Nothing ends on a coordinator's day off without their having been told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from lms.accounts.commands import mark_away, set_weekdays
from lms.catalogue.models import EventTrainer
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.desk.jobs import tell_what_falls_due
from lms.desk.messages import FALLS_DUE, is_still_due
from lms.jobs import run_all
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts
from tests.support.mail import KeptMail, must_read_as
from tests.support.make import Make
from tests.support.snapshots import at

SNAPSHOT = Path(__file__).parent / "mail_snapshots" / "falls_due.txt"
MONDAY = at("2027-01-18 09:00")
NEXT_WEDNESDAY = at("2027-01-27 09:30")


def told() -> list[str]:
    db.session.rollback()
    wanted = select(Message.to_name).where(Message.purpose == FALLS_DUE)
    return sorted(db.session.scalars(wanted))


def an_event_without_a_trainer(make: Make, starts_at: datetime = NEXT_WEDNESDAY) -> int:
    return make.event("Safer Recruitment", starts_at=starts_at)


def test_one_who_is_away_is_told_once_of_what_ends_meanwhile(
    make: Make, clock: FixedClock, mailer: KeptMail
) -> None:
    clock.set(MONDAY)
    own = make.coordinator()
    event = an_event_without_a_trainer(make)
    mark_away(own, date(2027, 1, 19), date(2027, 1, 28), now=MONDAY)
    assert tell_what_falls_due(MONDAY - timedelta(minutes=1)) == 0
    assert tell_what_falls_due(MONDAY) == 1
    assert tell_what_falls_due(MONDAY + timedelta(hours=2)) == 0
    run_all(MONDAY + timedelta(hours=2))
    [mail] = mailer.sent
    said = mail.get_content()
    assert f"/manage/events/{event}/edit" in said
    said = said.replace(f"/events/{event}/", "/events/1/")  # PostgreSQL goes on counting
    must_read_as(SNAPSHOT, f"{mail['Subject']}\n\n{said}")


def test_who_is_in_before_it_ends_finds_it_on_today_instead(make: Make, clock: FixedClock) -> None:
    clock.set(MONDAY)
    set_weekdays(make.coordinator(), [0, 3])
    an_event_without_a_trainer(make)
    assert tell_what_falls_due(MONDAY) == 0
    assert tell_what_falls_due(at("2027-01-25 09:00")) == 1  # a Monday; it ends on Tuesday
    assert told() == ["Idris Larkspur"]


def test_what_comes_up_while_one_is_away_is_told_then(make: Make, clock: FixedClock) -> None:
    clock.set(MONDAY)
    own = make.coordinator()
    mark_away(own, date(2027, 1, 18), date(2027, 1, 29), now=MONDAY)
    an_event_without_a_trainer(make)
    saturday, monday = at("2027-01-23 10:00"), at("2027-01-25 17:59")
    assert tell_what_falls_due(saturday) == 0
    assert tell_what_falls_due(monday) == 1


def test_it_is_not_sent_once_it_was_done(make: Make, clock: FixedClock, mailer: KeptMail) -> None:
    clock.set(MONDAY)
    own = make.coordinator()
    event = an_event_without_a_trainer(make)
    mark_away(own, date(2027, 1, 19), date(2027, 1, 28), now=MONDAY)
    tell_what_falls_due(MONDAY)
    row = db.session.scalars(select(Message).where(Message.purpose == FALLS_DUE)).one()
    facts = MessageFacts(FALLS_DUE, row.subject_id, row.occurrence, row.queued_at)
    assert is_still_due(facts, MONDAY)
    trainer = make.person("Tilda Trainer")
    with transaction() as session:
        session.add(EventTrainer(event_id=event, person_id=trainer))
    assert not is_still_due(facts, MONDAY)
    run_all(MONDAY)
    assert mailer.sent == []
