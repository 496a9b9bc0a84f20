"""Databases to test on: a migrated template, copied or emptied for each test.

SQLite's file is copied from the template. PostgreSQL has one database per test process, named after
the checkout, and is emptied by deleting with triggers and keys off.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from flask import Flask
from flask_migrate import upgrade
from obstore.store import MemoryStore
from sqlalchemy import text

from lms import create_app
from lms.clock import Clock, SystemClock
from lms.config import load_settings
from lms.db import db, transaction
from lms.files.store import BucketStore
from tests.support.mail import KeptMail
from tests.support.postgresql import server_address

CHECKOUT = hashlib.sha256(str(Path(__file__).resolve()).encode()).hexdigest()[:8]
SECRET = "a secret that only the tests know, long enough"


def build_app(
    url: str,
    *,
    clock: Clock,
    mailer: KeptMail,
    base_url: str = "http://127.0.0.1:8000",
    demonstration: bool = False,
) -> Flask:
    """The real application on the database at `url`."""
    settings = load_settings(
        database_url=url,
        secret_key=SECRET,
        base_url=base_url,
        mail_url="file:///nowhere",
        files_url="file:///nowhere",
        mail_from="training@wsp.example",
        demonstration=demonstration,
    )
    app = create_app(settings, clock=clock, mailer=mailer)
    app.extensions["lms.files"] = files_in_memory()
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def files_in_memory() -> BucketStore:
    """A bucket of its own that lasts as long as it is held."""
    return BucketStore(MemoryStore(), "")


def migrate(url: str) -> None:
    """Bring the database at `url` to this version."""
    app = build_app(url, clock=SystemClock(), mailer=KeptMail())
    with app.app_context():
        upgrade(directory=str(Path(app.root_path) / "migrations"))
        db.session.remove()
        db.engine.dispose()


class SqliteTemplate:
    """A migrated file, from which tests get their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")
        with closing(sqlite3.connect(self._template)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        self._count = 0

    def fresh(self) -> str:
        """A file that no other test has."""
        self._count += 1
        return self._copy_to(self.folder / f"test-{self._count}.db")

    def standing(self) -> str:
        """The file that each test finds as new; nothing may be connected to it."""
        target = self.folder / "standing.db"
        self.discard(f"sqlite:///{target}")
        return self._copy_to(target)

    def discard(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        for ending in ("", "-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)

    def _copy_to(self, target: Path) -> str:
        shutil.copyfile(self._template, target)
        return f"sqlite:///{target}"


ALL_TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


class PostgresqlDatabase:
    """One migrated database of this checkout and test process."""

    def __init__(self, worker: str) -> None:
        server = server_address()
        self.name = f"lms_test_{CHECKOUT}_{worker}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {self.name}")
            connection.execute(f"ALTER DATABASE {self.name} SET synchronous_commit = off")
        self.url = f"{server}/{self.name}"
        migrate(self.url)
        self._connection = psycopg.connect(self.url, autocommit=True)
        tables = [name for (name,) in self._connection.execute(ALL_TABLES)]
        each = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
        self._filled = " UNION ALL ".join(each)

    def fresh(self) -> str:
        """The one database, emptied: only what holds rows is touched, found by one statement."""
        filled = [name for (name,) in self._connection.execute(self._filled, prepare=True)]
        if filled:
            deletes = "; ".join(f'DELETE FROM "{name}"' for name in filled)
            self._connection.execute(
                f"BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT"
            )
        return self.url

    def close(self) -> None:
        """Let go of it; what is in it stays, for whoever wants to look why a test failed."""
        self._connection.close()


def worker_name() -> str:
    """This test process, as xdist names it."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


def database_name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def row_counts(app: Flask) -> dict[str, int]:
    """How many rows each table holds: for tests that nothing was written."""
    with app.app_context(), transaction() as session:
        return {
            name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            for name in sorted(db.metadata.tables)
        }
