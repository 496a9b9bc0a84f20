"""What a year's report publishes of each population, as figures that bounds might settle (R4).

A population are the people whose answers one set of figures is worked out from. Its tally says
what was answered in each part; the figures are the sums that are published of every group shown.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import lcm
from typing import Any

from lms.agencies.rules import Sector
from lms.evaluation.rules import CommitmentResult, Seen, Stage
from lms.reporting.disclosure.settled import Change, Figures, counts_of, sum_of, together
from lms.reporting.impact.rules.facts import Matched, Moved, OwnFact, ReplyFact

CONFIDENCE = "confidence"
MEANS = (CONFIDENCE, 0)
LOOK_BACK = "look_back"


@dataclass(frozen=True)
class Part:
    """Replies that no view tells apart: of one event, sector, month and set of outcomes."""

    event: int
    sector: Sector | None
    since: date
    outcomes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """Of what figures are wanted: of an outcome, or of all together; of these answers."""

    fewest: int
    outcome: int | None = None
    options: tuple[Any, ...] = ()


Tally = tuple[tuple[Part, tuple[Any, ...]], ...]
FiguresOf = Callable[[Tally, Wanted], list[Figures]]


def tally_of(answers: Iterable[tuple[Part, Hashable]], until: date) -> Tally:
    """What was answered in each part by that day, in an order that facts alone decide."""
    found: dict[Part, list[Any]] = {}
    for part, answer in answers:
        if part.since <= until:
            found.setdefault(part, []).append(answer)
    ordered = sorted(found.items(), key=lambda item: _order(item[0]))
    return tuple((part, tuple(sorted(answers, key=repr))) for part, answers in ordered)


def _order(part: Part) -> tuple[date, int, str, list[int]]:
    return part.since, part.event, part.sector or "", sorted(part.outcomes)


# --- Confidence (E5) --------------------------------------------------------------------------

Answered = tuple[tuple[int, tuple[int | None, ...]], ...]  # by outcome: each stage, looking back


def answered_of(matched: Matched, reply: ReplyFact) -> tuple[Part, Answered]:
    """Matched answers of one person, by outcome, and the part in which they count."""
    part = Part(reply.event, reply.sector, matched.since, matched.outcomes)
    return part, tuple(
        (
            one,
            (*(reply.confidence[s][one] for s in matched.stages), reply.look_back.get(one)),
        )
        for one in sorted(matched.outcomes)
    )


def confidence_figures(tally: Tally, wanted: Wanted) -> list[Figures]:
    """Means and intervals, of one piece, and how many moved which way from first to last."""
    values, scale = _values(tally, wanted.outcome)
    return [_means(values, scale), _moved(_moves(values, len(Stage) - 1))]


def pair_figures(tally: Tally, wanted: Wanted) -> list[Figures]:
    """Of those who answered twice: means and the interval of the change, and looking back."""
    values, scale = _values(tally, wanted.outcome)
    said = frozenset(p for p, rows in values.items() if all(row[-1] is not None for row in rows))
    looked_back = replace(_sum_of_answers(LOOK_BACK, -1, values, scale), said_in=said)
    return [_means(values, scale), looked_back]


Values = Mapping[Part, Sequence[Sequence[int | None]]]


def _values(tally: Tally, outcome: int | None) -> tuple[Values, int]:
    """Each person's answers, that looking back last, in units of which so many are a step."""
    scale = 1 if outcome is not None else lcm(*(len(part.outcomes) for part, _ in tally))
    return {
        part: [_scaled(answer, outcome, scale) for answer in answers] for part, answers in tally
    }, scale


def _means(values: Values, scale: int) -> Figures:
    stages = range(len(next(iter(values.values()))[0]) - 1)
    sums = [_sum_of_answers((CONFIDENCE, at), at, values, scale) for at in stages]
    spreads = [
        one for at in stages[1:] for one in _spreads((CONFIDENCE, at), _moves(values, at), scale)
    ]
    return together([*sums, *spreads])


def _scaled(answer: Answered, outcome: int | None, scale: int) -> list[int | None]:
    """Each stage's answer, and the one looking back, in whole units of which `scale` are a step."""
    known = [values for one, values in answer if outcome in (None, one)]
    return [
        None if None in column else sum(column) * scale // len(known)
        for column in zip(*known, strict=True)
    ]


def _sum_of_answers(name: Hashable, at: int, values: Values, scale: int) -> Figures:
    """Of answers from 1 to 5: by how many whole steps they could be lower and higher."""
    sums = {part: sum(row[at] or scale for row in rows) for part, rows in values.items()}
    less = {part: sums[part] / scale - len(rows) for part, rows in values.items()}
    more = {part: 5 * len(rows) - sums[part] / scale for part, rows in values.items()}
    return Figures((Change(name, less, more),))


def _moves(values: Values, at: int) -> dict[Part, list[int]]:
    return {part: [(row[at] or 0) - (row[0] or 0) for row in rows] for part, rows in values.items()}


def _spreads(name: Hashable, moved: Mapping[Part, Sequence[int]], scale: int) -> Iterator[Figures]:
    """What an interval may betray: that all who are left over changed alike.

    The squares of their distances from a change add up to nothing only where each is that change;
    asked of every change that all of some part made, for groups that differ by a few who were alike
    yield it too.
    """
    alike = {changes[0] for changes in moved.values() if len(set(changes)) == 1}
    for value in sorted(alike):
        apart = {
            part: sum((one - value) ** 2 for one in changes) / scale**2
            for part, changes in moved.items()
        }
        room = {part: 64 * len(changes) for part, changes in moved.items()}
        yield Figures((Change((name, value), apart, room),))


def _moved(moved: Mapping[Part, Sequence[int]]) -> Figures:
    counts = {
        way: {part: sum(Moved.of(one) is way for one in changes) for part, changes in moved.items()}
        for way in Moved
    }
    return replace(counts_of(counts), rather=(Moved.IMPROVED,))


# --- Commitments, reasons, managers, own questions ---------------------------------------------


def figures_of_one(tally: Tally, wanted: Wanted) -> list[Figures]:
    """Answers of which each is one: here too those that nobody gave."""
    options = wanted.options
    return [
        counts_of(
            {
                option: {
                    part: sum(each.count(option) for each in answers) for part, answers in tally
                }
                for option in options
            }
        )
    ]


def commitment_figures(tally: Tally, wanted: Wanted) -> list[Figures]:
    """How many commitments became what; done and partly first, for those are kept."""
    (one,) = figures_of_one(tally, wanted)
    return [replace(one, rather=(CommitmentResult.DONE, CommitmentResult.PARTLY))]


def manager_figures(tally: Tally, wanted: Wanted) -> list[Figures]:
    """How many managers saw what; first how many have seen it."""
    (one,) = figures_of_one(tally, wanted)
    return [replace(one, rather=(Seen.IN_PRACTICE,))]


def figures_of_several(tally: Tally, wanted: Wanted) -> list[Figures]:
    """Answers of which each person may have chosen several, each by itself."""
    return _one_by_one(tally, wanted.options, 0)


def reason_figures(tally: Tally, wanted: Wanted) -> list[Figures]:
    """Each reason by itself, for several may be given; those of few are not said anyway."""
    return _one_by_one(tally, wanted.options, wanted.fewest)


def _one_by_one(tally: Tally, options: Iterable[Hashable], at_least: int) -> list[Figures]:
    n = {part: len(answers) for part, answers in tally}
    return [
        sum_of(
            option,
            {part: sum(option in each for each in answers) for part, answers in tally},
            n,
            1,
            at_least=at_least,
        )
        for option in options
    ]


def chosen_of(own: OwnFact) -> tuple[Part, tuple[str, ...]]:
    """What one person chose, and the part in which it counts."""
    return Part(own.event, own.sector, own.since), own.chosen
