"""The facts of a period's impact. No row that leaves here has a name, nor who wrote it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from lms.agencies.models import Agency
from lms.agencies.queries import policy_of
from lms.agencies.rules import PolicyKey, Sector
from lms.booking.models import Booking
from lms.catalogue.models import Course, Event, LearningOutcome, Priority, event_priority
from lms.clock import at_london, london_date
from lms.db import db
from lms.evaluation.models import Confidence, Corroboration, Evaluation, FollowUp, Reason
from lms.evaluation.queries import answers_to, list_own_choices, own_questions
from lms.evaluation.queries.replies import reply_rows
from lms.evaluation.rules import CommitmentResult, QuestionKind, Stage
from lms.reporting.attendance.queries.counted import IN_HEADLINE
from lms.reporting.impact.rules import (
    AskedFact,
    Dimension,
    EventFact,
    ImpactFacts,
    ManagerFact,
    OwnFact,
    OwnKind,
    OwnQuestion,
    ReplyFact,
    View,
    closes_on,
    counts_from,
)
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import quarter_of, quarters_between

NOON = time(12)


@dataclass(frozen=True)
class Names:
    """What the views are called, and which order they stand in."""

    courses: Mapping[int, str]
    priorities: Mapping[int, str]
    events: Mapping[int, str]

    def of(self, view: View) -> str:
        """A view as a row or a heading calls it."""
        if view.by is None:
            return "All"
        value: Any = view.value
        return _CALLED[view.by](self, value)


_CALLED: Mapping[Dimension, Callable[[Names, Any], str]] = {
    Dimension.COURSE: lambda names, value: names.courses.get(value, "No course"),
    Dimension.PRIORITY: lambda names, value: names.priorities.get(value, "No priority"),
    Dimension.LEVEL: lambda _, value: f"Level {value}" if value else "No level",
    Dimension.REMIT: lambda _, value: value.replace("_", " "),
    Dimension.SECTOR: lambda _, value: Sector(value).words if value else "no agency",
    Dimension.QUARTER: lambda _, value: value,
    Dimension.EVENT: lambda names, value: names.events.get(value, "No event"),
}


@dataclass
class _Person:
    """One booking's answers while they are gathered; its id goes no further."""

    event: int
    sector: Sector | None
    since: dict[Stage, date] = field(default_factory=dict)
    confidence: dict[Stage, dict[int, int]] = field(default_factory=dict)
    look_back: dict[int, int] = field(default_factory=dict)
    results: list[CommitmentResult] = field(default_factory=list)
    barriers: set[str] = field(default_factory=set)
    helps: set[str] = field(default_factory=set)

    def fact(self) -> ReplyFact:
        return ReplyFact(
            self.event,
            self.sector,
            self.since,
            self.confidence,
            self.look_back,
            tuple(self.results),
            frozenset(self.barriers),
            frozenset(self.helps),
        )


def read_facts(scope: Scope, now: datetime) -> tuple[ImpactFacts, Names]:
    """All facts of the scope's events that had begun, and what they are called."""
    conditions = [*scope.conditions, Event.starts_at <= now]
    events = db.session.execute(
        select(
            *(Event.id, Event.course_id, Event.level, Event.remit, Event.starts_at),
            *(Event.ends_at, Event.title),
        )
        .where(*conditions)
        .order_by(Event.starts_at, Event.id)
    ).all()
    priorities = _priorities(conditions)
    closes = _closes(scope, events)
    people, asked, own = _people(conditions, closes)
    facts = ImpactFacts(
        events=tuple(
            EventFact(
                row.id,
                row.course_id,
                row.level,
                row.remit.value,
                quarter_of(row.starts_at, scope.start_month),
                priorities.get(row.id, frozenset()),
                closes=closes[row.id],
            )
            for row in events
        ),
        replies=tuple(person.fact() for person in people),
        asked=tuple(asked),
        managers=tuple(_managers(conditions, closes)),
        outcomes=_outcomes(scope),
        attended=_attended(conditions),
        questions=_questions(own),
        own=tuple(own),
    )
    return facts, _names(scope, events)


def _closes(scope: Scope, events: Iterable[Any]) -> dict[int, date]:
    """The day from which each event's answers count, by its quarter (docs/decisions/0040)."""
    first, last = scope.period.first, scope.period.last
    if first is None or last is None:
        raise AssertionError("the impact report is of one year")
    quarters = quarters_between(first, last, scope.start_month)
    host = scope.partnership_ids[0]
    after = max(int(policy_of(host, PolicyKey.IMPACT_DAYS, on)) for on in (first, last))
    found = {}
    for row in events:
        on = london_date(row.starts_at)
        quarter_ends = next(day_after for begins, day_after in quarters if on < day_after)
        found[row.id] = closes_on(quarter_ends, london_date(row.ends_at), after)
    return found


def _names(scope: Scope, events: Iterable[Any]) -> Names:
    mine = scope.partnership_ids
    courses = select(Course.id, Course.title).where(Course.partnership_id.in_(mine))
    priorities = select(Priority.id, Priority.name).where(Priority.partnership_id.in_(mine))
    return Names(
        courses=dict(iter(db.session.execute(courses))),
        priorities=dict(iter(db.session.execute(priorities))),
        events={row.id: f"{row.title}, {_day(row.starts_at)}" for row in events},
    )


def _day(starts_at: datetime) -> str:
    on = london_date(starts_at)
    return f"{on.day} {on:%B %Y}"


def _priorities(conditions: list[Any]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = db.session.execute(
        select(event_priority.c.event_id, event_priority.c.priority_id)
        .join(Event, Event.id == event_priority.c.event_id)
        .where(*conditions)
    )
    for event, priority in rows:
        found[event].add(priority)
    return {event: frozenset(ids) for event, ids in found.items()}


def _outcomes(scope: Scope) -> dict[int, str]:
    """Learning outcomes by id, in their order, those of courses before those of events."""
    rows = db.session.execute(
        select(LearningOutcome.id, LearningOutcome.text)
        .outerjoin(Course, Course.id == LearningOutcome.course_id)
        .outerjoin(Event, Event.id == LearningOutcome.event_id)
        .where(
            func.coalesce(Course.partnership_id, Event.partnership_id).in_(scope.partnership_ids)
        )
        .order_by(LearningOutcome.course_id, LearningOutcome.position, LearningOutcome.id)
    )
    return dict(iter(rows))


# --- Who answered what ------------------------------------------------------------------------


def _people(
    conditions: list[Any], closes: Mapping[int, date]
) -> tuple[list[_Person], list[AskedFact], list[OwnFact]]:
    people: dict[int, _Person] = {}
    asked: list[AskedFact] = []
    evaluations: dict[int, tuple[_Person, Stage, bool]] = {}
    for row in db.session.execute(_replies(conditions)):
        answered = counts_from(row.answered_at) if row.answered_at else None
        invited = counts_from(row.invited_at) if row.invited_at else None
        since = min(day for day in (answered, invited) if day)
        asked.append(AskedFact(row.event_id, row.sector, row.stage, since, answered))
        if answered is None:
            continue
        person = people.setdefault(row.booking_id, _Person(row.event_id, row.sector))
        person.since[row.stage] = max(answered, closes[row.event_id])
        evaluations[row.evaluation_id] = (person, row.stage, row.is_baseline)
    _add_confidence(evaluations, conditions)
    _add_results(evaluations, conditions)
    _add_reasons(evaluations, conditions)
    return [*people.values()], asked, list(_own(evaluations, conditions))


def _replies(conditions: list[Any]) -> Any:
    return (
        reply_rows(*conditions)
        .add_columns(
            Evaluation.id.label("evaluation_id"),
            Evaluation.invited_at,
            Evaluation.answered_at,
            Evaluation.is_baseline,
            Booking.event_id,
            Agency.sector,
        )
        .outerjoin(Agency, Agency.id == Booking.agency_id)
        .order_by(Evaluation.id)
    )


def _of_events(statement: Any, conditions: list[Any]) -> Any:
    return (
        statement.join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(Evaluation.answered_at.is_not(None), *conditions)
    )


Evaluations = Mapping[int, tuple[_Person, Stage, bool]]


def _add_confidence(evaluations: Evaluations, conditions: list[Any]) -> None:
    statement = select(
        Confidence.evaluation_id, Confidence.outcome_id, Confidence.is_look_back, Confidence.value
    ).join(Evaluation, Evaluation.id == Confidence.evaluation_id)
    for row in db.session.execute(_of_events(statement, conditions)):
        person, stage, is_baseline = evaluations.get(row.evaluation_id, (None, Stage.PRE, False))
        if person is None or (stage is Stage.PRE and not is_baseline):
            continue
        if row.is_look_back:
            person.look_back[row.outcome_id] = row.value
        else:
            person.confidence.setdefault(stage, {})[row.outcome_id] = row.value


def _add_results(evaluations: Evaluations, conditions: list[Any]) -> None:
    statement = select(FollowUp.evaluation_id, FollowUp.result).join(
        Evaluation, Evaluation.id == FollowUp.evaluation_id
    )
    for row in db.session.execute(_of_events(statement, conditions)):
        if row.evaluation_id in evaluations:
            evaluations[row.evaluation_id][0].results.append(row.result)


def _add_reasons(evaluations: Evaluations, conditions: list[Any]) -> None:
    statement = select(Reason.evaluation_id, Reason.is_help, Reason.code).join(
        Evaluation, Evaluation.id == Reason.evaluation_id
    )
    for row in db.session.execute(_of_events(statement, conditions)):
        if row.evaluation_id in evaluations:
            person = evaluations[row.evaluation_id][0]
            (person.helps if row.is_help else person.barriers).add(row.code)


def _own(evaluations: Evaluations, conditions: list[Any]) -> Iterator[OwnFact]:
    for one in list_own_choices(*conditions):
        if one.evaluation_id in evaluations:
            person, stage, _ = evaluations[one.evaluation_id]
            yield OwnFact(
                one.question_id,
                person.event,
                person.sector,
                stage,
                person.since[stage],
                one.chosen,
            )


def _questions(own: Iterable[OwnFact]) -> tuple[OwnQuestion, ...]:
    """The own questions that anybody answered, stage by stage, in the order of their ids."""
    asked = {(one.stage, one.question) for one in own}
    words = own_questions(question for _, question in asked)
    return tuple(
        OwnQuestion(
            question,
            stage,
            OwnKind.SEVERAL if words[question].kind is QuestionKind.SEVERAL else OwnKind.ONE,
            words[question].wording,
            answers_to(words[question]),
        )
        for stage in Stage
        for question in sorted(one for at, one in asked if at is stage)
    )


def _managers(conditions: list[Any], closes: Mapping[int, date]) -> Iterable[ManagerFact]:
    """They are asked when the delegate answers, so theirs count a month after."""
    rows = db.session.execute(
        select(
            Corroboration.event_id,
            Corroboration.sector,
            Corroboration.seen,
            Corroboration.answered_on,
        )
        .join(Event, Event.id == Corroboration.event_id)
        .where(*conditions)
    )
    for row in rows:
        since = max(counts_from(_noon(row.answered_on)), counts_from(_noon(closes[row.event_id])))
        yield ManagerFact(row.event_id, row.sector, row.seen, since)


def _noon(on: date) -> datetime:
    return at_london(on, NOON)


def _attended(conditions: list[Any]) -> dict[tuple[int, Sector | None], int]:
    """The headline by event and sector (R3)."""
    rows = db.session.execute(
        select(Event.id, Agency.sector, func.count())
        .select_from(Booking)
        .join(Event, Event.id == Booking.event_id)
        .outerjoin(Agency, Agency.id == Booking.agency_id)
        .where(IN_HEADLINE, *conditions)
        .group_by(Event.id, Agency.sector)
    )
    return {(event, sector): n for event, sector, n in rows}
