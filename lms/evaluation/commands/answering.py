"""Answering: a draft is kept as often as one likes, answers are taken once.

Two forms sent at the same moment are one evaluation: the row is unique for its booking and stage,
and only the one that finds it unanswered may write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import case, or_, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.db import transaction
from lms.errors import Gone, NotFound
from lms.evaluation.commands.inviting import insert_of
from lms.evaluation.commands.keeping import keep_answers
from lms.evaluation.commands.managers import keep_consent, refuse_address
from lms.evaluation.commands.statements import follow_consent
from lms.evaluation.models import Evaluation
from lms.evaluation.queries.facts import get_facts
from lms.evaluation.queries.sheets import Sheet, get_sheet
from lms.evaluation.rules import (
    Answer,
    AnswerFault,
    CheckedAnswers,
    LinkState,
    Question,
    Section,
    Stage,
    check_answers,
    counts_as_baseline,
    kept_draft,
    manager_named,
    may_opt_in,
    may_opt_out,
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


class NothingToSpare(Gone):
    """No reminder could come any more."""

    def __init__(self) -> None:
        super().__init__("We do not remind you of this form.", way_out="Nothing more is needed.")


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
        sheet = _open(session, form, {LinkState.OPEN}, now)
        draft = kept_draft(questions_of(sheet.sections), posted)
        session.execute(
            update(Evaluation)
            .where(
                Evaluation.booking_id == form.booking_id,
                Evaluation.stage == form.stage,
                Evaluation.answered_at.is_(None),
            )
            .values(draft=json.dumps(draft, ensure_ascii=False))
        )


def answer(form: Opened, posted: Posted, *, now: datetime) -> None:
    """Take a delegate's answers, once. Raises Incomplete, NotOpen or AlreadyAnswered."""
    with transaction() as session:
        sheet = _open(session, form, {LinkState.OPEN}, now)
        _take(session, sheet, sheet.sections, posted, now)


class NotStopped(Gone):
    """Nobody asked us to stop reminding of this form, or it is not open any more."""

    def __init__(self) -> None:
        super().__init__("Nothing was stopped.", way_out="Nothing more is needed.")


def stop_reminders(booking_id: int, stage: Stage, *, now: datetime) -> None:
    """Remind the delegate of this one form no more; it stays open. Raises NothingToSpare."""
    with transaction() as session:
        if not may_opt_out(get_facts(session, booking_id).facts, stage, now):
            raise NothingToSpare
        statement = insert_of(session)(Evaluation).values(
            booking_id=booking_id, stage=stage, opted_out_at=now, is_baseline=True
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["booking_id", "stage"], set_={"opted_out_at": now}
            )
        )


def remind_again(booking_id: int, stage: Stage, *, now: datetime) -> None:
    """Take that wish back: what is still to come is sent as before. Raises NotStopped."""
    with transaction() as session:
        if not may_opt_in(get_facts(session, booking_id).facts, stage, now):
            raise NotStopped
        session.execute(
            update(Evaluation)
            .where(Evaluation.booking_id == booking_id, Evaluation.stage == stage)
            .values(opted_out_at=None)
        )


def key_in(form: Opened, posted: Posted, *, by: Viewer, now: datetime) -> None:
    """Take the answers of a paper form, also after the link has closed. Nobody can read them again.

    Raises NotFound, Incomplete, NotOpen or AlreadyAnswered.
    """
    with transaction() as session:
        partnership_id = get_facts(session, form.booking_id).partnership_id
        if not by.can(Permission.RUN_PROGRAMME, partnership_id):
            raise NotFound
        sheet = _open(session, form, {LinkState.OPEN, LinkState.CLOSED}, now)
        given = _take(session, sheet, on_paper(sheet.sections), posted, now, keyed_in_by=by)
        consent = ", with consent to ask the line manager" if manager_named(given) else ""
        audit.record(
            session,
            "key in evaluation",
            f"keyed in a paper form ({form.stage.value}) of {sheet.booking.name}{consent}",
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


def _open(session: Session, form: Opened, states: set[LinkState], now: datetime) -> Sheet:
    """The form that is being filled in, its row kept with the earliest opening.

    What is asked beside the core is settled by whoever opens it first, and stays (E7). Raises
    NotOpen or AlreadyAnswered.
    """
    sheet = get_sheet(session, form.booking_id, form.stage, now, form.opened_at)
    _must_be(sheet, states)
    kept = _keep_opening(session, form, sheet.questionnaire_id)
    if kept == sheet.questionnaire_id:
        return sheet
    return get_sheet(session, form.booking_id, form.stage, now)


def _keep_opening(session: Session, form: Opened, asked: int | None) -> int | None:
    """Make sure that the row is there; returns the version of own questions that it holds."""
    statement = insert_of(session)(Evaluation).values(
        booking_id=form.booking_id,
        stage=form.stage,
        opened_at=form.opened_at,
        questionnaire_id=asked,
        is_baseline=True,
    )
    is_earlier = or_(
        Evaluation.opened_at.is_(None), Evaluation.opened_at > statement.excluded.opened_at
    )
    opened = session.execute(
        statement.on_conflict_do_update(
            index_elements=["booking_id", "stage"],
            set_={
                "questionnaire_id": case(
                    (Evaluation.opened_at.is_(None), statement.excluded.questionnaire_id),
                    else_=Evaluation.questionnaire_id,
                ),
                "opened_at": case(
                    (is_earlier, statement.excluded.opened_at), else_=Evaluation.opened_at
                ),
            },
            where=Evaluation.answered_at.is_(None),
        ).returning(Evaluation.questionnaire_id)
    ).one_or_none()
    if opened is None:
        raise AlreadyAnswered
    return cast("int | None", opened.questionnaire_id)


def _take(
    session: Session,
    sheet: Sheet,
    sections: Sequence[Section],
    posted: Posted,
    now: datetime,
    keyed_in_by: Viewer | None = None,
) -> Mapping[str, Answer]:
    """Check and keep what was posted; returns what was given. Raises Incomplete."""
    questions = questions_of(sections)
    checked = _checked(session, sheet, questions, posted, now)
    consent = quote_consent_in(checked.given) if sheet.stage is Stage.POST else None
    evaluation_id, opened_at = _close(session, sheet, now)
    keep_answers(session, evaluation_id, questions, checked.given)
    keep_consent(session, sheet.booking.booking_id, checked.given, now)
    session.execute(
        update(Evaluation)
        .where(Evaluation.id == evaluation_id)
        .values(
            is_baseline=keyed_in_by is not None
            or counts_as_baseline(sheet.booking.facts, opened_at),
            quote_consent=consent,
            keyed_in_by_person_id=keyed_in_by.person_id if keyed_in_by else None,
        )
    )
    if consent is not None:
        follow_consent(session, sheet.booking.booking_id, consent)
    return checked.given


def _checked(
    session: Session, sheet: Sheet, questions: Sequence[Question], posted: Posted, now: datetime
) -> CheckedAnswers:
    checked = check_answers(questions, posted)
    faults = (*checked.faults, *refuse_address(session, sheet, checked, now))
    if faults:
        raise Incomplete(faults)
    if not checked.given:
        raise Incomplete((AnswerFault(questions[0].key, "Answer at least one question"),))
    return checked


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
