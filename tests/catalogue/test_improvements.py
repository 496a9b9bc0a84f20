"""You said, we did: kept by a coordinator, read by everyone on the course's page."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from lms.access import Role
from lms.audit import AuditEntry
from lms.catalogue.commands.improvements import ImprovementDetails, add_improvement
from lms.catalogue.queries import list_improvements
from lms.clock import FixedClock
from lms.db import db
from lms.errors import NotFound, Refused
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.snapshots import at

SAID = "12 of 40 of you wanted more time for questions"


def test_what_changed_is_said_changed_taken_away_and_put_back(
    make: Make, browser: Browser, clock: FixedClock
) -> None:
    clock.set(at("2027-02-09 10:00"))
    course = make.course()
    browser.sign_in(make.coordinator())
    page = browser.get("/manage/courses")
    page = browser.get(page.link("You said, we did"))
    assert "Nothing is said to have changed yet" in page.text
    said = {"you_said": SAID, "we_did": ""}
    page = browser.submit(page, said, form="Put it on the course", status=422)
    assert "Enter what you did about it" in page.text
    did = {"we_did": "Half an hour more", "changed_on-year": "2028"}
    page = browser.submit(page, did, form="Put it on the course", status=422)
    assert "Enter a day that has come" in page.text
    page = browser.submit(page, {"changed_on-year": "2027"}, form="Put it on the course")
    assert SAID in page.text, "nothing typed was lost"
    public = browser.get("/courses/disguised-compliance-and-safeguarding-children")
    assert "You said, we did" in public.text
    assert "We did: Half an hour more" in public.text
    assert "February 2027" in public.text
    page = browser.get(page.link("Change"))
    page = browser.submit(page, {"we_did": "An hour more"}, form="Save")
    assert "We did: An hour more" in page.text
    page = browser.submit(page, {}, form="Take away")
    assert "Nothing is said to have changed yet" in page.text
    assert SAID not in browser.get(public.address).text
    page = browser.submit(page, {}, form="Undo")
    assert SAID in browser.get(public.address).text
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.contains("improvement")))
    assert len(acts.all()) == 4
    db.session.rollback()
    assert len(list_improvements([course], date(2027, 2, 9), date(2027, 2, 9))) == 1
    assert list_improvements([course], date(2027, 2, 10)) == []
    assert list_improvements([course], last=date(2027, 2, 8)) == []


def test_another_partnership_says_nothing_of_it(make: Make) -> None:
    course, other = make.course(), make.partnership("Dudley")
    by = make.viewer(make.person(role=Role.COORDINATOR, partnership=other))
    details = ImprovementDetails(SAID, "More", date(2027, 1, 1))
    with pytest.raises(NotFound):
        add_improvement(course, details, by=by, now=make.now)
    with pytest.raises(Refused, match="600 characters"):
        too_long = ImprovementDetails("x" * 601, "More", date(2027, 1, 1))
        add_improvement(course, too_long, by=by, now=make.now)
