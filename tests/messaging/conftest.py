"""Messages to test with: a purpose of their own, true until the test says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from lms.clock import FixedClock
from lms.db import db, transaction
from lms.messaging.commands import Draft, Sender, enqueue
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts

Post = Callable[..., bool]


class Truth:
    """Which messages are no longer true, and which cannot even be asked."""

    def __init__(self) -> None:
        self.untrue: set[int] = set()
        self.poison: set[int] = set()

    def __call__(self, facts: MessageFacts, _now: datetime) -> bool:
        if facts.subject_id in self.poison:
            raise RuntimeError(f"poison {facts.subject_id}")
        return facts.subject_id not in self.untrue


@pytest.fixture
def truth(app: Flask) -> Truth:
    asked = Truth()
    app.extensions["lms.purposes"] = {**app.extensions["lms.purposes"], "test": asked}
    return asked


def draft(subject_id: int = 1, **facts: Any) -> Draft:
    return Draft(
        **{
            "purpose": "test",
            "subject_id": subject_id,
            "occurrence": "0",
            "to_address": f"person{subject_id}@agency.example",
            "to_name": "Marigold Pettifer",
            "sender": Sender("Walsall Safeguarding Partnership", "idris@wsp.example"),
            "subject": f"Subject {subject_id}",
            "body": f"Hello,\n\n\fBody {subject_id}.\n\n\fIdris\n\n\fBecause {subject_id}.\n",
            **facts,
        }
    )


@pytest.fixture
def post(truth: Truth, clock: FixedClock) -> Post:
    """Queue a message about `subject_id`; any field of the draft may be given."""

    def queue(subject_id: int = 1, **facts: Any) -> bool:
        with transaction() as session:
            return enqueue(session, draft(subject_id, **facts), clock.now())

    return queue


def message(subject_id: int = 1) -> Message:
    """That subject's newest message, as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return (
        db.session.query(Message)
        .filter_by(subject_id=subject_id)
        .order_by(Message.id.desc())
        .first()
    )
