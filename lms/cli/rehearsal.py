"""`lms tick --dry-run`: everything is done, in one transaction that is then taken back.

So the answer is what a tick would do, not a guess at it. Nothing is kept and no mail leaves; while
it runs, which is seconds, others wait for the rows that it locks, as they would for a tick.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from lms.db import WRITE, db


@contextmanager
def taken_back(app: Flask) -> Iterator[None]:
    """Whatever is committed within is rolled back at the end."""
    engines = db._app_engines[app]
    engine = engines[None]
    db.session.remove()
    with engine.connect().execution_options(**WRITE) as connection:
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            db.session.remove()
            db.session.configure(join_transaction_mode="conditional_savepoint")
            engines[None] = engine
            outer.rollback()
