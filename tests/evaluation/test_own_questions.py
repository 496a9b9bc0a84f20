"""E7: a partnership's own questions, from the draft to the answers, on both engines."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from lms.access import Role, Viewer
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import DomainError, NotFound, Refused
from lms.evaluation import commands
from lms.evaluation.commands import Incomplete, Misworded, Opened
from lms.evaluation.models import (
    Answer,
    AskedAlready,
    Evaluation,
    OwnQuestion,
    Questionnaire,
    QuestionnaireItem,
)
from lms.evaluation.queries import (
    Scope,
    count_own_answers,
    get_asked,
    list_earlier_questions,
    reach_of,
    read_sheet,
)
from lms.evaluation.rules import Measure, OwnWords, QuestionKind, Stage, own_words
from tests.evaluation.conftest import Delegate, came, close_register
from tests.support.make import Make
from tests.support.snapshots import at

AFTER = at("2027-02-08 17:00")


@dataclass
class Builder:
    """Idris, who puts the questions at the end together."""

    by: Viewer
    scope: Scope
    clock: FixedClock

    def add(self, words: OwnWords, scope: Scope | None = None, **facts: Any) -> int:
        facts = {"by": self.by, "now": self.clock.now(), **facts}
        return commands.add_question(scope or self.scope, words, **facts)

    def do(self, act: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        facts = {"by": self.by, "now": self.clock.now(), **facts}
        return act(self.scope, *args, **facts)

    def force(self) -> int:
        return int(self.do(commands.put_in_force))


@pytest.fixture
def builder(delegate: Delegate, make: Make, clock: FixedClock) -> Builder:
    idris = make.viewer(make.coordinator())
    partnership = db.session.scalars(select(Booking)).one().event.partnership_id
    db.session.rollback()
    return Builder(idris, Scope(partnership, Stage.POST), clock)


def scale(wording: str = "How relevant was it?") -> OwnWords:
    return own_words(QuestionKind.SCALE, wording, Measure.REACTION, low="Not", high="Very")


def several(*labels: str) -> OwnWords:
    return own_words(QuestionKind.SEVERAL, "Whom did you meet?", Measure.REACTION, options=labels)


YES_NO = own_words(QuestionKind.YES_NO, "Would you come again?", Measure.REACTION)
TEXT = own_words(QuestionKind.LONG_TEXT, "What surprised you?", Measure.LEARNING)


def own_keys(delegate: Delegate, when: Any = AFTER) -> list[str]:
    sections = read_sheet(delegate.booking, Stage.POST, when, when).sections
    return [q.key for section in sections for q in section.questions if q.key[:4] == "own_"]


def send(delegate: Delegate, opened: Any = AFTER, now: Any = AFTER, **posted: str) -> None:
    answers = {**delegate.confidence(4, 3), **posted}
    form = Opened(delegate.booking, Stage.POST, opened)
    commands.answer(form, {key: value.split("|") for key, value in answers.items()}, now=now)


def versions() -> dict[int, list[tuple[Any, ...]]]:
    """What stands in each version that is, or was, in force."""
    db.session.rollback()
    rows = db.session.execute(
        select(
            Questionnaire.id,
            QuestionnaireItem.position,
            QuestionnaireItem.is_required,
            *(OwnQuestion.id.label("question"), OwnQuestion.wording, OwnQuestion.options),
        )
        .join(QuestionnaireItem, QuestionnaireItem.questionnaire_id == Questionnaire.id)
        .join(OwnQuestion, OwnQuestion.id == QuestionnaireItem.question_id)
        .where(Questionnaire.in_force_from.is_not(None))
        .order_by(Questionnaire.id, QuestionnaireItem.position)
    )
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(tuple(row)[1:])
    return found


# --- From the draft to the answers ----------------------------------------------------------


def test_E7_a_draft_asks_nobody_until_it_is_put_in_force(
    delegate: Delegate, builder: Builder
) -> None:
    first = builder.add(scale())
    second = builder.add(YES_NO)
    builder.do(commands.move_question, second, up=True)
    assert own_keys(delegate) == []
    assert builder.force() == 1
    assert own_keys(delegate) == [f"own_{second}", f"own_{first}"]
    with pytest.raises(Refused, match="There is no draft"):
        builder.force()
    assert reach_of(builder.scope, builder.clock.now()).places == 1


def test_E7_every_kind_of_answer_is_kept_and_counted(
    delegate: Delegate, builder: Builder, make: Make
) -> None:
    keys = [
        f"own_{builder.add(words)}"
        for words in (scale(), several("Police", "Health", "Schools"), YES_NO, TEXT)
    ]
    builder.force()
    posted = dict(zip(keys, ("4", "3|1", "no", "All of it"), strict=True))
    send(delegate, **posted, own_99="5")
    kept = {
        row.question: (row.number, row.words)
        for row in db.session.scalars(select(Answer).where(Answer.question.startswith("own_")))
    }
    values = [(4, None), (None, "1;3"), (0, None), (None, "All of it")]
    assert kept == dict(zip(keys, values, strict=True))
    counts = count_own_answers(Booking.event_id == delegate.event)
    assert [(one.asked, one.answered) for one in counts] == [(1, 1)] * 4
    assert counts[0].counts == {"1 Not": 0, "2": 0, "3": 0, "4": 1, "5 Very": 0}
    assert counts[1].counts == {"Police": 1, "Health": 0, "Schools": 1}
    assert counts[2].counts == {"Yes": 0, "No": 1}
    assert counts[3].counts == {}


def test_E7_a_form_keeps_the_version_it_was_first_opened_with(
    delegate: Delegate, builder: Builder, clock: FixedClock
) -> None:
    old = builder.add(scale())
    builder.force()
    opened = AFTER
    clock.set(at("2027-02-08 18:00"))
    builder.do(commands.retire_question, old)
    new = builder.add(YES_NO, is_required=True)
    builder.force()
    later = at("2027-02-08 19:00")
    assert own_keys(delegate, later) == [f"own_{new}"]
    assert own_keys(delegate, opened) == [f"own_{old}"]
    form = Opened(delegate.booking, Stage.POST, opened)
    commands.keep_draft(form, {f"own_{old}": ["2"]}, now=later)
    assert own_keys(delegate, later) == [f"own_{old}"]
    send(delegate, opened=later, now=later, **{f"own_{old}": "5"})
    evaluation = db.session.scalars(select(Evaluation)).one()
    assert evaluation.questionnaire_id == min(versions())
    assert db.session.scalars(select(Answer.number)).one() == 5


def test_E7_an_answer_out_of_range_is_refused_beside_its_question(
    delegate: Delegate, builder: Builder
) -> None:
    key = f"own_{builder.add(scale(), is_required=True)}"
    builder.force()
    for value, sentence in (("6", "Choose one of"), ("", "Choose a number from 1 to 5: How")):
        with pytest.raises(Incomplete) as refusal:
            send(delegate, **{key: value})
        (fault,) = refusal.value.faults
        assert fault.key == key
        assert fault.sentence.startswith(sentence)


def test_E9_a_paper_form_has_own_questions_too_and_may_leave_them_out(
    delegate: Delegate, builder: Builder
) -> None:
    key = f"own_{builder.add(scale(), is_required=True)}"
    builder.add(YES_NO, is_required=True)
    builder.force()
    came(delegate.booking)
    close_register(delegate.event, AFTER)
    form = Opened(delegate.booking, Stage.POST, AFTER)
    commands.key_in(form, {key: ["2"]}, by=builder.by, now=AFTER)
    assert [one.answered for one in count_own_answers()] == [1, 0]


def test_E7_a_version_without_a_question_is_the_core_alone(
    delegate: Delegate, builder: Builder
) -> None:
    only = builder.add(scale())
    builder.force()
    builder.do(commands.retire_question, only)
    builder.clock.set(at("2027-01-19 10:00"))
    assert builder.force() == 2
    assert own_keys(delegate) == []
    assert [line.id for line in list_earlier_questions(builder.scope)] == [only]
    builder.do(commands.ask_again, only)
    assert [line.id for line in get_asked(builder.scope).shown] == [only]


# --- Courses --------------------------------------------------------------------------------


def test_E7_a_course_begins_with_what_every_event_asks_and_may_return_to_it(
    delegate: Delegate, builder: Builder, make: Make, clock: FixedClock
) -> None:
    shared = builder.add(scale())
    builder.force()
    event_course = db.session.get_one(Booking, delegate.booking).event.course_id
    course = Scope(builder.scope.partnership_id, Stage.POST, event_course)
    own = builder.add(YES_NO, course)
    clock.set(at("2027-01-19 10:00"))
    commands.put_in_force(course, by=builder.by, now=clock.now())
    assert own_keys(delegate) == [f"own_{shared}", f"own_{own}"]
    assert reach_of(builder.scope, clock.now()).events == 0
    other = make.course("Neglect")
    with pytest.raises(Refused, match="nothing to copy"):
        elsewhere = Scope(course.partnership_id, Stage.POST, other)
        commands.copy_questions(elsewhere, None, by=builder.by, now=clock.now())
    copied = commands.copy_questions(elsewhere, event_course, by=builder.by, now=clock.now())
    assert copied == 1
    assert [line.id for line in get_asked(elsewhere).shown] == [shared, own]
    clock.set(at("2027-01-20 10:00"))
    commands.ask_as_everywhere(course, by=builder.by, now=clock.now())
    assert own_keys(delegate) == [f"own_{shared}"]
    with pytest.raises(Refused, match="what every event is asked"):
        commands.ask_as_everywhere(course, by=builder.by, now=clock.now())


def test_E7_nobody_changes_another_partnership_s_questions(
    delegate: Delegate, builder: Builder, make: Make
) -> None:
    dudley = make.partnership("Dudley")
    else_where = make.person("Else Where", role=Role.COORDINATOR, partnership=dudley)
    stranger = make.viewer(else_where)
    mine = builder.add(scale())
    with pytest.raises(NotFound):
        builder.add(scale(), by=stranger)
    with pytest.raises(NotFound):
        commands.ask_again(Scope(dudley, Stage.POST), mine, by=stranger, now=make.now)
    course = db.session.get_one(Booking, delegate.booking).event.course_id
    with pytest.raises(NotFound):
        builder.add(scale(), Scope(dudley, Stage.POST, course), by=stranger)


# --- What was put in force is never changed -------------------------------------------------


def test_E7_whatever_is_done_later_what_was_put_in_force_stays_as_it_was(
    delegate: Delegate, builder: Builder, clock: FixedClock
) -> None:
    """Sixty acts at random; after each, every version that was ever in force reads as before."""
    dice = random.Random(7)  # noqa: S311 - no secret hangs on it
    seen: dict[int, list[tuple[Any, ...]]] = {}
    for n in range(60):
        clock.set(at(f"2027-01-18 {10 + n // 60}:{n % 60:02}"))
        asked = [line.id for line in get_asked(builder.scope).shown]
        db.session.rollback()
        try:
            _act(dice, builder, asked, n)
        except DomainError:
            db.session.rollback()
        now = versions()
        assert {key: now[key] for key in seen} == seen
        seen = now
    assert len(seen) > 3
    rewritten = {row[3] for rows in seen.values() for row in rows}
    assert any("anew" in wording for wording in rewritten)


def _act(dice: random.Random, builder: Builder, asked: list[int], n: int) -> None:
    act = dice.choice(["add", "add", "change", "change", "move", "retire", "force", "discard"])
    if act == "add" or not asked:
        builder.add(dice.choice((scale(f"Question {n}?"), several("A", "B"), TEXT)))
    elif act == "change":
        words = several("B", "C", f"anew {n}") if n % 2 else scale(f"anew {n}?")
        builder.do(commands.change_question, dice.choice(asked), words, is_required=n % 2 == 0)
    elif act == "move":
        builder.do(commands.move_question, dice.choice(asked), up=dice.random() < 0.5)
    elif act == "retire":
        builder.do(commands.retire_question, dice.choice(asked))
    else:
        builder.do(commands.put_in_force if act == "force" else commands.discard_draft)


def test_E7_the_tables_themselves_refuse_to_change_what_was_put_in_force(
    delegate: Delegate, builder: Builder
) -> None:
    asked = builder.add(scale())
    builder.force()
    version = min(versions())
    with pytest.raises(AskedAlready), transaction() as session:
        session.get_one(OwnQuestion, asked).wording = "Rewritten"
    with pytest.raises(AskedAlready), transaction() as session:
        session.get_one(QuestionnaireItem, (version, asked)).is_required = True
    with pytest.raises(AskedAlready), transaction() as session:
        session.delete(session.get_one(QuestionnaireItem, (version, asked)))
    assert versions()[version][0][3] == "How relevant was it?"


def test_E7_a_question_that_cannot_be_asked_says_what_to_put_right(builder: Builder) -> None:
    with pytest.raises(Misworded) as refusal:
        builder.add(several("Police"))
    assert list(refusal.value.faults) == ["options"]
    ready = builder.add(scale(), library_key="relevance")
    with pytest.raises(Refused, match="asked already"):
        builder.add(scale(), library_key="relevance")
    builder.do(commands.retire_question, ready)
    assert builder.add(scale(), library_key="relevance") == ready
    db.session.rollback()
    sentences = db.session.scalars(select(AuditEntry.sentence)).all()
    where = "to the draft of the form at the end, for every event"
    assert f"added “How relevant was it?” {where}" in sentences
