"""The impact figures of random databases equal a plain recount of their rows, on both engines.

The recount walks over the rows one at a time; of the report's own rules it takes nothing but
which groups are shown, and holds that against the rule's plainest part: never fewer than five.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, stdev
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from scipy import stats

from lms.agencies.models import Agency, Partnership
from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin, Outcome
from lms.catalogue.models import Course, Event, LearningOutcome, Priority
from lms.catalogue.rules import EventKind, EventMode, EventState, Remit
from lms.db import transaction
from lms.evaluation.models import (
    Commitment,
    Confidence,
    Corroboration,
    Evaluation,
    FollowUp,
    Reason,
)
from lms.evaluation.rules import Barrier, CommitmentResult, Help, Seen, Stage
from lms.reporting.impact.queries import ImpactReport, ImpactRow, impact_report
from lms.reporting.impact.rules import ALL, ConfidenceFigures, Dimension, Moved, PairFigures, View
from lms.reporting.impact.rules.statistics import Interval
from lms.reporting.queries import Asked, scope_of
from tests.support.make import Make
from tests.support.statements import count_statements

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 8, 12, 10, tzinfo=UTC)
CUT = date(2026, 8, 1)
CLOSES = {  # by the quarter in which an event began: 56 + 28 + 7 days on, the next month's first
    1: date(2025, 10, 1),
    2: date(2026, 1, 1),
    3: date(2026, 5, 1),
    4: date(2026, 7, 1),
}
FEWEST = 5
DAYS = [date(2025, month, 1) for month in range(4, 13)] + [date(2026, m, 1) for m in range(1, 9)]


@dataclass
class Form:
    """One booking's three forms as plain values."""

    event: Event
    agency: Agency | None
    booking: Booking
    evaluations: dict[Stage, Evaluation]
    confidence: dict[Stage, dict[int, int]]
    look_back: dict[int, int]
    results: list[CommitmentResult]
    reasons: set[tuple[bool, str]]


@dataclass
class World:
    forms: list[Form]
    managers: list[tuple[Event, Sector | None, Seen, date]]
    courses: list[int]
    outcomes: dict[int, str]


def build(seed: int) -> World:
    """One partnership, three courses, nine events in the year and around it."""
    rng = random.Random(seed)  # noqa: S311 - a test's seed, no secret
    with transaction() as session:
        host = Partnership(
            name="Walsall", title="W", contact_email="a@b.example", reference_prefix="T"
        )
        agencies = [Agency(name=f"Agency {n}", sector=list(Sector)[n % 3]) for n in range(5)]
        session.add_all([host, *agencies])
        session.flush()
        courses = [
            Course(partnership_id=host.id, title=f"Course {n}", slug=f"c{n}") for n in range(3)
        ]
        priorities = [Priority(partnership_id=host.id, name=f"Priority {n}") for n in range(3)]
        session.add_all([*courses, *priorities])
        session.flush()
        outcomes = [
            LearningOutcome(course_id=course.id, position=n, text=f"do {course.id}.{n}")
            for course in courses
            for n in range(rng.randint(1, 3))
        ]
        session.add_all(outcomes)
        events = [_event(rng, n, host, courses, priorities) for n in range(9)]
        session.add_all(events)
        session.flush()
        forms = [_form(rng, n, session, events, agencies, outcomes) for n in range(110)]
        managers = [_manager(rng, session, events) for _ in range(rng.choice([0, 30]))]
        session.flush()
        world = World(forms, managers, [c.id for c in courses], {o.id: o.text for o in outcomes})
        for event in events:
            list(event.priorities)
        session.expunge_all()
    return world


def _event(rng: random.Random, n: int, host: Any, courses: Any, priorities: Any) -> Event:
    edges = (datetime(2025, 3, 31, 22, 30, tzinfo=UTC), datetime(2025, 3, 31, 23, 30, tzinfo=UTC))
    starts_at = rng.choice(
        [*edges, *(datetime(2025, 5, 1, 9, tzinfo=UTC) + timedelta(days=rng.randint(0, 220)),) * 6]
    )
    return Event(
        reference=f"R{n}",
        partnership_id=host.id,
        course_id=rng.choice(courses).id,
        title=f"Event {n}",
        kind=EventKind.COURSE,
        level=rng.choice([None, 1, 2]),
        remit=rng.choice(list(Remit)),
        mode=EventMode.IN_PERSON,
        state=EventState.PUBLISHED,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=7),
        capacity=200,
        created_at=starts_at,
        priorities=rng.sample(priorities, rng.randint(0, 2)),
    )


def _form(
    rng: random.Random, n: int, session: Any, events: Any, agencies: Any, outcomes: Any
) -> Form:
    event = rng.choice(events)
    agency = rng.choice([None, *agencies])
    booking = Booking(
        reference=f"B{n}",
        event_id=event.id,
        name_as_given=f"Name {n}",
        agency_id=agency.id if agency else None,
        state=BookingState.CONFIRMED,
        origin=rng.choice([Origin.OWN] * 5 + [Origin.WALK_IN]),
        ticket=n,
        requested_at=event.starts_at,
        outcome=rng.choice([None, *[Outcome.ATTENDED] * 8, *Outcome]),
        counts_as_confirmed_at_start=rng.choice([None, *[True] * 8, False]),
    )
    session.add(booking)
    session.flush()
    asked = [outcome.id for outcome in outcomes if outcome.course_id == event.course_id]
    form = Form(event, agency, booking, {}, {}, {}, [], set())
    for stage, days in ((Stage.PRE, -1), (Stage.POST, 1), (Stage.IMPACT, rng.randint(56, 120))):
        _stage(rng, session, form, stage, event.starts_at + timedelta(days=days), asked)
    session.flush()
    return form


def _stage(
    rng: random.Random, session: Any, form: Form, stage: Stage, at: datetime, asked: list[int]
) -> None:
    is_answered = rng.random() < 0.85
    evaluation = Evaluation(
        booking_id=form.booking.id,
        stage=stage,
        invited_at=rng.choice([at, at, at, None]),
        answered_at=at + timedelta(hours=rng.randint(0, 400)) if is_answered else None,
        is_baseline=rng.random() < 0.93,
    )
    session.add(evaluation)
    session.flush()
    form.evaluations[stage] = evaluation
    if not is_answered:
        return
    values = {one: rng.randint(1, 5) for one in asked if rng.random() < 0.96}
    form.confidence[stage] = values
    for outcome, value in values.items():
        session.add(Confidence(evaluation_id=evaluation.id, outcome_id=outcome, value=value))
    if stage is Stage.POST and form.event.id % 2:
        for outcome in asked:
            form.look_back[outcome] = rng.randint(1, 5)
            session.add(
                Confidence(
                    evaluation_id=evaluation.id,
                    outcome_id=outcome,
                    value=form.look_back[outcome],
                    is_look_back=True,
                )
            )
    if stage is Stage.IMPACT:
        _impact(rng, session, form, evaluation)


def _impact(rng: random.Random, session: Any, form: Form, evaluation: Evaluation) -> None:
    for position in range(rng.randint(0, 3)):
        commitment = Commitment(
            evaluation_id=form.evaluations[Stage.POST].id, position=position, text="Ring the school"
        )
        session.add(commitment)
        session.flush()
        form.results.append(rng.choice(list(CommitmentResult)))
        session.add(
            FollowUp(
                commitment_id=commitment.id, evaluation_id=evaluation.id, result=form.results[-1]
            )
        )
    for is_help, code in ((False, rng.choice(list(Barrier))), (True, rng.choice(list(Help)))):
        form.reasons.add((is_help, code.value))
        session.add(Reason(evaluation_id=evaluation.id, is_help=is_help, code=code.value))


def _manager(
    rng: random.Random, session: Any, events: Any
) -> tuple[Event, Sector | None, Seen, date]:
    event, sector, seen = (
        rng.choice(events),
        rng.choice([None, *list(Sector)[:3]]),
        rng.choice([*Seen]),
    )
    on = event.starts_at.date() + timedelta(days=rng.randint(60, 120))
    session.add(Corroboration(event_id=event.id, sector=sector, seen=seen, answered_on=on))
    return event, sector, seen, on


# --- The recount --------------------------------------------------------------------------------


def in_year(event: Event) -> bool:
    assert event.starts_at is not None
    on = event.starts_at.astimezone(LONDON).date()
    return date(2025, 4, 1) <= on <= date(2026, 3, 31)


def stands(event: Event, sector: Sector | None, view: View) -> bool:
    month = event.starts_at.astimezone(LONDON).month if event.starts_at else 0
    quarter = f"2025-26 Q{(month - 4) % 12 // 3 + 1}"
    values: dict[Dimension, Iterable[Any]] = {
        Dimension.COURSE: [event.course_id],
        Dimension.LEVEL: [event.level],
        Dimension.REMIT: [event.remit.value],
        Dimension.SECTOR: [sector.value if sector else None],
        Dimension.QUARTER: [quarter],
        Dimension.EVENT: [event.id],
        Dimension.PRIORITY: [p.id for p in event.priorities] or [None],
    }
    return in_year(event) and (view.by is None or view.value in values[view.by])


def forms_in(world: World, view: View) -> list[Form]:
    return [f for f in world.forms if stands(f.event, f.agency.sector if f.agency else None, view)]


def counted(form: Form, stage: Stage) -> bool:
    """R2: who counts as asked at a stage."""
    evaluation, booking = form.evaluations[stage], form.booking
    if evaluation.invited_at is None and evaluation.answered_at is None:
        return False
    if stage is Stage.PRE:
        return booking.counts_as_confirmed_at_start is not False
    return booking.outcome not in (Outcome.DID_NOT_ATTEND, Outcome.EXCUSED)


def before(at: datetime | None, day: date) -> bool:
    return at is not None and at.astimezone(LONDON).date() < day


def answered(form: Form, stage: Stage, day: date) -> bool:
    return counted(form, stage) and before(form.evaluations[stage].answered_at, day)


def closes(event: Event) -> date:
    assert event.starts_at is not None
    return CLOSES[(event.starts_at.astimezone(LONDON).month - 4) % 12 // 3 + 1]


def stages_of(form: Form) -> tuple[Stage, ...]:
    """Where this person's confidence is known by the day on which the event closes."""
    day = closes(form.event)
    return tuple(
        stage
        for stage in Stage
        if answered(form, stage, day)
        and form.confidence[stage]
        and (stage is not Stage.PRE or form.evaluations[stage].is_baseline)
    )


def matched(form: Form, day: date, stages: tuple[Stage, ...] = tuple(Stage)) -> set[int]:
    """The outcomes that are compared from that day on, of those who answered at these stages."""
    if stages_of(form) != stages or day < closes(form.event):
        return set()
    return set.intersection(*(set(form.confidence[stage]) for stage in stages))


def recount_confidence(world: World, view: View, told: ConfidenceFigures) -> None:
    """Holds one row of means, changes, intervals and ranges against the rows."""
    day = told.as_of
    assert day is not None
    inside = [
        f for f in world.forms if stands(f.event, f.agency.sector if f.agency else None, view)
    ]
    one = told.outcome
    people = [f for f in inside if (one in matched(f, day) if one else matched(f, day))]
    assert told.n == len(people) >= FEWEST

    def of(form: Form, values: dict[int, int]) -> float:
        return values[one] if one else fmean(values[o] for o in matched(form, day))

    pre, post, impact = ([of(form, form.confidence[stage]) for form in people] for stage in Stage)
    for got, expected in ((told.before, pre), (told.end, post), (told.later, impact)):
        assert got is not None
        assert float(got) == pytest.approx(fmean(expected), abs=1e-9)
    for change, first, last in (
        (told.at_the_end, pre, post),
        (told.eight_weeks_on, pre, impact),
    ):
        assert change is not None
        assert change.mean is not None
        moved = [b - a for a, b in zip(first, last, strict=True)]
        assert float(change.mean) == pytest.approx(fmean(moved), abs=1e-9)
        if isinstance(change.interval, Interval):
            reach = stats.t.ppf(0.975, len(moved) - 1) * stdev(moved) / len(moved) ** 0.5
            assert change.interval.low == pytest.approx(fmean(moved) - reach, abs=1e-8)
            assert change.interval.high == pytest.approx(fmean(moved) + reach, abs=1e-8)
    assert told.moved is not None
    moved = [b - a for a, b in zip(pre, impact, strict=True)]
    for way, share in told.moved.items():
        assert share.part == sum(sign(one) == WAYS[way] for one in moved)
        assert share.n == len(people)
    total = sum(moved)
    asked_at = {
        f.event.id
        for f in inside
        for stage, values in f.confidence.items()
        if counted(f, stage) and (stage is not Stage.PRE or f.evaluations[stage].is_baseline)
        if (one in values if one else values)
    }
    silent = sum(
        f.event.id in asked_at
        and counted(f, Stage.IMPACT)
        and (
            before(f.evaluations[Stage.IMPACT].invited_at, day)
            or before(f.evaluations[Stage.IMPACT].answered_at, day)
        )
        for f in inside
    )
    assert told.silent is not None
    ends = sorted([total / silent, total / len(people)])
    assert told.silent.low is not None
    assert told.silent.high is not None
    assert [float(told.silent.low), float(told.silent.high)] == pytest.approx(ends, abs=1e-9)


WAYS = {Moved.IMPROVED: 1, Moved.SAME: 0, Moved.WORSE: -1}


def sign(change: float) -> int:
    return 0 if abs(change) < 1e-9 else 1 if change > 0 else -1


def recount_pair(inside: list[Form], told: PairFigures) -> None:
    """Those who answered at two stages alone, and what they said looking back where all did."""
    if told.first is None:
        return
    assert told.last is not None
    assert told.change is not None
    found = []
    for day in DAYS:
        people = [(f, matched(f, day, told.stages)) for f in inside]
        people = [(form, outcomes) for form, outcomes in people if outcomes]
        if len(people) != told.n:
            continue
        first, last = (
            [fmean(form.confidence[stage][o] for o in outcomes) for form, outcomes in people]
            for stage in told.stages
        )
        moved = [b - a for a, b in zip(first, last, strict=True)]
        expected = [fmean(first), fmean(last), fmean(moved)]
        if isinstance(told.change.interval, Interval):
            reach = stats.t.ppf(0.975, len(moved) - 1) * stdev(moved) / len(moved) ** 0.5
            expected += [fmean(moved) - reach, fmean(moved) + reach]
        if told.looking_back is not None:
            expected.append(
                fmean(fmean(form.look_back[o] for o in outcomes) for form, outcomes in people)
            )
        found.append(expected)
    got = [told.first, told.last, told.change.mean]
    if isinstance(told.change.interval, Interval):
        got += [told.change.interval.low, told.change.interval.high]  # type: ignore[list-item]
    if told.looking_back is not None:
        got.append(told.looking_back)
    assert told.n >= FEWEST
    assert [float(one) for one in got] in [pytest.approx(one, abs=1e-8) for one in found]


def recount(world: World, row: ImpactRow) -> int:
    """Holds all of one view against the rows; how many published rows of figures there were."""
    view, told = row.figures.view, row.figures
    inside = [
        f for f in world.forms if stands(f.event, f.agency.sector if f.agency else None, view)
    ]
    came = (Outcome.ATTENDED, Outcome.PART_ATTENDED)
    assert told.attended == sum(
        f.booking.outcome in came
        or (f.booking.origin is Origin.WALK_IN and f.booking.outcome is None)
        for f in inside
    )
    for stage in Stage:
        asked = [
            f
            for f in inside
            if counted(f, stage)
            and (
                before(f.evaluations[stage].invited_at, CUT)
                or before(f.evaluations[stage].answered_at, CUT)
            )
        ]
        assert told.replies[stage].asked == len(asked)
        assert told.replies[stage].answered == sum(answered(f, stage, CUT) for f in asked)
    shown = [one for one in (told.overall, *told.outcomes) if one.as_of]
    for one in shown:
        recount_confidence(world, view, one)
    if told.overall.as_of is None and told.overall.withheld is None:
        assert not any(matched(f, CUT) for f in inside)
    for pair in told.pairs:
        recount_pair(inside, pair)
    _recount_answers(inside, row)
    if told.managers.seen is not None:
        assert FEWEST <= told.managers.answered <= len(world.managers)
    return len(shown)


def _recount_answers(inside: list[Form], row: ImpactRow) -> None:
    """What is shown is of all who had answered at eight weeks by the day as of which it stands."""
    kept, reasons = row.figures.commitments, row.figures.reasons
    if kept.results is not None:
        assert kept.people >= FEWEST
        totals = []
        for day in DAYS:
            results = [r for f in _counting(inside, day) for r in f.results]
            totals.append((len(results), {one: results.count(one) for one in kept.results}))
        assert (kept.total, dict(kept.results)) in totals
    if reasons.barriers is not None:
        assert reasons.people >= FEWEST
        told = {(False, code): n for code, n in reasons.barriers.items()}
        told |= {(True, code): n for code, n in (reasons.helps or {}).items()}
        found = []
        for day in DAYS:
            people = _counting(inside, day)
            counts = Counter(reason for f in people for reason in f.reasons)
            found.append((len(people), {reason: counts[reason] for reason in told}))
        assert (reasons.people, told) in found
        assert all(n >= FEWEST for n in told.values())


def _counting(inside: list[Form], day: date) -> list[Form]:
    """Whoever answered at eight weeks, once the answers of the event's quarter count."""
    return [f for f in inside if closes(f.event) <= day and answered(f, Stage.IMPACT, day)]


@pytest.mark.parametrize("seed", range(3))
def test_R5_every_figure_of_a_random_year_equals_a_recount_of_its_rows(
    app: Any, make: Make, seed: int
) -> None:
    world = build(seed)
    scope = scope_of(Asked(year="2025-26"), None)
    published = 0
    for by in list(Dimension)[seed::3]:
        report = impact_report(by, ALL, scope, NOW)
        for row in (report.whole, *report.rows):
            published += recount(world, row)
    assert published > 0
    for course in world.courses[:2]:
        if any(stands(f.event, None, View(Dimension.COURSE, course)) for f in world.forms):
            report = impact_report(by, View(Dimension.COURSE, course), scope, NOW)
            _of_a_course(world, report)


def _of_a_course(world: World, report: ImpactReport) -> None:
    assert report.by is Dimension.EVENT
    for row in (report.whole, *report.rows):
        recount(world, row)


def test_the_number_of_statements_does_not_grow(app: Any, make: Make) -> None:
    build(1)
    scope = scope_of(Asked(year="2025-26"), None)
    numbers = []
    for by in (Dimension.EVENT, Dimension.SECTOR):
        with count_statements() as counted_here:
            impact_report(by, ALL, scope, NOW)
        numbers.append(counted_here.number)
    assert numbers[0] == numbers[1] < 60
