"""`lms import KIND FILE`: files of other systems, all or nothing, every fault at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click
from flask import current_app

from lms.accounts.commands import import_people
from lms.agencies.commands import import_agencies
from lms.attendance.commands import import_attendance
from lms.booking.commands import import_bookings, import_programme
from lms.cli import main, refuse
from lms.cli.application import with_database
from lms.config import Settings
from lms.tables import FaultyFile, Imported
from lms.web.pages import now as present


@dataclass(frozen=True)
class Order:
    """What was asked for on the command line. `name` is the file's own, for its ending."""

    file: BinaryIO
    name: str
    now: datetime
    is_dry_run: bool
    tells: bool


def _agencies(order: Order) -> Imported:
    settings: Settings = current_app.extensions["lms.settings"]
    return import_agencies(
        order.file,
        order.name,
        contact_email=settings.mail_from,
        by=None,
        now=order.now,
        is_dry_run=order.is_dry_run,
    )


def _people(order: Order) -> Imported:
    return import_people(
        order.file, order.name, by=None, now=order.now, is_dry_run=order.is_dry_run
    )


def _programme(order: Order) -> Imported:
    return import_programme(
        order.file, order.name, by=None, now=order.now, is_dry_run=order.is_dry_run
    )


def _bookings(order: Order) -> Imported:
    return import_bookings(
        order.file,
        order.name,
        by=None,
        now=order.now,
        is_dry_run=order.is_dry_run,
        tells=order.tells,
    )


def _attendance(order: Order) -> Imported:
    done = import_attendance(order.file, order.name, is_dry_run=order.is_dry_run, now=order.now)
    unmatched = ", ".join(done.unmatched_agencies)
    notes = (f"Not known as agencies, and kept as they are written: {unmatched}.",)
    return Imported(added=done.bookings, unchanged=done.already, notes=notes if unmatched else ())


IMPORTS: dict[str, Callable[[Order], Imported]] = {
    "agencies": _agencies,
    "people": _people,
    "programme": _programme,
    "bookings": _bookings,
    "attendance": _attendance,
}


@main.command("import")
@click.argument("kind", type=click.Choice(list(IMPORTS)))
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="Check all of it and write nothing.")
@click.option("--tell", is_flag=True, help="E-mail those whose bookings are imported.")
@with_database
def import_file(kind: str, path: Path, dry_run: bool, tell: bool) -> None:
    """Take in a CSV or XLSX file: agencies, people, programme, bookings or attendance."""
    with path.open("rb") as file:
        try:
            imported = IMPORTS[kind](Order(file, path.name, present(), dry_run, tell))
        except FaultyFile as faulty:
            refuse(*map(str, faulty.faults), faulty.sentence)
    for note in imported.notes:
        click.echo(note)
    click.echo(f"{'Would be: ' if dry_run else ''}{imported.sentence}")
