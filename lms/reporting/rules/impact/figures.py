"""The figures of one view, from the facts and from what may be shown of it (R4, R5)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm

from lms.agencies.rules import Sector
from lms.evaluation.rules import CommitmentResult, Seen, Stage
from lms.reporting.rules.disclosure import Withheld
from lms.reporting.rules.figures import rate
from lms.reporting.rules.impact.facts import (
    EventFact,
    ImpactFacts,
    ManagerFact,
    ReplyFact,
    View,
)
from lms.reporting.rules.impact.shown import BY_OUTCOME, Decided, Shown
from lms.reporting.rules.statistics import (
    Changes,
    Interval,
    NoInterval,
    NonResponse,
    PairedChange,
    mean,
    paired_change,
    with_those_silent,
)


@dataclass(frozen=True)
class Replies:
    """How many were asked at a stage, and how many answered, as far as it counts."""

    asked: int = 0
    answered: int = 0

    @property
    def rate(self) -> Fraction | None:
        """Answered, of those asked; None where nobody was."""
        return rate(self.answered, self.asked)


@dataclass(frozen=True)
class ConfidenceFigures:
    """Confidence of the same n people before, at the end and eight weeks after; means of 1 to 5.

    Of one outcome, or of all together: then each person's mean over theirs. All None but `n` and
    `withheld` where it is not shown. `look_back` stands only where all n gave it.
    """

    outcome: int | None
    n: int = 0
    before: Fraction | None = None
    end: Fraction | None = None
    later: Fraction | None = None
    at_the_end: PairedChange | None = None
    eight_weeks_on: PairedChange | None = None
    since_the_end: PairedChange | None = None
    silent: NonResponse | None = None
    look_back: Fraction | None = None
    withheld: Withheld | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class CommitmentFigures:
    """What became of the commitments of `people` who answered at eight weeks (E6)."""

    people: int = 0
    results: Mapping[CommitmentResult, int] | None = None
    withheld: Withheld | None = None

    @property
    def total(self) -> int:
        """How many commitments were asked about."""
        return sum(self.results.values()) if self.results else 0

    @property
    def kept(self) -> int:
        """Done, wholly or partly."""
        kept = (CommitmentResult.DONE, CommitmentResult.PARTLY)
        return sum(self.results.get(one, 0) for one in kept) if self.results else 0


@dataclass(frozen=True)
class ReasonFigures:
    """What got in the way and what helped: how many of `people` said so, several allowed.

    A reason that fewer than [5] gave is left out; `rare` says that there are such.
    """

    people: int = 0
    barriers: Mapping[str, int] | None = None
    helps: Mapping[str, int] | None = None
    has_rare_barriers: bool = False
    has_rare_helps: bool = False
    withheld: Withheld | None = None


@dataclass(frozen=True)
class ManagerFigures:
    """What line managers said who answered (E8)."""

    answered: int = 0
    seen: Mapping[Seen, int] | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True)
class ImpactFigures:
    """All that the report says of one view."""

    view: View
    attended: int
    replies: Mapping[Stage, Replies]
    overall: ConfidenceFigures
    outcomes: tuple[ConfidenceFigures, ...]
    commitments: CommitmentFigures
    reasons: ReasonFigures
    managers: ManagerFigures


def impact_figures(
    facts: ImpactFacts, view: View, shown: Shown, until: date, fewest: int
) -> ImpactFigures:
    """Works out one view as of a day; what `shown` withholds is not even added up."""
    inside = _narrowed(facts, view)
    return ImpactFigures(
        view=view,
        attended=sum(inside.attended.values()),
        replies={stage: _replies(inside, stage, until) for stage in Stage},
        overall=_confidence(inside, view, None, shown.matched),
        outcomes=tuple(
            _confidence(inside, view, outcome, shown.matched)
            for outcome in _outcomes_asked(inside, until)
            if view.by in BY_OUTCOME
        ),
        commitments=_commitments(inside, view, shown.commitments),
        reasons=_reasons(inside, view, shown.reasons, fewest),
        managers=_managers(inside.managers, view, shown.managers),
    )


def _narrowed(facts: ImpactFacts, view: View) -> ImpactFacts:
    """The facts that stand in a view."""
    events = {event.id: event for event in facts.events}

    def stands(event: int, sector: Sector | None) -> bool:
        return _stands_in(events[event], sector, view)

    return ImpactFacts(
        events=facts.events,
        replies=tuple(one for one in facts.replies if stands(one.event, one.sector)),
        asked=tuple(one for one in facts.asked if stands(one.event, one.sector)),
        managers=tuple(one for one in facts.managers if stands(one.event, one.sector)),
        outcomes=facts.outcomes,
        attended={key: n for key, n in facts.attended.items() if stands(*key)},
    )


def _stands_in(event: EventFact, sector: Sector | None, view: View) -> bool:
    return view in event.views(sector)


def _replies(facts: ImpactFacts, stage: Stage, until: date) -> Replies:
    asked = [one for one in facts.asked if one.stage is stage and one.since <= until]
    answered = sum(bool(one.answered_since and one.answered_since <= until) for one in asked)
    return Replies(len(asked), answered)


def _outcomes_asked(facts: ImpactFacts, until: date) -> list[int]:
    """The outcomes of which anybody said anything, in their order."""
    known = {
        outcome
        for reply in facts.replies
        for stage, values in reply.confidence.items()
        if reply.since[stage] <= until
        for outcome in values
    }
    return [outcome for outcome in facts.outcomes if outcome in known]


# --- Confidence (E5, R5) ----------------------------------------------------------------------


def _confidence(
    facts: ImpactFacts, view: View, outcome: int | None, decided: Decided
) -> ConfidenceFigures:
    key = (view, outcome)
    as_of = decided.as_of.get(key)
    if as_of is None:
        return ConfidenceFigures(outcome, withheld=decided.withheld.get(key))
    people = [
        reply
        for reply in facts.replies
        if reply.matched
        and reply.matched_since <= as_of
        and (outcome is None or outcome in reply.matched)
    ]
    scale = 1 if outcome is not None else lcm(*(len(reply.matched) for reply in people))
    pre, post, impact = (
        [_scaled(reply.confidence[stage], reply, outcome, scale) for reply in people]
        for stage in Stage
    )
    later = Changes.of(zip(pre, impact, strict=True))
    return ConfidenceFigures(
        outcome,
        n=len(people),
        before=_mean(pre, scale),
        end=_mean(post, scale),
        later=_mean(impact, scale),
        at_the_end=_in_units(paired_change(Changes.of(zip(pre, post, strict=True))), scale),
        eight_weeks_on=_in_units(paired_change(later), scale),
        since_the_end=_in_units(paired_change(Changes.of(zip(post, impact, strict=True))), scale),
        silent=_silent(facts, outcome, later, scale, as_of),
        look_back=_look_back(people, outcome, scale),
        as_of=as_of,
    )


def _scaled(values: Mapping[int, int], reply: ReplyFact, outcome: int | None, scale: int) -> int:
    """A person's answer in whole units: `scale` of them make one step of the scale from 1 to 5."""
    if outcome is not None:
        return values[outcome]
    return sum(values[one] for one in reply.matched) * scale // len(reply.matched)


def _mean(values: Sequence[int], scale: int) -> Fraction | None:
    found = mean(sum(values), len(values))
    return found / scale if found is not None else None


def _in_units(change: PairedChange, scale: int) -> PairedChange:
    """The same change in steps of the scale from 1 to 5."""
    interval = change.interval
    if not isinstance(interval, NoInterval):
        interval = Interval(interval.low / scale, interval.high / scale)
    return PairedChange(
        n=change.n,
        mean_before=_divided(change.mean_before, scale),
        mean_after=_divided(change.mean_after, scale),
        mean=_divided(change.mean, scale),
        interval=interval,
        improved=change.improved,
        same=change.same,
        worse=change.worse,
    )


def _divided(value: Fraction | None, scale: int) -> Fraction | None:
    return value / scale if value is not None else None


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
    asked = sum(
        one.stage is Stage.IMPACT and one.since <= as_of and one.event in events
        for one in facts.asked
    )
    found = with_those_silent(later.total, later.n, asked)
    return NonResponse(
        answered=found.answered,
        asked=found.asked,
        reply_rate=found.reply_rate,
        if_unchanged=_divided(found.if_unchanged, scale),
        if_alike=_divided(found.if_alike, scale),
    )


def _look_back(people: Sequence[ReplyFact], outcome: int | None, scale: int) -> Fraction | None:
    """Only where all gave it: of fewer, the look-back of those few would follow."""
    wanted = [reply.matched if outcome is None else {outcome} for reply in people]
    if not all(need <= set(reply.look_back) for need, reply in zip(wanted, people, strict=True)):
        return None
    return _mean([_scaled(reply.look_back, reply, outcome, scale) for reply in people], scale)


# --- Commitments, reasons, managers (E6, E8) ---------------------------------------------------


def _at_impact(facts: ImpactFacts, as_of: date) -> Iterable[ReplyFact]:
    return (r for r in facts.replies if Stage.IMPACT in r.since and r.since[Stage.IMPACT] <= as_of)


def _commitments(facts: ImpactFacts, view: View, decided: Decided) -> CommitmentFigures:
    as_of = decided.as_of.get((view, None))
    if as_of is None:
        return CommitmentFigures(withheld=decided.withheld.get((view, None)))
    people = [reply for reply in _at_impact(facts, as_of) if reply.results]
    counts = Counter(result for reply in people for result in reply.results)
    return CommitmentFigures(len(people), {one: counts[one] for one in CommitmentResult})


def _reasons(facts: ImpactFacts, view: View, decided: Decided, fewest: int) -> ReasonFigures:
    as_of = decided.as_of.get((view, None))
    if as_of is None:
        return ReasonFigures(withheld=decided.withheld.get((view, None)))
    people = list(_at_impact(facts, as_of))
    barriers = Counter(code for reply in people for code in reply.barriers)
    helps = Counter(code for reply in people for code in reply.helps)
    return ReasonFigures(
        len(people),
        barriers=_often(barriers, fewest),
        helps=_often(helps, fewest),
        has_rare_barriers=any(n < fewest for n in barriers.values()),
        has_rare_helps=any(n < fewest for n in helps.values()),
    )


def _often(counts: Counter[str], fewest: int) -> dict[str, int]:
    often = [(code, n) for code, n in counts.items() if n >= fewest]
    return dict(sorted(often, key=lambda item: (-item[1], item[0])))


def _managers(managers: Sequence[ManagerFact], view: View, decided: Decided) -> ManagerFigures:
    as_of = decided.as_of.get((view, None))
    if as_of is None:
        return ManagerFigures(withheld=decided.withheld.get((view, None)))
    counts = Counter(one.seen for one in managers if one.since <= as_of)
    return ManagerFigures(sum(counts.values()), {one: counts[one] for one in Seen})
