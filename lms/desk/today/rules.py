"""A line of Today, and how soon it is to be done.

A line may have an end: an instant at which something happens by itself, or can no longer be done.
What ends before its reader is in again stands first; a line without an end stands where its source
puts it. Nothing here reads a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from lms.accounts.rules import WorkingWeek
from lms.clock import at_london, london_date
from lms.words import count, number, sentence_case

A_WEEK = timedelta(days=7)
STARTS_WORK = time(9)


class When(StrEnum):
    """How soon something is to be done, in the order of the list."""

    OVERDUE = "Overdue"
    BEFORE_BACK = "Due before"
    THIS_WEEK = "This week"
    WHEN_YOU_CAN = "When you can"


@dataclass(frozen=True)
class Need:
    """What to do, why, until when (`ends_at`, said in `deadline`), and the verb that leads there.

    `kind` and `subject_id` name it: the same need tomorrow has the same name. `is_overdue` is said
    of what should have been done already, though nothing ends.
    """

    kind: str
    subject_id: int
    title: str
    text: str
    verb: str
    href: str
    ends_at: datetime | None = None
    deadline: str = ""
    is_soon: bool = False
    is_overdue: bool = False


@dataclass(frozen=True)
class Absence:
    """When whoever reads is in again after today; `on` None: not for a year."""

    today: date
    on: date | None

    @classmethod
    def of(cls, week: WorkingWeek, now: datetime) -> Absence:
        today = london_date(now)
        return cls(today, week.back_on(today))

    @property
    def ends_at(self) -> datetime | None:
        """The morning of the day on which they are in again."""
        return at_london(self.on, STARTS_WORK) if self.on else None

    @property
    def words(self) -> str:
        """'tomorrow', 'Thursday', 'Thursday 11 March' where a week or more lies between."""
        if self.on is None:
            return "you are back"
        days = (self.on - self.today).days
        if days == 1:
            return "tomorrow"
        return f"{self.on:%A}" if days < 7 else f"{self.on:%A} {self.on.day} {self.on:%B}"

    def ends_first(self, need: Need) -> bool:
        """Whether a need ends before they are in again."""
        return need.ends_at is not None and (self.ends_at is None or need.ends_at < self.ends_at)


def when_due(need: Need, absence: Absence, now: datetime) -> When:
    """Under which heading a need stands."""
    if need.is_overdue or (need.ends_at and need.ends_at <= now):
        return When.OVERDUE
    if absence.ends_first(need):
        return When.BEFORE_BACK
    if need.is_soon or (need.ends_at and need.ends_at <= now + A_WEEK):
        return When.THIS_WEEK
    return When.WHEN_YOU_CAN


def grouped(needs: Iterable[Need], absence: Absence, now: datetime) -> list[tuple[str, list[Need]]]:
    """The headings that have something under them, each with its needs, what ends first first."""
    in_order = sorted(needs, key=lambda need: (need.ends_at is None, need.ends_at or now))
    found: dict[When, list[Need]] = {when: [] for when in When}
    for need in in_order:
        found[when_due(need, absence, now)].append(need)
    return [(_heading(when, absence), group) for when, group in found.items() if group]


def _heading(when: When, absence: Absence) -> str:
    return f"{when} {absence.words}" if when is When.BEFORE_BACK else when


def lead(first_name: str, needs: list[Need], absence: Absence, now: datetime) -> str:
    """'Seven things need you, Idris. Three fall due before you are back on Thursday.'"""
    if not needs:
        return f"Nothing needs you today, {first_name}."
    verb = "needs" if len(needs) == 1 else "need"
    said = [f"{sentence_case(count(len(needs), 'thing'))} {verb} you, {first_name}."]
    due = [when_due(need, absence, now) for need in needs]
    if overdue := due.count(When.OVERDUE):
        said.append(f"{sentence_case(number(overdue))} {'is' if overdue == 1 else 'are'} overdue.")
    if ending := due.count(When.BEFORE_BACK):
        falls = "falls" if ending == 1 else "fall"
        said.append(f"{sentence_case(number(ending))} {falls} due before {_back(absence)}.")
    return " ".join(said)


def _back(absence: Absence) -> str:
    if absence.on is None:
        return "you are back"
    is_tomorrow = absence.words == "tomorrow"
    return f"you are back {absence.words}" if is_tomorrow else f"you are back on {absence.words}"
