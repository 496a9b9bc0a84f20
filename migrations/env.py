"""How migrations run: on the application's own engine, all or nothing, on both databases.

On SQLite a table is rebuilt to be changed; with foreign keys on, that would delete the children. So
they are off for this connection, the whole run is one BEGIN IMMEDIATE, and every key is checked
before the commit.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.engine import Connection

from lms.db import UtcDateTime, db


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | bool:
    """Write our own column types as the plain ones that they stand on."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        render_item=render_item,
        transactional_ddl=True,
        compare_type=True,
    )
    context.run_migrations()


def run_on_sqlite(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            writing = connection.execution_options(write=True)
            with writing.begin():
                run(writing)
                broken = writing.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise RuntimeError(f"foreign keys broken by the migration: {broken}")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def run_elsewhere(engine: sa.Engine) -> None:
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727274)")
        run(connection)


if context.is_offline_mode():
    raise RuntimeError("migrations run against a database, never as a script")
engine = db.engine
if engine.dialect.name == "sqlite":
    run_on_sqlite(engine)
else:
    run_elsewhere(engine)
