"""Cohorts in two windows, on lists that name somebody twice, and of people elsewhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lms.accounts.models import PersonEmail
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.records.commands import merge_people
from lms.reporting.cohorts.commands import add_cohort
from lms.reporting.cohorts.models import Cohort
from lms.reporting.cohorts.queries import list_cohorts
from lms.reporting.cohorts.rules import CohortDetails, read_file, read_list
from tests.support.browser import Browser
from tests.support.make import Make

ON = date(2026, 4, 1)


def addresses_of(cohort: int) -> set[str]:
    db.session.rollback()
    return {member.address for member in db.session.get_one(Cohort, cohort).members}


def test_a_cohort_saved_in_two_windows_loses_nobody_unseen(
    make: Make, browser: Browser, clock: FixedClock
) -> None:
    browser.sign_in(make.coordinator())
    details = CohortDetails("New", ON, addresses=("one@here.example",))
    viewer = make.viewer(make.coordinator("Enid Terrell"))
    cohort = add_cohort(make.partnership(), details, by=viewer, now=make.now)
    first, second = (browser.get(f"/manage/cohorts/{cohort}") for _ in range(2))
    clock.advance(timedelta(minutes=1))
    one, two = ("one@here.example\ntwo@here.example", "one@here.example\nthree@here.example")
    browser.submit(first, {"addresses": one})
    again = browser.submit(first, {"addresses": one})  # a second press
    assert "Saved." in again.text
    asked = browser.submit(second, {"addresses": two}, status=422)
    assert "Somebody changed this cohort after you opened it" in asked.text
    assert "three@here.example" in asked.text
    assert addresses_of(cohort) == {"one@here.example", "two@here.example"}
    browser.submit(asked)
    assert addresses_of(cohort) == {"one@here.example", "three@here.example"}


def test_one_person_with_capitals_two_addresses_and_two_records_counts_once(make: Make) -> None:
    person, double = make.person(email="ida@here.example"), make.person(email="bell@here.example")
    with transaction() as session:
        session.add(PersonEmail(person_id=person, address="ida.bell@here.example"))
    listed = read_list(
        read_file(b"Name,E-mail\r\nIda,IDA@Here.example\r\n,ida.bell@here.example\r\n")
        + "\nIda Bell <Bell@HERE.example>; ida@here.example"
    )
    viewer = make.viewer(make.coordinator())
    add_cohort(
        make.partnership(), CohortDetails("New", ON, addresses=listed), by=viewer, now=make.now
    )
    assert [size for _, size in list_cohorts(make.partnership())] == [2]
    db.session.rollback()
    merge_people(person, double, by=None, now=make.now)
    assert [size for _, size in list_cohorts(make.partnership())] == [1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_list_tells_nobody_the_name_of_somebody_elsewhere(make: Make, browser: Browser) -> None:
    away = make.agency("Dudley Council", partnership=make.partnership("Dudley"))
    make.person("Stranger Danger", "stranger@dudley.example", agency=away)
    make.person("Known Here", "known@here.example", agency=make.agency())
    cohort = make.cohort("stranger@dudley.example", "known@here.example")
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/cohorts/{cohort}/not-reached")
    assert "Known Here" in page.text
    assert "stranger@dudley.example" in page.text
    assert "Stranger Danger" not in page.text


def test_cohorts_stand_in_one_order_on_both_databases(make: Make) -> None:
    for name in ("école", "Élan", "zebra", "Ápple", "apple"):
        make.cohort(name=name)
    names = [cohort.name for cohort, _ in list_cohorts(make.partnership())]
    assert names == ["apple", "zebra", "Ápple", "école", "Élan"]
