"""Texts on their way to being quoted, as a coordinator reads them, and those that may be quoted.

Nothing here says who wrote a text, nor which texts are of one writer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, selectinload

from lms.access import Permission, Viewer
from lms.agencies.queries import dated_policies
from lms.agencies.rules import PolicyEntry, PolicyKey, policy_at
from lms.booking.models import Booking
from lms.booking.rules import CAME
from lms.catalogue.models import Course, Event
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound
from lms.evaluation.models import Evaluation, Statement
from lms.evaluation.queries.texts import (
    HOLDS_CONSENT,
    Consent,
    is_agreed_to,
    is_not_agreed_to,
    may_be_read,
    originals_of,
    wordings_of,
)
from lms.evaluation.rules import QuoteConsent, Stage, StatementState
from lms.evaluation.rules.statements import (
    attribution,
    is_quotable,
    names_its_event,
    role_key,
)


@dataclass(frozen=True)
class Text:
    """A text as a coordinator sees it. `role` may stand under it; `original` only while it waits.

    `has_role` is that the writer agreed to be quoted with it, though too few of it may have come.
    One that may not be quoted does not name its event where too few answered: `title` and
    `held_on` are empty then (R4).
    """

    id: int
    state: StatementState
    may_be_quoted: bool
    partnership_id: int
    event_id: int
    title: str
    course_title: str
    held_on: date | None
    stage: Stage
    question: str
    words: str
    original: str
    role: str
    has_role: bool
    theme_ids: tuple[int, ...]
    themes: tuple[str, ...]
    is_concern: bool
    decided_at: datetime | None


@dataclass(frozen=True)
class Released:
    """A text that anybody may quote now: its words, and the job role under it, if any may stand."""

    id: int
    words: str
    role: str
    question_key: str
    question: str
    stage: Stage
    event_id: int
    course_id: int | None
    title: str
    themes: tuple[str, ...]


# --- For those who run the programme ---------------------------------------------------------


def list_texts(viewer: Viewer, state: StatementState) -> list[Text]:
    """The viewer's texts in a state whose writers agree to be quoted, the oldest event first."""
    own = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    return _texts(db.session(), own, is_agreed_to(), Statement.state == state)


def list_unquoted(viewer: Viewer) -> list[Text]:
    """The viewer's texts that may not be quoted and that nobody has read yet: to learn from, and
    lest a concern is missed. The oldest event first, those that name none before all others."""
    own = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    waits = Statement.state == StatementState.WAITING
    return _texts(db.session(), own, is_not_agreed_to(), waits)


def count_unquoted(viewer: Viewer) -> int:
    """How many texts that may not be quoted nobody has read yet."""
    own = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    waits = Statement.state == StatementState.WAITING
    counted = _joined(select(func.count())).where(own, is_not_agreed_to(), waits)
    return db.session.scalar(counted) or 0


def count_texts(viewer: Viewer) -> dict[StatementState, int]:
    """How many texts there are in each state whose writers agree to be quoted."""
    own = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    rows = db.session.execute(
        _joined(select(Statement.state, func.count()))
        .where(own, is_agreed_to())
        .group_by(Statement.state)
    )
    counts = dict.fromkeys(StatementState, 0)
    for state, many in rows:
        counts[state] = many
    return counts


def get_text(statement_id: int, viewer: Viewer) -> Text:
    """A text at an event that the viewer runs, unless its writer took it back. Raises NotFound."""
    own = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    found = _texts(db.session(), own, may_be_read(), Statement.id == statement_id)
    if not found:
        raise NotFound
    return found[0]


# --- For whoever quotes ----------------------------------------------------------------------


def released_statements(
    partnership_ids: Iterable[int],
    *conditions: ColumnElement[bool],
    until: datetime | None = None,
) -> list[Released]:
    """What may be quoted of these partnerships' events, in an order that says nothing of writers.

    `conditions` may speak of Event, Course, Booking and Evaluation, which are joined. `until`
    leaves out what was released at or after it: for PLD members, the month's start. What a writer
    has withdrawn is gone whatever the cut. Constant statements.
    """
    mine = Event.partnership_id.in_(list(partnership_ids))
    cut = [Statement.decided_at < until] if until is not None else []
    released = Statement.state == StatementState.RELEASED
    session = db.session()
    rows = _rows(session, mine, is_agreed_to(), released, *cut, *conditions)
    rows = [row for row in rows if is_quotable(row.quote_consent, row.Statement.state)]
    roles = _roles(session, rows, dated_policies(session, PolicyKey.WITHHOLD_BELOW))
    wordings = wordings_of(session, {row.Statement.question for row in rows})
    rows.sort(
        key=lambda row: (
            row.starts_at,
            row.event_id,
            row.Statement.question,
            row.Statement.words,
        )
    )
    return [_released(row, roles[row.Statement.id], wordings) for row in rows]


def _released(row: Row[Any], role: str, wordings: Mapping[str, str]) -> Released:
    statement: Statement = row.Statement
    return Released(
        id=statement.id,
        words=statement.words,
        role=role,
        question_key=statement.question,
        question=wordings[statement.question],
        stage=row.stage,
        event_id=row.event_id,
        course_id=row.course_id,
        title=row.course_title or row.title,
        themes=tuple(theme.name for theme in statement.themes),
    )


def still_released(statement_ids: Collection[int]) -> dict[int, Released]:
    """Those of these texts that may be quoted at this moment, as they are released now.

    For whatever quotes by number and is shown long after (E10). Constant statements.
    """
    if not statement_ids:
        return {}
    hosts = db.session.scalars(
        _joined(select(Event.partnership_id).distinct()).where(Statement.id.in_(statement_ids))
    ).all()
    return {one.id: one for one in released_statements(hosts, Statement.id.in_(statement_ids))}


# --- What both are made of -------------------------------------------------------------------


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Statement)
        .join(Evaluation, Evaluation.id == Statement.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .outerjoin(Course, Course.id == Event.course_id)
        .outerjoin(Consent, HOLDS_CONSENT)
    )


def _rows(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Row[Any]]:
    statement = select(
        Statement,
        Evaluation.stage,
        Booking.job_role,
        Consent.quote_consent,
        is_agreed_to().label("may_be_quoted"),
        Event.id.label("event_id"),
        Event.partnership_id,
        Event.course_id,
        Event.title,
        Event.starts_at,
        Course.title.label("course_title"),
    )
    return session.execute(
        _joined(statement).where(*conditions).options(selectinload(Statement.themes))
    ).all()


def _texts(session: Session, *conditions: ColumnElement[bool]) -> list[Text]:
    """By event, then by question; within one question by what was written, not by who wrote.

    Where the event is not named, by the question alone.
    """
    rows = _rows(session, *conditions)
    statements = [row.Statement for row in rows]
    originals = originals_of(session, statements)
    wordings = wordings_of(session, {each.question for each in statements})
    policies = dated_policies(session, PolicyKey.WITHHOLD_BELOW)
    roles, named = _roles(session, rows, policies), _naming(session, rows, policies)
    texts = [
        _text(row, originals[row.Statement.id], wordings, roles, named)
        for row in rows
        if row.Statement.id in originals
    ]
    return sorted(texts, key=lambda text: _place(text, originals[text.id]))


def _place(text: Text, original: str) -> tuple[date, int, str, str]:
    if text.held_on is None:
        return (date.min, 0, text.question, original)
    return (text.held_on, text.event_id, text.question, original)


def _text(
    row: Row[Any],
    original: str,
    wordings: Mapping[str, str],
    roles: Mapping[int, str],
    named: set[int],
) -> Text:
    statement: Statement = row.Statement
    waits, is_named = statement.state is StatementState.WAITING, statement.id in named
    return Text(
        id=statement.id,
        state=statement.state,
        may_be_quoted=bool(row.may_be_quoted),
        partnership_id=row.partnership_id,
        event_id=row.event_id,
        title=row.title if is_named else "",
        course_title=(row.course_title or "") if is_named else "",
        held_on=london_date(row.starts_at) if is_named else None,
        stage=row.stage,
        question=wordings[statement.question],
        words=statement.words or (original if waits else ""),
        original=original if waits else "",
        role=roles[statement.id],
        has_role=row.quote_consent is QuoteConsent.WITH_JOB_ROLE,
        theme_ids=tuple(theme.id for theme in statement.themes),
        themes=tuple(theme.name for theme in statement.themes),
        is_concern=statement.is_concern,
        decided_at=statement.decided_at,
    )


Policies = Mapping[int, list[PolicyEntry]]


def _least_of(row: Row[Any], policies: Policies) -> int:
    """How many replies a figure needs, on the day of the event that a text is about."""
    dated = policies.get(row.partnership_id, [])
    return policy_at(dated, PolicyKey.WITHHOLD_BELOW, london_date(row.starts_at))


def _roles(session: Session, rows: Sequence[Row[Any]], policies: Policies) -> dict[int, str]:
    """The job role that may stand under each text, or nothing (R4). One statement."""
    came = _came_by_role(session, {row.event_id for row in rows})
    return {
        row.Statement.id: attribution(
            row.quote_consent,
            row.job_role,
            came[row.event_id, role_key(row.job_role)],
            _least_of(row, policies),
        )
        for row in rows
    }


def _naming(session: Session, rows: Sequence[Row[Any]], policies: Policies) -> set[int]:
    """The texts that say at which event they were written (R4). One statement."""
    counted = session.execute(
        select(Booking.event_id, Evaluation.stage, func.count())
        .join(Booking, Booking.id == Evaluation.booking_id)
        .where(
            Booking.event_id.in_({row.event_id for row in rows}),
            Evaluation.answered_at.is_not(None),
        )
        .group_by(Booking.event_id, Evaluation.stage)
    )
    answered = {(event_id, stage): many for event_id, stage, many in counted}
    return {
        row.Statement.id
        for row in rows
        if names_its_event(
            may_be_quoted=bool(row.may_be_quoted),
            answered=answered.get((row.event_id, row.stage), 0),
            least=_least_of(row, policies),
        )
    }


def _came_by_role(session: Session, event_ids: set[int]) -> Counter[tuple[int, str]]:
    """How many people of each job role came to each event; two bookings of one person are one."""
    rows = session.execute(
        select(Booking.event_id, Booking.job_role, Booking.person_id, Booking.id).where(
            Booking.event_id.in_(event_ids), Booking.outcome.in_(CAME), Booking.job_role != ""
        )
    )
    people = {
        (event, role_key(role), person or f"b{booking}") for event, role, person, booking in rows
    }
    return Counter((event, role) for event, role, _ in people)
