"""Confidence of the same people, from one answer to the next (E5, R5), where it is shown (R4)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm

from lms.evaluation.rules import Stage
from lms.reporting.disclosure.groups import Withheld
from lms.reporting.impact.rules.facts import ImpactFacts, Matched, Moved, ReplyFact, View
from lms.reporting.impact.rules.shown import Decided
from lms.reporting.impact.rules.statistics import (
    Changes,
    Interval,
    NoInterval,
    NonResponse,
    PairedChange,
    Share,
    mean,
    paired_change,
    with_those_silent,
)
from lms.reporting.impact.rules.tallies import LOOK_BACK, MEANS


@dataclass(frozen=True)
class MeanChange:
    """The mean change of n people in steps of the scale, with its interval or why there is none."""

    n: int
    mean: Fraction
    interval: Interval | NoInterval


@dataclass(frozen=True)
class ConfidenceFigures:
    """Confidence of the same n people before, at the end and eight weeks after; means of 1 to 5.

    Of one outcome, or of all together: then each person's mean over theirs. All None but `n` and
    `withheld` where it is not shown. `moved` says how many went which way from before to eight
    weeks after, without those that would give away how a few did.
    """

    outcome: int | None
    n: int = 0
    before: Fraction | None = None
    end: Fraction | None = None
    later: Fraction | None = None
    at_the_end: MeanChange | None = None
    eight_weeks_on: MeanChange | None = None
    moved: Mapping[Moved, Share] | None = None
    silent: NonResponse | None = None
    withheld: Withheld | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class PairFigures:
    """Confidence of the n people who answered at two stages and never at the third.

    `looking_back` is what they said at the end they would have said before, where all n did.
    """

    stages: tuple[Stage, ...]
    n: int = 0
    first: Fraction | None = None
    last: Fraction | None = None
    change: MeanChange | None = None
    looking_back: Fraction | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True)
class _Answers:
    """The answers of some people by stage, in whole units of which `scale` are a step."""

    scale: int
    by_stage: Mapping[Stage, Sequence[int]]

    def mean(self, stage: Stage) -> Fraction:
        return _mean(self.by_stage[stage], self.scale)

    def changes(self, first: Stage, last: Stage) -> Changes:
        return Changes.of(zip(self.by_stage[first], self.by_stage[last], strict=True))

    def change(self, first: Stage, last: Stage) -> MeanChange:
        found = paired_change(self.changes(first, last))
        return _in_steps(found, self.scale)


Person = tuple[ReplyFact, Matched]


def _people(
    facts: ImpactFacts, stages: tuple[Stage, ...], outcome: int | None, as_of: date
) -> list[Person]:
    return [
        (reply, matched)
        for reply, matched in facts.matched
        if matched.stages == stages
        and matched.since <= as_of
        and (outcome is None or outcome in matched.outcomes)
    ]


def _answers(people: Sequence[Person], outcome: int | None) -> _Answers:
    scale = 1 if outcome is not None else lcm(*(len(matched.outcomes) for _, matched in people))
    stages = people[0][1].stages
    return _Answers(
        scale,
        {
            stage: [_scaled(r.confidence[stage], m, outcome, scale) for r, m in people]
            for stage in stages
        },
    )


def _scaled(values: Mapping[int, int], matched: Matched, outcome: int | None, scale: int) -> int:
    if outcome is not None:
        return values[outcome]
    return sum(values[one] for one in matched.outcomes) * scale // len(matched.outcomes)


def _mean(values: Sequence[int], scale: int) -> Fraction:
    return (mean(sum(values), len(values)) or Fraction(0)) / scale


def _in_steps(change: PairedChange, scale: int) -> MeanChange:
    interval = change.interval
    if isinstance(interval, Interval):
        interval = Interval(interval.low / scale, interval.high / scale)
    return MeanChange(change.n, (change.mean or Fraction(0)) / scale, interval)


def confidence_of(
    facts: ImpactFacts, view: View, outcome: int | None, decided: Decided
) -> ConfidenceFigures:
    """Of a view's facts: those who answered all three times."""
    key = view, outcome
    as_of = decided.as_of.get(key)
    if as_of is None or not decided.says(MEANS, key):
        held = Withheld.PROTECTS_OTHERS if as_of else decided.withheld.get(key)
        return ConfidenceFigures(outcome, withheld=held)
    answers = _answers(people := _people(facts, tuple(Stage), outcome, as_of), outcome)
    later = paired_change(changes := answers.changes(Stage.PRE, Stage.IMPACT))
    moved = {Moved.IMPROVED: later.improved, Moved.SAME: later.same, Moved.WORSE: later.worse}
    return ConfidenceFigures(
        outcome,
        n=len(people),
        before=answers.mean(Stage.PRE),
        end=answers.mean(Stage.POST),
        later=answers.mean(Stage.IMPACT),
        at_the_end=answers.change(Stage.PRE, Stage.POST),
        eight_weeks_on=answers.change(Stage.PRE, Stage.IMPACT),
        moved={way: part for way, part in moved.items() if decided.says(way, key)},
        silent=_silent(facts, outcome, changes, answers.scale, as_of),
        as_of=as_of,
    )


def _silent(
    facts: ImpactFacts, outcome: int | None, later: Changes, scale: int, as_of: date
) -> NonResponse:
    """R5's range over all who were asked at eight weeks, at the events that asked of it."""
    events = {
        reply.event
        for reply in facts.replies
        for values in reply.confidence.values()
        if outcome is None or outcome in values
    }
    asked = Counter(
        one.stage is Stage.IMPACT and one.since <= as_of and one.event in events
        for one in facts.asked
    )[True]
    found = with_those_silent(later.total, later.n, asked)
    return NonResponse(
        answered=found.answered,
        asked=found.asked,
        reply_rate=found.reply_rate,
        if_unchanged=_divided(found.if_unchanged, scale),
        if_alike=_divided(found.if_alike, scale),
    )


def _divided(value: Fraction | None, scale: int) -> Fraction | None:
    return value / scale if value is not None else None


def pair_of(
    facts: ImpactFacts, view: View, stages: tuple[Stage, ...], decided: Decided
) -> PairFigures:
    """Of a view's facts: those who answered at these two stages, and for good not at the third."""
    key = view, None
    as_of = decided.as_of.get(key)
    if as_of is None or not decided.says(MEANS, key):
        held = Withheld.PROTECTS_OTHERS if as_of else decided.withheld.get(key)
        return PairFigures(stages, withheld=held)
    people = _people(facts, stages, None, as_of)
    answers = _answers(people, None)
    first, last = stages
    return PairFigures(
        stages,
        n=len(people),
        first=answers.mean(first),
        last=answers.mean(last),
        change=answers.change(first, last),
        looking_back=_looking_back(people, answers.scale) if decided.says(LOOK_BACK, key) else None,
    )


def _looking_back(people: Sequence[Person], scale: int) -> Fraction | None:
    """Only where all gave it: of fewer, that of those few would follow."""
    if not all(matched.outcomes <= set(reply.look_back) for reply, matched in people):
        return None
    return _mean([_scaled(reply.look_back, m, None, scale) for reply, m in people], scale)
