"""The database as ARCHITECTURE sets it up: no drift, no write in a page, one command at a time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from lms.agencies.models import Partnership
from lms.catalogue.models import Event
from lms.db import NestedTransactionError, db, transaction
from tests.support.make import Make

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def test_tables_are_as_the_models_say(app: Flask) -> None:
    context = MigrationContext.configure(db.session.connection(), opts={"compare_type": True})
    assert compare_metadata(context, db.metadata) == []


def test_migrations_go_down_and_up_again(app: Flask) -> None:
    db.session.rollback()
    downgrade(directory=str(MIGRATIONS), revision="base")
    upgrade(directory=str(MIGRATIONS))
    assert db.session.query(Partnership).count() == 0


def test_the_head_is_pinned() -> None:
    versions = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("*.py"))
    assert (MIGRATIONS / "HEAD").read_text().strip() == versions[-1]


def test_a_page_cannot_write(app: Flask) -> None:
    with pytest.raises(DBAPIError):
        db.session.execute(text("UPDATE partnership SET name = 'x'"))


def test_commands_do_not_nest(app: Flask) -> None:
    with transaction(), pytest.raises(NestedTransactionError), transaction():
        raise AssertionError("unreachable")


def test_a_command_that_fails_leaves_nothing(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        session.add(Partnership(name="Dudley", title="Dudley", contact_email="a@b.example"))
        session.flush()
        raise ZeroDivisionError
    assert db.session.query(Partnership).count() == 0


def test_a_naive_time_is_refused(app: Flask, make: Make) -> None:
    event = make.event()
    with pytest.raises(StatementError), transaction() as session:
        session.execute(text("SELECT 1"))

        session.get_one(Event, event).closes_at = datetime(2027, 1, 1)  # noqa: DTZ001 - the point


def test_no_id_is_given_twice(app: Flask) -> None:
    """What was kept of a deleted row (a message's key, a link) must not speak for another."""
    ids = []
    for _ in range(2):
        with transaction() as session:
            partnership = Partnership(name="Dudley", title="Dudley", contact_email="a@b.example")
            session.add(partnership)
            session.flush()
            ids.append(partnership.id)
            session.delete(partnership)
    assert ids[0] < ids[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_table_of_sqlite_gives_an_id_twice(app: Flask) -> None:
    statement = text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
    found = set(db.session.scalars(statement))
    assert found == {name for name, table in db.metadata.tables.items() if "id" in table.c}
