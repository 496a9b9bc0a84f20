"""The courses of a year: the programme's own figures, and how many attended each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.reporting.programme.queries.events import Placed, Programme
from lms.reporting.programme.queries.rows import programme_report
from lms.reporting.programme.rules import ProgrammeBy, ProgrammeCounts, count_programme


@dataclass(frozen=True)
class CourseLine:
    """A course, or the events of none by their title. `key` stays when it is given a new name."""

    key: str
    title: str
    level: int | None
    counts: ProgrammeCounts
    attended: int


def course_lines(programme: Programme, attended: Mapping[int, int]) -> tuple[CourseLine, ...]:
    """Each course with its events, and each event of none, by name; `attended` is by event."""
    of_course: dict[int, list[Placed]] = defaultdict(list)
    alone: dict[str, list[Placed]] = defaultdict(list)
    for placed in programme.events.values():
        if placed.course_id is None:
            alone[placed.title].append(placed)
        else:
            of_course[placed.course_id].append(placed)
    rows = programme_report(ProgrammeBy.COURSE, programme).rows
    lines = [
        _line(f"course {row.key}", row.label, row.counts, of_course[row.key], attended)
        for row in rows
        if row.key is not None
    ]
    for title, own in alone.items():
        counts = count_programme([placed.event for placed in own], programme.now)
        lines.append(_line(f"event {own[0].id}", title, counts, own, attended))
    return tuple(sorted(lines, key=lambda line: (line.title.casefold(), line.key)))


def _line(
    key: str,
    title: str,
    counts: ProgrammeCounts,
    own: Iterable[Placed],
    attended: Mapping[int, int],
) -> CourseLine:
    """Its level where all its events have the same."""
    levels = {placed.level for placed in own}
    level = levels.pop() if len(levels) == 1 else None
    return CourseLine(key, title, level, counts, sum(attended.get(one.id, 0) for one in own))
