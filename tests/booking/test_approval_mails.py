"""Every message of an approval, as prose; see test_mails."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from lms.booking.commands import answer_approval, cancel_booking
from lms.booking.jobs import chase_approvals
from lms.catalogue.rules import ApprovedBy
from lms.clock import FixedClock
from lms.db import db
from lms.messaging.models import Message
from tests.booking.test_mails import check, last_mail
from tests.booking.test_prerequisites import Advanced
from tests.support.approvals import School, open_approval
from tests.support.make import Make
from tests.support.snapshots import at

ASKED_AT = at("2027-01-18 10:00")


@pytest.fixture
def school(app: Flask, make: Make, clock: FixedClock) -> School:
    clock.set(ASKED_AT)
    make.coordinator(email="idris@wsp.example")
    return School(make, ApprovedBy.LINE_MANAGER)


def numbered(message: Message) -> Message:
    """The same with every number of an approval as 7."""
    db.session.expunge(message)
    message.body = re.sub(r"/approvals/\d+", "/approvals/7", message.body)
    return message


def test_B10_asked_and_told_of_it(school: School) -> None:
    school.ask()
    check("requested", last_mail("booking-requested"))
    check("approval_asked_of_manager", last_mail("approval-asked"))


def test_B10_asked_while_waiting_and_approved(school: School, make: Make) -> None:
    make.booking(school.event)
    asked = school.ask()
    check("requested_waiting", last_mail("booking-requested"))
    answer_approval(open_approval(asked), is_given=True, by=None, now=make.now)
    check("approved_waiting", last_mail("approval-given"))


def test_B10_declined(school: School, make: Make) -> None:
    why = "We have an inspection that week."
    answer_approval(open_approval(school.ask()), is_given=False, why=why, by=None, now=make.now)
    check("not_approved", last_mail("approval-refused"))


def test_B10_reminded_warned_and_ran_out(school: School) -> None:
    school.ask()
    chase_approvals(at("2027-01-20 10:00"))
    check("approval_reminder", last_mail("approval-reminder"))
    chase_approvals(at("2027-01-22 10:00"))
    check("approval_unanswered", numbered(last_mail("approval-unanswered")))
    chase_approvals(at("2027-01-25 10:00"))
    check("approval_ran_out", last_mail("approval-ran-out"))


def test_B10_given_up_before_it_was_approved(school: School, make: Make) -> None:
    cancel_booking(school.ask(), by=None, now=make.now)
    check("requested_given_up", last_mail("off-the-list"))


def test_B9_the_lead_is_asked_about_learning_elsewhere(app: Flask, make: Make) -> None:
    school = Advanced(make)
    school.lead()
    school.ask(declared=school.declares())
    check("approval_asked_of_lead", numbered(last_mail("approval-asked")))
