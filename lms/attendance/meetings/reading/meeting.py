"""A whole file: which supplier's, of which meeting, with whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.attendance.meetings.reading.completeness import refuse_cut_short
from lms.attendance.meetings.reading.decoding import lines_of
from lms.attendance.meetings.reading.faults import UnreadableMeeting
from lms.attendance.meetings.reading.people import (
    HOW_LONG_ONLY,
    Gathering,
    Participant,
    participants_of,
)
from lms.attendance.meetings.reading.summary import Summary, summary_of
from lms.attendance.meetings.reading.tables import Field, Report, Table, TableKind, report_of
from lms.attendance.meetings.reading.times import DateOrder, WrittenTime, orders_of, read_time
from lms.attendance.meetings.rules.presence import sessions_met
from lms.attendance.rules import FileSupplier, SessionFact
from lms.clock import london_date
from lms.words import day_and_year, listed, span

TIMES = {
    TableKind.SPANS: (Field.JOIN, Field.LEAVE),
    TableKind.JOINS: (Field.JOIN, Field.LEAVE),
    TableKind.ACTIONS: (Field.TIMESTAMP,),
    TableKind.TOTALS: (),
}
MOST_PEOPLE = 2_000
"""Each is compared with everybody on the register, whenever a page shows the file."""
NOBODY = "The file names nobody."
NO_DAY = (
    "The file says how long each person was there, and neither when nor on which day. In Zoom, "
    "export the list with the meeting’s own data, and without “unique users”."
)


@dataclass(frozen=True)
class Meeting:
    """A meeting as its file tells it. `remarks` say what had to be decided in reading it."""

    supplier: FileSupplier
    title: str
    starts_at: datetime
    ends_at: datetime
    participants: tuple[Participant, ...]
    remarks: tuple[str, ...]


def read_meeting(content: bytes, sessions: Sequence[SessionFact]) -> Meeting:
    """Read a file that is to be of one of these sessions.

    Raises UnreadableMeeting, and nothing else, for whatever the bytes may be.
    """
    report = report_of(lines_of(content))
    summary = summary_of(report)
    written = dict(_written_times(report, summary))
    order, remarks = _date_order(list(written.values()), sessions)

    def at(table: Table, line: int, row: Sequence[str], field: Field) -> datetime:
        instant = written[line, table.called(field)].instant(order)
        if instant is None:
            raise _no_time(table.cell(row, field), line, table.called(field))
        return instant

    gathering = Gathering(report, at)
    people = gathering.gather()
    if len(people) > MOST_PEOPLE:
        raise UnreadableMeeting(
            f"The file names {len(people):,} people, and an event here has at most "
            f"{MOST_PEOPLE:,}: it is the file of another meeting."
        )
    refuse_cut_short(report, summary, people)
    participants = participants_of(people)
    if not participants:
        raise UnreadableMeeting(NOBODY)
    starts_at, ends_at = _held(participants, summary, order)
    _refuse_other_event(starts_at, ends_at, sessions, remarks)
    if not any(somebody.joins for somebody in participants):
        gathering.remarks.append(HOW_LONG_ONLY)
    return Meeting(
        supplier=_supplier(report),
        title=summary.title,
        starts_at=starts_at,
        ends_at=ends_at,
        participants=participants,
        remarks=(*remarks, *gathering.remarks),
    )


def _supplier(report: Report) -> FileSupplier:
    is_zoom = any(table.is_zoom for table in report.tables)
    return FileSupplier.ZOOM if is_zoom else FileSupplier.TEAMS


def _written_times(
    report: Report, summary: Summary
) -> Iterator[tuple[tuple[int, str], WrittenTime]]:
    """Every date of the file, by its line and column."""
    for table in report.tables:
        for field in TIMES[table.kind]:
            for line, row in table.rows:
                if table.cell(row, Field.ATTENDED).lower() == "no":
                    continue
                column, text = table.called(field), table.cell(row, field)
                found = read_time(text)
                if found is None:
                    raise _no_time(text, line, column)
                yield (line, column), found
    for place, found in ((1, summary.starts), (2, summary.ends)):
        if found:
            yield (-place, ""), found


def _no_time(text: str, line: int, column: str) -> UnreadableMeeting:
    if text:
        return UnreadableMeeting(f"“{text}” is no date with a time.", line=line, column=column)
    return UnreadableMeeting(
        "There is no time: the file is cut short, or was made while the meeting went on.",
        line=line,
        column=column,
    )


def _date_order(
    times: Sequence[WrittenTime], sessions: Sequence[SessionFact]
) -> tuple[DateOrder, tuple[str, ...]]:
    """Whether the day or the month stands first, for the whole file, and why."""
    possible = orders_of(times)
    if not possible:
        raise UnreadableMeeting("Some of its dates have the day first, others the month.")
    undecided = [written for written in times if written.is_open]
    if len(possible) == 1 or not undecided:
        return min(possible), ()
    example = undecided[0]
    fitting = [order for order in DateOrder if _falls_on_event(undecided, order, sessions)]
    if not fitting:
        is_american = example.has_halves
        order = DateOrder.MONTH_FIRST if is_american else DateOrder.DAY_FIRST
        why = "as its clock has am and pm" if is_american else "as is usual here"
    elif len(fitting) == 1:
        order, why = fitting[0], "since the event is on that day"
    else:
        order = DateOrder.DAY_FIRST
        why = "though the event has sessions on the other day too"
    return order, (f"{_as_read(example, order)}, {why}.",)


def _as_read(written: WrittenTime, order: DateOrder) -> str:
    instant = written.instant(order)
    on = day_and_year(london_date(instant)) if instant else ""
    return f"Dates are read with the {order.words}: {written.text.split()[0].strip(',')} is {on}"


def _falls_on_event(
    times: Sequence[WrittenTime], order: DateOrder, sessions: Sequence[SessionFact]
) -> bool:
    days = {
        london_date(at)
        for session in sessions
        for at in (session.starts_at, session.ends_at - timedelta(seconds=1))
    }
    instants = [written.instant(order) for written in times]
    return any(instant is not None and london_date(instant) in days for instant in instants)


def _held(
    participants: Sequence[Participant], summary: Summary, order: DateOrder
) -> tuple[datetime, datetime]:
    """From the first join to the last leave; of a file without joins, as its head says."""
    joins = [join for somebody in participants for join in somebody.joins]
    if joins:
        return min(join[0] for join in joins), max(join[1] for join in joins)
    starts_at = summary.starts.instant(order) if summary.starts else None
    if starts_at is None:
        raise UnreadableMeeting(NO_DAY)
    longest = timedelta(seconds=max(somebody.seconds for somebody in participants))
    ends_at = summary.ends.instant(order) if summary.ends else None
    return starts_at, max(starts_at, ends_at or starts_at + longest)


def _refuse_other_event(
    starts_at: datetime,
    ends_at: datetime,
    sessions: Sequence[SessionFact],
    remarks: Sequence[str],
) -> None:
    if sessions_met(starts_at, ends_at, sessions):
        return
    meeting = f"{day_and_year(london_date(starts_at))}, {span(starts_at, ends_at)}"
    held = [
        f"{day_and_year(london_date(session.starts_at))}, "
        f"{span(session.starts_at, session.ends_at)}"
        for session in sessions
    ]
    said = (
        f"The meeting in this file was on {meeting}, London time. This event is held on "
        f"{listed(held[:5])}: it is the file of another event."
    )
    raise UnreadableMeeting(" ".join([said, *remarks]))
