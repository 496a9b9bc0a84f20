"""A draft is put together and put in force; whatever is, or was, in force is never changed (E7)."""

from __future__ import annotations

from datetime import datetime

from lms.access import Viewer
from lms.errors import NotFound, Refused
from lms.evaluation.commands.drafting import (
    draft_of,
    drafting,
    find_draft,
    find_ready,
    get_question,
    give_words,
    keep_question,
    placing_with,
    stands_elsewhere,
    version_in_force,
    write_placing,
)
from lms.evaluation.models import OwnQuestion
from lms.evaluation.queries.asked import words_of
from lms.evaluation.queries.questionnaires import Scope, placing_of
from lms.evaluation.rules import (
    OwnWords,
    added,
    exchanged,
    moved,
    refusal_to_add,
    retired,
    wording_faults,
)
from lms.words import count


class Misworded(Exception):
    """A question that cannot be asked as it stands: what is to be put right, by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__()
        self.faults = faults


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
    with drafting(scope, by, now) as work:
        draft = draft_of(work)
        placing = placing_of(draft.items)
        question_id = find_ready(work, words, library_key)
        _refuse(refusal_to_add(placing, question_id))
        if question_id is None:
            question_id = keep_question(work, words, library_key)
        write_placing(draft, added(placing, question_id, is_required=is_required))
        work.record(
            "add_question", f"added “{words.wording}” to the draft of {work.where}", draft.id
        )
        return question_id


def ask_again(scope: Scope, question_id: int, *, by: Viewer, now: datetime) -> None:
    """Add a question that the partnership asks elsewhere or asked before, as it stands."""
    with drafting(scope, by, now) as work:
        question = get_question(work, question_id)
        draft = draft_of(work)
        placing = placing_of(draft.items)
        _refuse(refusal_to_add(placing, question_id))
        write_placing(draft, added(placing, question_id))
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
    with drafting(scope, by, now) as work:
        draft = draft_of(work)
        question = get_question(work, question_id)
        placing = placing_with(draft, question_id)
        if words_of(question) != words:
            if stands_elsewhere(work, question_id, draft.id):
                question = work.session.get_one(OwnQuestion, keep_question(work, words, None))
            else:
                give_words(question, words)
        write_placing(draft, exchanged(placing, question_id, question.id, is_required=is_required))
        said = f"changed “{words.wording}” in the draft of {work.where}"
        work.record("change_question", said, draft.id)
        return question.id


def move_question(scope: Scope, question_id: int, *, up: bool, by: Viewer, now: datetime) -> None:
    """Let a question change places with the one before it, or after it."""
    with drafting(scope, by, now) as work:
        draft = draft_of(work)
        write_placing(draft, moved(placing_with(draft, question_id), question_id, up=up))


def retire_question(scope: Scope, question_id: int, *, by: Viewer, now: datetime) -> None:
    """Take a question out of the draft; forms that were opened with it still take its answer."""
    with drafting(scope, by, now) as work:
        draft = draft_of(work)
        write_placing(draft, retired(placing_with(draft, question_id), question_id))
        wording = get_question(work, question_id).wording
        work.record(
            "retire_question", f"took “{wording}” out of the draft of {work.where}", draft.id
        )


def copy_questions(scope: Scope, from_course: int | None, *, by: Viewer, now: datetime) -> int:
    """Add what another course asks (None: what every event is asked); returns how many were new.

    Raises Refused where it asks nothing that is not asked here.
    """
    with drafting(scope, by, now) as work:
        source = version_in_force(work, Scope(scope.partnership_id, scope.stage, from_course))
        draft = draft_of(work)
        before = placing = placing_of(draft.items)
        for placed in placing_of(source.items) if source else ():
            if not refusal_to_add(placing, placed.question_id):
                placing = added(placing, placed.question_id, is_required=placed.is_required)
        new = len(placing) - len(before)
        if not new:
            raise Refused("There is nothing to copy: all that it asks is asked here already.")
        write_placing(draft, placing)
        work.record(
            "copy_questions",
            f"copied {count(new, 'question')} to the draft of {work.where}",
            draft.id,
        )
        return new


def discard_draft(scope: Scope, *, by: Viewer, now: datetime) -> None:
    """Throw a draft away; what is in force stays. Raises NotFound where there is none."""
    with drafting(scope, by, now) as work:
        draft = find_draft(work)
        if draft is None:
            raise NotFound
        work.record("discard_draft", f"threw the draft of {work.where} away", draft.id)
        work.session.delete(draft)


# --- In force -------------------------------------------------------------------------------


def put_in_force(scope: Scope, *, by: Viewer, now: datetime) -> int:
    """Ask the draft's questions on every form that is opened from now on; returns its number.

    Raises Refused where there is no draft, or where it changes nothing.
    """
    with drafting(scope, by, now) as work:
        draft, before = find_draft(work), version_in_force(work, scope)
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
    with drafting(scope, by, now) as work:
        version = version_in_force(work, scope) if scope.course_id is not None else None
        if version is None:
            raise Refused("It asks what every event is asked.")
        version.in_force_until = now
        work.record("ask_as_everywhere", f"ended the own questions of {work.where}", version.id)


def _refuse_misworded(words: OwnWords) -> None:
    faults = wording_faults(words)
    if faults:
        raise Misworded({fault.field: fault.sentence for fault in faults})


def _refuse(why_not: str | None) -> None:
    if why_not:
        raise Refused(why_not)
