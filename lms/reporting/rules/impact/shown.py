"""R4: which views of a year are shown, decided for all of them and all months at once.

What is published of a year is known in one place: the views of `EventFact.views`, each measure's
own population in them, and for courses and events each learning outcome. Each population is a
family of its own, for its figures are of other answers: the matched confidence of those who
answered three times, what became of commitments, what got in the way, what managers saw.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lms.agencies.rules import Sector
from lms.evaluation.rules import Stage
from lms.reporting.rules.disclosure import (
    Breakdown,
    Disclosure,
    Family,
    Group,
    Withheld,
    decide_over_time,
)
from lms.reporting.rules.impact.facts import ALL, Dimension, EventFact, ImpactFacts, View

Key = tuple[View, int | None]
BY_OUTCOME = (Dimension.COURSE, Dimension.EVENT)


@dataclass(frozen=True)
class Part:
    """Replies that no view tells apart: of one event, sector, month and set of outcomes."""

    event: int
    sector: Sector | None
    since: date
    outcomes: frozenset[int] = frozenset()


Population = tuple[tuple[Part, int], ...]


@dataclass(frozen=True)
class Decided:
    """What is shown of one population, as of which day, and why the rest is not."""

    as_of: Mapping[Key, date]
    withheld: Mapping[Key, Withheld]


@dataclass(frozen=True)
class Shown:
    """The decisions of one year, one for each population."""

    matched: Decided
    commitments: Decided
    reasons: Decided
    managers: Decided


def decide_shown(facts: ImpactFacts, until: date, fewest: int) -> Shown:
    """Decides for all that a year's report publishes of answers that count on that day."""
    replies = facts.replies
    matched = (
        Part(reply.event, reply.sector, reply.matched_since, reply.matched)
        for reply in replies
        if reply.matched
    )
    impact = [reply for reply in replies if Stage.IMPACT in reply.since]
    kept = (Part(r.event, r.sector, r.since[Stage.IMPACT]) for r in impact if r.results)
    reasons = (Part(r.event, r.sector, r.since[Stage.IMPACT]) for r in impact)
    managers = (Part(m.event, m.sector, m.since) for m in facts.managers)
    return Shown(
        *(
            _decided(facts.events, _population(parts, until), fewest)
            for parts in (matched, kept, reasons, managers)
        )
    )


def _population(parts: Iterable[Part], until: date) -> Population:
    counted = Counter(part for part in parts if part.since <= until)
    return tuple(sorted(counted.items(), key=lambda item: _order(item[0])))


def _order(part: Part) -> tuple[date, int, str, list[int]]:
    return part.since, part.event, part.sector or "", sorted(part.outcomes)


@lru_cache(maxsize=256)
def _decided(events: tuple[EventFact, ...], population: Population, fewest: int) -> Decided:
    """Remembered, for it is long: the population of a year changes once a month."""
    months = sorted({part.since for part, _ in population})
    if not months:
        return Decided({}, {})
    by_id = {event.id: event for event in events}
    found: Disclosure = decide_over_time(
        [_family(by_id, population, month) for month in months], fewest
    )[-1]
    as_of = {key: months[at] for key, at in found.as_at.items()}
    return Decided(as_of, dict(found.withheld))  # type: ignore[arg-type]


def _family(events: Mapping[int, EventFact], population: Population, month: date) -> Family:
    replies: dict[Hashable, int] = {part: n for part, n in population if part.since <= month}
    groups: dict[Key, set[Part]] = {}
    for part in (part for part, _ in population if part.since <= month):
        for view in events[part.event].views(part.sector):
            groups.setdefault((view, None), set()).add(part)
            if view.by in BY_OUTCOME:
                for outcome in part.outcomes:
                    groups.setdefault((view, outcome), set()).add(part)
    return Family(
        replies,
        tuple(Group(key, frozenset(parts), _tier(key)) for key, parts in groups.items()),
        tuple(_breakdowns(events, groups)),
    )


def _tier(key: Key) -> int:
    """The year first, then courses, events, and what overlaps them: month by month, this order
    hides least (docs/decisions/0034). A single outcome comes after its group.
    """
    view, outcome = key
    first = {ALL.by: 0, Dimension.COURSE: 1, Dimension.EVENT: 3}
    return first.get(view.by, 5) + (outcome is not None)


def _breakdowns(
    events: Mapping[int, EventFact], groups: Mapping[Key, object]
) -> Iterable[Breakdown]:
    for by in Dimension:
        yield Breakdown((ALL, None), tuple(k for k in groups if k[0].by is by and k[1] is None))
    for view, outcome in groups:
        if view.by is Dimension.COURSE:
            cells = (
                (View(Dimension.EVENT, event.id), outcome)
                for event in events.values()
                if event.course == view.value
            )
            yield Breakdown((view, outcome), tuple(cell for cell in cells if cell in groups))
