"""Packs by e-mail: a link once a quarter or a month, however often anybody looks, until stopped."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.access import Role
from lms.accounts.models import RoleGrant
from lms.agencies.rules import Sector
from lms.clock import FixedClock, is_working_day, reporting_year
from lms.db import db, transaction
from lms.jobs import run_all
from lms.messaging.models import Message
from lms.records.commands import merge_people
from lms.reporting.packs.commands import resume_packs, send_packs, stop_packs
from lms.reporting.packs.queries import is_due_still, packs_due
from lms.reporting.packs.rules import WINDOW, month_due, quarter_due
from tests.support.browser import BASE_URL, Browser
from tests.support.mail import KeptMail, must_read_as
from tests.support.make import Make
from tests.support.snapshots import at
from tests.support.statements import count_statements

SNAPSHOTS = Path(__file__).parent / "mail_snapshots"
DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))


@given(DAYS, st.integers(1, 12))
def test_each_quarter_has_a_first_working_day_on_which_its_pack_is_due(
    on: date, month: int
) -> None:
    found = quarter_due(on, month)
    if found is None:
        return
    year = reporting_year(on - WINDOW, month)
    assert found.label == f"{year.label} Q{year.quarter_of(on - WINDOW)}"
    first = next(d for d in (on - timedelta(days=n) for n in range(15)) if d.day == 1)
    assert any(is_working_day(first + timedelta(days=n)) for n in range((on - first).days + 1))


@pytest.mark.parametrize(
    ("on", "quarter", "month"),
    [
        (date(2027, 1, 1), None, None),  # New Year
        (date(2027, 1, 4), "2026-27 Q3", "2026-12"),
        (date(2027, 1, 14), "2026-27 Q3", "2026-12"),
        (date(2027, 1, 15), None, None),
        (date(2027, 2, 1), None, "2027-01"),
        (date(2027, 4, 1), "2026-27 Q4", "2027-03"),
    ],
)
def test_when_packs_are_due(on: date, quarter: str | None, month: str | None) -> None:
    by_quarter, by_month = quarter_due(on, 4), month_due(on)
    assert (by_quarter.label if by_quarter else None) == quarter
    assert (by_month.label if by_month else None) == month


class Readers:
    """A PLD member and an agency lead, with addresses."""

    def __init__(self, make: Make) -> None:
        make.partnership()
        health = make.agency("Walsall Healthcare NHS Trust", Sector.HEALTH)
        self.member = make.person(
            "Rosalind Yarrow", "rosalind@icb.example", agency=health, role=Role.PLD_MEMBER
        )
        self.lead = make.person(
            "Hector Bramblewick", "hector@nhs.example", agency=health, role=Role.AGENCY_LEAD
        )


@pytest.fixture
def readers(make: Make) -> Readers:
    return Readers(make)


def packs() -> list[tuple[str, str]]:
    rows = db.session.query(Message).filter_by(purpose="pack").order_by(Message.id)
    return [(row.to_address, row.subject) for row in rows]


def test_packs_go_once_down_and_up_again_included(
    readers: Readers, clock: FixedClock, mailer: KeptMail
) -> None:
    clock.set(at("2027-04-01 08:59"))
    assert send_packs(clock.now()) == 0
    clock.set(at("2027-04-01 09:00"))
    assert send_packs(clock.now()) == 2
    assert send_packs(clock.now()) == 0
    clock.set(at("2027-04-09 10:00"))  # up again after a week
    run_all(clock.now())
    assert sorted(packs()) == [
        ("hector@nhs.example", "Your agency’s training: March 2027"),
        ("rosalind@icb.example", "Training figures: January to March 2027"),
    ]
    sent = [m for m in mailer.sent if "Training figures" in str(m["Subject"])]
    assert len(sent) == 1
    said = sent[0].get_content()
    must_read_as(SNAPSHOTS / "pack_quarter.txt", said)
    [month] = [m for m in mailer.sent if "Your agency" in str(m["Subject"])]
    must_read_as(SNAPSHOTS / "pack_month.txt", month.get_content())
    assert f"{BASE_URL}/reports/attendance?quarter=2026-27%20Q4&partnership=Walsall" in said
    assert f"{BASE_URL}/packs/" in said
    clock.set(at("2027-05-04 10:00"))
    assert send_packs(clock.now()) == 1  # the lead's month


def test_one_click_stops_them_and_another_brings_them_back(
    readers: Readers, clock: FixedClock, browser: Browser, app: Flask
) -> None:
    token = app.extensions["lms.keys"].token("pack", str(readers.member))
    page = browser.submit(browser.get(f"/packs/{token}"), form="Stop them")
    assert "No figures are sent to you" in page.h1
    clock.set(at("2027-04-01 09:00"))
    assert send_packs(clock.now()) == 1  # the lead's alone
    browser.submit(page, form="Send them again")
    assert send_packs(clock.now()) == 1


def test_what_is_queued_is_dropped_for_who_stopped_since(
    readers: Readers, clock: FixedClock, browser: Browser, app: Flask, mailer: KeptMail
) -> None:
    clock.set(at("2027-04-01 09:00"))
    send_packs(clock.now())
    token = app.extensions["lms.keys"].token("pack", str(readers.member))
    browser.submit(browser.get(f"/packs/{token}"), form="Stop them")
    run_all(clock.now())
    assert not [m for m in mailer.sent if "Training figures" in str(m["Subject"])]


def test_the_addresses_in_a_pack_open(
    readers: Readers, clock: FixedClock, browser: Browser
) -> None:
    clock.set(at("2027-04-01 09:00"))
    browser.sign_in(readers.member)
    page = browser.get("/reports/attendance?quarter=2026-27%20Q4&partnership=Walsall")
    assert page.h1 == "Attendance by agency"
    browser.sign_in(readers.lead)
    assert browser.get("/my-agency/past").status == 200


def joined(readers: Readers, make: Make, clock: FixedClock) -> int:
    """Another record of the PLD member, into which theirs is merged; returns it."""
    kept = make.person("Rosalind Yarrow", "ryarrow@icb.example")
    merge_people(kept, readers.member, by=None, now=clock.now())
    return kept


def test_who_stopped_them_has_none_after_two_records_are_joined(
    readers: Readers, make: Make, clock: FixedClock, browser: Browser, app: Flask
) -> None:
    stop_packs(readers.member, now=clock.now())
    kept = joined(readers, make, clock)
    clock.set(at("2027-04-01 09:00"))
    assert send_packs(clock.now()) == 1  # the lead's alone
    resume_packs(kept)
    assert send_packs(clock.now()) == 1
    token = app.extensions["lms.keys"].token("pack", str(readers.member))  # of an e-mail before
    page = browser.submit(browser.get(f"/packs/{token}"), form="Stop them")
    assert "No figures are sent to you" in page.h1
    clock.set(at("2027-07-01 09:00"))
    assert send_packs(clock.now()) == 1


def test_a_pack_that_went_to_a_record_joined_since_is_not_sent_again(
    readers: Readers, make: Make, clock: FixedClock, mailer: KeptMail
) -> None:
    clock.set(at("2027-04-01 09:00"))
    run_all(clock.now())
    joined(readers, make, clock)
    clock.advance(timedelta(hours=1))
    run_all(clock.now())
    assert len([m for m in mailer.sent if "Training figures" in str(m["Subject"])]) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whether_one_pack_is_still_due_asks_of_nobody_else(
    readers: Readers, make: Make, clock: FixedClock
) -> None:
    clock.set(at("2027-04-01 09:00"))
    occurrence = next(p.occurrence for p in packs_due(clock.now()) if p.person.id == readers.lead)
    reads = []
    for _ in range(2):
        db.session.rollback()
        with count_statements() as asked:
            assert is_due_still(readers.lead, occurrence, clock.now())
            assert not is_due_still(readers.member, occurrence, clock.now())
        reads.append(asked.reads)
        for _ in range(6):
            make.person(agency=make.agency(), role=Role.AGENCY_LEAD)
            make.person(role=Role.PLD_MEMBER)
    assert reads[0] == reads[1]


def test_a_role_that_ended_yesterday_gets_no_pack_and_drops_what_is_queued(
    readers: Readers, clock: FixedClock, mailer: KeptMail
) -> None:
    clock.set(at("2027-04-01 09:00"))
    assert send_packs(clock.now()) == 2
    with transaction() as session:
        for grant in session.query(RoleGrant).filter_by(role=Role.PLD_MEMBER):
            grant.ends_on = date(2027, 3, 31)
    run_all(clock.now())
    assert [str(m["To"]).split("<")[-1] for m in mailer.sent if "raining" in str(m["Subject"])] == [
        "hector@nhs.example>"
    ]


def test_packs_take_as_many_statements_for_many_leads_as_for_few(
    readers: Readers, clock: FixedClock, make: Make
) -> None:
    del readers
    clock.set(at("2027-04-01 09:00"))

    def statements() -> tuple[int, int]:
        db.session.rollback()
        with count_statements() as counted:
            due = packs_due(clock.now())
        return counted.number, len(due)

    statements()
    few, two = statements()
    for n in range(4):
        agency = make.agency(f"Agency {n}", Sector.HEALTH)
        address = f"lead{n}@nhs.example"
        lead = make.person(f"Lead {n}", address, agency=agency, role=Role.AGENCY_LEAD)
        pld = f"reader{n}@icb.example"
        make.person(f"Reader {n}", pld, agency=agency, role=Role.PLD_MEMBER)
    assert statements() == (few, two + 8)
    own = packs_due(clock.now(), lead)
    assert [(pack.person.id, pack.agency.name if pack.agency else "") for pack in own] == [
        (lead, "Agency 3")
    ]
