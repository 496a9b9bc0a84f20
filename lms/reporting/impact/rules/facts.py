"""The facts of a year's impact, and the views in which each of them stands."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from lms.agencies.rules import Sector
from lms.clock import london_date
from lms.evaluation.rules import OPEN_DAYS, CommitmentResult, Seen, Stage
from lms.words import Word

DAYS_FOR_PAPER = 7


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
    """An event as the report groups it; `course` and `priorities` by their ids.

    From the day it `closes` it is settled who answered which of its forms.
    """

    id: int
    course: int | None
    level: int | None
    remit: str
    quarter: str
    priorities: frozenset[int] = frozenset()
    closes: date = date.max

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
    def reasons(self) -> tuple[tuple[bool, str], ...]:
        """Barriers and helps that were named, each with whether it is a help."""
        barriers, helps = (
            ((False, one) for one in self.barriers),
            ((True, one) for one in self.helps),
        )
        return tuple(sorted((*barriers, *helps)))

    def matched(self, closes: date) -> "Matched | None":
        """Which answers are compared with this person's own, once and for all (E5).

        All three where they count by the day from which nothing more does; else, from that day on,
        the two that do. So nobody leaves one population for another, and none is in two.
        """
        known = [s for s in Stage if s in self.confidence and self.since[s] <= closes]
        if len(known) < 2:
            return None
        outcomes = frozenset.intersection(*(frozenset(self.confidence[stage]) for stage in known))
        if not outcomes:
            return None
        return Matched(tuple(known), outcomes, closes)


class Moved(Word):
    """Which way somebody's confidence went."""

    IMPROVED = "improved"
    SAME = "same"
    WORSE = "worse"

    @classmethod
    def of(cls, change: int) -> "Moved":
        """Of a change in any unit."""
        return cls.IMPROVED if change > 0 else cls.WORSE if change < 0 else cls.SAME


@dataclass(frozen=True)
class Matched:
    """One person's answers that are compared: at which stages, of which outcomes, from when."""

    stages: tuple[Stage, ...]
    outcomes: frozenset[int]
    since: date


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


class OwnKind(Word):
    """How a partnership's own question is answered, as far as counting goes."""

    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True)
class OwnQuestion:
    """A question of a partnership's own at a stage, with its answers in the form's order (E7)."""

    id: int
    stage: Stage
    kind: OwnKind
    wording: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OwnFact:
    """What one delegate chose in answer to an own question: keys of its options."""

    question: int
    event: int
    sector: Sector | None
    stage: Stage
    since: date
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class ImpactFacts:
    """All that a year's impact is worked out from; `outcomes` hold their words in order."""

    events: tuple[EventFact, ...]
    replies: tuple[ReplyFact, ...] = ()
    asked: tuple[AskedFact, ...] = ()
    managers: tuple[ManagerFact, ...] = ()
    outcomes: Mapping[int, str] = field(default_factory=dict)
    attended: Mapping[tuple[int, Sector | None], int] = field(default_factory=dict)
    questions: tuple[OwnQuestion, ...] = ()
    own: tuple[OwnFact, ...] = ()

    @cached_property
    def matched(self) -> tuple[tuple[ReplyFact, Matched], ...]:
        """Whoever's answers are compared, and which of them."""
        closes = {event.id: event.closes for event in self.events}
        found = ((reply, reply.matched(closes[reply.event])) for reply in self.replies)
        return tuple((reply, matched) for reply, matched in found if matched)

    @cached_property
    def standing(self) -> Mapping[View, AbstractSet[tuple[int, Sector | None]]]:
        """Of which events and sectors a reply stands in each view."""
        here = {
            *((one.event, one.sector) for one in self.replies),
            *((one.event, one.sector) for one in self.asked),
            *((one.event, one.sector) for one in self.managers),
            *((one.event, one.sector) for one in self.own),
            *self.attended,
        }
        by_id = {event.id: event for event in self.events}
        found: dict[View, set[tuple[int, Sector | None]]] = {}
        for event, sector in here:
            for view in by_id[event].views(sector):
                found.setdefault(view, set()).add((event, sector))
        return found

    def within(self, view: View) -> "ImpactFacts":
        """The facts that stand in a view."""
        if view == ALL:
            return self
        stands = self.standing.get(view, frozenset())
        return ImpactFacts(
            events=self.events,
            replies=tuple(one for one in self.replies if (one.event, one.sector) in stands),
            asked=tuple(one for one in self.asked if (one.event, one.sector) in stands),
            managers=tuple(one for one in self.managers if (one.event, one.sector) in stands),
            outcomes=self.outcomes,
            attended={key: n for key, n in self.attended.items() if key in stands},
            questions=self.questions,
            own=tuple(one for one in self.own if (one.event, one.sector) in stands),
        )

    def chosen(self, question: OwnQuestion) -> Iterator[OwnFact]:
        """What was answered to one question at its stage."""
        for one in self.own:
            if (one.question, one.stage) == (question.id, question.stage):
                yield one


def month_of(now: datetime) -> date:
    """The first of the month in London: until then answers count on the impact report."""
    return london_date(now).replace(day=1)


def counts_from(answered_at: datetime) -> date:
    """The first of the month after an answer: from that day it counts."""
    month = month_of(answered_at)
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def closes_on(quarter_ends: date, event_ends: date, impact_days: int) -> date:
    """From when an event's answers count: those of a quarter together, once all its forms closed.

    The first of the month after the last form's day and a week for paper and late registers; of an
    event that goes on after its quarter, after its own end (docs/decisions/0040).
    """
    last = max(quarter_ends - timedelta(days=1), event_ends)
    closed = last + timedelta(days=impact_days + OPEN_DAYS + DAYS_FOR_PAPER)
    return date(closed.year + closed.month // 12, closed.month % 12 + 1, 1)
