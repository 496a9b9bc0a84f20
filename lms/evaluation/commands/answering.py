"""Answering: a draft is kept as often as one likes, answers are taken once.

Two forms sent at the same moment are one evaluation: the row is unique for its booking and stage,
and only the one that finds it unanswered may write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, or_, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.db import transaction
from lms.errors import Gone, NotFound
from lms.evaluation.commands.inviting import insert_of
from lms.evaluation.commands.keeping import keep_answers
from lms.evaluation.models import Evaluation
from lms.evaluation.queries.sheets import Sheet, get_sheet
from lms.evaluation.rules import (
    AnswerFault,
    LinkState,
    Section,
    Stage,
    check_answers,
    counts_as_baseline,
    kept_draft,
    on_paper,
    questions_of,
    quote_consent_in,
)

Posted = Mapping[str, Sequence[str]]
VERSION = 1  # of the core questionnaire


class AlreadyAnswered(Gone):
    """The form was sent before; the first answers stand."""

    def __init__(self) -> None:
        super().__init__(
            "This form has been answered, and the first answers stand.",
            way_out="Nothing more is needed.",
        )


class NotOpen(Gone):
    """The form cannot be answered now."""

    def __init__(self) -> None:
        super().__init__("This form cannot be answered now.")


class Incomplete(Exception):
    """Answers that cannot be taken; nothing was kept."""

    def __init__(self, faults: tuple[AnswerFault, ...]) -> None:
        super().__init__()
        self.faults = faults


@dataclass(frozen=True)
class Opened:
    """Which form is meant, and when its page was opened."""

    booking_id: int
    stage: Stage
    opened_at: datetime


def keep_draft(form: Opened, posted: Posted, *, now: datetime) -> None:
    """Keep what was typed so far. Raises NotOpen or AlreadyAnswered."""
    with transaction() as session:
        sheet = get_sheet(session, form.booking_id, form.stage, now)
        _must_be(sheet, {LinkState.OPEN})
        draft = kept_draft(questions_of(sheet.sections), posted)
        _open(session, form, json.dumps(draft, ensure_ascii=False))


def answer(form: Opened, posted: Posted, *, now: datetime) -> None:
    """Take a delegate's answers, once. Raises Incomplete, NotOpen or AlreadyAnswered."""
    with transaction() as session:
        sheet = get_sheet(session, form.booking_id, form.stage, now)
        _must_be(sheet, {LinkState.OPEN})
        _open(session, form, None)
        _take(session, sheet, sheet.sections, posted, now)


def key_in(form: Opened, posted: Posted, *, by: Viewer, now: datetime) -> None:
    """Take the answers of a paper form, also after the link has closed. Nobody can read them again.

    Raises NotFound, Incomplete, NotOpen or AlreadyAnswered.
    """
    with transaction() as session:
        sheet = get_sheet(session, form.booking_id, form.stage, now)
        partnership_id = sheet.booking.partnership_id
        if not by.can(Permission.RUN_PROGRAMME, partnership_id):
            raise NotFound
        _must_be(sheet, {LinkState.OPEN, LinkState.CLOSED})
        _open(session, form, None)
        _take(session, sheet, on_paper(sheet.sections), posted, now, keyed_in_by=by)
        audit.record(
            session,
            "key_in_evaluation",
            f"Keyed in a paper form ({form.stage.value}) of {sheet.booking.name}.",
            by=by,
            now=now,
            about=("booking", form.booking_id),
            partnership_id=partnership_id,
        )


def _must_be(sheet: Sheet, states: set[LinkState]) -> None:
    if sheet.state is LinkState.ANSWERED:
        raise AlreadyAnswered
    if sheet.state not in states:
        raise NotOpen


def _open(session: Session, form: Opened, draft: str | None) -> None:
    """Make sure that the row is there, with the earliest opening and the latest draft."""
    statement = insert_of(session)(Evaluation).values(
        booking_id=form.booking_id,
        stage=form.stage,
        opened_at=form.opened_at,
        draft=draft,
        is_baseline=True,
    )
    is_earlier = or_(
        Evaluation.opened_at.is_(None), Evaluation.opened_at > statement.excluded.opened_at
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["booking_id", "stage"],
            set_={
                "draft": statement.excluded.draft,
                "opened_at": case(
                    (is_earlier, statement.excluded.opened_at), else_=Evaluation.opened_at
                ),
            },
            where=Evaluation.answered_at.is_(None),
        )
    )


def _take(
    session: Session,
    sheet: Sheet,
    sections: Sequence[Section],
    posted: Posted,
    now: datetime,
    keyed_in_by: Viewer | None = None,
) -> None:
    questions = questions_of(sections)
    checked = check_answers(questions, posted)
    if checked.faults:
        raise Incomplete(checked.faults)
    if not checked.given:
        raise Incomplete((AnswerFault(questions[0].key, "Answer at least one question"),))
    evaluation_id, opened_at = _close(session, sheet, now)
    keep_answers(session, evaluation_id, questions, checked.given)
    session.execute(
        update(Evaluation)
        .where(Evaluation.id == evaluation_id)
        .values(
            is_baseline=keyed_in_by is not None
            or counts_as_baseline(sheet.booking.facts, opened_at),
            quote_consent=quote_consent_in(checked.given) if sheet.stage is Stage.POST else None,
            keyed_in_by_person_id=keyed_in_by.person_id if keyed_in_by else None,
        )
    )


def _close(session: Session, sheet: Sheet, now: datetime) -> tuple[int, datetime]:
    """Claim the form: whoever comes second finds it answered."""
    claimed = session.execute(
        update(Evaluation)
        .where(
            Evaluation.booking_id == sheet.booking.booking_id,
            Evaluation.stage == sheet.stage,
            Evaluation.answered_at.is_(None),
        )
        .values(answered_at=now, draft=None, questionnaire_version=VERSION)
        .returning(Evaluation.id, Evaluation.opened_at)
    ).one_or_none()
    if claimed is None:
        raise AlreadyAnswered
    return claimed.id, claimed.opened_at or now
