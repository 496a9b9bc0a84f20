"""Writes attendance files as Teams and Zoom write them, of people and joins that a test makes up.

The files in tests/attendance/meetings/files were written so, and then changed by hand where the
suppliers are odder than this.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.attendance.meetings.rules import Join, merged, seconds_of
from lms.clock import london

Write = Callable[[datetime], str]


@dataclass(frozen=True)
class Attendee:
    """Somebody in a meeting, with their joins on all devices."""

    name: str
    email: str = ""
    joins: tuple[Join, ...] = ()
    role: str = "Attendee"
    upn: str = ""

    @property
    def first(self) -> datetime:
        return min(join[0] for join in self.joins)

    @property
    def last(self) -> datetime:
        return max(join[1] for join in self.joins)

    @property
    def seconds(self) -> int:
        """As the suppliers add them up: device by device."""
        return sum(int((end - start).total_seconds()) for start, end in self.joins)


def american(at: datetime) -> str:
    wall = london(at)
    return f"{wall.month}/{wall.day}/{wall:%y}, {wall.hour % 12 or 12}:{wall:%M:%S %p}"


def british(at: datetime) -> str:
    return f"{london(at):%d/%m/%Y, %H:%M:%S}"


def iso(at: datetime) -> str:
    return f"{london(at):%Y-%m-%d %H:%M:%S}"


def zoom_american(at: datetime) -> str:
    return f"{london(at):%m/%d/%Y %I:%M:%S %p}"


def zoom_words(at: datetime) -> str:
    return f"{london(at):%b %d, %Y %I:%M:%S %p}"


def duration(seconds: int) -> str:
    """'1h 3m 20s'."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if hours or minutes else "", f"{left}s"]
    return " ".join(filter(None, parts))


def minutes(seconds: int) -> str:
    return str(-(-seconds // 60))


def in_bytes(rows: Sequence[Sequence[str]], *, delimiter: str, encoding: str) -> bytes:
    """Lines as the suppliers end them; 'utf-16' carries its mark, as Teams's files do."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def spans_of(people: Sequence[Attendee]) -> tuple[datetime, datetime]:
    return min(one.first for one in people), max(one.last for one in people)


def teams_summary(people: Sequence[Attendee], write: Write) -> list[list[str]]:
    starts_at, ends_at = spans_of(people)
    length = int((ends_at - starts_at).total_seconds())
    return [
        ["1. Summary"],
        ["Meeting title", "Disguised Compliance"],
        ["Attended participants", str(len(people))],
        ["Start time", write(starts_at)],
        ["End time", write(ends_at)],
        ["Meeting duration", duration(length)],
        [],
    ]


def teams_report(
    people: Sequence[Attendee],
    *,
    write: Write = american,
    delimiter: str = "\t",
    encoding: str = "utf-16",
    with_activities: bool = True,
    fold: Callable[[str], str] = str,
    further: Sequence[str] = (),
) -> bytes:
    """Teams with its three sections; `fold` changes the letter case of the columns' names."""
    header = ["Name", "First Join", "Last Leave", "In-Meeting Duration", "Email"]
    header += ["Participant ID (UPN)", "Role", *further]
    rows = teams_summary(people, write)
    rows += [["2. Participants"], [fold(name) for name in header]]
    for one in people:
        times = [write(one.first), write(one.last), duration(one.seconds)]
        more = ["" for _ in further]
        rows.append([one.name, *times, one.email, one.upn or one.email, one.role, *more])
    if with_activities:
        names = ["Name", "Join Time", "Leave Time", "Duration", "Email", "Role"]
        rows += [[], ["3. In-Meeting Activities"], [fold(name) for name in names]]
        rows += [
            [one.name, write(join[0]), write(join[1]), _length(join), one.email, one.role]
            for one in people
            for join in one.joins
        ]
    return in_bytes(rows, delimiter=delimiter, encoding=encoding)


def teams_full_name(
    people: Sequence[Attendee], *, write: Write = british, encoding: str = "utf-16"
) -> bytes:
    """The layout before: a summary without a number, then one row for each join."""
    starts_at, ends_at = spans_of(people)
    rows = [
        ["Meeting Summary"],
        ["Total Number of Participants", str(len(people))],
        ["Meeting Title", "Disguised Compliance"],
        ["Meeting Start Time", write(starts_at)],
        ["Meeting End Time", write(ends_at)],
        ["Meeting Id", "7b1f3f0e-0000-4c0f-9d64-0123456789ab"],
        [],
        ["Full Name", "Join Time", "Leave Time", "Duration", "Email", "Role"],
    ]
    rows += [
        [one.name, write(join[0]), write(join[1]), _length(join), one.email, one.role]
        for one in people
        for join in one.joins
    ]
    return in_bytes(rows, delimiter="\t", encoding=encoding)


def teams_joined_left(
    people: Sequence[Attendee],
    *,
    write: Write = british,
    encoding: str = "utf-16",
    made_at: datetime | None = None,
) -> bytes:
    """The first layout, made at a moment of the meeting: who is there then has not left."""
    steps = []
    for one in people:
        for start, end in one.joins:
            steps.append((start, one.name, "Joined"))
            if made_at is None or end < made_at:
                steps.append((end, one.name, "Left"))
    rows = [["Full Name", "User Action", "Timestamp"]]
    rows += [[name, action, write(at)] for at, name, action in sorted(steps)]
    return in_bytes(rows, delimiter="\t", encoding=encoding)


def zoom_block(people: Sequence[Attendee], write: Write) -> list[list[str]]:
    starts_at, ends_at = spans_of(people)
    length = int((ends_at - starts_at).total_seconds())
    names = ["Meeting ID", "Topic", "Start Time", "End Time", "User Email", "Duration (Minutes)"]
    said = ["812 3456 7890", "Disguised Compliance", write(starts_at), write(ends_at)]
    return [
        [*names, "Participants"],
        [*said, "training@wsp.example", minutes(length), str(len(people))],
        [],
    ]


def zoom_joins(
    people: Sequence[Attendee],
    *,
    write: Write = zoom_american,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
    with_block: bool = True,
) -> bytes:
    """Zoom's list with a row for each join."""
    rows = zoom_block(people, write) if with_block else []
    names = ["Name (Original Name)", "User Email", "Join Time", "Leave Time"]
    rows.append([*names, "Duration (Minutes)", "Guest", "Recording Consent"])
    for one in people:
        guest = "No" if one.email else "Yes"
        for join in one.joins:
            times = [write(join[0]), write(join[1]), minutes(seconds_of([join]))]
            rows.append([one.name, one.email, *times, guest, "Y"])
    return in_bytes(rows, delimiter=delimiter, encoding=encoding)


def zoom_totals(people: Sequence[Attendee], *, write: Write = zoom_american) -> bytes:
    """Zoom's list with a row for each person: how long, and not when."""
    rows = zoom_block(people, write)
    rows.append(["Name (Original Name)", "User Email", "Total Duration (Minutes)", "Guest"])
    rows += [
        [one.name, one.email, minutes(seconds_of(merged(one.joins))), "No" if one.email else "Yes"]
        for one in people
    ]
    return in_bytes(rows, delimiter=",", encoding="utf-8-sig")


def _length(join: Join) -> str:
    return duration(seconds_of([join]))


def at_minutes(start: datetime, *pairs: tuple[float, float]) -> tuple[Join, ...]:
    """Joins by the minutes since a moment at which they begin and end."""
    return tuple(
        (start + timedelta(minutes=begin), start + timedelta(minutes=end)) for begin, end in pairs
    )
