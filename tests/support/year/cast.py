"""What is known of a year beforehand: its events, who has to do with each, and what they do.

The figures are those of a published year: 52 events, 1,504 attendances, 920 evaluations completed
at the end or later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum

from lms.catalogue.rules import EventKind, Stage
from lms.clock import at_london

FIRST, LAST = date(2022, 4, 1), date(2023, 3, 31)
EVENTS, ATTENDED, COMPLETED = 52, 1504, 920
COURSES, PEOPLE = 13, 480
REPLIES, OTHERS_REPLY, OPTS_OUT = 0.37, 0.03, 0.04
OUTCOMES = ("see neglect early", "say what worries you")
HOLIDAYS = frozenset(
    date(*parts)
    for parts in (
        *((2022, 4, 15), (2022, 4, 18), (2022, 5, 2), (2022, 6, 2), (2022, 6, 3), (2022, 8, 29)),
        *((2022, 9, 19), (2022, 12, 26), (2022, 12, 27), (2023, 1, 2), (2023, 4, 7)),
        *((2023, 4, 10), (2023, 5, 1), (2023, 5, 8), (2023, 5, 29), (2023, 8, 28)),
    )
)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def is_worked(day: date) -> bool:
    """Whether it is a working day, by a list of this year's bank holidays."""
    return day.weekday() < 5 and day not in HOLIDAYS


def worked_before(day: date, days: int = 1) -> date:
    """So many working days before."""
    while days:
        day -= DAY
        days -= is_worked(day)
    return day


def worked_on_or_after(day: date) -> date:
    """That day, or the next on which people work."""
    while not is_worked(day):
        day += DAY
    return day


class Presence(Enum):
    """How somebody's day went."""

    CAME = "came"
    LEFT_AT_HALF_TIME = "left at half-time"
    SEEN_ABSENT = "marked absent before the end"
    ABSENT = "absent, as the closed register says"
    EXCUSED = "excused when the register is closed"
    WALKED_IN = "walked in"
    ONLY_COUNTED = "walked in, without an e-mail"
    GAVE_UP = "gave the place up"
    WAITED = "waited in vain"


ATTENDING = {
    Presence.CAME,
    Presence.LEFT_AT_HALF_TIME,
    Presence.WALKED_IN,
    Presence.ONLY_COUNTED,
}
AT_THE_DOOR = {Presence.WALKED_IN, Presence.ONLY_COUNTED}


@dataclass
class Delegate:
    """One booking. `person` is a place in the list of people; None where only a name is known.

    `confirmed_at` differs from `booked_at` for one who waited first. `answers` say when each stage
    is answered, `late` when somebody tries although the form has closed.
    """

    event: Planned
    person: int | None
    presence: Presence
    booked_at: datetime
    confirmed_at: datetime | None = None
    gave_up_at: datetime | None = None
    answers: dict[Stage, datetime] = field(default_factory=dict)
    opted_out: dict[Stage, datetime] = field(default_factory=dict)
    late: dict[Stage, datetime] = field(default_factory=dict)
    confidence: Mapping[Stage, Sequence[int]] = field(default_factory=dict)
    promises: int = 0
    booking: int = 0

    @property
    def books_late(self) -> bool:
        """In the morning after everybody else was asked."""
        return self.booked_at.date() == worked_before(self.event.starts_at.date())

    @property
    def attends(self) -> bool:
        return self.presence in ATTENDING


@dataclass(eq=False)
class Planned:
    """One event. `moved_at`: when its date was put off by `later`; `off_at`: when cancelled."""

    number: int
    course: int
    kind: EventKind
    starts_at: datetime
    ends_at: datetime
    attended: int
    closed_at: datetime
    later: timedelta = timedelta()
    moved_at: datetime | None = None
    off_at: datetime | None = None
    days: int = 1
    full: bool = False
    delegates: list[Delegate] = field(default_factory=list)
    id: int = 0

    def starts(self, at: datetime) -> datetime:
        """When it starts, as is known at that moment."""
        return self.starts_at + (
            self.later if self.moved_at and at >= self.moved_at else timedelta()
        )

    def ends(self, at: datetime) -> datetime:
        return self.ends_at + (self.later if self.moved_at and at >= self.moved_at else timedelta())

    @property
    def stages(self) -> frozenset[Stage]:
        """E1, as docs/domain.md has it."""
        if self.kind in (EventKind.WEBINAR, EventKind.BRIEFING):
            return frozenset({Stage.POST})
        return frozenset() if self.kind is EventKind.LAUNCH else frozenset(Stage)


def impact_due_at(event: Planned) -> datetime:
    """E4, in plain words: eight weeks on, a working day, at nine; or the one after the closing."""
    on = worked_on_or_after(event.ends(event.closed_at).date() + 56 * DAY)
    closed_on = event.closed_at.date()
    if closed_on > on:
        on = worked_on_or_after(closed_on + DAY)
    return at_london(on, time(9))
