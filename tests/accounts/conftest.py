"""What tests of signing in may ask for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, current_app

from lms.accounts.models import SignInAttempt
from lms.clock import FixedClock
from lms.db import db
from lms.jobs import run_job
from tests.support.mail import KeptMail

CodeSent = Callable[[str], str]


@pytest.fixture
def code_sent(app: Flask, clock: FixedClock, mailer: KeptMail) -> CodeSent:
    """The code in the newest e-mail to an address, after the worker has sent what is due."""

    def read(address: str) -> str:
        for job in app.extensions["lms.jobs"]:
            if job.name == "outbox":
                assert run_job(job, clock.now(), clock=clock.now).error is None
        found = re.search(r"^ +(\d{6})$", mailer.to(address)[-1].get_content(), re.MULTILINE)
        assert found is not None
        return found[1]

    return read


def newest_attempt() -> SignInAttempt:
    """The last request for a code."""
    return db.session.query(SignInAttempt).order_by(SignInAttempt.id.desc()).first()


def right_code(attempt_id: int) -> str:
    """What the e-mail for an attempt says, without waiting for it."""
    return str(current_app.extensions["lms.keys"].digits("sign-in", str(attempt_id)))


def wrong_code(attempt_id: int) -> str:
    return f"{(int(right_code(attempt_id)) + 1) % 1_000_000:06d}"
