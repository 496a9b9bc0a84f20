"""What somebody is told of two bookings that were both theirs, as prose to be read."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from flask import Flask

from lms.db import db
from lms.messaging.models import Message
from lms.messaging.templates import SEAM
from lms.records.commands import merge_people, unmerge_people
from tests.support.booking import ask
from tests.support.mail import must_read_as
from tests.support.make import Make

SNAPSHOTS = Path(__file__).parent / "mail_snapshots"


def check(name: str, purpose: str) -> None:
    db.session.rollback()
    message = db.session.query(Message).filter_by(purpose=purpose).order_by(Message.id).all()[-1]
    body = re.sub(r"WSP-\w{4}-\w{4}", "WSP-7Q4K-2M", message.body.replace(SEAM, ""))
    body = re.sub(r"\n{3,}", "\n\n", body).strip()
    must_read_as(SNAPSHOTS / f"{name}.txt", f"Subject: {message.subject}\n\n{body}\n")


def test_B2_B8_what_is_told_of_a_double(app: Flask, make: Make) -> None:
    agency, course = make.agency(), make.course()
    event = make.event(course=course)
    other = make.event(course=course, starts_at=make.now + timedelta(days=40))
    kept = make.person("Ida Bell", agency=agency)
    same, elsewhere = (make.person("Ida Bell", agency=agency) for _ in range(2))
    for person, at in ((kept, event), (same, event), (elsewhere, other)):
        ask(make, at, agency, person)
    merge_people(kept, same, by=None, now=make.now)
    check("joined", "booking-joined")
    merge_people(kept, elsewhere, by=None, now=make.now)
    check("joined_other_date", "booking-joined")
    unmerge_people(kept, by=None, now=make.now)
    check("stands_again", "booking-stands-again")
