"""The facts of a year's impact, and the views in which each of them stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from lms.agencies.rules import Sector
from lms.clock import london_date
from lms.evaluation.rules import CommitmentResult, Seen, Stage
from lms.words import Word


class Dimension(Word):
    """What a year's impact may be read by. No two may be combined: see `views`."""

    COURSE = "course"
    PRIORITY = "priority"
    LEVEL = "level"
    REMIT = "remit"
    SECTOR = "sector"
    QUARTER = "quarter"
    EVENT = "event"


ValueOf = int | str | None


@dataclass(frozen=True)
class View:
    """A group of replies: all of a year, or those of one value of one dimension."""

    by: Dimension | None = None
    value: ValueOf = None


ALL = View()


@dataclass(frozen=True)
class EventFact:
    """An event as the report groups it; `course` and `priorities` by their ids."""

    id: int
    course: int | None
    level: int | None
    remit: str
    quarter: str
    priorities: frozenset[int] = frozenset()

    def views(self, sector: Sector | None) -> Iterator[View]:
        """All views in which a reply of this event and sector stands: the whole finite set."""
        yield ALL
        yield View(Dimension.COURSE, self.course)
        yield View(Dimension.LEVEL, self.level)
        yield View(Dimension.REMIT, self.remit)
        yield View(Dimension.SECTOR, sector.value if sector else None)
        yield View(Dimension.QUARTER, self.quarter)
        yield View(Dimension.EVENT, self.id)
        for priority in self.priorities or (None,):
            yield View(Dimension.PRIORITY, priority)


@dataclass(frozen=True)
class ReplyFact:
    """What one delegate of one event answered, by no name.

    `since` holds, for each stage that was answered, the day from which the answer counts.
    `confidence` leaves out answers that are no baseline (E2).
    """

    event: int
    sector: Sector | None
    since: Mapping[Stage, date]
    confidence: Mapping[Stage, Mapping[int, int]] = field(default_factory=dict)
    look_back: Mapping[int, int] = field(default_factory=dict)
    results: tuple[CommitmentResult, ...] = ()
    barriers: frozenset[str] = frozenset()
    helps: frozenset[str] = frozenset()

    @property
    def matched(self) -> frozenset[int]:
        """The learning outcomes that were answered all three times (E5)."""
        return frozenset.intersection(*(frozenset(self.confidence.get(s, ())) for s in Stage))

    @property
    def matched_since(self) -> date:
        """From when the matched answers count: the last of the three."""
        return max(self.since[stage] for stage in Stage)


@dataclass(frozen=True)
class AskedFact:
    """That somebody was asked at a stage, from when that counts, and from when the answer does."""

    event: int
    sector: Sector | None
    stage: Stage
    since: date
    answered_since: date | None = None


@dataclass(frozen=True)
class ManagerFact:
    """What a line manager answered, of an event and by no name (E8)."""

    event: int
    sector: Sector | None
    seen: Seen
    since: date


@dataclass(frozen=True)
class ImpactFacts:
    """All that a year's impact is worked out from; `outcomes` hold their words in order."""

    events: tuple[EventFact, ...]
    replies: tuple[ReplyFact, ...] = ()
    asked: tuple[AskedFact, ...] = ()
    managers: tuple[ManagerFact, ...] = ()
    outcomes: Mapping[int, str] = field(default_factory=dict)
    attended: Mapping[tuple[int, Sector | None], int] = field(default_factory=dict)


def month_of(now: datetime) -> date:
    """The first of the month in London: until then answers count on the impact report."""
    return london_date(now).replace(day=1)


def counts_from(answered_at: datetime) -> date:
    """The first of the month after an answer: from that day it counts."""
    month = month_of(answered_at)
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
