"""A coordinator says when they are in."""

from __future__ import annotations

from datetime import date

import pytest

from lms.accounts.commands import mark_away, unmark_away
from lms.accounts.models import TimeAway
from lms.accounts.queries import working_week_of
from lms.db import db
from lms.errors import NotFound
from tests.support.browser import Browser
from tests.support.make import Make

PATH = "/account/working-days"


def test_weekdays_and_days_away_are_kept_and_taken_back(browser: Browser, make: Make) -> None:
    own = make.coordinator()
    browser.sign_in(own)
    assert browser.get("/account").link("Days on which you work") == PATH
    browser.submit(browser.get(PATH), {"weekdays": ["0", "3"]}, form="Keep my days")
    db.session.rollback()
    assert working_week_of(own).weekdays == {0, 3}, "Monday, Thursday"

    away = {"from_on-day": "20", "from_on-month": "1", "from_on-year": "2027"}
    away |= {"until_on-day": "29", "until_on-month": "1", "until_on-year": "2027"}
    page = browser.submit(browser.get(PATH), away, form="Mark me away")
    assert "Wednesday 20 January to Friday 29 January 2027" in page.text
    browser.submit(page, away, form="Mark me away")
    db.session.rollback()
    assert db.session.query(TimeAway).count() == 1

    page = browser.submit(browser.get(PATH), {}, form="Remove")
    assert "No days away are marked" in page.text


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (("12", "1", "2027"), "Enter a last day that is not before the first"),
        (("31", "2", "2027"), "Enter the last day away"),
        (("", "", ""), "Enter the last day away"),
        (("1", "1", "2031"), "Enter a year at most"),
    ],
)
def test_days_that_cannot_be_are_said_beside_their_field(
    browser: Browser, make: Make, until: tuple[str, str, str], said: str
) -> None:
    browser.sign_in(make.coordinator())
    typed = {"from_on-day": "20", "from_on-month": "1", "from_on-year": "2027"}
    typed |= dict(zip(("until_on-day", "until_on-month", "until_on-year"), until, strict=True))
    page = browser.submit(browser.get(PATH), typed, form="Mark me away", status=422)
    assert said in page.text
    assert 'value="20"' in page.html


def test_others_days_are_not_theirs_to_change(make: Make) -> None:
    one, other = make.coordinator(), make.coordinator("Ann Other")
    mark_away(one, date(2027, 1, 20), date(2027, 1, 29), now=make.now)
    away_id = db.session.query(TimeAway.id).scalar()
    with pytest.raises(NotFound):
        unmark_away(other, away_id)
    assert db.session.query(TimeAway).count() == 1
