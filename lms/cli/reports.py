"""`lms report NAME`: the figures of the reports' pages, for a terminal or a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import click

from lms.cli import main
from lms.cli.application import with_database
from lms.clock import london_date
from lms.errors import Refused
from lms.reporting import files
from lms.reporting.annual.asked import annual_report
from lms.reporting.annual.files import annual_file
from lms.reporting.attendance.file import attendance_table, crossed_table
from lms.reporting.attendance.queries import attendance_report, crossed_report
from lms.reporting.evaluation.file import evaluation_table
from lms.reporting.evaluation.queries import evaluation_report
from lms.reporting.impact.file import impact_table
from lms.reporting.impact.queries import impact_report
from lms.reporting.impact.rules import ALL, Dimension
from lms.reporting.programme.file import table_of_programme, table_of_waiting
from lms.reporting.programme.rules import ProgrammeBy
from lms.reporting.queries import (
    DIMENSIONS,
    Asked,
    Scope,
    filter_name,
    filter_words,
    filters_in_words,
    scope_of,
)
from lms.reporting.reach.file import table_of_reach
from lms.reporting.reach.rules import ReachBy
from lms.reporting.rules import (
    AttendanceCounts,
    By,
    refuse_to_come,
)
from lms.web.pages import now as present
from lms.words import Word, listed

FORMATS = ("table", "csv", "json", "xlsx", "docx", "html", "pdf")
DOCUMENTS = ("docx", "html", "pdf")
Day = click.DateTime(formats=["%Y-%m-%d"])


@dataclass(frozen=True)
class Tabled:
    """A report that is a table: what its rows may be, what they are by default, how it is made."""

    groupings: type[Word]
    default: Word
    made: Callable[[Any, Scope, datetime], files.Table]


def _attendance(by: By, scope: Scope, now: datetime) -> files.Table:
    found = attendance_report(by, scope, now)
    _warn_if_nothing(found.total, scope)
    return attendance_table(found)


def _crossed(by: By, across: By, scope: Scope, now: datetime) -> files.Table:
    found = crossed_report(by, across, scope, now)
    _warn_if_nothing(found.total, scope)
    return crossed_table(found)


def _warn_if_nothing(total: AttendanceCounts, scope: Scope) -> None:
    """A sentence beside the empty table, so that noughts are not taken for a fault."""
    if total.is_zero:
        only = filters_in_words(scope.filters)
        click.echo(
            f"No booking matches{f' ({only})' if only else ''}: every figure is 0.", err=True
        )


def _evaluation(by: By, scope: Scope, _now: datetime) -> files.Table:
    return evaluation_table(evaluation_report(by, scope))


def _impact(by: Dimension, scope: Scope, now: datetime) -> files.Table:
    """Of the last complete year where no period is given (R4: never of all dates)."""
    if scope.period.first is None and scope.period.last is None:
        scope = scope.of_last_year(now)
    return impact_table(impact_report(by, ALL, scope, now))


ATTENDANCE, IMPACT, ANNUAL = "attendance", "impact", "annual"
REPORTS = {
    ATTENDANCE: Tabled(By, By.AGENCY, _attendance),
    "evaluation": Tabled(By, By.AGENCY, _evaluation),
    "programme": Tabled(ProgrammeBy, ProgrammeBy.COURSE, table_of_programme),
    "waiting": Tabled(ProgrammeBy, ProgrammeBy.COURSE, table_of_waiting),
    "reach": Tabled(ReachBy, ReachBy.AGENCY, table_of_reach),
    IMPACT: Tabled(Dimension, Dimension.COURSE, _impact),
}
GROUPS = list(dict.fromkeys(by.value for each in REPORTS.values() for by in each.groupings))


def _table(name: str, by: str, across: str, asked: Asked, now: datetime) -> files.Table:
    if name == IMPACT and (across or asked.filters or asked.quarter):
        raise Refused("The impact report is narrowed by year and partnership alone.")
    if across and name != ATTENDANCE:
        raise Refused("Only the attendance report is crossed.", field="across")
    rows = _grouping(name, by) if by else REPORTS[name].default
    scope = scope_of(asked, None)
    refuse_to_come(scope.period, london_date(now))
    if across:
        return _crossed(By(rows), By(_grouping(name, across)), scope, now)
    return REPORTS[name].made(rows, scope, now)


def _grouping(name: str, by: str) -> Word:
    offered = {one.value: one for one in REPORTS[name].groupings}
    if by not in offered:
        raise Refused(f"The report {name} is not to be had by {by}.", field="by")
    return offered[by]


Command = Callable[..., None]


def _filters(command: Command) -> Command:
    """An option for each dimension; one that is given more than once means any of its values."""
    for by in reversed(DIMENSIONS):
        words = f"Only this {filter_words(by)}, or one of several."
        option = click.option(f"--{filter_name(by)}", by.name, multiple=True, help=words)
        command = option(command)
    return command


@main.command()
@click.argument("name", type=click.Choice([*REPORTS, ANNUAL]))
@click.option("--from", "first", type=Day, help="The first day, such as 2026-04-01.")
@click.option("--to", "last", type=Day, help="The last day, itself included.")
@click.option("--year", default="", help="A reporting year, such as 2026-27.")
@click.option("--quarter", default="", help="A quarter of it, such as '2026-27 Q1'.")
@click.option("--partnership", default="", help="Only events hosted by this partnership.")
@click.option(
    "--by",
    type=click.Choice(GROUPS),
    help="What the rows are. [default: agency; impact, programme, waiting: course]",
)
@click.option("--across", type=click.Choice(GROUPS), help="What the columns are, to cross the two.")
@_filters
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="docx, html and pdf: of the annual report alone. [default: table; annual: docx]",
)
@with_database
def report(
    name: str,
    *,
    first: datetime | None,
    last: datetime | None,
    year: str,
    quarter: str,
    partnership: str,
    by: str | None,
    across: str | None,
    form: str | None,
    **values: tuple[str, ...],
) -> None:
    """Print a report, of all dates unless a period is given; impact: of the last whole year."""
    now = present()
    filters = tuple((each, values[each.name]) for each in DIMENSIONS if values[each.name])
    asked = Asked(_day(first), _day(last), year, partnership, quarter, filters)
    if name == ANNUAL:
        _write_annual(asked, by or across, form or "docx", now)
    elif form in DOCUMENTS:
        raise Refused(f"Only the annual report is to be had as {form}.", field="form")
    else:
        _write(_table(name, by or "", across or "", asked, now), form or "table", now)


def _write_annual(asked: Asked, grouped: str | None, form: str, now: datetime) -> None:
    """The learning section of a year's report, as bytes of a file."""
    if grouped or asked.first or asked.last or asked.quarter or asked.filters:
        raise Refused("The annual report is of a whole year: give --year, and nothing narrower.")
    if form not in DOCUMENTS:
        raise Refused(f"The annual report is to be had as {listed([*DOCUMENTS])}, not {form}.")
    found = annual_report(asked.year, asked.partnership, None, now)
    sys.stdout.buffer.write(annual_file(found, form, now))
    sys.stdout.buffer.flush()


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _write(table: files.Table, form: str, now: datetime) -> None:
    if form == "table":
        for line in files.as_text(table):
            click.echo(line)
    elif form == "json":
        click.echo(files.as_json(table, now))
    else:
        body = files.as_csv(table) if form == "csv" else files.as_xlsx(table)
        for part in body:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
