"""One delegate through all three stages, by the links in the e-mails, across both clock changes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.catalogue.models import LearningOutcome
from lms.clock import FixedClock
from lms.db import db
from lms.evaluation.jobs import JOBS
from lms.evaluation.models import Confidence, Evaluation
from lms.evaluation.queries import reply_rows
from lms.messaging.sender import send_due
from tests.evaluation.conftest import came, close_register
from tests.support.browser import Browser, Page
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

LINK = re.compile(r"http://127\.0\.0\.1:8000(/evaluations/\S+)")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("held", "pre", "impact", "impact_in_utc"),
    [
        ("2027-02-08", "2027-02-05", "2027-04-05", 8),
        ("2027-09-13", "2027-09-10", "2027-11-08", 9),
    ],
)
def test_E2_E3_E4_each_stage_leaves_at_its_minute_in_london(
    make: Make,
    clock: FixedClock,
    mailer: KeptMail,
    browser: Browser,
    held: str,
    pre: str,
    impact: str,
    impact_in_utc: int,
) -> None:
    clock.set(at(f"{held} 09:00") - timedelta(days=30))
    course = make.course(outcomes=("Ask someone safely about abuse",))
    event = make.event(starts_at=at(f"{held} 09:30"), course=course)
    booking = make.booking(event, make.person("Marigold Pettifer"))
    outcome = db.session.scalars(select(LearningOutcome.id)).one()
    db.session.rollback()

    def leaves_at(moment: str) -> Page:
        """Nothing a minute before, one e-mail at the minute, and the form behind its link."""
        before = len(mailer.sent)
        clock.set(at(moment) - MINUTE)
        JOBS[0].run(clock.now())
        assert not send_due(clock.now())
        clock.set(at(moment))
        JOBS[0].run(clock.now())
        assert send_due(clock.now())
        assert len(mailer.sent) == before + 1
        link = LINK.search(str(mailer.sent[-1].get_content()))
        assert link is not None
        return browser.get(link[1])

    page = leaves_at(f"{pre} 09:00")
    browser.submit(page, {f"confidence_{outcome}": "2"})
    page = leaves_at(f"{held} 16:30")
    browser.submit(page, {f"confidence_{outcome}": "4", "commitment_1": "Find somewhere private"})
    came(booking, counts_as_confirmed_at_start=True)
    close_register(event, at(f"{held} 17:00"))
    page = leaves_at(f"{impact} 09:00")
    assert clock.now().hour == impact_in_utc
    assert "“Find somewhere private”" in page.text
    result = next(name for name in page.html.split('"') if name.startswith("result_"))
    browser.submit(page, {f"confidence_{outcome}": "5", result: "done"})

    for days in range(1, 40):
        JOBS[0].run(clock.now() + timedelta(days=days))
        assert not send_due(clock.now() + timedelta(days=days)), "answered: never asked again"
    values = db.session.execute(
        select(Evaluation.stage, Confidence.value)
        .join(Confidence, Confidence.evaluation_id == Evaluation.id)
        .order_by(Evaluation.answered_at)
    )
    assert [(row.stage.value, row.value) for row in values] == [
        ("pre", 2),
        ("post", 4),
        ("impact", 5),
    ]
    assert [row.answered for row in db.session.execute(reply_rows())] == [True, True, True]
