"""The whole, written past the service's own verbs: a decade through them would take days."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Table, create_engine, event, inspect, text

from bench.decade.booked import put_bookings, put_evaluations
from bench.decade.ground import BOOKINGS_OF_AN_EVENT, PARTNERSHIPS, lay_ground
from bench.decade.people import put_people
from lms.db import db

BOOKINGS_OF_A_PERSON = 12


@dataclass(frozen=True)
class Decade:
    """How many of each there are, and how long it took to make them."""

    bookings: int
    events: int
    people: int
    seconds: float


def make_decade(url: str, bookings: int, now: datetime) -> Decade:
    """Fill an empty, migrated database with ten years that end some months after `now`."""
    started = time.perf_counter()
    events = bookings // BOOKINGS_OF_AN_EVENT
    people = bookings // BOOKINGS_OF_A_PERSON // PARTNERSHIPS * PARTNERSHIPS
    engine = _engine(url)
    with engine.begin() as connection:
        lay_ground(connection, events, now)
        put_people(connection, people)
        put_bookings(connection, bookings, people)
        put_evaluations(connection)
    _settle(engine)
    engine.dispose()
    return Decade(bookings, events, people, time.perf_counter() - started)


def _engine(url: str) -> Engine:
    """Connections for writing in bulk: no waiting for the disk, no keys followed."""
    if url.startswith("sqlite"):
        engine = create_engine(url)
        pragmas = ("synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY")
    else:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        pragmas = ()

    @event.listens_for(engine, "connect")
    def _set_up(connection, _record):  # type: ignore[no-untyped-def]
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        if not pragmas:
            connection.autocommit = True
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET synchronous_commit = off")
            connection.execute("SET work_mem = '256MB'")
            connection.autocommit = False

    return engine


def _settle(engine: Engine) -> None:
    """What a database that grew over the years has: numbers that go on, and on PostgreSQL what
    its own housekeeping knows of the tables. On SQLite nobody has looked."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            return
        for table in _numbered(engine):
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                    f" coalesce(max(id), 1)) FROM {table.name}"
                )
            )
        connection.execute(text("VACUUM ANALYZE"))


def _numbered(engine: Engine) -> list[Table]:
    known = set(inspect(engine).get_table_names())
    named = [table for table in db.metadata.sorted_tables if table.name in known]
    return [t for t in named if "id" in t.c and t.c.id.autoincrement and t.c.id.primary_key]
