"""Agencies from a file: the real one, and ones with faults."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask

from lms.agencies import queries
from lms.agencies.commands import import_agencies
from lms.agencies.models import Agency, Partnership
from lms.agencies.rules import Sector
from lms.clock import FixedClock
from lms.config import REPOSITORY
from lms.db import db
from lms.tables import FaultyFile, Imported
from tests.support.databases import row_counts
from tests.support.make import Make

REAL = REPOSITORY / "lms" / "demo" / "data" / "agencies.csv"
HEADER = "name,sector,parent,partnerships,email_domains"


def take_in(content: bytes | str, clock: FixedClock, *, is_dry_run: bool = False) -> Imported:
    raw = content.encode() if isinstance(content, str) else content
    return import_agencies(
        io.BytesIO(raw),
        "agencies.csv",
        contact_email="training@wsp.example",
        by=None,
        now=clock.now(),
        is_dry_run=is_dry_run,
    )


def faults_of(content: str, clock: FixedClock) -> list[str]:
    with pytest.raises(FaultyFile) as refused:
        take_in(content, clock)
    return [str(fault) for fault in refused.value.faults]


def test_the_real_agencies_come_in_and_twice_changes_nothing(app: Flask, clock: FixedClock) -> None:
    first = take_in(REAL.read_bytes(), clock)
    assert first == Imported(added=27)
    assert [p.name for p in queries.list_partnerships()] == [
        "Dudley",
        "Sandwell",
        "Walsall",
        "Wolverhampton",
        "Worcestershire",
    ]
    default = queries.default_partnership()
    assert default is not None
    assert (default.name, default.title, default.reference_prefix) == (
        "Walsall",
        "Walsall Safeguarding Partnership",
        "WSP",
    )
    police = queries.find_agency_by_name("West Midlands Police")
    assert police is not None
    assert len(police.partnerships) == 4
    early_help = queries.find_agency_by_name("Walsall Council Early Help")
    assert early_help is not None
    assert early_help.parent is not None
    assert early_help.parent.name == "Walsall Council"
    before = row_counts(app)
    assert take_in(REAL.read_bytes(), clock) == Imported(unchanged=27)
    after = row_counts(app)
    assert {name: after[name] for name in after if name != "audit_entry"} == {
        name: before[name] for name in before if name != "audit_entry"
    }


def test_a_dry_run_writes_nothing(app: Flask, clock: FixedClock) -> None:
    before = row_counts(app)
    assert take_in(REAL.read_bytes(), clock, is_dry_run=True) == Imported(added=27)
    assert row_counts(app) == before


def test_every_fault_is_told_and_nothing_is_written(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    make.agency("Walsall Council")
    make.partnership("Sandwell")
    words = ", ".join(sector.words for sector in Sector)
    one_of = f"line 3, sector: Write one of: {words}"
    found = faults_of(
        f"{HEADER},opened_on,closed_on,successor,workforce,workforce_year\n"
        "Early Help,local authority,Walsal Council,Walsall,,,,,,\n"
        "Police,the law,,Walsall;Sandwel,gmail.com,,,,12,2026-27\n"
        "EARLY  HELP,health,,Walsall,,2020-02-01,2020-01-01,,,\n"
        "Black Country CCG,health,,Walsall,,,,The ICB,5,\n"
        "A,faith,B,Walsall,,,,,,\n"
        "B,faith,A,Walsall,,,,,,\n",
        clock,
    )
    assert found == [
        "line 2, parent: There is no agency called Walsal Council. Did you mean Walsall Council?",
        "line 3, email_domains: Leave out gmail.com: people of any agency write from it",
        "line 3, partnerships: There is no partnership called Sandwel. Did you mean Sandwell?",
        one_of,
        "line 3, workforce: Write one number for each of the partnerships, with ; between",
        "line 4, closed_on: Enter a closing date after the opening date",
        "line 4, name: Line 2 has this agency already",
        "line 5, closed_on: Enter when the agency closed, since another follows it",
        "line 5, successor: There is no agency called The ICB.",
        "line 5, workforce_year: Say of which reporting year, such as 2026-27",
        "line 6, parent: Choose another parent: this one is part of the agency itself",
        "line 7, parent: Choose another parent: this one is part of the agency itself",
    ]
    assert db.session.query(Agency).count() == 1
    assert db.session.query(Partnership).count() == 2


def test_columns_that_are_not_there_leave_what_is_known(make: Make, clock: FixedClock) -> None:
    make.agency("Walsall College", opened_on=date(1990, 9, 1))
    take_in(f"{HEADER}\nWalsall College,education,,Walsall,college.example\n", clock)
    (college,) = queries.list_agencies()
    assert college.opened_on == date(1990, 9, 1)
    assert [domain.domain for domain in college.domains] == ["college.example"]


def test_a_successor_and_headcounts_by_partnership(make: Make, clock: FixedClock) -> None:
    walsall, dudley = make.partnership(), make.partnership("Dudley")
    content = (
        "name,sector,parent,partnerships,email_domains,workforce,workforce_year,closed_on,successor\n"
        "CCG,health,,Walsall;Dudley,,,,2022-07-01,ICB\n"
        "ICB,health,,Walsall;Dudley,,40;25,2026-27,,\n"
    )
    assert take_in(content, clock).added == 2
    ccg, icb = queries.list_agencies()
    assert ccg.successor_id == icb.id
    assert queries.headcounts(walsall, 2026) == {icb.id: 40}
    assert queries.headcounts(dudley, 2026) == {icb.id: 25}
    assert take_in(content, clock) == Imported(unchanged=2)
