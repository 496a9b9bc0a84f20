"""Somebody who reads every impact report that is made of a year, and works out what it withholds.

They read the rows that the files hold, which say all that pages and charts do: view by view and
moment by moment, each outcome's figures beside those of all. They know how many replied in every
part, when answers count, and that nobody answers beyond the scale. Of each figure of each group
that is withheld they ask between which bounds it must lie (scipy, where the rule has a simplex
method of its own); and all outcomes are in one system, where the rule takes them one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from lms.agencies.rules import Sector
from lms.evaluation.rules import BARRIERS, HELPS, CommitmentResult, Seen, Stage
from lms.reporting.disclosure.groups import FEWEST_REPLIES
from lms.reporting.impact.file import CONFIDENCE, COUNTS, OWN, PAIRS, STAGES, rows_of
from lms.reporting.impact.queries import ImpactRow
from lms.reporting.impact.rules import (
    ImpactFacts,
    Moved,
    OwnKind,
    View,
    decide_shown,
    impact_figures,
)
from lms.reporting.impact.rules.shown import PAIRS as PAIRS_OF_STAGES
from lms.reporting.impact.rules.shown import Decided, Shown
from tests.support.impact_years import MOMENTS
from tests.support.unknowns import System, Weights

Cell = tuple[int, Sector | None, date, frozenset[int]]
Rule = Callable[[ImpactFacts, date, int], Shown]
Told = Mapping[str, Any]


class Sheets:
    """All systems of a year: those of confidence by people's stages, and those of counts."""

    def __init__(self, facts: ImpactFacts) -> None:
        self.systems: dict[Hashable, System] = defaultdict(System)
        self.read = 0
        self.spreads: dict[Any, list[Any]] = defaultdict(list)  # published, by stages and last
        self.wanted: dict[Any, list[Any]] = defaultdict(list)
        self.people: dict[tuple[Stage, ...], list[tuple[Cell, Any]]] = {
            stages: [] for stages in (tuple(Stage), *PAIRS_OF_STAGES)
        }
        for reply, matched in facts.matched:
            cell = reply.event, reply.sector, matched.since, matched.outcomes
            self.people[matched.stages].append((cell, reply))
        self._add_means()
        self._add_moved()
        self.counted = dict(_counted(facts))
        for name, (answers, options, adds_up, most) in self.counted.items():
            _add_counts(self.systems[name], answers, options, adds_up=adds_up, most=most)

    def _add_means(self) -> None:
        for stages, people in self.people.items():
            for cell, reply in people:
                for one in cell[3]:
                    for stage in stages:
                        self.systems[stages, stage].add(
                            (cell, one), reply.confidence[stage][one], 1, 5
                        )
                    if Stage.PRE not in stages:
                        self.systems[stages, "look_back"].add(
                            (cell, one), reply.look_back.get(one, 1), 1, 5
                        )

    def _add_moved(self) -> None:
        for cell, reply in self.people[tuple(Stage)]:
            system = self.systems["moved"]
            for unknown, change in _changes(cell, reply, Stage.PRE, Stage.IMPACT):
                for way in Moved:
                    system.add((*unknown, way), float(Moved.of(change) is way), 0, 1)
        _add_up(self.systems["moved"], list(Moved))

    def add_spreads(self) -> None:
        """What intervals give away: how far changes lie from one that all who are withheld made.

        The squares of those distances add up to nothing only where each is nothing.
        """
        for (stages, last), wanted in self.wanted.items():
            for name, outcome, people in wanted:
                changes = {
                    change
                    for cell, reply in people
                    for unknown, change in _changes(cell, reply, stages[0], last)
                    if unknown == _unknown(cell, outcome)
                }
                if len(changes) == 1:
                    system = self._distances(stages, last, *changes)
                    system.want(name, {_unknown(cell, outcome): 1.0 for cell, _ in people})

    def _distances(self, stages: tuple[Stage, ...], last: Stage, value: Any) -> System:
        name = stages, last, "apart from", value
        if name in self.systems:
            return self.systems[name]
        system = self.systems[name] = System(of_distances=True)
        most = float(4 + abs(value)) ** 2
        for cell, reply in self.people[stages]:
            for unknown, change in _changes(cell, reply, stages[0], last):
                system.add(unknown, float(change - value) ** 2, 0, most)
        for outcome, people in self.spreads[stages, last]:
            forms = {_unknown(cell, outcome): 1.0 for cell, _ in people}
            system.read(forms, sum(system.truth[system.at[one]] for one in forms))
        return system

    def recovered(self) -> set[Hashable]:
        """The systems in which something withheld is known."""
        return {
            name for name, system in self.systems.items() if any(True for _ in system.recovered())
        }


def _changes(cell: Cell, reply: Any, first: Stage, last: Stage) -> Iterator[tuple[Any, Any]]:
    """By outcome and of all: where somebody was asked of one alone, both are the same unknown."""
    of_each = {o: reply.confidence[last][o] - reply.confidence[first][o] for o in cell[3]}
    for one, change in of_each.items():
        yield (cell, one), change
    if len(of_each) > 1:
        yield (cell, None), Fraction(sum(of_each.values()), len(of_each))


def _unknown(cell: Cell, outcome: int | None) -> tuple[Cell, int | None]:
    return (cell, next(iter(cell[3]))) if outcome is None and len(cell[3]) == 1 else (cell, outcome)


def _add_up(system: System, options: list[Any]) -> None:
    """The counts of a part add up to all in it, which is known."""
    for unknown in dict.fromkeys(key[:-1] for key in system.at):  # type: ignore[index]
        forms = {(*unknown, option): 1.0 for option in options}
        system.read(forms, sum(system.truth[system.at[one]] for one in forms))


def _add_counts(
    system: System, answers: list[Any], options: list[Any], *, adds_up: bool, most: int
) -> None:
    for cell, counts in answers:
        for option in options:
            system.add((cell, option), counts.get(option, 0), 0, most)
    if adds_up:
        _add_up(system, options)


def _counted(facts: ImpactFacts) -> Iterator[tuple[Hashable, Any]]:
    impact = [r for r in facts.replies if Stage.IMPACT in r.since]
    none = frozenset[int]()

    def cell(one: Any, since: date) -> Cell:
        return one.event, one.sector, since, none

    results = list(CommitmentResult)
    kept = [
        (cell(r, r.since[Stage.IMPACT]), {one: r.results.count(one) for one in results})
        for r in impact
        if r.results
    ]
    yield "commitments", (kept, results, True, 2)
    codes = [*((False, str(c)) for c in BARRIERS), *((True, str(c)) for c in HELPS)]
    reasons = [(cell(r, r.since[Stage.IMPACT]), dict.fromkeys(r.reasons, 1)) for r in impact]
    yield "reasons", (reasons, codes, False, 1)
    yield "managers", ([(cell(m, m.since), {m.seen: 1}) for m in facts.managers], [*Seen], True, 1)
    for question in facts.questions:
        options = [key for key, _ in question.options]
        chosen = [(cell(o, o.since), dict.fromkeys(o.chosen, 1)) for o in facts.chosen(question)]
        yield (question.wording, question.stage), (chosen, options, question.kind is OwnKind.ONE, 1)


# --- What is read, and of whom ------------------------------------------------------------------


def sheets_of(facts: ImpactFacts, rule: Rule = decide_shown) -> Sheets:
    """Reads every view of every moment, as published under that rule."""
    sheets = Sheets(facts)
    events = {event.id: event for event in facts.events}
    views = {
        key: frozenset(events[key[0]].views(key[1]))
        for key in {(one.event, one.sector) for one in facts.replies}
    }
    for until in MOMENTS:
        shown = rule(facts, until, FEWEST_REPLIES)
        for view in sorted(frozenset().union(*views.values()), key=repr):
            figures = impact_figures(facts, view, shown, until, FEWEST_REPLIES)
            rows = [
                dict(zip(("label", "outcome", *CONFIDENCE, *COUNTS, *OWN), values, strict=True))
                for values in rows_of(ImpactRow("", figures), facts.outcomes)
            ]
            Reading(sheets, facts, shown, view, until, views, rows).read()
    sheets.add_spreads()
    return sheets


@dataclass
class Reading:
    """One view at one moment: its rows as a file holds them."""

    sheets: Sheets
    facts: ImpactFacts
    shown: Shown
    view: View
    until: date
    views: Mapping[tuple[int, Sector | None], frozenset[View]]
    rows: list[Told]

    def read(self) -> None:
        """Notes all that stands there, and all that does not."""
        outcomes = {words: one for one, words in self.facts.outcomes.items()}
        for row in self.rows:
            if row["outcome"] is not None:
                one = outcomes.get(row["outcome"])
                self._read_matched(row, one)
        first = self.rows[0]
        for stages, name in PAIRS.items():
            self._read_pair(first, stages, f"only_{name}_")
        kept = {one: first[one.value] for one in CommitmentResult}
        self._note("commitments", self.shown.commitments, kept)
        reasons = {
            (is_help, code): first[f"{word}_{code}"]
            for is_help, word, codes in ((False, "barrier", BARRIERS), (True, "help", HELPS))
            for code in map(str, codes)
        }
        self._note("reasons", self.shown.reasons, reasons)
        seen = {one: first[f"managers_{one.value}"] for one in Seen}
        self._note("managers", self.shown.managers, seen)
        for question in self.facts.questions:
            asked = question.wording, STAGES[question.stage]
            labels = {label: key for key, label in question.options}
            chosen = {
                labels[row["answer"]]: row["chosen"]
                for row in self.rows
                if (row["question"], row["question_stage"]) == asked and row["answer"]
            }
            decided = self.shown.own[question.id, question.stage]
            self._note((question.wording, question.stage), decided, chosen)

    def _cells(self, people: Iterable[tuple[Cell, Any]], until: date) -> dict[Cell, int]:
        found: dict[Cell, int] = defaultdict(int)
        for cell, _ in people:
            if cell[2] <= until and self.view in self.views[cell[:2]]:
                found[cell] += 1
        return found

    def _is_wanted(self, decided: Decided, outcome: int | None, cells: Mapping[Cell, int]) -> bool:
        """Whether that stays withheld: for good, where so few had come, or to this day."""
        return (self.view, outcome) in decided.withheld and (
            sum(cells.values()) < FEWEST_REPLIES or self.until == MOMENTS[-1]
        )

    def _note(self, name: Hashable, decided: Decided, told: Mapping[Any, int | None]) -> None:
        system, (answers, options, *_) = self.sheets.systems[name], self.sheets.counted[name]
        cells = self._cells(answers, self.until)
        if self._is_wanted(decided, None, cells):
            for option in options:
                system.want((self.view, option), {(cell, option): 1.0 for cell in cells})
        as_of = decided.as_of.get((self.view, None))
        inside = self._cells(answers, as_of) if as_of else {}
        for option, total in told.items():
            if total is not None:
                self.sheets.read += 1
                system.read({(cell, option): 1.0 for cell in inside}, total)

    def _read_matched(self, row: Told, outcome: int | None) -> None:
        stages = tuple(Stage)
        people = self._said(stages, self.shown.matched, outcome)
        names = ("before", "end", "later"), ("change_end", "change_later")
        self._read_confidence(row, stages, outcome, people, *names)
        cells = {cell: 1.0 for cell, _ in people}
        for way in Moved:
            if row[way.value] is not None:
                weights: Weights = {(*_unknown(cell, outcome), way): 1.0 for cell in cells}
                self.sheets.systems["moved"].read(weights, row[way.value])

    def _read_pair(self, row: Told, stages: tuple[Stage, ...], prefix: str) -> None:
        people = self._said(stages, self.shown.pairs[stages], None)
        names = (f"{prefix}first", f"{prefix}last"), (f"{prefix}change",)
        self._read_confidence(row, stages, None, people, *names)
        if (value := row[f"{prefix}looking_back"]) is not None:
            weights = _weights(people, None)
            total, n = value * len(people), len(people)
            self.sheets.systems[stages, "look_back"].read(weights, total, n * 1e-4)

    def _said(self, stages: tuple[Stage, ...], decided: Decided, outcome: int | None) -> list[Any]:
        """Of whom a row is; and notes what is withheld of these people."""
        everyone = self.sheets.people[stages]
        asked = [(c, r) for c, r in everyone if outcome is None or outcome in c[3]]
        inside = self._cells(asked, self.until)
        if self._is_wanted(decided, outcome, inside):
            self._want(stages, outcome, [(c, r) for c, r in asked if c in inside])
        as_of = decided.as_of.get((self.view, outcome))
        shown = self._cells(asked, as_of) if as_of else {}
        return [(c, r) for c, r in asked if c in shown]

    def _want(self, stages: tuple[Stage, ...], outcome: int | None, people: list[Any]) -> None:
        name = self.view, outcome
        for stage in stages:
            self.sheets.systems[stages, stage].want(name, _weights(people, outcome))
        if Stage.PRE not in stages:
            self.sheets.systems[stages, "look_back"].want(name, _weights(people, outcome))
        for last in stages[1:]:
            self.sheets.wanted[stages, last].append((name, outcome, people))
        if stages == tuple(Stage):
            for way in Moved:
                form: Weights = {(*_unknown(cell, outcome), way): 1.0 for cell, _ in people}
                self.sheets.systems["moved"].want((*name, way), form)

    def _read_confidence(
        self,
        row: Told,
        stages: tuple[Stage, ...],
        outcome: int | None,
        people: list[Any],
        means: tuple[str, ...],
        changes: tuple[str, ...],
    ) -> None:
        if row[means[0]] is None:
            return
        self.sheets.read += len(means) + len(changes)
        weights, n = _weights(people, outcome), len(people)
        for stage, name in zip(stages, means, strict=True):
            self.sheets.systems[stages, stage].read(weights, row[name] * n, n * 1e-4)
        for last, name in zip(stages[1:], changes, strict=True):
            assert row[name] is not None
            self.sheets.spreads[stages, last].append((outcome, people))


def _weights(people: Iterable[tuple[Cell, Any]], outcome: int | None) -> Weights:
    """A sum of answers to an outcome; or of people's means over theirs."""
    cells = dict.fromkeys(cell for cell, _ in people)
    if outcome is not None:
        return {(cell, outcome): 1.0 for cell in cells}
    return {(cell, one): 1 / len(cell[3]) for cell in cells for one in cell[3]}
