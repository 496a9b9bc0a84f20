"""What a file says of the meeting as a whole, before or between its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.attendance.meetings.reading.tables import Report
from lms.attendance.meetings.reading.times import WrittenTime, read_time

TITLE = ("meeting title", "topic")
STARTS = ("start time", "meeting start time", "actual start time")
ENDS = ("end time", "meeting end time")
PEOPLE = ("attended participants", "total number of participants", "participants")
KNOWN = frozenset({*TITLE, *STARTS, *ENDS, *PEOPLE})
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Summary:
    """The head of a file, as far as it has one."""

    title: str = ""
    starts: WrittenTime | None = None
    ends: WrittenTime | None = None
    people: int | None = None


def summary_of(report: Report) -> Summary:
    """Read from 'name, value' lines (Teams), or from a row of names over one of values (Zoom)."""
    said: dict[str, str] = {}
    for name, value in _pairs([cells for _, cells in report.around]):
        if value:
            said.setdefault(name, value)
    people = _first(said, PEOPLE)
    starts, ends = _first(said, STARTS), _first(said, ENDS)
    return Summary(
        title=_first(said, TITLE)[:LONGEST_TITLE],
        starts=read_time(starts) if starts else None,
        ends=read_time(ends) if ends else None,
        people=int(people) if people.isascii() and people.isdigit() and len(people) < 7 else None,
    )


def _first(said: dict[str, str], names: Sequence[str]) -> str:
    return next((said[name] for name in names if name in said), "")


def _pairs(lines: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    for place, cells in enumerate(lines):
        names = [" ".join(cell.casefold().rstrip(":").split()) for cell in cells]
        if len(KNOWN.intersection(names)) > 1:
            values = lines[place + 1] if place + 1 < len(lines) else ()
            yield from zip(names, values, strict=False)
        elif names[0] in KNOWN and len(cells) > 1:
            yield names[0], cells[1]
