"""Issuing, waiving, revoking, issuing anew: once each, whoever comes first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.attendance.commands import correct_outcome
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.catalogue.models import Event
from lms.certificates import commands
from lms.certificates.queries import (
    get_event_certificates,
    list_proposed_revocations,
    list_waiver_decisions,
)
from lms.certificates.rules import Standing
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from lms.evaluation.rules import Stage
from lms.jobs import run_all
from lms.messaging.models import Message
from tests.attendance.test_races import at_once
from tests.certificates.conftest import CLOSED, NOON, STARTS, Day, certificates, set_policy
from tests.support.make import Make
from tests.support.snapshots import at
from tests.support.statements import count_statements

MINUTE = timedelta(minutes=1)


def told() -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Message.to_name, Message.occurrence)
        .where(Message.purpose == "certificate")
        .order_by(Message.id)
    )
    return [(name, occurrence) for name, occurrence in rows]


def acts() -> list[tuple[str, str | None]]:
    rows = db.session.execute(
        select(AuditEntry.sentence, AuditEntry.reason).order_by(AuditEntry.id)
    )
    return [(sentence, reason) for sentence, reason in rows]


def test_A6_a_certificate_follows_by_itself_at_the_later_of_the_two(day: Day) -> None:
    first = day.came("Marigold Pettifer", answered_at=STARTS + timedelta(hours=8))
    later, never = day.came("Osei Thistledown"), day.came("Ada Silent")
    part = day.came("Ben Part", Outcome.PART_ATTENDED, answered_at=CLOSED)
    assert commands.issue_all_due(NOON) == 0, "the register is open"
    day.close()
    assert commands.issue_all_due(NOON) == 1
    day.answered(later, NOON)
    assert commands.issue_all_due(NOON + MINUTE) == 1
    assert commands.issue_all_due(NOON + MINUTE) == 0
    assert certificates([never, part]) == []
    (one,) = certificates([first])
    assert (one.name, one.title) == (
        "Marigold Pettifer",
        "Disguised Compliance and Safeguarding Children",
    )
    assert (one.level, one.minutes, one.issued_at) == (2, 420, NOON)
    assert one.first_on == one.last_on == STARTS.date()
    assert one.teaches.splitlines()[1] == "Ask the questions that test what you have been told"
    assert (one.issued_by, one.signed_by) == ("Walsall Safeguarding Partnership", "Idris Larkspur")
    assert told() == [("Marigold Pettifer", "issued"), ("Osei Thistledown", "issued")]


def test_A6_the_policy_of_the_first_session_decides(day: Day, make: Make) -> None:
    booking = day.came()
    day.close()
    assert commands.issue_all_due(NOON) == 0
    set_policy(make.partnership(), 0)
    assert commands.issue_all_due(NOON) == 1
    assert len(certificates([booking])) == 1


def test_an_event_without_that_form_waits_for_the_register_alone(day: Day) -> None:
    with transaction() as session:
        session.get_one(Event, day.event).stages = Stage.PRE.value
    day.came()
    day.close()
    assert commands.issue_all_due(NOON) == 1


def test_nothing_is_issued_for_imported_years(day: Day) -> None:
    day.came(answered_at=CLOSED)
    day.close()
    with transaction() as session:
        session.get_one(Event, day.event).is_imported = True
    assert commands.issue_all_due(NOON) == 0
    assert commands.issue_due(day.event, by=day.by, now=NOON) == 0
    (line,) = get_event_certificates(day.event, day.by, NOON).lines
    assert line.standing is Standing.HELD_ELSEWHERE


def test_A6_what_was_issued_stays_as_it_was(day: Day) -> None:
    booking = day.came(answered_at=CLOSED)
    day.close()
    commands.issue_all_due(NOON)
    with transaction() as session:
        event = session.get_one(Event, day.event)
        event.title, event.level = "Something else", 3
        session.get_one(Booking, booking).person.name = "Marigold Oakes"  # type: ignore[union-attr]
    assert commands.issue_all_due(NOON + MINUTE) == 0
    (one,) = certificates()
    assert (one.name, one.level) == ("Marigold Pettifer", 2)
    (line,) = get_event_certificates(day.event, day.by, NOON).lines
    assert line.says_another_name


def test_A6_waiving_issues_at_once_and_says_why(day: Day) -> None:
    ada, ben, done = day.came("Ada"), day.came("Ben"), day.came("Done", answered_at=CLOSED)
    day.close()
    with pytest.raises(Refused):
        commands.waive(day.event, [ada], " ", by=day.by, now=NOON)
    assert commands.waive(day.event, [ada, ben, done], "Lost", by=day.by, now=NOON) == 2
    assert len(certificates([ada, ben])) == 2
    waived = [("waived the evaluation of {} for {}", name) for name in ("Ada", "Ben")]
    title = "Disguised Compliance and Safeguarding Children"
    assert acts() == [(text.format(title, name), "Lost") for text, name in waived]
    assert commands.waive(day.event, [ada], "Twice", by=day.by, now=NOON) == 0


def test_A6_a_revoked_certificate_stays_revoked_until_one_is_issued_anew(day: Day) -> None:
    booking = day.came(answered_at=CLOSED)
    day.close()
    commands.issue_all_due(NOON)
    commands.revoke(day.event, booking, "Wrong person", by=day.by, now=NOON)
    assert commands.issue_all_due(NOON + MINUTE) == 0
    with pytest.raises(Refused):
        commands.revoke(day.event, booking, "Again", by=day.by, now=NOON)
    commands.issue_anew(day.event, booking, "It was the right one", by=day.by, now=NOON + MINUTE)
    old, new = certificates([booking])
    assert (old.revoked_at, old.revoked_because) == (NOON, "Wrong person")
    assert new.revoked_at is None and new.code != old.code
    name = "Marigold Pettifer"
    assert told() == [(name, "issued"), (name, "revoked"), (name, "issued")]
    assert [reason for _, reason in acts()] == ["Wrong person", "It was the right one"]


def test_issuing_anew_replaces_the_one_in_force(day: Day) -> None:
    booking = day.came("Marigold Petifer", answered_at=CLOSED)
    day.close()
    with pytest.raises(Refused):
        commands.issue_anew(day.event, booking, "Too early", by=day.by, now=NOON)
    commands.issue_all_due(NOON)
    with transaction() as session:
        session.get_one(Booking, booking).person.name = "Marigold Pettifer"  # type: ignore[union-attr]
    commands.issue_anew(day.event, booking, "Misspelt", by=day.by, now=NOON)
    old, new = certificates([booking])
    assert old.revoked_because == "Misspelt"
    assert new.name == "Marigold Pettifer"


def test_A6_a_corrected_register_proposes_to_revoke_and_does_not_do_it(day: Day) -> None:
    booking = day.came(answered_at=CLOSED)
    day.close()
    commands.issue_all_due(NOON)
    assert list_proposed_revocations(day.by) == []
    correct_outcome(day.event, booking, Outcome.PART_ATTENDED, "Left at noon", by=day.by, now=NOON)
    (proposed,) = list_proposed_revocations(day.by)
    assert (proposed.name, proposed.outcome) == ("Marigold Pettifer", Outcome.PART_ATTENDED)
    assert certificates()[0].revoked_at is None
    commands.revoke(day.event, booking, "Left at noon", by=day.by, now=NOON)
    assert list_proposed_revocations(day.by) == []


def test_waivers_to_decide_are_those_of_forms_that_lately_closed(day: Day) -> None:
    silent, waived = day.came("Ada"), day.came("Ben")
    day.came("Cid", answered_at=CLOSED)
    day.came("Dee", Outcome.PART_ATTENDED)
    day.close()
    closes = at("2027-03-08 16:30")
    assert list_waiver_decisions(day.by, closes - MINUTE) == []
    (one,) = list_waiver_decisions(day.by, closes)
    assert (one.event_id, one.people) == (day.event, 2)
    commands.waive(day.event, [waived], "Lost", by=day.by, now=closes)
    assert list_waiver_decisions(day.by, closes)[0].people == 1
    assert list_waiver_decisions(day.by, closes + timedelta(days=28)) == []
    assert commands.waive(day.event, [silent], "Late", by=day.by, now=closes) == 1


def test_another_partnerships_coordinator_does_none_of_it(day: Day, make: Make) -> None:
    booking = day.came(answered_at=CLOSED)
    day.close()
    commands.issue_all_due(NOON)
    dudley = make.partnership("Dudley")
    other = make.viewer(make.coordinator("Elsie Where", partnership=dudley))
    tries = [
        lambda: commands.issue_due(day.event, by=other, now=NOON),
        lambda: commands.waive(day.event, [booking], "No", by=other, now=NOON),
        lambda: commands.revoke(day.event, booking, "No", by=other, now=NOON),
        lambda: commands.issue_anew(day.event, booking, "No", by=other, now=NOON),
        lambda: commands.hand_out(day.event, "PDF", by=other, now=NOON),
        lambda: get_event_certificates(day.event, other, NOON),
    ]
    for attempt in tries:
        with pytest.raises(NotFound):
            attempt()
    assert list_proposed_revocations(other) == []


def test_a_file_of_certificates_is_kept_in_the_trail(day: Day) -> None:
    day.came(answered_at=CLOSED)
    day.close()
    with pytest.raises(Refused):
        commands.hand_out(day.event, "PDF", by=day.by, now=NOON)
    commands.issue_all_due(NOON)
    assert [c.name for c in commands.hand_out(day.event, "PDF", by=day.by, now=NOON)]
    title = "Disguised Compliance and Safeguarding Children"
    assert acts() == [(f"took one certificate of {title} as PDF", None)]


def test_A6_two_workers_and_a_coordinator_at_once_issue_one(app: Flask, day: Day) -> None:
    booking = day.came(answered_at=CLOSED)
    day.close()
    by = day.by

    def hand(number: int) -> int:
        if number % 3 == 2:
            return commands.issue_due(day.event, by=by, now=NOON)
        return commands.issue_all_due(NOON)

    counts = at_once(app, hand)
    assert sorted(counts) == [0, 0, 0, 0, 0, 1]  # type: ignore[type-var]
    assert len(certificates([booking])) == 1
    assert told() == [("Marigold Pettifer", "issued")]


def test_the_job_does_it_and_its_message_leaves(day: Day, clock: FixedClock) -> None:
    day.came(answered_at=CLOSED)
    day.close()
    outcome = run_all(NOON)
    assert outcome.faults == {}
    assert outcome.done["certificates"] == 1


def test_issuing_takes_no_more_statements_for_more_people(day: Day) -> None:
    day.came(answered_at=CLOSED)
    day.close()
    with count_statements() as few:
        commands.issue_all_due(NOON)
    for number in range(6):
        day.came(f"Person {number}", answered_at=CLOSED)
    with count_statements() as many:
        assert commands.issue_all_due(NOON) == 6
    assert many.number <= few.number + 1
