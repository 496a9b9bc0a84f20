"""One application for many tests: built once for a database's address, each test finds it as new.

What lasts is what costs: the routes, the templates, the statements that SQLAlchemy has compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask

from lms.clock import Clock, SystemClock
from lms.db import db
from tests.support.databases import build_app, files_in_memory
from tests.support.hurry import hurry
from tests.support.mail import KeptMail


@contextmanager
def standing_app(url: str, clock: Clock, mailer: KeptMail) -> Iterator[Flask]:
    """The application on the database at `url`, within its context; put back as it was at the end.

    A test may set what it likes in `config` and `extensions`; routes can be added to an application
    of its own only.
    """
    app = _built(url)
    config, extensions = dict(app.config), dict(app.extensions)
    app.extensions.update(
        {"lms.clock": clock, "lms.mailer": mailer, "lms.files": files_in_memory()}
    )
    try:
        with app.app_context():
            yield app
            db.session.remove()
            _let_the_file_go()
    finally:
        _put_back(app.config, config)
        _put_back(app.extensions, extensions)


@cache
def _built(url: str) -> Flask:
    app = build_app(url, clock=SystemClock(), mailer=KeptMail())
    with app.app_context():
        hurry(app)
    return app


def _let_the_file_go() -> None:
    """SQLite's, which the next test finds replaced; connections to a server stay."""
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()


def _put_back(changed: dict[str, object], kept: dict[str, object]) -> None:
    changed.clear()
    changed.update(kept)
