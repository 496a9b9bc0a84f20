"""What the product has of the year, held against the plain reckoning: differences as sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from statistics import fmean

from sqlalchemy import select

from lms.catalogue.rules import Stage
from lms.clock import at_london
from lms.db import db
from lms.evaluation.queries import list_events_with_replies
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from lms.reporting.impact.queries import ImpactReport, ImpactRow, impact_report
from lms.reporting.impact.rules import ALL, ConfidenceFigures, Dimension
from lms.reporting.impact.rules.statistics import Interval
from lms.reporting.queries import Asked, scope_of
from tests.support.year.cast import (
    Delegate,
    Planned,
    Presence,
)
from tests.support.year.lived import RESULTS, Lived
from tests.support.year.reckoned import LONDON, MISSED, has_baseline, reckon, reply_counts
from tests.support.year.truth import truth_of

NOW = at_london(date(2023, 10, 2), time(9))
YEAR = "2022-23"


def outbox_differences(lived: Lived) -> list[str]:
    """Messages that should not have been sent, those that were not, and those sent otherwise."""
    rows = db.session.execute(
        select(Message.subject_id, Message.occurrence, Message.queued_at, Message.state).where(
            Message.purpose == "evaluation"
        )
    ).all()
    found = Counter((row.subject_id, row.occurrence, row.queued_at) for row in rows)
    expected = Counter(reckon(lived.year, lived.ticks))
    return [
        *(f"not due: {one}" for one in (found - expected).elements()),
        *(f"missing: {one}" for one in (expected - found).elements()),
        *(f"not sent: {row}" for row in rows if row.state is not MessageState.SENT),
    ]


def reply_differences(lived: Lived) -> list[str]:
    """Where the coordinator's page counts other than the reckoning, by event and stage."""
    told = {
        (event.id, stage, kind): count
        for event in list_events_with_replies(lived.by)
        for stage, of_stage in event.stages.items()
        for kind, count in (("asked", of_stage.invited), ("answered", of_stage.answered))
        if count
    }
    expected = {key: n for key, n in _reply_counts(lived).items() if n}
    return [
        f"{key}: {told.get(key)}, not {expected.get(key)}"
        for key in sorted({*told, *expected}, key=str)
        if told.get(key) != expected.get(key)
    ]


def _reply_counts(lived: Lived) -> Counter[tuple[int, Stage, str]]:
    return reply_counts(lived.year, reckon(lived.year, lived.ticks))


# --- The impact report ----------------------------------------------------------------------------


@dataclass
class Compared:
    """What came of comparing the report: differences, and which intervals hold the truth."""

    differences: list[str]
    rows: int = 0
    intervals: int = 0
    missed: int = 0


def impact_compared(lived: Lived) -> Compared:
    """The whole year and each event: counts against the plan, intervals against the truth."""
    report = impact_report(Dimension.EVENT, ALL, scope_of(Asked(year=YEAR), None), NOW)
    db.session.rollback()
    found = Compared([])
    by_id = {event.id: event for event in lived.year}
    counts = _reply_counts(lived)
    found.differences += _row_differences(report.whole, list(lived.year), counts)
    for row in report.rows:
        event = by_id[int(str(row.figures.view.value))]
        found.differences += _row_differences(row, [event], counts)
        _hold_to_the_truth(found, row, [event])
    _hold_to_the_truth(found, report.whole, list(lived.year))
    found.rows = _shown(report)
    return found


def _shown(report: ImpactReport) -> int:
    return sum(row.figures.overall.as_of is not None for row in (report.whole, *report.rows))


def _row_differences(
    row: ImpactRow, events: Sequence[Planned], counts: Counter[tuple[int, Stage, str]]
) -> Iterator[str]:
    told = row.figures
    pairs: list[tuple[str, object, object]] = [
        ("attended", told.attended, sum(one.attends for one in _people(events)))
    ]
    for stage in Stage:
        for kind, count in (
            ("asked", told.replies[stage].asked),
            ("answered", told.replies[stage].answered),
        ):
            expected = sum(counts[event.id, stage, kind] for event in events)
            pairs.append((f"{stage.value} {kind}", count, expected))
    pairs += _of_confidence(told.overall, events)
    if told.commitments.results is not None:
        results = {one.value: n for one, n in told.commitments.results.items() if n}
        people = told.commitments.people
        known = [counts for n, counts in _results(events) if n == people]
        if not any(results.items() <= counts.items() for counts in known):  # R4 may keep one back
            yield f"{row.label}, commitments: {results} of {told.commitments.people} people"
    for what, got, expected in pairs:
        if got != expected:
            yield f"{row.label}, {what}: {got}, not {expected}"


def _people(events: Sequence[Planned]) -> list[Delegate]:
    return [one for event in events if event.off_at is None for one in event.delegates]


def matched(events: Sequence[Planned], as_of: date) -> list[Delegate]:
    """Those who answered all three times, before that day, the first time early enough."""
    return [
        one
        for one in _people(events)
        if one.answers.keys() == set(Stage)
        and one.presence not in MISSED | {Presence.GAVE_UP}
        and has_baseline(one, one.event)
        and max(one.answers.values()).astimezone(LONDON).date() < as_of
    ]


def _of_confidence(
    told: ConfidenceFigures, events: Sequence[Planned]
) -> list[tuple[str, object, object]]:
    if told.as_of is None:
        return []
    people = matched(events, told.as_of)
    figures = (told.before, told.end, told.later)
    return [("matched", told.n, len(people))] + [
        (
            f"mean at {stage.value}",
            round(float(figure or 0), 9),
            round(fmean(fmean(one.confidence[stage]) for one in people), 9),
        )
        for stage, figure in zip(Stage, figures, strict=True)
    ]


def _results(events: Sequence[Planned]) -> list[tuple[int, dict[str, int]]]:
    """What became of commitments by the first of each month: those of few wait for company (R4)."""
    asked = [
        one
        for one in _people(events)
        if {Stage.POST, Stage.IMPACT} <= one.answers.keys() and one.promises
    ]
    found = []
    for on in {_month(one) for one in asked}:
        known = [one for one in asked if _month(one) <= on]
        kept = (RESULTS[(one.booking + n) % 3] for one in known for n in range(one.promises))
        found.append((len(known), dict(Counter(kept))))
    return found


def _month(one: Delegate) -> date:
    return one.answers[Stage.IMPACT].astimezone(LONDON).date().replace(day=1)


def _hold_to_the_truth(found: Compared, row: ImpactRow, events: Sequence[Planned]) -> None:
    """R5: whether the interval of the change after eight weeks holds what the answers came from."""
    told = row.figures.overall
    if told.as_of is None or told.eight_weeks_on is None:
        return
    interval = told.eight_weeks_on.interval
    if not isinstance(interval, Interval):
        return
    truth = fmean(
        truth_of(one.event.course).mean_change(Stage.PRE, Stage.IMPACT)
        for one in matched(events, told.as_of)
    )
    found.intervals += 1
    found.missed += not interval.low <= truth <= interval.high
