"""The impact report as a table of plain values: a row for each group, and each outcome in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from lms.evaluation.rules import Barrier, CommitmentResult, Help, Seen, Stage
from lms.reporting.files import TOTAL, Table
from lms.reporting.queries.impact import ImpactReport, ImpactRow
from lms.reporting.rules.impact import ConfidenceFigures, ImpactFigures
from lms.reporting.rules.statistics import Interval, PairedChange
from lms.tables import Value

FOUR = Decimal("0.0001")

IMPACT_DEFINITIONS = {
    "outcome": "What delegates were asked about; “all”: the mean over all that each was asked.",
    "attended": "Attended, part attended and walk-ins together.",
    "asked_before": "Asked at that stage; those who did not attend are left out afterwards.",
    "matched": "People who answered all three times; empty where it is not shown.",
    "before": "Mean confidence of the matched before, 1 not at all to 5 completely.",
    "end": "The same people’s at the end.",
    "later": "The same people’s eight weeks after.",
    "look_back": "What the same people said at the end they would have said before.",
    "change_end": "Mean change from before to the end, with its 95% interval in low and high.",
    "change_later": "Mean change from before to eight weeks after, with its 95% interval.",
    "improved": "Of the matched, how many are more confident eight weeks after than before.",
    "range_low": "The change if those silent at eight weeks are taken not to have changed.",
    "range_high": "The change if those silent are like those who answered.",
    "commitments": "Asked about at eight weeks, by everyone who answered then.",
    "committed": "People whose commitments these are.",
    "answered_reasons": "People who were asked what got in the way and what helped.",
    "managers": "Line managers who answered; asked only with the delegate’s consent.",
    "confidence_shown": "Yes, or why the confidence figures are withheld.",
    "as_of": "The day up to which answers count in the confidence figures.",
}
STAGES = {Stage.PRE: "before", Stage.POST: "at_the_end", Stage.IMPACT: "at_eight_weeks"}
CONFIDENCE = (
    *("matched", "before", "end", "later", "look_back"),
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
)


def impact_table(report: ImpactReport) -> Table:
    """The report as docs/contract.md has it; what is withheld is empty, and says why."""
    total = ImpactRow(TOTAL, report.whole.figures)
    rows = tuple(
        values for row in (*report.rows, total) for values in _rows(row, dict(report.outcomes))
    )
    return Table(
        "impact",
        (report.by.value, "outcome", *CONFIDENCE, *COUNTS),
        rows,
        IMPACT_DEFINITIONS,
        report.scope,
        report.by,
        filters={"of": report.whole.label, "answers_before": report.until.isoformat()},
    )


def _rows(row: ImpactRow, outcomes: dict[int, str]) -> Iterator[tuple[Value, ...]]:
    figures = row.figures
    yield (row.label, "all", *_confidence(figures.overall), *_counts(figures))
    for one in figures.outcomes:
        words = outcomes[one.outcome] if one.outcome is not None else "all"
        yield (row.label, words, *_confidence(one), *(None for _ in COUNTS))


def _confidence(one: ConfidenceFigures) -> Iterator[Value]:
    if one.as_of is None or one.eight_weeks_on is None or one.silent is None:
        yield from (None for _ in CONFIDENCE[:-2])
        yield one.withheld.sentence if one.withheld else "Nobody has answered all three times."
        yield None
        return
    yield one.n
    yield from (_decimal(value) for value in (one.before, one.end, one.later, one.look_back))
    yield from _change(one.at_the_end)
    yield from _change(one.eight_weeks_on)
    moved = one.eight_weeks_on
    yield from (moved.improved.part, moved.same.part, moved.worse.part)
    yield from (_decimal(one.silent.low), _decimal(one.silent.high))
    yield from ("yes", one.as_of.isoformat())


def _change(change: PairedChange | None) -> Iterator[Value]:
    if change is None:
        yield from (None, None, None)
        return
    yield _decimal(change.mean)
    if isinstance(change.interval, Interval):
        yield from (_decimal(change.interval.low), _decimal(change.interval.high))
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
        yield from (kept.people, kept.total, *(kept.results[one] for one in CommitmentResult))
    yield from _reasons(figures)
    managers = figures.managers
    if managers.seen is None:
        yield from (None for _ in range(1 + len(Seen)))
    else:
        yield from (managers.answered, *(managers.seen[one] for one in Seen))


def _reasons(figures: ImpactFigures) -> Iterator[Value]:
    """How many gave each reason; empty too for one that only a few gave."""
    reasons = figures.reasons
    yield reasons.people if reasons.barriers is not None else None
    yield from ((reasons.barriers or {}).get(one.value) for one in Barrier)
    yield from ((reasons.helps or {}).get(one.value) for one in Help)


def _decimal(value: Fraction | float | None) -> Decimal | None:
    if value is None:
        return None
    exact = Fraction(value)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(FOUR, ROUND_HALF_UP)
