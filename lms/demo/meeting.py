"""An event held online: its attendance file, as Teams writes it, is brought into the register."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

from lms.attendance.meetings.commands import import_meeting_file, stage_meeting_file
from lms.clock import add_working_days, at_london, london, london_date
from lms.demo.foundations import Somebody
from lms.demo.living import Life, World, due_times
from lms.demo.programme import Planned
from lms.demo.timeline import Timeline

SEED = 592  # its own dice, so that everything else falls as it would without it
HEADER = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"
ACTIVITIES = "Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole"
Joins = tuple[tuple[float, float], ...]  # minutes since the event began
WAYS: tuple[Joins, ...] = (
    ((-4, 181),),
    ((-1, 180.5),),
    ((14, 180),),
    ((0, 62), (64, 118), (121, 180)),
    ((-2, 128),),
)
OTHERS = (("Hector B’s iPad", ((1, 180),)), ("read.ai meeting notes", ((0, 181),)))
NAMED_OTHERWISE = 3  # with a place, and in the meeting under a private account


def meet_online(world: World, planned: Planned) -> None:
    """Put an event on the timeline that was held as a meeting, with names still to be matched."""
    own = replace(world, dice=random.Random(SEED))  # noqa: S311 - a story, not a secret
    life = Life(own, planned)
    published_at = at_london(add_working_days(london_date(planned.starts_at), -25), time(10))
    people = own.choose(planned, planned.attended)
    _plan(world.timeline, life, people, published_at)
    for due_at in due_times(planned):
        world.timeline.due(due_at)


def _plan(timeline: Timeline, life: Life, people: Sequence[Somebody], start: datetime) -> None:
    timeline.at(start, life.publish)
    for number, person in enumerate(people):
        booked_at = start + timedelta(days=1 + number, hours=number % 5)
        timeline.at(booked_at, partial(life.book, person))
        timeline.post(booked_at + timedelta(minutes=1))
    timeline.at(life.planned.ends_at + timedelta(hours=1), partial(_bring_in, life, people))


def _bring_in(life: Life, people: Sequence[Somebody], now: datetime) -> None:
    booked = [person for person in people if person.id in life.seats]
    content = "\r\n".join(_lines(life.planned, booked)).encode("utf-16")
    name = f"{life.planned.teaching.title} - Attendance report.csv"
    staged = stage_meeting_file(life.event_id, name, content, by=life.by, now=now)
    import_meeting_file(
        life.event_id, staged.file_id, session_id=None, confirmed={}, by=life.by, now=now
    )


def _lines(planned: Planned, people: Sequence[Somebody]) -> Iterator[str]:
    """All who have a place but one, some under another address, and two whom nobody knows."""
    attendees = [(*_account(n, one), WAYS[n % len(WAYS)]) for n, one in enumerate(people[1:])]
    attendees += [(name, "", joins) for name, joins in OTHERS]
    yield from ("1. Summary", f"Meeting title\t{planned.teaching.title}")
    yield from (f"Attended participants\t{len(attendees)}", "", "2. Participants", HEADER)
    for name, email, joins in attendees:
        at = _written(planned, joins[0][0]), _written(planned, joins[-1][1])
        there = _duration(sum(end - begin for begin, end in joins))
        yield "\t".join([name, *at, there, email, email, "Attendee"])
    yield from ("", "3. In-Meeting Activities", ACTIVITIES)
    for name, email, joins in attendees:
        for begin, end in joins:
            at = _written(planned, begin), _written(planned, end)
            yield "\t".join([name, *at, _duration(end - begin), email, "Attendee"])


def _account(number: int, person: Somebody) -> tuple[str, str]:
    one = person.character
    if number % 4 != NAMED_OTHERWISE:
        return one.name, one.email
    first, _, last = one.name.rpartition(" ")
    return f"{last}, {first[:1]}", ""


def _written(planned: Planned, minutes: float) -> str:
    return f"{london(planned.starts_at + timedelta(minutes=minutes)):%d/%m/%Y, %H:%M:%S}"


def _duration(minutes: float) -> str:
    seconds = int(minutes * 60)
    return f"{seconds // 3600}h {seconds % 3600 // 60}m {seconds % 60}s"
