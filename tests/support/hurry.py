"""What lets many small tests be quick: templates compiled once, no waiting for the disk.

Nothing that a test may count on changes: what a power cut would do is for other tests.
"""

from __future__ import annotations

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from lms.db import db


class CompiledOnce(BytecodeCache):
    """Compiled templates, shared by all applications of a test process."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


def hurry(app: Flask) -> None:
    """Let one application be quick; it must be within its context."""
    app.jinja_env.bytecode_cache = COMPILED
    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "connect", _do_not_wait_for_the_disk)
        event.listen(db.engine, "connect", _bring_rows_backwards_where_no_order_is_asked_for)


def _do_not_wait_for_the_disk(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.cursor().execute("PRAGMA synchronous=OFF")


def _bring_rows_backwards_where_no_order_is_asked_for(
    connection: DBAPIConnection, _record: ConnectionPoolEntry
) -> None:
    """PostgreSQL gives them in any order, now and then; so what counts on one must fail here."""
    connection.cursor().execute("PRAGMA reverse_unordered_selects=ON")
