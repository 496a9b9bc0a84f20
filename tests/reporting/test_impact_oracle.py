"""Every figure of the impact report, of 500 random years, against numpy, scipy and plain counting.

All groups are shown here, however small: what is withheld is the matter of other tests. The other
side takes nothing from the report's own rules but the facts.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from lms.evaluation.rules import CommitmentResult, Seen, Stage
from lms.reporting.impact.rules import (
    ALL,
    ConfidenceFigures,
    EventFact,
    ImpactFacts,
    ImpactFigures,
    Moved,
    PairFigures,
    ReplyFact,
    View,
    impact_figures,
)
from lms.reporting.impact.rules.shown import PAIRS, Decided, Shown
from lms.reporting.impact.rules.statistics import Interval, NoInterval
from tests.support.impact_years import random_facts

DATA_SETS = 500
END = date(2026, 12, 1)  # every answer counts


def outcomes_of(reply: ReplyFact, event: EventFact) -> tuple[tuple[Stage, ...], set[int]]:
    """The stages that were answered in time, and what was answered at each of them."""
    known = tuple(s for s in Stage if s in reply.confidence and reply.since[s] <= event.closes)
    answered = [set(reply.confidence[stage]) for stage in known]
    return known, set.intersection(*answered) if answered else set()


class Oracle:
    """One view of a year, reckoned apart."""

    def __init__(self, facts: ImpactFacts, view: View) -> None:
        events = {event.id: event for event in facts.events}

        def stands(one: Any) -> bool:
            return view in set(events[one.event].views(one.sector))

        self.events = events
        self.facts = facts
        self.replies = [one for one in facts.replies if stands(one)]
        self.asked = [one for one in facts.asked if stands(one)]
        self.managers = [one for one in facts.managers if stands(one)]
        self.own = [one for one in facts.own if stands(one)]
        self.at_impact = [one for one in self.replies if Stage.IMPACT in one.since]

    def people(self, stages: tuple[Stage, ...], outcome: int | None = None) -> list[ReplyFact]:
        found = [(one, *outcomes_of(one, self.events[one.event])) for one in self.replies]
        return [
            one
            for one, known, its in found
            if known == stages and (outcome in its if outcome is not None else its)
        ]

    def values(
        self, people: Sequence[ReplyFact], stage: Stage, outcome: int | None = None
    ) -> np.ndarray[Any, Any]:
        return np.array([self._value(one, one.confidence[stage], outcome) for one in people])

    def looked_back(self, people: Sequence[ReplyFact]) -> np.ndarray[Any, Any] | None:
        its = [outcomes_of(one, self.events[one.event])[1] for one in people]
        if not all(own <= set(one.look_back) for one, own in zip(people, its, strict=True)):
            return None
        return np.array([self._value(one, one.look_back, None) for one in people])

    def _value(self, reply: ReplyFact, said: Any, outcome: int | None) -> float:
        if outcome is not None:
            return float(said[outcome])
        its = outcomes_of(reply, self.events[reply.event])[1]
        return float(np.mean([said[one] for one in its]))


@cache
def student(degrees: int) -> float:
    return float(stats.t.ppf(0.975, degrees))


@cache
def wilson(part: int, n: int) -> tuple[float, float]:
    found = stats.binomtest(part, n).proportion_ci(method="wilson")
    return found.low, found.high


def must_be_change(told: Any, moved: np.ndarray[Any, Any]) -> None:
    assert told.n == len(moved)
    assert float(told.mean) == pytest.approx(moved.mean(), abs=1e-9)
    if len(moved) < 2 or np.ptp(moved) < 1e-12:
        assert isinstance(told.interval, NoInterval)
        return
    assert isinstance(told.interval, Interval)
    reach = student(len(moved) - 1) * moved.std(ddof=1) / len(moved) ** 0.5
    ends = (moved.mean() - reach, moved.mean() + reach)
    assert (told.interval.low, told.interval.high) == pytest.approx(ends, abs=1e-9)


def must_be_confidence(told: ConfidenceFigures, oracle: Oracle) -> None:
    people = oracle.people(tuple(Stage), told.outcome)
    assert told.n == len(people)
    pre, post, later = (oracle.values(people, stage, told.outcome) for stage in Stage)
    means = [float(one) for one in (told.before, told.end, told.later) if one is not None]
    assert means == pytest.approx([pre.mean(), post.mean(), later.mean()], abs=1e-9)
    must_be_change(told.at_the_end, post - pre)
    must_be_change(told.eight_weeks_on, later - pre)
    assert told.moved is not None
    moved = np.round(later - pre, 9)
    for way, n in (
        (Moved.IMPROVED, (moved > 0).sum()),
        (Moved.SAME, (moved == 0).sum()),
        (Moved.WORSE, (moved < 0).sum()),
    ):
        share = told.moved[way]
        assert (share.part, share.n) == (n, len(people))
        assert share.interval is not None
        assert (share.interval.low, share.interval.high) == pytest.approx(
            wilson(int(n), len(people)), abs=1e-9
        )
    asked_at = {
        one.event
        for one in oracle.replies
        for said in one.confidence.values()
        if told.outcome is None or told.outcome in said
    }
    asked = sum(one.event in asked_at and one.stage is Stage.IMPACT for one in oracle.asked)
    assert told.silent is not None
    assert told.silent.if_unchanged is not None
    assert told.silent.if_alike is not None
    assert (told.silent.answered, told.silent.asked) == (len(people), asked)
    ends = (float(told.silent.if_unchanged), float(told.silent.if_alike))
    assert ends == pytest.approx(((later - pre).sum() / asked, (later - pre).mean()), abs=1e-9)


def must_be_pair(told: PairFigures, oracle: Oracle) -> None:
    people = oracle.people(told.stages)
    assert told.n == len(people)
    first, last = (oracle.values(people, stage) for stage in told.stages)
    assert told.first is not None
    assert told.last is not None
    assert (float(told.first), float(told.last)) == pytest.approx(
        (first.mean(), last.mean()), abs=1e-9
    )
    must_be_change(told.change, last - first)
    back = oracle.looked_back(people)
    assert (told.looking_back is None) == (back is None)
    if told.looking_back is not None and back is not None:
        assert float(told.looking_back) == pytest.approx(back.mean(), abs=1e-9)


def must_be_counts(told: ImpactFigures, oracle: Oracle) -> None:
    """Replies, commitments, reasons, managers and own questions."""
    asked = [one for one in oracle.asked if one.stage is Stage.IMPACT]
    assert told.replies[Stage.IMPACT].asked == len(asked)
    assert told.replies[Stage.IMPACT].answered == sum(
        one.answered_since is not None for one in asked
    )
    results = Counter(one for reply in oracle.at_impact for one in reply.results)
    if results:
        assert told.commitments.results == {one: results[one] for one in CommitmentResult}
        assert told.commitments.total == results.total()
        assert told.commitments.people == sum(bool(one.results) for one in oracle.at_impact)
        kept = results[CommitmentResult.DONE] + results[CommitmentResult.PARTLY]
        assert told.commitments.kept == kept
    if oracle.at_impact:
        for said, found in (
            (told.reasons.barriers, Counter(b for r in oracle.at_impact for b in r.barriers)),
            (told.reasons.helps, Counter(h for r in oracle.at_impact for h in r.helps)),
        ):
            assert said == found
            assert list((said or {}).values()) == sorted(found.values(), reverse=True)
        assert told.reasons.people == len(oracle.at_impact)
    if oracle.managers:
        seen = Counter(one.seen for one in oracle.managers)
        assert told.managers.seen == {one: seen[one] for one in Seen}
        assert told.managers.answered == len(oracle.managers)
    for one in told.own:
        its = [own for own in oracle.own if own.question == one.question.id]
        chosen = Counter(key for own in its for key in own.chosen)
        assert one.answered == len(its)
        assert one.counts == {key: chosen[key] for key, _ in one.question.options}
    assert len(told.own) == len({own.question for own in oracle.own})


def all_of(oracle: Oracle, view: View) -> Shown:
    """A decision that shows whatever there is of a view."""
    outcomes = {o for r in oracle.replies for said in r.confidence.values() for o in said}
    matched = {
        (view, one): END for one in (None, *sorted(outcomes)) if oracle.people(tuple(Stage), one)
    }
    whole = Decided({(view, None): END})
    return Shown(
        matched=Decided(matched),
        pairs={p: whole if oracle.people(p) else Decided() for p in PAIRS},
        commitments=whole if any(r.results for r in oracle.at_impact) else Decided(),
        reasons=whole,
        managers=whole if oracle.managers else Decided(),
        own={(q.id, q.stage): whole for q in oracle.facts.questions},
    )


@pytest.mark.parametrize("tenth", range(10))
def test_R4_R5_every_published_figure_equals_an_independent_one(tenth: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(tenth, DATA_SETS, 10):
        facts = random_facts(seed)
        views = sorted({v for r in facts.replies for v in facts_views(facts, r)}, key=str)
        if not views:
            continue
        view = ALL if seed % 3 else random.Random(seed).choice(views)  # noqa: S311
        oracle = Oracle(facts, view)
        told = impact_figures(facts, view, all_of(oracle, view), END, fewest=1)
        for one in (told.overall, *told.outcomes):
            if one.as_of is not None:
                must_be_confidence(one, oracle)
                seen["outcome" if one.outcome is not None else "overall"] += 1
        for pair in told.pairs:
            if pair.first is not None:
                must_be_pair(pair, oracle)
                seen["pair"] += 1
                seen["looked back"] += pair.looking_back is not None
        must_be_counts(told, oracle)
        seen["own"] += len(told.own)
        seen["managers"] += told.managers.answered
    assert min(seen[one] for one in ("overall", "outcome", "pair", "looked back", "own")) > 10
    assert seen["managers"]


def facts_views(facts: ImpactFacts, reply: ReplyFact) -> set[View]:
    events = {event.id: event for event in facts.events}
    return set(events[reply.event].views(reply.sector))
