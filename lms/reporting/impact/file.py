"""The impact report as a table of plain values: a row for each group, and each outcome in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lms.evaluation.rules import Barrier, CommitmentResult, Help, Seen, Stage
from lms.reporting.files import TOTAL, Table
from lms.reporting.impact.queries import ImpactReport, ImpactRow
from lms.reporting.impact.rules import (
    ConfidenceFigures,
    ImpactFigures,
    MeanChange,
    Moved,
    OwnFigures,
    PairFigures,
)
from lms.reporting.impact.rules.statistics import Interval
from lms.reporting.rules import four_decimals
from lms.tables import Value

IMPACT_DEFINITIONS = {
    "outcome": "What delegates were asked about; “all”: the mean over all that each was asked.",
    "attended": "Attended, part attended and walk-ins together.",
    "asked_before": "Asked at that stage; those who did not attend are left out afterwards.",
    "matched": "People who answered all three times; empty where it is not shown.",
    "before": "Mean confidence of the matched before, 1 not at all to 5 completely.",
    "end": "The same people’s at the end.",
    "later": "The same people’s eight weeks after.",
    "change_end": "Mean change from before to the end, with its 95% interval in low and high.",
    "change_later": "Mean change from before to eight weeks after, with its 95% interval.",
    "improved": "Of the matched, how many are more confident eight weeks after than before; empty, "
    "as same and worse, where it would give away how a few moved.",
    "range_low": "The change if those silent at eight weeks are taken not to have changed.",
    "range_high": "The change if those silent are like those who answered.",
    "commitments": "Asked about at eight weeks, by everyone who answered then.",
    "committed": "People whose commitments these are.",
    "answered_reasons": "People who were asked what got in the way and what helped.",
    "managers": "Line managers who answered; asked only with the delegate’s consent.",
    "only_before_end_people": "People who answered at these two stages and not at the third; first "
    "and last are their means, looking_back what they said at the end they would have said before.",
    "question": "A question of the partnership’s own, of which each answer has a row.",
    "answered_question": "People who answered it; empty where that may not be shown.",
    "chosen": "How many of them chose the answer; empty where that would give away a few.",
    "confidence_shown": "Yes, or why the confidence figures are withheld.",
    "as_of": "The day up to which answers count in the confidence figures.",
}
STAGES = {Stage.PRE: "before", Stage.POST: "at_the_end", Stage.IMPACT: "at_eight_weeks"}
PAIRS = {
    (Stage.PRE, Stage.POST): "before_end",
    (Stage.POST, Stage.IMPACT): "end_later",
    (Stage.PRE, Stage.IMPACT): "before_later",
}
PAIR = ("people", "first", "last", "change", "change_low", "change_high", "looking_back")
CONFIDENCE = (
    *("matched", "before", "end", "later"),
    *("change_end", "change_end_low", "change_end_high"),
    *("change_later", "change_later_low", "change_later_high"),
    *("improved", "same", "worse", "range_low", "range_high", "confidence_shown", "as_of"),
)
COUNTS = (
    "attended",
    *(f"{word}_{name}" for name in STAGES.values() for word in ("asked", "answered")),
    *("committed", "commitments", *(one.value for one in CommitmentResult)),
    "answered_reasons",
    *(f"barrier_{one.value}" for one in Barrier),
    *(f"help_{one.value}" for one in Help),
    *("managers", *(f"managers_{one.value}" for one in Seen)),
    *(f"only_{pair}_{one}" for pair in PAIRS.values() for one in PAIR),
)
OWN = ("question", "question_stage", "answer", "chosen", "answered_question")


def impact_table(report: ImpactReport) -> Table:
    """The report as docs/contract.md has it; what is withheld is empty, and says why."""
    total = ImpactRow(TOTAL, report.whole.figures)
    rows = tuple(
        values for row in (*report.rows, total) for values in rows_of(row, report.outcomes)
    )
    return Table(
        "impact",
        (report.by.value, "outcome", *CONFIDENCE, *COUNTS, *OWN),
        rows,
        IMPACT_DEFINITIONS,
        report.scope,
        report.by,
        filters={"of": report.whole.label, "answers_before": report.until.isoformat()},
    )


def rows_of(row: ImpactRow, outcomes: Mapping[int, str]) -> Iterator[tuple[Value, ...]]:
    """What the files say of a group: one row of all, then its outcomes and own questions."""
    figures = row.figures
    no_counts, no_own = (None,) * len(COUNTS), (None,) * len(OWN)
    yield (row.label, "all", *_confidence(figures.overall), *_counts(figures), *no_own)
    for one in figures.outcomes:
        words = outcomes[one.outcome] if one.outcome is not None else "all"
        yield (row.label, words, *_confidence(one), *no_counts, *no_own)
    for own in figures.own:
        for answer in _own(own):
            yield (row.label, None, *((None,) * len(CONFIDENCE)), *no_counts, *answer)


def _own(own: OwnFigures) -> Iterator[tuple[Value, ...]]:
    """A row for each answer that can be chosen; one alone where nothing is shown."""
    asked = own.question.wording, STAGES[own.question.stage]
    if own.withheld:
        yield (*asked, None, None, None)
        return
    for key, label in own.question.options:
        yield (*asked, label, own.counts.get(key), own.answered)


def _confidence(one: ConfidenceFigures) -> Iterator[Value]:
    if one.as_of is None or one.eight_weeks_on is None or one.silent is None:
        yield from (None for _ in CONFIDENCE[:-2])
        yield one.withheld.sentence if one.withheld else "Nobody has answered all three times."
        yield None
        return
    yield one.n
    yield from (four_decimals(value) for value in (one.before, one.end, one.later))
    yield from _change(one.at_the_end)
    yield from _change(one.eight_weeks_on)
    moved = one.moved or {}
    yield from (moved[way].part if way in moved else None for way in Moved)
    yield from (four_decimals(one.silent.low), four_decimals(one.silent.high))
    yield from ("yes", one.as_of.isoformat())


def _change(change: MeanChange | None) -> Iterator[Value]:
    if change is None:
        yield from (None, None, None)
        return
    yield four_decimals(change.mean)
    if isinstance(change.interval, Interval):
        yield from (four_decimals(change.interval.low), four_decimals(change.interval.high))
    else:
        yield from (None, None)


def _counts(figures: ImpactFigures) -> Iterator[Value]:
    yield figures.attended
    for stage in STAGES:
        yield from (figures.replies[stage].asked, figures.replies[stage].answered)
    kept = figures.commitments
    if kept.results is None:
        yield from (None for _ in range(2 + len(CommitmentResult)))
    else:
        yield from (kept.people, kept.total, *(kept.results.get(one) for one in CommitmentResult))
    yield from _reasons(figures)
    managers = figures.managers
    if managers.seen is None:
        yield from (None for _ in range(1 + len(Seen)))
    else:
        yield from (managers.answered, *(managers.seen.get(one) for one in Seen))
    for pair in figures.pairs:
        yield from _pair(pair)


def _pair(pair: PairFigures) -> Iterator[Value]:
    yield pair.n or None
    yield from (four_decimals(pair.first), four_decimals(pair.last))
    yield from _change(pair.change)
    yield four_decimals(pair.looking_back)


def _reasons(figures: ImpactFigures) -> Iterator[Value]:
    """How many gave each reason; empty too for one that only a few gave."""
    reasons = figures.reasons
    yield reasons.people if reasons.barriers is not None else None
    yield from ((reasons.barriers or {}).get(one.value) for one in Barrier)
    yield from ((reasons.helps or {}).get(one.value) for one in Help)
