"""The draft of a questionnaire within the transaction that changes it (E7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.catalogue.models import Course
from lms.db import take_turn, transaction
from lms.errors import NotFound
from lms.evaluation.models import OwnQuestion, Questionnaire, QuestionnaireItem
from lms.evaluation.queries.asked import options_kept, words_of
from lms.evaluation.queries.questionnaires import Scope, of_scope, placing_of
from lms.evaluation.rules import OwnWords, Placing, Stage

FORMS = {
    Stage.PRE: "the form before",
    Stage.POST: "the form at the end",
    Stage.IMPACT: "the form eight weeks after",
}


@dataclass(frozen=True)
class Drafting:
    """A draft that is being changed, within its transaction."""

    session: Session
    scope: Scope
    title: str  # of the course; '' for every event
    by: Viewer
    now: datetime

    @property
    def where(self) -> str:
        """'the form at the end, for Neglect'."""
        return f"{FORMS[self.scope.stage]}, for {self.title or 'every event'}"

    def record(self, act: str, sentence: str, version_id: int) -> None:
        audit.record(
            self.session,
            act,
            sentence,
            by=self.by,
            now=self.now,
            about=("questionnaire", version_id),
            partnership_id=self.scope.partnership_id,
        )


@contextmanager
def drafting(scope: Scope, by: Viewer, now: datetime) -> Iterator[Drafting]:
    """By somebody who runs the programme, one at a time for each stage of a partnership.

    Raises NotFound for anybody else, and for a course of another partnership.
    """
    with transaction() as session:
        if not by.can(Permission.RUN_PROGRAMME, scope.partnership_id):
            raise NotFound
        title = ""
        if scope.course_id is not None:
            course = session.get(Course, scope.course_id)
            if course is None or course.partnership_id != scope.partnership_id:
                raise NotFound
            title = course.title
        take_turn(session, f"questionnaire-{scope.partnership_id}-{scope.stage}")
        yield Drafting(session, scope, title, by, now)


def find_draft(work: Drafting) -> Questionnaire | None:
    """The draft of the scope, if one was begun."""
    is_draft = Questionnaire.in_force_from.is_(None)
    return work.session.scalars(
        select(Questionnaire).where(*of_scope(work.scope), is_draft)
    ).one_or_none()


def version_in_force(work: Drafting, scope: Scope) -> Questionnaire | None:
    """What a scope asks at present; None where it asks what every event is asked, or nothing."""
    return work.session.scalars(
        select(Questionnaire).where(
            *of_scope(scope),
            Questionnaire.in_force_from.is_not(None),
            Questionnaire.in_force_until.is_(None),
        )
    ).one_or_none()


def draft_of(work: Drafting) -> Questionnaire:
    """The draft; a new one begins with what is asked at present."""
    found = find_draft(work)
    if found is not None:
        return found
    scope = work.scope
    asked = version_in_force(work, scope)
    if asked is None and scope.course_id is not None:
        asked = version_in_force(work, Scope(scope.partnership_id, scope.stage))
    last = work.session.scalar(select(func.max(Questionnaire.number)).where(*of_scope(scope)))
    draft = Questionnaire(
        partnership_id=scope.partnership_id,
        course_id=scope.course_id,
        stage=scope.stage,
        number=(last or 0) + 1,
        made_at=work.now,
        made_by_person_id=work.by.person_id,
    )
    work.session.add(draft)
    work.session.flush()
    if asked is not None:
        write_placing(draft, placing_of(asked.items))
    return draft


def placing_with(draft: Questionnaire, question_id: int) -> Placing:
    """The draft's questions, `question_id` among them. Raises NotFound."""
    placing = placing_of(draft.items)
    if all(placed.question_id != question_id for placed in placing):
        raise NotFound
    return placing


def write_placing(draft: Questionnaire, placing: Placing) -> None:
    """Put the questions in that order; those that are missing from it leave the draft."""
    known = {item.question_id: item for item in draft.items}
    items = []
    for position, placed in enumerate(placing, start=1):
        item = known.get(placed.question_id) or QuestionnaireItem(question_id=placed.question_id)
        item.position, item.is_required = position, placed.is_required
        items.append(item)
    draft.items = items


def get_question(work: Drafting, question_id: int) -> OwnQuestion:
    """A question of the partnership’s own. Raises NotFound."""
    question = work.session.get(OwnQuestion, question_id)
    if question is None or question.partnership_id != work.scope.partnership_id:
        raise NotFound
    return question


def find_ready(work: Drafting, words: OwnWords, library_key: str | None) -> int | None:
    """The id of a question taken from the library before, its words unchanged; else None."""
    if library_key is None:
        return None
    known = work.session.scalars(
        select(OwnQuestion).where(
            OwnQuestion.partnership_id == work.scope.partnership_id,
            OwnQuestion.library_key == library_key,
        )
    )
    return next((question.id for question in known if words_of(question) == words), None)


def keep_question(work: Drafting, words: OwnWords, library_key: str | None) -> int:
    """Keep a new question; its id."""
    question = OwnQuestion(
        partnership_id=work.scope.partnership_id, library_key=library_key, made_at=work.now
    )
    give_words(question, words)
    work.session.add(question)
    work.session.flush()
    return question.id


def give_words(question: OwnQuestion, words: OwnWords) -> None:
    """Let a question say this. It must stand in no other version than the draft."""
    for name, value in vars(words).items():
        setattr(question, name, options_kept(value) if name == "options" else value)


def stands_elsewhere(work: Drafting, question_id: int, draft_id: int) -> bool:
    """Whether another version has the question, so that its words must stay."""
    other = select(QuestionnaireItem.questionnaire_id).where(
        QuestionnaireItem.question_id == question_id,
        QuestionnaireItem.questionnaire_id != draft_id,
    )
    return work.session.scalar(other.limit(1)) is not None
