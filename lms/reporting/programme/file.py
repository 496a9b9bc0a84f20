"""The programme, who waits and who taught as tables of plain values (docs/contract.md)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from lms.catalogue.rules import CancelReason
from lms.errors import Refused
from lms.reporting.files import TOTAL, Table
from lms.reporting.programme.queries.events import Programme, load_programme
from lms.reporting.programme.queries.rows import (
    ProgrammeReport,
    WaitingReport,
    programme_report,
    waiting_report,
)
from lms.reporting.programme.queries.trainers import trainers_report
from lms.reporting.programme.rules import ProgrammeBy, ProgrammeCounts, WaitingCounts
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import four_decimals
from lms.tables import Value

REASONS = tuple(f"cancelled_{reason.value}" for reason in CancelReason)
PROGRAMME_COLUMNS = (
    *("planned", "run", "cancelled", *REASONS, "postponed", "to_come"),
    *("capacity", "confirmed", "fill_rate", "waiting_at_start", "unmet"),
    *("cost", "without_cost", "fees", "charges", "income"),
)
PROGRAMME_DEFINITIONS = {
    "planned": "Events published, cancelled or postponed, by the day of their first session; "
    "drafts are left out, and one that is postponed counts by the day it was taken from.",
    "run": "Events that took place: not called off, and their last session has ended.",
    "cancelled": "Events called off; the reason is the one that people were told.",
    "postponed": "Events without a date at present.",
    "to_come": "Events that are still to take place.",
    "capacity": "Places of the events that ran, in the room and online together.",
    "confirmed": "Had a place when the first session of an event that ran started, walk-ins left "
    "out; unknown for imported past events.",
    "fill_rate": "Confirmed, of the capacity.",
    "waiting_at_start": "Waited when the first session started, once for each event.",
    "unmet": "Distinct people among them who did not come all the same, and had no place at "
    "another run of the course that was not before they asked.",
    "cost": "What the events that ran cost, of those that say so; unknown where none does.",
    "without_cost": "Events that ran and do not say what they cost.",
    "fees": "Price times confirmed, at the events that ran: what is due, paid or not.",
    "charges": "Confirmed charges for places that were not used; who is charged for staying away "
    "owes no fee.",
    "income": "Fees and charges together.",
}
WAITING_DEFINITIONS = {
    "waiting_at_start": PROGRAMME_DEFINITIONS["waiting_at_start"],
    "people": "Distinct people among those who waited at the start.",
    "unmet": PROGRAMME_DEFINITIONS["unmet"],
    "waiting_now": "Waiting now at events to come, those postponed among them.",
    "asked_to_be_told": "On the list of the course today; empty where the rows are no courses.",
}
TRAINERS_DEFINITIONS = {
    "trainers": "People who taught at events that ran.",
    "trainer_days": "Days taught: half a day or a full one for each date and trainer, by the "
    "agency that the trainer belonged to on the day.",
}
GROUPS_OF_EVENTS = tuple(
    by for by in ProgrammeBy if by not in (ProgrammeBy.AGENCY, ProgrammeBy.SECTOR)
)


def programme_table(by: ProgrammeBy, programme: Programme) -> Table:
    """The programme as docs/contract.md has it; by agency: the days of its trainers."""
    if by is ProgrammeBy.AGENCY:
        return _trainers_table(programme)
    if by not in GROUPS_OF_EVENTS:
        raise Refused(
            "The programme is to be had by course, level, priority, theme, kind, mode, remit or "
            "quarter; by agency it says whose trainers taught.",
            field="by",
        )
    report = programme_report(by, programme)
    return Table(
        "programme",
        (by.value, *PROGRAMME_COLUMNS),
        tuple(_programme_rows(report)),
        PROGRAMME_DEFINITIONS,
        programme.scope,
        by,
    )


def _programme_rows(report: ProgrammeReport) -> list[tuple[Value, ...]]:
    rows = [(row.label, *_programme_row(row.counts)) for row in report.rows]
    return [*rows, (TOTAL, *_programme_row(report.total))]


def _programme_row(counts: ProgrammeCounts) -> tuple[Value, ...]:
    events = counts.events
    reasons = (counts.reasons.get(reason, 0) for reason in CancelReason)
    return (
        *(events.planned, events.run, events.cancelled, *reasons, events.postponed),
        *(events.to_come, counts.capacity, counts.confirmed, four_decimals(counts.fill_rate)),
        *(counts.waiting.at_start, counts.waiting.unmet),
        *(counts.cost, counts.without_cost),
        *(_pounds(counts.fees_pence), _pounds(counts.charges_pence), _pounds(counts.income_pence)),
    )


def _pounds(pence: int | None) -> Decimal | None:
    return None if pence is None else Decimal(pence).scaleb(-2)


def _trainers_table(programme: Programme) -> Table:
    found = trainers_report(programme)
    rows: list[tuple[Value, ...]] = [
        (
            row.label,
            row.sector.words if row.sector else "",
            row.counts.trainers,
            _days(row.counts.days),
        )
        for row in found.rows
    ]
    rows.append((TOTAL, "", found.total.trainers, _days(found.total.days)))
    columns = ("agency", "sector", "trainers", "trainer_days")
    return Table(
        "programme",
        columns,
        tuple(rows),
        TRAINERS_DEFINITIONS,
        programme.scope,
        ProgrammeBy.AGENCY,
    )


def _days(days: float) -> Decimal:
    return Decimal(str(days)).quantize(Decimal("0.1"))


def waiting_table(report: WaitingReport) -> Table:
    """Who waited, and who waits."""
    columns = (report.by.value, *WAITING_DEFINITIONS)
    rows = [(row.label, *_waiting_row(row.counts)) for row in report.rows]
    rows.append((TOTAL, *_waiting_row(report.total)))
    return Table("waiting", columns, tuple(rows), WAITING_DEFINITIONS, report.scope, report.by)


def _waiting_row(counts: WaitingCounts) -> tuple[Value, ...]:
    return (counts.at_start, counts.people, counts.unmet, counts.now, counts.wished)


def table_of_programme(by: ProgrammeBy, scope: Scope, now: datetime) -> Table:
    """The table of the programme, read and counted."""
    return programme_table(by, load_programme(scope, now))


def table_of_waiting(by: ProgrammeBy, scope: Scope, now: datetime) -> Table:
    """The table of who waits, read and counted."""
    return waiting_table(waiting_report(by, load_programme(scope, now)))
