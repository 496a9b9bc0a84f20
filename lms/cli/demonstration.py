"""`lms demo`: the demonstration, built as of a day."""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta

import click
from flask import current_app
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from lms.accounts.commands import make_sign_in_link
from lms.cli import main
from lms.cli.application import need_this_version, opened
from lms.clock import SystemClock, at_london, london_date
from lms.db import db
from lms.demo.building import Guest, build
from lms.messaging.transports import NoTransport

LINKS_LIVE = timedelta(days=7)


@main.command()
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day as of which it is built, such as 2027-01-18 (default today).",
)
def demo(at: datetime | None) -> None:
    """Build the demonstration in an empty database, through the verbs that the pages use."""
    with opened(mailer=NoTransport()):
        need_this_version()
        write_fast()
        now = SystemClock().now()
        as_of = at.date() if at else london_date(now)
        guests = build(as_of, now, _progress)
        lifetime = max(at_london(as_of, time()) - now, timedelta()) + LINKS_LIVE
        width = max(len(guest.role) for guest in guests)
        for guest in guests:
            click.echo(f"{guest.role:>{width}}  {_link(guest, now, lifetime)}")


def _link(guest: Guest, now: datetime, lifetime: timedelta) -> str:
    """A link that also signs in where the demonstration is served as of its own day."""
    secret = make_sign_in_link(guest.person_id, now=now, lifetime=lifetime)
    return f"{current_app.extensions['lms.settings'].base_url}/sign-in/{secret}"


def write_fast() -> None:
    """A file that is being built needs no protection from a power cut."""
    if db.engine.dialect.name != "sqlite":
        return
    db.session.remove()
    db.engine.dispose()

    @event.listens_for(db.engine, "connect")
    def _trust_the_power(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.cursor().execute("PRAGMA synchronous=OFF")


def _progress(share: float) -> None:
    """A bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return
    width = round(share * 40)
    ends = "\n" if share >= 1 else ""
    click.echo(f"\rBuilding [{'#' * width}{'.' * (40 - width)}]{ends}", nl=False, err=True)
