"""The database as it must be set up, and the one way to change it.

A page reads one snapshot, in which the database itself refuses a write. A command opens
`transaction()`: one at a time on SQLite, READ COMMITTED on PostgreSQL, and first takes its ticket
from the row that it locks (`take_ticket`, `lock_rows`), then reads, decides and writes.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from random import uniform
from time import monotonic, sleep
from typing import Any

import psycopg
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Table,
    bindparam,
    event,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeDecorator

from lms.config import REPOSITORY
from lms.errors import Busy

LOCK_WAIT_SECONDS = 3
WAITING_STEP = (0.002, 0.012)  # seconds between two tries for SQLite's writer
SQLITE_LOCKED = {5, 517}  # SQLITE_BUSY and SQLITE_BUSY_SNAPSHOT
POSTGRES_LOCKED = {"55P03", "40P01"}  # lock_not_available and deadlock_detected
UNREACHABLE = (OperationalError, InterfaceError, NoConnectionError)
"""What SQLAlchemy raises where the database cannot be asked at all, or not in time."""
PRAGMAS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    f"busy_timeout={LOCK_WAIT_SECONDS * 1000}",
    "synchronous=FULL",
)
FOR_REPORTS = "-c jit=off -c work_mem=32MB"
"""Compiling a report's statement takes PostgreSQL longer than answering it; in 4 MB it sorts on
disk."""
WRITE = {"write": True}
WRITE_WITHOUT_WAITING = {"write": True, "impatient": True}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values; what comes back is aware, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; constraints are named, so that migrations can speak of them."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime},
    )


@event.listens_for(Table, "after_parent_attach")
def _never_give_an_id_twice(table: Table, parent: MetaData) -> None:
    """SQLite gives a deleted row's id to the next one, and what was kept of the old one (the key
    of its message, its link, its place in the audit trail) would be taken for the new one's.
    """
    if parent is Base.metadata:
        table.dialect_kwargs["sqlite_autoincrement"] = True


def words(kind: type[StrEnum], name: str) -> Enum:
    """A column type that keeps the words of `kind` as text and lets the database check them."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class Lockable:
    """A row that commands lock by raising its revision; the value taken is their ticket."""

    id: Mapped[int]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


db = SQLAlchemy(model_class=Base)

_one_writer = threading.Lock()


class NestedTransactionError(RuntimeError):
    """Two commands were wound into each other; let them share an inner function instead."""


@contextmanager
def transaction(*, waits: bool = True) -> Iterator[Session]:
    """Open the one transaction of a command; commit at the end, roll back on any exception.

    What the request had read before is let go, so that nothing stale decides. Raises Busy after
    3 seconds' waiting for a lock, at once where it is told not to wait; nothing is changed then.
    """
    session = db.session()
    if session.info.get("in_command"):
        raise NestedTransactionError
    session.rollback()
    session.expire_all()
    with _writer_turn(session, LOCK_WAIT_SECONDS if waits else 0):
        session.info["in_command"] = True
        try:
            session.connection(execution_options=WRITE if waits else WRITE_WITHOUT_WAITING)
            yield session
            session.commit()
        except DBAPIError as error:
            session.rollback()
            if is_locked(error):
                raise Busy from error
            raise
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["in_command"] = False


@contextmanager
def _writer_turn(session: Session, seconds: int) -> Iterator[None]:
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    if not _one_writer.acquire(timeout=seconds):
        raise Busy
    try:
        yield
    finally:
        _one_writer.release()


def is_locked(error: DBAPIError) -> bool:
    """Whether the database gave up waiting for somebody else's lock."""
    original = error.orig
    if isinstance(original, sqlite3.OperationalError):
        return getattr(original, "sqlite_errorcode", None) in SQLITE_LOCKED
    return isinstance(original, psycopg.Error) and original.sqlstate in POSTGRES_LOCKED


def is_at_head() -> bool:
    """Whether the database has had every migration. Raises OperationalError if it is away."""
    return schema_version() == (REPOSITORY / "migrations" / "HEAD").read_text().strip()


def schema_version() -> str | None:
    """The number of the last migration that the database had; None before the first."""
    connection = db.session.connection()
    try:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    finally:
        db.session.rollback()


def table_names() -> list[str]:
    """The tables that the database holds, ours or not, by name."""
    try:
        return sorted(inspect(db.session.connection()).get_table_names())
    finally:
        db.session.rollback()


def broken_references() -> list[str]:
    """A sentence for each table whose rows point at what is not there; SQLite alone can be so."""
    if db.session.get_bind().dialect.name != "sqlite":
        return []
    rows = db.session.execute(text('SELECT "table", "parent" FROM pragma_foreign_key_check'))
    found = Counter((table, parent) for table, parent in rows)
    return [
        f"Table {table}: {count} point at a {parent} that is not there."
        for (table, parent), count in sorted(found.items())
    ]


def take_ticket(session: Session, row: type[Lockable], row_id: int, count: int = 1) -> int:
    """Lock one row and take `count` tickets; the first of them is returned.

    The order of tickets is the order in which the lock was had, on every machine. Raises
    LookupError where there is no such row.
    """
    session.flush()
    wanted = {"row_id": row_id, "count": count}
    statement = _ticket_of(row)  # type: ignore[arg-type]  # a class can be hashed
    last = session.connection().execute(statement, wanted).scalar_one_or_none()
    if last is None:
        raise LookupError(f"{row.__name__} {row_id}")
    return int(last) - count + 1


@cache
def _ticket_of(row: type[Lockable]) -> ReturningUpdate[Any]:
    """Written once for each kind of row: every command begins with it."""
    return (
        update(row)
        .where(row.id == bindparam("row_id"))
        .values(revision=row.revision + bindparam("count"))
        .returning(row.revision)
    )


def lock_rows(session: Session, row: type[Lockable], ids: Iterable[int]) -> None:
    """Lock rows of one kind, in ascending id, so that no two commands wait for each other."""
    for row_id in sorted(set(ids)):
        take_ticket(session, row, row_id)


def take_turn(session: Session, *names: str) -> None:
    """Let commands that name the same thing go one after another, until they commit.

    For counting what no row stands for, such as tries from one network address. On SQLite they do
    so already, since there is one writer.
    """
    if session.get_bind().dialect.name == "postgresql":
        for key in sorted(zlib.crc32(name.encode()) for name in names):
            session.execute(select(func.pg_advisory_xact_lock(key)))


def install(app: Flask, url: str) -> None:
    """Bind the application to its database and set up every connection as above."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    with app.app_context():
        _listen(db.engine)


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": LOCK_WAIT_SECONDS, "check_same_thread": False}}
    return {
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 8,
        "pool_timeout": 10,
        "connect_args": {
            "connect_timeout": 5,
            "options": f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c timezone=UTC {FOR_REPORTS}",
        },
    }


def _listen(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _set_up_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - the driver that we chose
    connection.isolation_level = None
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.DatabaseError as error:  # another file's content is as good as none
        raise sqlite3.OperationalError(str(error)) from error


def _begin_sqlite(connection: Connection) -> None:
    """What succeeds is asked of the driver itself: it comes before every statement of a page."""
    options = connection.get_execution_options()
    writes = options.get("write", False)
    driver = _sqlite_driver(connection)
    driver.execute(f"PRAGMA query_only={0 if writes else 1}")
    if writes:
        wait = 0 if options.get("impatient", False) else LOCK_WAIT_SECONDS
        _begin_writing(connection, driver, wait)
    else:
        driver.execute("BEGIN")


def _sqlite_driver(connection: Connection) -> sqlite3.Connection:
    driver: object = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - the driver that we chose
    return driver


def _begin_writing(connection: Connection, driver: sqlite3.Connection, wait_seconds: float) -> None:
    """Wait for the turn of SQLite's one writer among all processes, then take it.

    SQLite itself waits in steps that grow to a tenth of a second, so that whoever has waited long
    is overtaken by all who come anew, and starves. Short, uneven steps give everyone a chance.
    """
    give_up_at = monotonic() + wait_seconds
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while not _need_not_wait(driver) and monotonic() < give_up_at:
            sleep(uniform(*WAITING_STEP))  # noqa: S311 - no secret hangs on it
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # once more, to raise what it raises
    finally:
        driver.execute(f"PRAGMA busy_timeout={LOCK_WAIT_SECONDS * 1000}")


def _need_not_wait(driver: sqlite3.Connection) -> bool:
    """Try to begin; False where another process writes just now."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode not in SQLITE_LOCKED
    return True


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("write", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    elif options.get("impatient", False):
        connection.exec_driver_sql("SET LOCAL lock_timeout = '20ms'")
