"""Random years of evaluation as facts, and an attacker who reads every figure published of them.

The attacker is handed what the report's pages, charts and files are drawn from, view by view and
moment by moment, and how many replied in every part; then asks of each figure of each group that is
withheld between which bounds it must lie (scipy, where the rule has a simplex method of its own).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from scipy.optimize import linprog

from lms.agencies.rules import Sector
from lms.evaluation.rules import Barrier, CommitmentResult, Help, Seen, Stage
from lms.reporting.disclosure.groups import FEWEST_REPLIES
from lms.reporting.impact.rules import (
    AskedFact,
    EventFact,
    ImpactFacts,
    ImpactFigures,
    ManagerFact,
    Moved,
    OwnFact,
    OwnKind,
    OwnQuestion,
    ReplyFact,
    View,
    decide_shown,
    impact_figures,
)
from lms.reporting.impact.rules.shown import PAIRS, Decided, Shown
from lms.reporting.impact.rules.statistics import Interval, student_t

MOMENTS = (date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1))
ALMOST = 1e-6
ONE_OF = OwnQuestion(1, Stage.POST, OwnKind.ONE, "How?", (("1", "a"), ("2", "b"), ("3", "c")))
SEVERAL = OwnQuestion(2, Stage.IMPACT, OwnKind.SEVERAL, "Which?", (("1", "a"), ("2", "b")))


def random_facts(seed: int, events: int = 0) -> ImpactFacts:
    """A year of one partnership; one outcome a course, so that every answer is a whole number."""
    lot = random.Random(seed)  # noqa: S311
    number = events or lot.choice([6, 10, 16])
    sectors = list(Sector)[: lot.choice([1, 3, 6])]
    priorities = range(lot.choice([2, 4]))
    about = {
        course: (
            lot.choice([None, 1, 2]),
            lot.choice(["children", "adults"]),
            lot.sample(priorities, 1),
        )
        for course in range(lot.randint(2, max(3, number // 3)))
    }
    found = []
    for at in range(number):
        course = lot.choice(list(about))
        level, remit, its = about[course]
        quarter = at * 4 // number
        found.append(
            EventFact(at, course, level, remit, f"Q{quarter + 1}", frozenset(its), MOMENTS[quarter])
        )
    typical, kind = lot.choice([4, 8, 12]), lot.choice([0.1, 0.5, 0.9, 0.99])
    replies: list[ReplyFact] = []
    own: list[OwnFact] = []
    managers: list[ManagerFact] = []
    for event in found:
        for _ in range(max(0, round(lot.gauss(typical, 3)))):
            sector = lot.choice(sectors)
            replies.append(_reply(lot, event, sector, kind))
            reply = replies[-1]
            own += [
                _own(lot, question, reply, kind)
                for question in (ONE_OF, SEVERAL)
                if question.stage in reply.since
            ]
            if lot.random() < 0.4:
                seen = Seen.IN_PRACTICE if lot.random() < kind else lot.choice(list(Seen))
                managers.append(ManagerFact(event.id, sector, seen, event.closes))
    return ImpactFacts(
        tuple(found),
        tuple(replies),
        asked=tuple(AskedFact(r.event, r.sector, Stage.IMPACT, date(2025, 5, 1)) for r in replies),
        managers=tuple(managers),
        outcomes={event.course or 0: "" for event in found},
        questions=(ONE_OF, SEVERAL),
        own=tuple(own),
    )


def _reply(lot: random.Random, event: EventFact, sector: Sector, kind: float) -> ReplyFact:
    stages = [stage for stage in Stage if lot.random() < 0.9]
    before = lot.choice([1, 2, 2, 3])
    later = min(5, before + (lot.choice([1, 1, 2]) if lot.random() < kind else lot.choice([0, -1])))
    values = {Stage.PRE: before, Stage.POST: min(5, before + 2), Stage.IMPACT: max(1, later)}
    late = MOMENTS[min(3, MOMENTS.index(event.closes) + 1)]
    since = late if lot.random() < 0.03 else event.closes
    did = CommitmentResult.DONE
    return ReplyFact(
        event.id,
        sector,
        {stage: since if stage is Stage.IMPACT else event.closes for stage in stages},
        {stage: {event.course or 0: values[stage]} for stage in stages},
        look_back={event.course or 0: before} if Stage.PRE not in stages else {},
        results=tuple(
            did if lot.random() < kind else lot.choice(list(CommitmentResult))
            for _ in range(lot.randint(0, 2))
        )
        if Stage.IMPACT in stages
        else (),
        barriers=frozenset(str(b) for b in list(Barrier)[:3] if lot.random() < kind)
        if Stage.IMPACT in stages
        else frozenset(),
        helps=frozenset(str(h) for h in list(Help)[:2] if lot.random() < 1 - kind)
        if Stage.IMPACT in stages
        else frozenset(),
    )


def _own(lot: random.Random, question: OwnQuestion, reply: ReplyFact, kind: float) -> OwnFact:
    keys = [key for key, _ in question.options]
    if question.kind is OwnKind.ONE:
        chosen: tuple[str, ...] = (keys[0] if lot.random() < kind else lot.choice(keys),)
    else:
        chosen = tuple(key for key in keys if lot.random() < kind)
    return OwnFact(
        question.id, reply.event, reply.sector, question.stage, reply.since[question.stage], chosen
    )


# --- What is published, and of whom -------------------------------------------------------------

Cell = tuple[int, Sector | None, date]


@dataclass
class Column:
    """A figure: what each cell truly adds to it, and what each may add, from least to most."""

    truth: dict[Cell, float] = field(default_factory=Counter)
    least: float = 0
    most: float = 1


@dataclass
class Sheet:
    """All that is published of one population: sums of its columns over cells.

    `rows` are a column's name, the cells, and the sum that was read off. `adds_up`: the columns of
    a cell add up to what is known of it; `is_spread`: they are distances that may be nothing.
    """

    columns: dict[Hashable, Column]
    cells: dict[Cell, int]
    adds_up: bool = False
    is_spread: bool = False
    rows: list[tuple[Hashable, frozenset[Cell], float]] = field(default_factory=list)
    withheld: set[frozenset[Cell]] = field(default_factory=set)

    def recovered(self) -> Iterator[tuple[Hashable, frozenset[Cell]]]:
        """The figures of withheld groups that are known to less than a unit; of distances from a
        value, those of groups that are known to have answered alike."""
        at = {cell: number for number, cell in enumerate(self.cells)}
        names, width = list(self.columns), len(at)
        blocks = [names] if self.adds_up else [[name] for name in names]
        for block in blocks:
            system = self._system(block, at)
            for group in self.withheld:
                for place, name in enumerate(block):
                    wanted = np.zeros(width * len(block))
                    wanted[[place * width + at[cell] for cell in group]] = 1
                    if self.is_spread:
                        truth = sum(self.columns[name].truth[cell] for cell in group)
                        if truth or _most(wanted, *system) > ALMOST:
                            continue  # some differ, or could for all that is known
                        yield name, group
                    elif _most(wanted, *system) + _most(-wanted, *system) < 1 - ALMOST:
                        yield name, group

    def _system(self, block: Sequence[Hashable], at: Mapping[Cell, int]) -> Any:
        width = len(at)
        matrix, sums = [], []
        for name, cells, total in self.rows:
            if name in block:
                row = np.zeros(width * len(block))
                row[[block.index(name) * width + at[cell] for cell in cells]] = 1
                matrix.append(row)
                sums.append(total)
        if self.adds_up:
            for cell, place in at.items():
                row = np.zeros(width * len(block))
                row[[column * width + place for column in range(len(block))]] = 1
                matrix.append(row)
                sums.append(sum(self.columns[name].truth[cell] for name in block))
        bounds = [
            (self.columns[name].least * n, self.columns[name].most * n)
            for name in block
            for n in self.cells.values()
        ]
        return matrix, sums, bounds


def _most(wanted: Any, matrix: Any, sums: Any, bounds: Any) -> float:
    known = {"A_eq": np.array(matrix), "b_eq": sums} if matrix else {}
    found = linprog(-wanted, **known, bounds=bounds, method="highs")
    assert found.success, found.message
    return float(-found.fun)


Rule = Callable[[ImpactFacts, date, int], Shown]


def sheets_of(facts: ImpactFacts, rule: Rule = decide_shown) -> dict[str, Sheet]:
    """Reads every view of every moment, as published under that rule."""
    sheets = {**_confidence_sheets(facts), **_counting_sheets(facts)}
    events = {event.id: event for event in facts.events}
    sectors = {(r.event, r.sector) for r in facts.replies}
    views = sorted({v for e, s in sectors for v in events[e].views(s)}, key=repr)
    for until in MOMENTS:
        shown = rule(facts, until, FEWEST_REPLIES)
        for view in views:
            figures = impact_figures(facts, view, shown, until, FEWEST_REPLIES)
            _read(sheets, figures, shown, _stands(events, view, until), until == MOMENTS[-1])
    return sheets


def _stands(events: Mapping[int, EventFact], view: View, until: date) -> Callable[[Cell], bool]:
    return lambda cell: cell[2] <= until and view in events[cell[0]].views(cell[1])


def _sheet(answers: Sequence[tuple[Cell, Mapping[Hashable, float]]], **kinds: Any) -> Sheet:
    columns: dict[Hashable, Column] = {}
    least, most = kinds.pop("bounds", (0, 1))
    for name in dict.fromkeys(name for _, told in answers for name in told):
        columns[name] = Column(Counter(), least, most)
    cells: Counter[Cell] = Counter()
    for cell, told in answers:
        cells[cell] += 1
        for name, value in told.items():
            columns[name].truth[cell] += value  # type: ignore[assignment]
    return Sheet(columns, dict(cells), **kinds)


def _confidence_sheets(facts: ImpactFacts) -> dict[str, Sheet]:
    found = {}
    for stages in (tuple(Stage), *PAIRS):
        means, moved, apart = [], [], []
        for reply, matched in facts.matched:
            if matched.stages == stages:
                cell = reply.event, reply.sector, matched.since
                (outcome,) = matched.outcomes
                values = [reply.confidence[stage][outcome] for stage in stages]
                told: dict[Hashable, float] = dict(zip(stages, values, strict=True))
                if Stage.PRE not in stages:
                    told["look_back"] = reply.look_back[outcome]
                means.append((cell, told))
                change = values[-1] - values[0]
                moved.append((cell, {way: float(Moved.of(change) is way) for way in Moved}))
                apart.append((cell, {v: float((change - v) ** 2) for v in range(-4, 5)}))
        name = "-".join(stages)
        found[f"means {name}"] = _sheet(means, bounds=(1, 5))
        found[f"apart {name}"] = _sheet(apart, bounds=(0, 64), is_spread=True)
        if len(stages) == len(Stage):
            found["moved"] = _sheet(moved, adds_up=True)
    return found


def _counting_sheets(facts: ImpactFacts) -> dict[str, Sheet]:
    impact = [r for r in facts.replies if Stage.IMPACT in r.since]
    codes = sorted({one for r in impact for one in r.reasons})
    sheets = {
        "commitments": _sheet(
            [
                (_cell(r), {one: r.results.count(one) for one in CommitmentResult})
                for r in impact
                if r.results
            ],
            bounds=(0, 2),
            adds_up=True,
        ),
        "reasons": _sheet([(_cell(r), {c: float(c in r.reasons) for c in codes}) for r in impact]),
        "managers": _sheet(
            [
                ((m.event, m.sector, m.since), {one: float(one is m.seen) for one in Seen})
                for m in facts.managers
            ],
            adds_up=True,
        ),
    }
    for question in facts.questions:
        sheets[f"own {question.id}"] = _sheet(
            [
                (
                    (o.event, o.sector, o.since),
                    {k: float(k in o.chosen) for k, _ in question.options},
                )
                for o in facts.chosen(question)
            ],
            adds_up=question.kind is OwnKind.ONE,
        )
    return sheets


def _cell(reply: ReplyFact) -> Cell:
    return reply.event, reply.sector, reply.since[Stage.IMPACT]


def _read(
    sheets: Mapping[str, Sheet],
    told: ImpactFigures,
    shown: Shown,
    stands: Callable[[Cell], bool],
    is_last: bool,
) -> None:
    """What one view of one moment says; and what of it was withheld."""
    _read_confidence(sheets, told, shown, stands, is_last)
    for name, decided, counts, n in (
        ("commitments", shown.commitments, told.commitments.results, told.commitments.people),
        ("managers", shown.managers, told.managers.seen, told.managers.answered),
        ("reasons", shown.reasons, _reasons(told), told.reasons.people),
    ):
        _note(sheets[name], decided, told.view, stands, counts or {}, n, is_last=is_last)
    said = {(own.question.id): own for own in told.own}
    for (question, _), decided in shown.own.items():
        own = said.get(question)
        counts = own.counts if own else {}
        _note(
            sheets[f"own {question}"],
            decided,
            told.view,
            stands,
            counts,
            own.answered if own else 0,
            is_last=is_last,
        )


def _reasons(told: ImpactFigures) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {(False, c): n for c, n in (told.reasons.barriers or {}).items()}
    return found | {(True, code): n for code, n in (told.reasons.helps or {}).items()}


def _note(
    sheet: Sheet,
    decided: Decided,
    view: View,
    stands: Callable[[Cell], bool],
    sums: Mapping[Any, float],
    n: int,
    *,
    is_last: bool,
) -> None:
    as_of = decided.as_of.get((view, None))
    inside = frozenset(cell for cell in sheet.cells if stands(cell))
    if (view, None) in decided.withheld:
        assert not sums, "a withheld group has a figure"
        is_for_good = sum(sheet.cells[cell] for cell in inside) < FEWEST_REPLIES
        if is_for_good or is_last:
            sheet.withheld.add(inside)
    if as_of is None or not sums:
        return
    cells = frozenset(cell for cell in inside if cell[2] <= as_of)
    assert sum(sheet.cells[cell] for cell in cells) == n, "the attacker does not know of whom it is"
    for name, total in sums.items():
        if name in sheet.columns:
            truth = sum(sheet.columns[name].truth[cell] for cell in cells)
            assert abs(truth - total) < ALMOST, (name, truth, total)
            sheet.rows.append((name, cells, total))


def _read_confidence(
    sheets: Mapping[str, Sheet],
    told: ImpactFigures,
    shown: Shown,
    stands: Callable[[Cell], bool],
    is_last: bool,
) -> None:
    one, name, view = told.overall, "-".join(Stage), told.view
    sums: dict[Hashable, float] = {}
    apart: dict[Hashable, float] = {}
    if one.before is not None and one.end is not None and one.later is not None:
        means = zip(Stage, (one.before, one.end, one.later), strict=True)
        sums = {stage: float(mean) * one.n for stage, mean in means}
        assert one.eight_weeks_on
        apart = _apart(one.eight_weeks_on)
    _note(sheets[f"means {name}"], shown.matched, view, stands, sums, one.n, is_last=is_last)
    _note(sheets[f"apart {name}"], shown.matched, view, stands, apart, one.n, is_last=is_last)
    moved = {way: share.part for way, share in (one.moved or {}).items()}
    _note(sheets["moved"], shown.matched, view, stands, moved, one.n, is_last=is_last)
    for pair in told.pairs:
        sums, apart = {}, {}
        if pair.first is not None and pair.last is not None and pair.change is not None:
            means = zip(pair.stages, (pair.first, pair.last), strict=True)
            sums = {stage: float(mean) * pair.n for stage, mean in means}
            if pair.looking_back is not None:
                sums["look_back"] = float(pair.looking_back) * pair.n
            apart = _apart(pair.change)
        name, decided = "-".join(pair.stages), shown.pairs[pair.stages]
        _note(sheets[f"means {name}"], decided, view, stands, sums, pair.n, is_last=is_last)
        _note(sheets[f"apart {name}"], decided, view, stands, apart, pair.n, is_last=is_last)


def _apart(change: Any) -> dict[Hashable, float]:
    """The squares of the distances from each value, as mean and interval give them away."""
    n, mean = change.n, float(change.mean)
    spread = 0.0
    if isinstance(change.interval, Interval):
        error = (change.interval.high - change.interval.low) / 2 / student_t(0.95, n - 1)
        spread = error**2 * n * (n - 1)
    return {v: spread + n * (mean - v) ** 2 for v in range(-4, 5)}
