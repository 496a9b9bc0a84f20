"""The walk through every address as every role: done once for each kind of database."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from lms.clock import FixedClock
from lms.db import db
from tests.conftest import MONDAY_MORNING, NOT_RUN, postgresql_database, sqlite_template
from tests.support.databases import build_app
from tests.support.mail import KeptMail
from tests.support.walk import Step, everything, rules_of, walk

PERMISSIONS = Path(__file__).with_name("permissions.csv")
MAY = "may"  # the role may do it: what it then does is tried where the verb is tested
FEW = frozenset({"practitioner", "coordinator"})


@dataclass(frozen=True)
class Walked:
    """Where the walk led, and the addresses that there are."""

    steps: list[Step]
    rules: list[tuple[str, str]]


def permitted() -> dict[tuple[str, str], dict[str, str]]:
    """The table of who may what: by method and address, what each role is answered."""
    with PERMISSIONS.open() as file:
        rows = list(csv.DictReader(file))
    return {(row.pop("address"), row.pop("method")): row for row in rows}


@pytest.fixture(scope="session")
def whole_walk() -> Walked:
    """Everything asked for as everyone, on SQLite."""
    return _walk("sqlite")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def walked(request: pytest.FixtureRequest) -> Walked:
    """The same, and on PostgreSQL as the few roles whose pages differ most."""
    return _walk(request.param)


@cache
def _walk(kind: str) -> Walked:
    url = _sqlite() if kind == "sqlite" else _postgresql()
    table, is_whole = permitted(), kind == "sqlite"

    def is_wanted(rule: str, method: str, role: str) -> bool:
        if not is_whole and role not in FEW:
            return False
        refused = table.get((rule, method), {}).get(role, MAY) != MAY
        return everything(rule, method, role) or (is_whole and refused)

    clock = FixedClock(MONDAY_MORNING)
    app = build_app(url, clock=clock, mailer=KeptMail())
    with app.app_context():
        found = Walked(walk(app, clock, is_wanted), rules_of(app))
        db.session.remove()
        db.engine.dispose()
    return found


def _sqlite() -> str:
    return sqlite_template().fresh()


def _postgresql() -> str:
    postgresql = postgresql_database()
    if postgresql is None:
        NOT_RUN.add("PostgreSQL: no server and no binaries to start one")
        pytest.skip("PostgreSQL is not installed")
    return postgresql.fresh()
