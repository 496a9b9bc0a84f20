"""R4: which views of a year are shown, decided for all of them and all months at once.

What is published of a year is known in one place: the views of `EventFact.views`, each measure's
own population in them, and for courses and events each learning outcome. Each population is a
family of its own, for its figures are of other answers: of those who answered three times, or
twice, what became of commitments, what got in the way, what managers saw, each own question.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from lms.evaluation.rules import BARRIERS, HELPS, CommitmentResult, Seen, Stage
from lms.reporting.disclosure.groups import (
    Breakdown,
    Disclosure,
    Family,
    Group,
    Withheld,
    decide_over_time,
)
from lms.reporting.disclosure.settled import Name, Published
from lms.reporting.impact.rules.facts import (
    ALL,
    Dimension,
    EventFact,
    ImpactFacts,
    ManagerFact,
    OwnKind,
    ReplyFact,
    View,
)
from lms.reporting.impact.rules.tallies import (
    FiguresOf,
    Part,
    Tally,
    Wanted,
    answered_of,
    chosen_of,
    commitment_figures,
    confidence_figures,
    figures_of_one,
    figures_of_several,
    manager_figures,
    pair_figures,
    reason_figures,
    tally_of,
)

Key = tuple[View, int | None]
BY_OUTCOME = (Dimension.COURSE, Dimension.EVENT)
PAIRS = (
    (Stage.PRE, Stage.POST),
    (Stage.POST, Stage.IMPACT),
    (Stage.PRE, Stage.IMPACT),
)
REASONS = (
    *((False, str(code)) for code in BARRIERS),
    *((True, str(code)) for code in HELPS),
)


@dataclass(frozen=True)
class Decided:
    """What is shown of one population, as of which day, and why the rest is not.

    `lacks` says for each figure which of the groups that are shown go without it.
    """

    as_of: Mapping[Key, date] = field(default_factory=dict)
    withheld: Mapping[Key, Withheld] = field(default_factory=dict)
    lacks: Mapping[Name, frozenset[Key]] = field(default_factory=dict)

    def says(self, name: Name, key: Key) -> bool:
        """Whether a figure of a group stands on pages, charts and files."""
        return key in self.as_of and key not in self.lacks.get(name, frozenset())


@dataclass(frozen=True)
class Shown:
    """The decisions of one year, one for each population."""

    matched: Decided
    pairs: Mapping[tuple[Stage, ...], Decided]
    commitments: Decided
    reasons: Decided
    managers: Decided
    own: Mapping[tuple[int, Stage], Decided]


def decide_shown(facts: ImpactFacts, until: date, fewest: int) -> Shown:
    """Decides for all that a year's report publishes of answers that count on that day."""
    impact = [reply for reply in facts.replies if Stage.IMPACT in reply.since]

    def decided(
        answers: Iterable[tuple[Part, Hashable]],
        figures: FiguresOf,
        options: tuple[Hashable, ...] = (),
    ) -> Decided:
        return _decided(facts.events, tally_of(answers, until), fewest, figures, options)

    return Shown(
        matched=decided(_matched(facts, tuple(Stage)), confidence_figures),
        pairs={pair: decided(_matched(facts, pair), pair_figures) for pair in PAIRS},
        commitments=decided(
            ((_of(r, r.since[Stage.IMPACT]), r.results) for r in impact if r.results),
            commitment_figures,
            tuple(CommitmentResult),
        ),
        reasons=decided(
            ((_of(r, r.since[Stage.IMPACT]), r.reasons) for r in impact), reason_figures, REASONS
        ),
        managers=decided(
            ((_of(m, m.since), (m.seen,)) for m in facts.managers), manager_figures, tuple(Seen)
        ),
        own={
            (question.id, question.stage): decided(
                map(chosen_of, facts.chosen(question)),
                figures_of_one if question.kind is OwnKind.ONE else figures_of_several,
                tuple(key for key, _ in question.options),
            )
            for question in facts.questions
        },
    )


def _of(one: ReplyFact | ManagerFact, since: date) -> Part:
    return Part(one.event, one.sector, since)


def _matched(facts: ImpactFacts, stages: tuple[Stage, ...]) -> Iterable[tuple[Part, Hashable]]:
    for reply, matched in facts.matched:
        if matched.stages == stages:
            yield answered_of(matched, reply)


@lru_cache(maxsize=256)
def _decided(
    events: tuple[EventFact, ...],
    tally: Tally,
    fewest: int,
    figures_of: FiguresOf,
    options: tuple[Hashable, ...],
) -> Decided:
    """Remembered, for it is long: the population of a year changes once a month."""
    months = sorted({part.since for part, _ in tally})
    if not months:
        return Decided()
    by_id = {event.id: event for event in events}
    families = [_family(by_id, tally, month) for month in months]
    found = decide_over_time(families, fewest)
    as_of: dict[Key, date] = {key: months[at] for key, at in found[-1].as_at.items()}  # type: ignore[misc]
    withheld: dict[Key, Withheld] = dict(found[-1].withheld)  # type: ignore[arg-type]
    lacks = _lacks(families, found, tally, figures_of, Wanted(fewest, None, options))
    return Decided(as_of, withheld, lacks)


def _lacks(
    families: list[Family],
    found: tuple[Disclosure, ...],
    tally: Tally,
    figures_of: FiguresOf,
    wanted: Wanted,
) -> dict[Name, frozenset[Key]]:
    """The figures that are held back, outcome by outcome: each outcome's are of other answers."""
    by_outcome: dict[int | None, set[Key]] = {}
    for group in families[-1].groups:
        by_outcome.setdefault(group.key[1], set()).add(group.key)  # type: ignore[index,arg-type]
    lacks: dict[Name, frozenset[Key]] = {}
    for outcome, keys in by_outcome.items():
        of_all = [_of_outcome(family, outcome) for family in families]
        published = Published(of_all, found, keys, wanted.fewest)
        of_it = tuple(
            (part, answers)
            for part, answers in tally
            if outcome is None or outcome in part.outcomes
        )
        for figures in figures_of(of_it, Wanted(wanted.fewest, outcome, wanted.options)):
            for name, lacking in published.held_back(figures).items():
                lacks[name] = lacks.get(name, frozenset()) | lacking  # type: ignore[operator]
    return {name: _as_their_twins(families[-1], keys) for name, keys in lacks.items()}


def _of_outcome(family: Family, outcome: int | None) -> Family:
    """The groups as far as they were asked of an outcome: also those that have no row by it, for
    what it says of them must stay as open."""
    if outcome is None:
        return family
    asked = {part for part in family.replies if isinstance(part, Part) and outcome in part.outcomes}
    return replace(
        family, groups=tuple(replace(group, parts=group.parts & asked) for group in family.groups)
    )


def _as_their_twins(family: Family, lacking: frozenset[Key]) -> frozenset[Key]:
    """A group that was asked of one outcome alone is the same by it and without."""
    found = set(lacking)
    by_key: dict[Any, frozenset[Any]] = {group.key: group.parts for group in family.groups}
    for (view, outcome), parts in by_key.items():
        is_twin = parts == by_key[view, None] and all(len(part.outcomes) == 1 for part in parts)
        if outcome is not None and is_twin and (view, None) in lacking:
            found.add((view, outcome))
    return frozenset(found)


def _family(events: Mapping[int, EventFact], tally: Tally, month: date) -> Family:
    come = [part for part, _ in tally if part.since <= month]
    groups: dict[Key, set[Part]] = {}
    for part in come:
        for view in events[part.event].views(part.sector):
            groups.setdefault((view, None), set()).add(part)
            if view.by in BY_OUTCOME:
                for outcome in part.outcomes:
                    groups.setdefault((view, outcome), set()).add(part)
    return Family(
        {part: len(answers) for part, answers in tally if part.since <= month},
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
