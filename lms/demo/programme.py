"""What is taught, and when: last year's events from the real table, this year's made up."""

from __future__ import annotations

import csv
import random
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from lms.catalogue.rules import EventKind, EventMode, Remit
from lms.clock import DAY, add_working_days, at_london, is_working_day

DATA = Path(__file__).parent / "data"
PRIORITIES = (
    "Neglect",
    "Self-neglect and hoarding",
    "All-age exploitation",
    "Child sexual abuse",
)
ROOMS = (  # name, access, seats
    ("Beacon Hall, Walsall", "Level entrance, hearing loop, parking behind the building.", 80),
    ("Lantern House, Bloxwich", "Lift to the first floor, hearing loop, bus 31 stops outside.", 40),
)
NEEDED = {"Bullying Awareness": 10}
"""How many must have booked for it to run."""


@dataclass(frozen=True)
class Teaching:
    """One course, or an event's own contents, as the demonstration tells it."""

    title: str
    code: str
    level: int | None
    kind: EventKind
    mode: EventMode
    remit: Remit
    minutes: int
    aims: str
    audience: str
    outcomes: tuple[str, ...]
    priorities: tuple[str, ...]
    themes: tuple[str, ...]
    is_course: bool


@dataclass(frozen=True)
class Planned:
    """One event to be made: when it starts, how many came or are to come."""

    teaching: Teaching
    starts_at: datetime
    attended: int
    capacity: int
    is_cancelled: bool = False
    room: int = 0
    online: int = 0  # places online beside those in the room

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.teaching.minutes + self.lunch)

    @property
    def lunch(self) -> int:
        return 60 if self.teaching.minutes > 240 else 0


def read_teachings() -> dict[str, Teaching]:
    """Every course and event of the demonstration, by title."""
    with (DATA / "courses.toml").open("rb") as file:
        told = tomllib.load(file)
    levels = {row["course_title"]: row["level"] for row in read_year()}
    teachings = {}
    for is_course, entries in ((True, told["course"]), (False, told["own"])):
        for entry in entries:
            level = levels.get(entry["title"], "")
            teachings[entry["title"]] = _teaching(entry, level, is_course=is_course)
    return teachings


def _teaching(entry: dict[str, object], level: str, *, is_course: bool) -> Teaching:
    def several(name: str) -> tuple[str, ...]:
        found = entry.get(name, [])
        return tuple(map(str, found)) if isinstance(found, list) else ()

    return Teaching(
        title=str(entry["title"]),
        code=str(entry.get("code", "")),
        level=int(level) if level else None,
        kind=EventKind(str(entry.get("kind", "course"))),
        mode=EventMode(str(entry["mode"])),
        remit=Remit(str(entry["remit"])),
        minutes=int(str(entry["minutes"])),
        aims=str(entry["aims"]),
        audience=str(entry.get("audience", "")),
        outcomes=several("outcomes"),
        priorities=several("priorities"),
        themes=several("themes"),
        is_course=is_course,
    )


def read_year() -> list[dict[str, str]]:
    """The published table: title, level, events planned and run, attendees."""
    with (DATA / "courses-2016-17.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def year_of_events(
    teachings: dict[str, Teaching], first: date, last: date, dice: random.Random
) -> list[Planned]:
    """The published year laid over `first` to `last`: 28 planned, 27 run, 591 came."""
    days = [first + DAY * n for n in range((last - first).days + 1)]
    days = [day for day in days if is_working_day(day) and day.month != 8]
    planned = []
    for row in read_year():
        events = int(row["events_planned"])
        run = int(row["events_run"] or events)
        sizes = _spread(int(row["attendees"]), run, dice)
        sizes += [0] * (events - run)
        planned += [(teachings[row["course_title"]], attended) for attended in sizes]
    dice.shuffle(planned)
    step = len(days) / len(planned)
    return [
        _on(teaching, days[int(step * (place + 0.5))], attended, dice)
        for place, (teaching, attended) in enumerate(planned)
    ]


def _spread(total: int, parts: int, dice: random.Random) -> list[int]:
    """`total` in `parts` sizes that differ by a few and add up."""
    sizes = [total // parts + (place < total % parts) for place in range(parts)]
    for place in range(0, parts - 1, 2):
        shift = dice.randint(0, min(3, sizes[place + 1] - 1))
        sizes[place] += shift
        sizes[place + 1] -= shift
    return sizes


def _on(teaching: Teaching, day: date, attended: int, dice: random.Random) -> Planned:
    starts = time(9, 30) if teaching.minutes > 180 else dice.choice((time(9, 30), time(13)))
    capacity = next(size for size in (12, 16, 20, 24, 30, 40, 50, 60) if size >= attended + 2)
    return Planned(
        teaching=teaching,
        starts_at=at_london(day, starts),
        attended=attended,
        capacity=capacity,
        is_cancelled=attended == 0,
        room=dice.randrange(len(ROOMS)),
    )


# --- From eight weeks ago until ten weeks ahead -----------------------------------------------

EIGHT_WEEKS_AGO = "Introduction to Domestic Violence"
COMING = (
    # title, working days from now, hour, capacity, share taken, people waiting
    ("Safer Recruitment", 7, 9, 25, 0.64, 0),
    ("Introduction to Domestic Violence", 8, 13, 24, 1.0, 3),
    ("Introduction to Parental Mental Illness", 11, 10, 60, 0.32, 0),
    ("Bullying Awareness", 12, 9, 24, 0.25, 0),
    ("Safeguarding Children and Young People", 13, 9, 30, 0.77, 0),
    ("Disguised Compliance and Safeguarding Children", 15, 9, 30, 0.93, 0),
    ("Safer Recruitment", 16, 13, 25, 1.0, 5),
    ("Child Sexual Exploitation", 17, 9, 40, 0.7, 0),
    ("Advanced Child Protection", 18, 9, 20, 0.8, 0),
    ("Drug and Alcohol Awareness and Parental Substance Use", 21, 9, 26, 0.4, 0),
    ("Supporting Parents with Learning Disabilities", 23, 13, 25, 0.56, 0),
    ("Safeguarding Children and Young People Refresher", 26, 9, 40, 0.35, 0),
    ("All-age exploitation forum", 28, 10, 50, 0.32, 0),
    ("Self-neglect and hoarding: practice reflection workshop", 28, 14, 16, 0.5, 0),
    ("Advanced Child Protection Refresher", 33, 9, 25, 0.48, 0),
    ("Disguised Compliance and Safeguarding Children", 38, 9, 30, 0.53, 0),
)


ONLINE_TOO = {"Self-neglect and hoarding: practice reflection workshop": 12}
BESPOKE = "Bullying Awareness"


@dataclass(frozen=True)
class Coming:
    """An event ahead: how many hold a place, how many wait."""

    planned: Planned
    confirmed: int
    waiting: int


def coming_events(teachings: dict[str, Teaching], today: date) -> list[Coming]:
    """What is on from today, with places, one full with people waiting."""
    events = []
    for place, (title, days, hour, capacity, share, waiting) in enumerate(COMING):
        starts = time(hour, 30 if hour == 9 else 0)
        planned = Planned(
            teaching=teachings[title],
            starts_at=at_london(add_working_days(today, days), starts),
            attended=0,
            capacity=capacity,
            room=place % len(ROOMS),
            online=ONLINE_TOO.get(title, 0),
        )
        events.append(Coming(planned, round(capacity * share), waiting))
    return events


def event_for_one_school(teachings: dict[str, Teaching], today: date) -> Planned:
    """A day that one school has asked for, which nobody else sees."""
    starts_at = at_london(add_working_days(today, 19), time(13))
    return Planned(teachings[BESPOKE], starts_at, 0, 16)


def event_eight_weeks_ago(teachings: dict[str, Teaching], today: date) -> Planned:
    """The event whose impact forms fell due this morning, or on the last working day before."""
    day = today - timedelta(days=56)
    return Planned(teachings[EIGHT_WEEKS_AGO], at_london(day, time(13)), 22, 24)


def event_met_online(teachings: dict[str, Teaching], today: date) -> Planned:
    """An event held as a meeting, whose attendance file was brought into its open register."""
    return Planned(
        teachings["Supporting Parents with Learning Disabilities"],
        at_london(add_working_days(today, -4), time(9, 30)),
        12,
        25,
    )


def event_last_week(teachings: dict[str, Teaching], today: date) -> Planned:
    """An event whose register has not been closed yet."""
    return Planned(
        teachings["Introduction to Parental Mental Illness"],
        at_london(add_working_days(today, -2), time(10)),
        31,
        60,
    )
