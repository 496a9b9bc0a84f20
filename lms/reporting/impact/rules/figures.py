"""The figures of one view, from the facts and from what may be shown of it (R4, R5)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from lms.evaluation.rules import CommitmentResult, Seen, Stage
from lms.reporting.disclosure.groups import Withheld
from lms.reporting.impact.rules.confidence import (
    ConfidenceFigures,
    PairFigures,
    confidence_of,
    pair_of,
)
from lms.reporting.impact.rules.facts import (
    ImpactFacts,
    ManagerFact,
    OwnQuestion,
    ReplyFact,
    View,
)
from lms.reporting.impact.rules.shown import BY_OUTCOME, PAIRS, Decided, Shown
from lms.reporting.rules.figures import rate

KEPT = (CommitmentResult.DONE, CommitmentResult.PARTLY)


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
class CommitmentFigures:
    """What became of the commitments of `people` who answered at eight weeks (E6).

    `results` lacks what would give away those of a few.
    """

    people: int = 0
    total: int = 0
    results: Mapping[CommitmentResult, int] | None = None
    withheld: Withheld | None = None

    @property
    def kept(self) -> int | None:
        """Done, wholly or partly, of the `total` asked about; None where it cannot be said."""
        said = self.results or {}
        if all(one in said for one in KEPT):
            return sum(said[one] for one in KEPT)
        not_kept = [one for one in CommitmentResult if one not in KEPT]
        if all(one in said for one in not_kept):
            return self.total - sum(said[one] for one in not_kept)
        return None


@dataclass(frozen=True)
class ReasonFigures:
    """What got in the way and what helped: how many of `people` said so, several allowed.

    A reason that fewer than [5] gave is left out, and one that would give away those of a few;
    whether there are such is not said, for then nobody gave any that is left out.
    """

    people: int = 0
    barriers: Mapping[str, int] | None = None
    helps: Mapping[str, int] | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True)
class ManagerFigures:
    """What line managers said who answered (E8)."""

    answered: int = 0
    seen: Mapping[Seen, int] | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True)
class OwnFigures:
    """How `answered` people answered a question of the partnership's own (E7).

    `counts` by the keys of its options, without those that would give away what a few said.
    """

    question: OwnQuestion
    answered: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
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
    pairs: tuple[PairFigures, ...]
    own: tuple[OwnFigures, ...]


def impact_figures(
    facts: ImpactFacts, view: View, shown: Shown, until: date, fewest: int
) -> ImpactFigures:
    """Works out one view as of a day; what `shown` withholds is not even added up."""
    inside = facts.within(view)
    return ImpactFigures(
        view=view,
        attended=sum(inside.attended.values()),
        replies={stage: _replies(inside, stage, until) for stage in Stage},
        overall=confidence_of(inside, view, None, shown.matched),
        outcomes=tuple(
            confidence_of(inside, view, outcome, shown.matched)
            for outcome in _outcomes_asked(inside, until)
            if view.by in BY_OUTCOME
        ),
        commitments=_commitments(inside, view, shown.commitments),
        reasons=_reasons(inside, view, shown.reasons, fewest),
        managers=_managers(inside.managers, view, shown.managers),
        pairs=tuple(pair_of(inside, view, pair, shown.pairs[pair]) for pair in PAIRS),
        own=tuple(_own(inside, view, shown)),
    )


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


# --- Commitments, reasons, managers, own questions (E6 to E8) -----------------------------------


def _at_impact(facts: ImpactFacts, as_of: date) -> Iterable[ReplyFact]:
    return (r for r in facts.replies if Stage.IMPACT in r.since and r.since[Stage.IMPACT] <= as_of)


def _commitments(facts: ImpactFacts, view: View, decided: Decided) -> CommitmentFigures:
    key = view, None
    as_of = decided.as_of.get(key)
    if as_of is None:
        return CommitmentFigures(withheld=decided.withheld.get(key))
    people = [reply for reply in _at_impact(facts, as_of) if reply.results]
    counts = Counter(result for reply in people for result in reply.results)
    said = {one: counts[one] for one in CommitmentResult if decided.says(one, key)}
    if not said:
        return CommitmentFigures(withheld=Withheld.PROTECTS_OTHERS)
    return CommitmentFigures(len(people), sum(counts.values()), said)


def _reasons(facts: ImpactFacts, view: View, decided: Decided, fewest: int) -> ReasonFigures:
    key = view, None
    as_of = decided.as_of.get(key)
    if as_of is None:
        return ReasonFigures(withheld=decided.withheld.get(key))
    people = list(_at_impact(facts, as_of))
    counts = Counter(reason for reply in people for reason in reply.reasons)
    often = [
        (reason, n) for reason, n in counts.items() if n >= fewest and decided.says(reason, key)
    ]
    often.sort(key=lambda item: (-item[1], item[0]))
    return ReasonFigures(
        len(people),
        barriers={code: n for (is_help, code), n in often if not is_help},
        helps={code: n for (is_help, code), n in often if is_help},
    )


def _managers(managers: Sequence[ManagerFact], view: View, decided: Decided) -> ManagerFigures:
    key = view, None
    as_of = decided.as_of.get(key)
    if as_of is None:
        return ManagerFigures(withheld=decided.withheld.get(key))
    counts = Counter(one.seen for one in managers if one.since <= as_of)
    said = {one: counts[one] for one in Seen if decided.says(one, key)}
    if not said:
        return ManagerFigures(withheld=Withheld.PROTECTS_OTHERS)
    return ManagerFigures(sum(counts.values()), said)


def _own(facts: ImpactFacts, view: View, shown: Shown) -> Iterator[OwnFigures]:
    key = view, None
    for question in facts.questions:
        decided = shown.own[question.id, question.stage]
        as_of = decided.as_of.get(key)
        answers = [one for one in facts.chosen(question) if as_of and one.since <= as_of]
        if answers:
            counts = Counter(chosen for one in answers for chosen in one.chosen)
            said = {at: counts[at] for at, _ in question.options if decided.says(at, key)}
            yield OwnFigures(question, len(answers), said)
        elif key in decided.withheld:
            yield OwnFigures(question, withheld=decided.withheld[key])
