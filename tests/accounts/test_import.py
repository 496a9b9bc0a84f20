"""People from a file."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask

from lms.access import Role
from lms.accounts import queries
from lms.accounts.commands import import_people
from lms.agencies.rules import Sector
from lms.clock import FixedClock, london_date
from lms.tables import FaultyFile, Imported
from tests.support.databases import row_counts
from tests.support.make import Make

HEADER = "email,name,agency,job_role"


def take_in(content: str, clock: FixedClock, *, is_dry_run: bool = False) -> Imported:
    file = io.BytesIO(content.encode())
    return import_people(file, "people.csv", by=None, now=clock.now(), is_dry_run=is_dry_run)


def test_people_come_in_with_agencies_and_roles_and_twice_changes_nothing(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    walsall = make.partnership()
    police = make.agency("West Midlands Police", Sector.POLICE)
    school = make.agency("Pool Hayes Academy", Sector.EDUCATION)
    content = (
        f"{HEADER},role,role_for,line_manager_email\n"
        "Ada@Police.example,Ada Lovelace,West Midlands Police,Sergeant,PLD member,Walsall,\n"
        "ada@police.example,Ada Lovelace,Pool Hayes Academy,Sergeant,agency lead,,\n"
        "bo@school.example,Bo  Diddley,pool hayes academy,Teacher,trainer,,head@school.example\n"
        "cy@school.example,Cy Young,,Governor,,,\n"
    )
    assert take_in(content, clock) == Imported(added=3)
    ada = queries.find_person_by_address("ada@police.example")
    assert ada is not None
    today = london_date(clock.now())
    assert {m.agency_id for m in queries.memberships_on(ada.id, today)} == {police, school}
    assert {(g.role, g.partnership_id, g.agency_id) for g in queries.grants_on(ada.id, today)} == {
        (Role.PLD_MEMBER, walsall, None),
        (Role.AGENCY_LEAD, None, school),
    }
    bo = queries.find_person_by_address("bo@school.example")
    assert bo is not None
    assert (bo.name, bo.sort_name, bo.line_manager_email) == (
        "Bo Diddley",
        "diddley bo",
        "head@school.example",
    )
    before = row_counts(app)
    clock.advance(timedelta(days=3))
    assert take_in(content, clock) == Imported(unchanged=3)
    assert row_counts(app) == {**before, "audit_entry": before["audit_entry"] + 1}


def test_one_who_moved_keeps_the_history(make: Make, clock: FixedClock) -> None:
    old, new = make.agency("Old Agency"), make.agency("New Agency")
    person = make.person("Di Mover", "di@x.example", agency=old, job_role="Nurse")
    assert take_in(f"{HEADER}\ndi@x.example,Di Mover,New Agency,Nurse\n", clock).changed == 1
    today = london_date(clock.now())
    history = [(m.agency_id, m.ended_on) for m in queries.list_memberships(person)]
    assert history == [(new, None), (old, today)]


def test_every_fault_is_told_and_nothing_is_written(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    make.agency("West Midlands Police")
    make.partnership("Sandwell")
    before = row_counts(app)
    content = (
        f"{HEADER},line_manager_email,role,role_for\n"
        "ada,Ada Lovelace,West Midland Police,,,,\n"
        "bo@x.example,,,,bo@x.example,chief,\n"
        "cy@x.example,Cy Young,,,,trainer,\n"
        "cy@x.example,Cyrus Young,,,,agency lead,\n"
        "di@x.example,Di,,,,coordinator,Sandwel\n"
    )
    words = ", ".join(role.words for role in Role)
    one_of = f"line 3, role: Write one of: {words}"
    with pytest.raises(FaultyFile) as refused:
        take_in(content, clock)
    assert [str(fault) for fault in refused.value.faults] == [
        "line 2, email: Enter an e-mail address, such as m.pettifer@school.example",
        "line 3, line_manager_email: This is the person’s own address",
        "line 3, name: Fill this in: it cannot be empty",
        one_of,
        "line 4, role_for: Say for which partnership the role is",
        "line 5, name: Line 4 gives this address another name",
        "line 5, role_for: Say for which agency the role is",
        "line 6, role_for: There is no partnership called Sandwel. Did you mean Sandwell?",
    ]
    assert row_counts(app) == before


def test_a_dry_run_writes_nothing(app: Flask, make: Make, clock: FixedClock) -> None:
    make.agency("West Midlands Police")
    before = row_counts(app)
    content = f"{HEADER}\nada@x.example,Ada,West Midlands Police,\n"
    assert take_in(content, clock, is_dry_run=True) == Imported(added=1)
    assert row_counts(app) == before
