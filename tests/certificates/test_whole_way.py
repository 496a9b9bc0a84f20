"""From the register and the form to the certificate in the post, through the real verbs."""

from __future__ import annotations

import re

import pytest

from lms.attendance.commands import close_register, mark
from lms.attendance.queries import get_register
from lms.attendance.rules import MarkKind
from lms.clock import FixedClock
from lms.evaluation.commands import Opened, answer
from lms.evaluation.rules import Stage
from lms.jobs import run_all
from tests.evaluation.conftest import Delegate, delegate
from tests.support.browser import Browser
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

__all__ = ["delegate"]

EVENING, MORNING = at("2027-02-08 17:00"), at("2027-02-09 09:00")
SUBJECT = "Your certificate: Disguised Compliance and Safeguarding Children"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_A6_the_certificate_follows_form_and_register_and_opens_by_its_link(
    delegate: Delegate, browser: Browser, mailer: KeptMail, make: Make, clock: FixedClock
) -> None:
    clock.set(EVENING)
    posted = {name: [value] for name, value in delegate.confidence(4, 3).items()}
    answer(Opened(delegate.booking, Stage.POST, EVENING), posted, now=EVENING)
    run_all(EVENING)
    assert SUBJECT not in mailer.subjects(), "the register is open"
    [session] = get_register(delegate.event, None).sessions
    mark(delegate.event, delegate.booking, session.id, MarkKind.PRESENT, by=None, now=EVENING)
    close_register(delegate.event, by=None, now=MORNING)
    clock.set(MORNING)
    run_all(MORNING)
    run_all(MORNING)
    assert mailer.subjects().count(SUBJECT) == 1
    body = str(mailer.sent[-1].get_content())
    address = re.search(r"http://127.0.0.1:8000(/certificates/\S+)", body)
    assert address is not None
    assert browser.get(address[1]).h1 == "Marigold Pettifer"
    browser.sign_in(delegate.person)
    assert browser.get("/my-learning").link("Certificate of") == address[1]
