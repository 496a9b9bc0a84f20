"""A draft is put together and put in force; whatever is, or was, in force is never changed (E7)."""

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
from lms.errors import NotFound, Refused
from lms.evaluation.models import OwnQuestion, Questionnaire, QuestionnaireItem
from lms.evaluation.queries.asked import options_kept, words_of
from lms.evaluation.queries.questionnaires import Scope, of_scope, placing_of
from lms.evaluation.rules import (
    OwnWords,
    Placing,
    Stage,
    added,
    exchanged,
    moved,
    refusal_to_add,
    retired,
    wording_faults,
)
from lms.words import count

FORMS = {
    Stage.PRE: "the form before",
    Stage.POST: "the form at the end",
    Stage.IMPACT: "the form eight weeks after",
}


class Misworded(Exception):
    """A question that cannot be asked as it stands: what is to be put right, by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__()
        self.faults = faults


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


# --- The draft ------------------------------------------------------------------------------


def add_question(
    scope: Scope,
    words: OwnWords,
    *,
    is_required: bool = False,
    library_key: str | None = None,
    by: Viewer,
    now: datetime,
) -> int:
    """Add a question to the draft; returns its id. Raises Misworded, Refused or NotFound.

    One taken from the library is the same question wherever its words are the same, so that its
    answers add up.
    """
    _refuse_misworded(words)
    with _drafting(scope, by, now) as work:
        draft = _draft(work)
        placing = placing_of(draft.items)
        question_id = _find_ready(work, words, library_key)
        _refuse(refusal_to_add(placing, question_id))
        if question_id is None:
            question_id = _keep_question(work, words, library_key)
        _write(draft, added(placing, question_id, is_required=is_required))
        work.record(
            "add_question", f"added “{words.wording}” to the draft of {work.where}", draft.id
        )
        return question_id


def ask_again(scope: Scope, question_id: int, *, by: Viewer, now: datetime) -> None:
    """Add a question that the partnership asks elsewhere or asked before, as it stands."""
    with _drafting(scope, by, now) as work:
        question = _question(work, question_id)
        draft = _draft(work)
        placing = placing_of(draft.items)
        _refuse(refusal_to_add(placing, question_id))
        _write(draft, added(placing, question_id))
        work.record(
            "add_question", f"added “{question.wording}” to the draft of {work.where}", draft.id
        )


def change_question(
    scope: Scope,
    question_id: int,
    words: OwnWords,
    *,
    is_required: bool,
    by: Viewer,
    now: datetime,
) -> int:
    """Change a question of the draft; returns the id under which it is asked from now on.

    One that stands in any other version keeps its words there: another takes its place here.
    """
    _refuse_misworded(words)
    with _drafting(scope, by, now) as work:
        draft = _draft(work)
        question = _question(work, question_id)
        placing = _with(draft, question_id)
        if words_of(question) != words:
            if _stands_elsewhere(work, question_id, draft.id):
                question = work.session.get_one(OwnQuestion, _keep_question(work, words, None))
            else:
                _word(question, words)
        _write(draft, exchanged(placing, question_id, question.id, is_required=is_required))
        said = f"changed “{words.wording}” in the draft of {work.where}"
        work.record("change_question", said, draft.id)
        return question.id


def move_question(scope: Scope, question_id: int, *, up: bool, by: Viewer, now: datetime) -> None:
    """Let a question change places with the one before it, or after it."""
    with _drafting(scope, by, now) as work:
        draft = _draft(work)
        _write(draft, moved(_with(draft, question_id), question_id, up=up))


def retire_question(scope: Scope, question_id: int, *, by: Viewer, now: datetime) -> None:
    """Take a question out of the draft; forms that were opened with it still take its answer."""
    with _drafting(scope, by, now) as work:
        draft = _draft(work)
        _write(draft, retired(_with(draft, question_id), question_id))
        wording = _question(work, question_id).wording
        work.record(
            "retire_question", f"took “{wording}” out of the draft of {work.where}", draft.id
        )


def copy_questions(scope: Scope, from_course: int | None, *, by: Viewer, now: datetime) -> int:
    """Add what another course asks (None: what every event is asked); returns how many were new.

    Raises Refused where it asks nothing that is not asked here.
    """
    with _drafting(scope, by, now) as work:
        source = _in_force(work, Scope(scope.partnership_id, scope.stage, from_course))
        draft = _draft(work)
        before = placing = placing_of(draft.items)
        for placed in placing_of(source.items) if source else ():
            if not refusal_to_add(placing, placed.question_id):
                placing = added(placing, placed.question_id, is_required=placed.is_required)
        new = len(placing) - len(before)
        if not new:
            raise Refused("There is nothing to copy: all that it asks is asked here already.")
        _write(draft, placing)
        work.record(
            "copy_questions",
            f"copied {count(new, 'question')} to the draft of {work.where}",
            draft.id,
        )
        return new


def discard_draft(scope: Scope, *, by: Viewer, now: datetime) -> None:
    """Throw a draft away; what is in force stays. Raises NotFound where there is none."""
    with _drafting(scope, by, now) as work:
        draft = _find_draft(work)
        if draft is None:
            raise NotFound
        work.record("discard_draft", f"threw the draft of {work.where} away", draft.id)
        work.session.delete(draft)


# --- In force -------------------------------------------------------------------------------


def put_in_force(scope: Scope, *, by: Viewer, now: datetime) -> int:
    """Ask the draft's questions on every form that is opened from now on; returns its number.

    Raises Refused where there is no draft, or where it changes nothing.
    """
    with _drafting(scope, by, now) as work:
        draft, before = _find_draft(work), _in_force(work, scope)
        if draft is None:
            raise Refused("There is no draft: nothing was changed since.")
        asked_before = placing_of(before.items) if before else ()
        if placing_of(draft.items) == asked_before and (before or scope.course_id is None):
            raise Refused("The draft asks exactly what is asked already.")
        if before is not None:
            before.in_force_until = now
        draft.in_force_from = now
        said = f"put version {draft.number} of {work.where} in force"
        work.record("put_in_force", said, draft.id)
        return draft.number


def ask_as_everywhere(scope: Scope, *, by: Viewer, now: datetime) -> None:
    """Let a course ask again what every event asks. Raises Refused where it does."""
    with _drafting(scope, by, now) as work:
        version = _in_force(work, scope) if scope.course_id is not None else None
        if version is None:
            raise Refused("It asks what every event is asked.")
        version.in_force_until = now
        work.record("ask_as_everywhere", f"ended the own questions of {work.where}", version.id)


# --- Within a transaction -------------------------------------------------------------------


@contextmanager
def _drafting(scope: Scope, by: Viewer, now: datetime) -> Iterator[Drafting]:
    """One at a time for each scope, by somebody who runs its programme. Raises NotFound."""
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


def _find_draft(work: Drafting) -> Questionnaire | None:
    is_draft = Questionnaire.in_force_from.is_(None)
    return work.session.scalars(
        select(Questionnaire).where(*of_scope(work.scope), is_draft)
    ).one_or_none()


def _in_force(work: Drafting, scope: Scope) -> Questionnaire | None:
    return work.session.scalars(
        select(Questionnaire).where(
            *of_scope(scope),
            Questionnaire.in_force_from.is_not(None),
            Questionnaire.in_force_until.is_(None),
        )
    ).one_or_none()


def _draft(work: Drafting) -> Questionnaire:
    """The draft; a new one begins with what is asked at present."""
    found = _find_draft(work)
    if found is not None:
        return found
    scope = work.scope
    asked = _in_force(work, scope)
    if asked is None and scope.course_id is not None:
        asked = _in_force(work, Scope(scope.partnership_id, scope.stage))
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
        _write(draft, placing_of(asked.items))
    return draft


def _with(draft: Questionnaire, question_id: int) -> Placing:
    """The draft's questions, `question_id` among them. Raises NotFound."""
    placing = placing_of(draft.items)
    if all(placed.question_id != question_id for placed in placing):
        raise NotFound
    return placing


def _write(draft: Questionnaire, placing: Placing) -> None:
    known = {item.question_id: item for item in draft.items}
    items = []
    for position, placed in enumerate(placing, start=1):
        item = known.get(placed.question_id) or QuestionnaireItem(question_id=placed.question_id)
        item.position, item.is_required = position, placed.is_required
        items.append(item)
    draft.items = items


def _question(work: Drafting, question_id: int) -> OwnQuestion:
    question = work.session.get(OwnQuestion, question_id)
    if question is None or question.partnership_id != work.scope.partnership_id:
        raise NotFound
    return question


def _find_ready(work: Drafting, words: OwnWords, library_key: str | None) -> int | None:
    if library_key is None:
        return None
    known = work.session.scalars(
        select(OwnQuestion).where(
            OwnQuestion.partnership_id == work.scope.partnership_id,
            OwnQuestion.library_key == library_key,
        )
    )
    return next((question.id for question in known if words_of(question) == words), None)


def _keep_question(work: Drafting, words: OwnWords, library_key: str | None) -> int:
    question = OwnQuestion(
        partnership_id=work.scope.partnership_id, library_key=library_key, made_at=work.now
    )
    _word(question, words)
    work.session.add(question)
    work.session.flush()
    return question.id


def _word(question: OwnQuestion, words: OwnWords) -> None:
    for name, value in vars(words).items():
        setattr(question, name, options_kept(value) if name == "options" else value)


def _stands_elsewhere(work: Drafting, question_id: int, draft_id: int) -> bool:
    other = select(QuestionnaireItem.questionnaire_id).where(
        QuestionnaireItem.question_id == question_id,
        QuestionnaireItem.questionnaire_id != draft_id,
    )
    return work.session.scalar(other.limit(1)) is not None


def _refuse_misworded(words: OwnWords) -> None:
    faults = wording_faults(words)
    if faults:
        raise Misworded({fault.field: fault.sentence for fault in faults})


def _refuse(why_not: str | None) -> None:
    if why_not:
        raise Refused(why_not)
