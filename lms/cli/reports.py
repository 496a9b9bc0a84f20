"""`lms report NAME`: the figures of the reports' pages, for a terminal or a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import click

from lms.cli import main
from lms.cli.application import with_database
from lms.clock import london_date
from lms.errors import Refused
from lms.reporting import files
from lms.reporting.impact_file import impact_table
from lms.reporting.queries import (
    Asked,
    Scope,
    attendance_report,
    evaluation_report,
    scope_of,
)
from lms.reporting.queries.impact import impact_report
from lms.reporting.rules import By, Period, last_complete_year
from lms.reporting.rules.impact import ALL, Dimension
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
IMPACT = "impact"
GROUPS = list(dict.fromkeys([*(by.value for by in By), *(by.value for by in Dimension)]))


def _table(name: str, by: str, asked: Asked, now: datetime) -> files.Table:
    if name == IMPACT:
        return _impact(by or Dimension.COURSE.value, asked, now)
    try:
        return REPORTS[name](By(by or By.AGENCY), scope_of(asked, None), now)
    except ValueError:
        raise Refused(f"The report {name} is not to be had by {by}.", field="by") from None


def _impact(by: str, asked: Asked, now: datetime) -> files.Table:
    """Of the last complete year where no period is given (R4: never of all dates)."""
    try:
        dimension = Dimension(by)
    except ValueError:
        offered = ", ".join(one.value for one in Dimension)
        raise Refused(f"The impact report is to be had by {offered}.", field="by") from None
    scope = scope_of(asked, None)
    if scope.period.first is None and scope.period.last is None:
        year = last_complete_year(london_date(now), scope.start_month)
        scope = replace(scope, period=Period(year.first, year.last))
    return impact_table(impact_report(dimension, ALL, scope, now))


@main.command()
@click.argument("name", type=click.Choice([*REPORTS, IMPACT]))
@click.option("--from", "first", type=Day, help="The first day, such as 2026-04-01.")
@click.option("--to", "last", type=Day, help="The last day, itself included.")
@click.option("--year", default="", help="A reporting year, such as 2026-27.")
@click.option("--partnership", default="", help="Only events hosted by this partnership.")
@click.option(
    "--by", type=click.Choice(GROUPS), help="What the rows are. [default: agency; impact: course]"
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@with_database
def report(
    name: str,
    first: datetime | None,
    last: datetime | None,
    year: str,
    partnership: str,
    by: str | None,
    form: str,
) -> None:
    """Print a report, of all dates unless a period is given; impact: of the last whole year."""
    now = present()
    asked = Asked(_day(first), _day(last), year, partnership)
    _write(_table(name, by or "", asked, now), form, now)


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
