"""`lms report NAME`: the figures of the reports' pages, for a terminal or a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime

import click

from lms.cli import main
from lms.cli.application import with_database
from lms.reporting import files
from lms.reporting.queries import (
    Asked,
    Scope,
    attendance_report,
    evaluation_report,
    scope_of,
)
from lms.reporting.rules import By
from lms.web.pages import now as present

FORMATS = ("table", "csv", "json", "xlsx")
Day = click.DateTime(formats=["%Y-%m-%d"])


def _attendance(by: By, scope: Scope, now: datetime) -> files.Table:
    return files.attendance_table(attendance_report(by, scope, now))


def _evaluation(by: By, scope: Scope, now: datetime) -> files.Table:
    del now
    return files.evaluation_table(evaluation_report(by, scope))


REPORTS: dict[str, Callable[[By, Scope, datetime], files.Table]] = {
    "attendance": _attendance,
    "evaluation": _evaluation,
}


@main.command()
@click.argument("name", type=click.Choice(list(REPORTS)))
@click.option("--from", "first", type=Day, help="The first day, such as 2026-04-01.")
@click.option("--to", "last", type=Day, help="The last day, itself included.")
@click.option("--year", default="", help="A reporting year, such as 2026-27.")
@click.option("--partnership", default="", help="Only events hosted by this partnership.")
@click.option(
    "--by", type=click.Choice([by.value for by in By]), default=By.AGENCY.value, show_default=True
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@with_database
def report(
    name: str,
    first: datetime | None,
    last: datetime | None,
    year: str,
    partnership: str,
    by: str,
    form: str,
) -> None:
    """Print a report: attendance or evaluation, of all dates unless a period is given."""
    now = present()
    asked = Asked(_day(first), _day(last), year, partnership)
    table = REPORTS[name](By(by), scope_of(asked, None), now)
    _write(table, form, now)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _write(table: files.Table, form: str, now: datetime) -> None:
    if form == "table":
        for line in files.as_text(table):
            click.echo(line)
    elif form == "json":
        click.echo(files.as_json(table, now))
    else:
        body = files.as_csv(table) if form == "csv" else [files.as_xlsx(table)]
        for part in body:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
