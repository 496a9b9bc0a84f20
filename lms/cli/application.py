"""The application as the command line opens it, and times as they are typed there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from flask import Flask

from lms import create_app
from lms.clock import Clock, as_utc, at_london, clock_ahead
from lms.config import Settings, load_settings
from lms.db import db, is_at_head
from lms.errors import Refused
from lms.messaging.transports import Transport
from lms.web import logs

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def opened(
    settings: Settings | None = None, *, clock: Clock | None = None, mailer: Transport | None = None
) -> Iterator[Flask]:
    """The application within its context, on the environment's settings."""
    settings = settings or load_settings()
    logs.install(settings.log_format)
    app = create_app(settings, clock=clock or clock_ahead(settings.clock_ahead), mailer=mailer)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command within the application, on a database that is at this version."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with opened():
            need_this_version()
            return command(*args, **kwargs)

    return run


def need_this_version() -> None:
    """Raise Refused unless the database has been brought to this version."""
    if not is_at_head():
        raise Refused("The database is not at this version. Run: lms migrate")


class LondonTime(click.ParamType[datetime]):
    """`2027-03-08T09:00` in London, `2027-03-08` at its start, or a time with its offset."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, datetime):
            return value
        try:
            return read_london_time(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write one as 2027-03-08T09:00", param, ctx)


def read_london_time(text: str) -> datetime:
    """The instant that was typed, in UTC. Raises ValueError."""
    if len(text) == len("2027-03-08"):
        return at_london(date.fromisoformat(text), time())
    typed = datetime.fromisoformat(text)
    if typed.tzinfo is not None:
        return as_utc(typed)
    return at_london(typed.date(), typed.time())
