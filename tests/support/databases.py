"""Databases to test on: a migrated template, copied or emptied for each test.

SQLite is restored from the template by `backup()`. PostgreSQL has one database per test process,
named after the checkout, and is emptied by deleting with triggers and keys off.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from lms import create_app
from lms.clock import Clock, SystemClock
from lms.config import load_settings
from lms.db import db, transaction
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
        mail_from="training@wsp.example",
        demonstration=demonstration,
    )
    app = create_app(settings, clock=clock, mailer=mailer)
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def migrate(url: str) -> None:
    """Bring the database at `url` to this version."""
    app = build_app(url, clock=SystemClock(), mailer=KeptMail())
    with app.app_context():
        upgrade(directory=str(Path(app.root_path) / "migrations"))
        db.session.remove()
        db.engine.dispose()


class SqliteTemplate:
    """A migrated file, from which each test gets its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")
        self._count = 0

    def fresh(self) -> str:
        self._count += 1
        target = self.folder / f"test-{self._count}.db"
        source = sqlite3.connect(self._template)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=WAL")
        finally:
            copy.close()
            source.close()
        return f"sqlite:///{target}"

    def discard(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        for ending in ("", "-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)


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

    def fresh(self) -> str:
        with psycopg.connect(self.url, autocommit=False) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                " AND tablename <> 'alembic_version'"
            ).fetchall()
            connection.execute("SET session_replication_role = replica")
            for (table,) in tables:
                connection.execute(f'DELETE FROM "{table}"')
        return self.url


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
