"""Who was in the meeting: all rows of a person together, by address, else by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lms.attendance.meetings.reading.faults import UnreadableMeeting
from lms.attendance.meetings.reading.tables import Field, Report, Table, TableKind
from lms.attendance.meetings.reading.times import read_duration
from lms.attendance.meetings.rules.presence import Join, merged, seconds_of

At = Callable[[Table, int, Sequence[str], Field], datetime]
MINUTE = timedelta(minutes=1)
JOINED, JOINED_BEFORE, LEFT = "joined", "joined before", "left"
STILL_THERE = (
    "The list was made while people were still in the meeting: they count until its last line."
)
HOW_LONG_ONLY = (
    "The file says how long each person was there, and not when: being late or leaving early "
    "cannot be told from being away in between."
)


@dataclass(frozen=True)
class Participant:
    """One person of a meeting. `joins` do not overlap and stand in order, in UTC.

    `seconds` is how long they were there in all: less than the joins where the file has only the
    first and the last moment. Without joins it is all that is known.
    """

    name: str
    addresses: tuple[str, ...]
    role: str
    joins: tuple[Join, ...]
    seconds: int


@dataclass
class Somebody:
    """A person while their rows are gathered."""

    name: str
    line: int
    addresses: dict[str, None] = field(default_factory=dict)
    role: str = ""
    joins: list[Join] = field(default_factory=list)
    joined_seconds: int = 0
    span: Join | None = None
    said_seconds: int | None = None


class Gathering:
    """The people of a report, as its tables are gone through."""

    def __init__(self, report: Report, at: At) -> None:
        self.report = report
        self.at = at
        self.remarks: list[str] = []
        self.people: dict[str, Somebody] = {}

    def gather(self) -> list[Somebody]:
        """Everyone, in the order in which the file names them."""
        for table in self.report.tables:
            if table.kind is TableKind.ACTIONS:
                self._add_actions(table)
                continue
            for line, row in _rows_of(table):
                self._add_row(table, line, row)
        return list(self.people.values())

    def _somebody(self, table: Table, line: int, row: Sequence[str]) -> Somebody:
        name = " ".join(table.cell(row, Field.NAME).split())
        email = table.cell(row, Field.EMAIL).lower()
        if not (name or email):
            raise UnreadableMeeting("There is no name.", line=line, column=table.called(Field.NAME))
        known = self.people.setdefault(
            email or f"name {name.casefold()}", Somebody(name or email, line)
        )
        for address in (email, table.cell(row, Field.UPN).lower()):
            if "@" in address:
                known.addresses.setdefault(address)
        is_guest = table.cell(row, Field.GUEST).lower() == "yes"
        known.role = known.role or table.cell(row, Field.ROLE) or ("Guest" if is_guest else "")
        return known

    def _add_row(self, table: Table, line: int, row: Sequence[str]) -> None:
        known = self._somebody(table, line, row)
        seconds = self._duration(table, line, row)
        if table.kind is TableKind.TOTALS:
            known.said_seconds = (known.said_seconds or 0) + (seconds or 0)
            return
        join = self._join(table, line, row)
        if table.kind is TableKind.JOINS:
            known.joins.append(join)
            known.joined_seconds += int((join[1] - join[0]).total_seconds())
            return
        before = known.span or join
        known.span = min(before[0], join[0]), max(before[1], join[1])
        if seconds is not None:
            known.said_seconds = (known.said_seconds or 0) + seconds

    def _join(self, table: Table, line: int, row: Sequence[str]) -> Join:
        starts_at = self.at(table, line, row, Field.JOIN)
        ends_at = self.at(table, line, row, Field.LEAVE)
        if ends_at < starts_at:
            raise UnreadableMeeting(
                "The leave is before the join.", line=line, column=table.called(Field.LEAVE)
            )
        return starts_at, ends_at

    def _duration(self, table: Table, line: int, row: Sequence[str]) -> int | None:
        """What the file says; it matters only where joins alone do not tell."""
        if Field.DURATION not in table.places or table.kind is TableKind.JOINS:
            return None
        written = table.cell(row, Field.DURATION)
        seconds = read_duration(written)
        if seconds is None:
            raise UnreadableMeeting(
                f"“{written}” is no duration, such as 1h 3m 20s."
                if written
                else "The row ends before the duration: the file is cut short.",
                line=line,
                column=table.called(Field.DURATION),
            )
        return seconds

    def _add_actions(self, table: Table) -> None:
        """The first layout of Teams: who joined and who left, on as many devices as they like."""
        events: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        everyone: dict[str, Somebody] = {}
        for line, row in _rows_of(table):
            known = self._somebody(table, line, row)
            step = _step(table, line, row)
            key = known.name.casefold()
            everyone[key] = known
            events[key].append((self.at(table, line, row, Field.TIMESTAMP), -step))
        if not events:
            return
        times = [at for steps in events.values() for at, _ in steps]
        for key, steps in events.items():
            joins, is_there = _joins_from(sorted(steps), min(times), max(times))
            everyone[key].joins += joins
            if is_there and STILL_THERE not in self.remarks:
                self.remarks.append(STILL_THERE)


def _rows_of(table: Table) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of those who came; a webinar's report lists the others too."""
    for line, row in table.rows:
        if table.cell(row, Field.ATTENDED).lower() != "no":
            yield line, row


def _step(table: Table, line: int, row: Sequence[str]) -> int:
    action = " ".join(table.cell(row, Field.ACTION).casefold().split())
    if action in (JOINED, JOINED_BEFORE):
        return 1
    if action == LEFT:
        return -1
    raise UnreadableMeeting(
        f"“{action}” is neither Joined nor Left.", line=line, column=table.called(Field.ACTION)
    )


def _joins_from(
    steps: Iterable[tuple[datetime, int]], first: datetime, last: datetime
) -> tuple[list[Join], bool]:
    """From joining on the first device to leaving on the last; whether they were still there.

    Of two at one moment the join counts first. A leave without a join began before the list did.
    """
    joins: list[Join] = []
    devices, since = 0, first
    for at, step in steps:
        if step < 0:
            since = since if devices else at
            devices += 1
        elif devices or not joins:
            devices = max(devices - 1, 0)
            if not devices:
                joins.append((since, at))
    if devices:
        joins.append((since, last))
    return joins, bool(devices)


def participants_of(people: Iterable[Somebody]) -> tuple[Participant, ...]:
    """Everyone with their joins put together."""
    return tuple(_participant(somebody) for somebody in people)


def _participant(somebody: Somebody) -> Participant:
    joins = merged(somebody.joins or ([somebody.span] if somebody.span else []))
    seconds = seconds_of(joins)
    said = somebody.said_seconds
    if not joins:
        seconds = said or 0
    elif not somebody.joins and said is not None and said + MINUTE.seconds < seconds:
        seconds = said  # whole minutes are rounded: only a longer break is one
    addresses = tuple(somebody.addresses)
    return Participant(somebody.name, addresses, somebody.role, joins, seconds)
