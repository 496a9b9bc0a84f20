"""E7: own questions: how they are worded, how a draft changes, which version is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.evaluation.rules import (
    MOST_QUESTIONS,
    Measure,
    Option,
    OutcomeFact,
    OwnWords,
    Placed,
    Placing,
    QuestionKind,
    Stage,
    VersionFact,
    added,
    check_answers,
    core_sections,
    exchanged,
    moved,
    on_paper,
    own_id,
    own_key,
    own_question,
    own_sections,
    own_words,
    questions_of,
    refusal_to_add,
    retired,
    version_asked,
    why_fixed,
    wording_faults,
)
from lms.evaluation.rules.own import WHY_OTHERWISE
from lms.evaluation.rules.questionnaire import CommitmentFact
from tests.support.snapshots import at

SCALE = own_words(
    QuestionKind.SCALE, " How  relevant was it? ", Measure.REACTION, low="Not at all", high="Very"
)


def choice(*labels: str, kind: QuestionKind = QuestionKind.SINGLE_CHOICE) -> OwnWords:
    return own_words(kind, "Which?", Measure.LEARNING, options=labels)


# --- Wording --------------------------------------------------------------------------------


def test_E7_what_was_typed_is_cleaned_and_what_the_kind_has_no_use_for_is_left_out() -> None:
    assert SCALE.wording == "How relevant was it?"
    yes_no = own_words(
        QuestionKind.YES_NO, "Did you?", Measure.BEHAVIOUR, options=("a", "b"), low="x", high="y"
    )
    assert (yes_no.options, yes_no.low, yes_no.high) == ((), "", "")


def test_E7_options_keep_their_keys_when_they_are_put_in_another_order() -> None:
    """An answer is kept by its key: it must go on meaning what was chosen."""
    first = choice("Police", "Health").options
    anew = own_words(
        QuestionKind.SEVERAL,
        "Which?",
        Measure.LEARNING,
        options=("Schools", "Health", "Police"),
        before=first,
    )
    assert first == (Option("1", "Police"), Option("2", "Health"))
    assert anew.options == (Option("3", "Schools"), Option("2", "Health"), Option("1", "Police"))


def test_E7_each_fault_of_a_question_names_its_field() -> None:
    def fields(words: OwnWords) -> list[str]:
        return [fault.field for fault in wording_faults(words)]

    assert fields(SCALE) == []
    assert fields(replace(SCALE, wording="", low="", high="h" * 41)) == ["wording", "low", "high"]
    assert fields(replace(SCALE, wording="w" * 201, hint="h" * 201)) == ["wording", "hint"]
    assert fields(choice("One")) == ["options"]
    assert fields(choice("One", "one")) == ["options"]
    assert fields(choice("One", "o" * 101)) == ["options"]
    assert fields(choice(*map(str, range(13)))) == ["options"]
    assert fields(choice("One", "Two")) == []


# --- Asking ---------------------------------------------------------------------------------


def test_E7_own_questions_follow_the_core_under_their_own_heading() -> None:
    asked = own_question(Placed(7), SCALE)
    assert own_sections([]) == ()
    assert [section.heading for section in own_sections([asked])] == ["One more question"]
    assert own_sections([asked, asked])[0].heading == "A few more questions"
    assert (asked.key, asked.is_required, asked.low) == ("own_7", False, "Not at all")


def test_E7_a_required_question_is_asked_for_and_may_be_left_out_on_paper() -> None:
    for kind in QuestionKind:
        words = own_words(kind, "Which?", Measure.OUTCOME, options=("A", "B"), low="l", high="h")
        question = own_question(Placed(7, is_required=True), words)
        (fault,) = check_answers([question], {}).faults
        assert fault.key == "own_7"
        assert fault.sentence.endswith(": Which?")
        assert not check_answers(questions_of(on_paper(own_sections([question]))), {}).faults


def test_E10_a_text_of_ones_own_reminds_the_writer_to_name_no_one() -> None:
    words = own_words(QuestionKind.LONG_TEXT, "What else?", Measure.OUTCOME, hint="In short.")
    assert own_question(Placed(1), words).hint == "In short. Name no child, adult or family."


def test_E7_answers_out_of_range_are_faults_and_what_nobody_asked_is_ignored() -> None:
    questions = [
        own_question(Placed(1), SCALE),
        own_question(Placed(2), choice("A", "B", kind=QuestionKind.SEVERAL)),
        own_question(Placed(3), own_words(QuestionKind.YES_NO, "Did you?", Measure.BEHAVIOUR)),
    ]
    wrong = {"own_1": ["6"], "own_2": ["1", "9"], "own_3": ["perhaps"], "own_4": ["5"]}
    assert [fault.key for fault in check_answers(questions, wrong).faults] == [
        "own_1",
        "own_2",
        "own_3",
    ]
    right = {"own_1": ["5"], "own_2": ["2", "1"], "own_3": ["no"], "own_4": ["5"]}
    given_answers = check_answers(questions, right).given
    assert given_answers == {"own_1": 5, "own_2": ("1", "2"), "own_3": False}


def test_E7_every_part_of_the_core_says_why_it_is_fixed() -> None:
    outcomes, promise = [OutcomeFact(1, "ask")], [CommitmentFact(1, "Ask")]
    for stage in Stage:
        sections = core_sections(stage, outcomes, commitments=promise, asks_look_back=True)
        assert all(why_fixed(section) for section in sections)
    assert why_fixed(own_sections([own_question(Placed(1), SCALE)])[0]) == WHY_OTHERWISE


# --- Drafts ---------------------------------------------------------------------------------

ids = st.integers(1, 8)
acts = st.tuples(st.sampled_from(["add", "up", "down", "retire", "exchange"]), ids, ids)


def after(placing: Placing, act: str, this: int, other: int) -> Placing:
    if act == "add":
        return placing if refusal_to_add(placing, this) else added(placing, this)
    if act == "exchange":
        taken = any(placed.question_id == other for placed in placing)
        return placing if taken else exchanged(placing, this, other, is_required=True)
    if act == "retire":
        return retired(placing, this)
    return moved(placing, this, up=act == "up")


@given(st.lists(acts, max_size=30))
def test_E7_whatever_is_done_to_a_draft_each_question_stands_in_it_once(
    history: list[tuple[str, int, int]],
) -> None:
    placing: Placing = ()
    for act, this, other in history:
        before, placing = placing, after(placing, act, this, other)
        asked = [placed.question_id for placed in placing]
        assert len(asked) == len(set(asked)) <= MOST_QUESTIONS
        if act in {"up", "down"}:
            assert sorted(asked) == sorted(placed.question_id for placed in before)


def test_E7_a_question_changes_places_with_its_neighbour_and_the_ends_stay() -> None:
    placing = tuple(map(Placed, (1, 2, 3)))
    assert [p.question_id for p in moved(placing, 3, up=True)] == [1, 3, 2]
    assert moved(placing, 1, up=True) == moved(placing, 3, up=False) == placing
    assert moved(placing, 9, up=True) == placing


def test_E7_a_question_is_asked_once_and_a_form_has_an_end() -> None:
    full = tuple(map(Placed, range(MOST_QUESTIONS)))
    assert refusal_to_add(full[:3], 2) == "This question is asked already."
    assert "Retire one first" in (refusal_to_add(full, 99) or "")
    assert refusal_to_add(full[:3], None) is None


# --- Versions -------------------------------------------------------------------------------

START = at("2027-02-08 09:00")


def version(n: int, course: int | None, begin: int, end: int | None = None) -> VersionFact:
    def hour(h: int) -> datetime:
        return START + timedelta(hours=h)

    return VersionFact(n, course, hour(begin), hour(end) if end is not None else None)


def test_E7_a_course_is_asked_its_own_version_while_it_has_one() -> None:
    versions = [version(1, None, 0, 5), version(2, None, 5), version(3, 8, 2, 7)]

    def asked(course: int | None, hours: int) -> int | None:
        found = version_asked(versions, course, START + timedelta(hours=hours))
        return found.id if found else None

    assert [asked(8, hours) for hours in (-1, 0, 2, 6, 7)] == [None, 1, 3, 3, 2]
    assert [asked(None, hours) for hours in (0, 4, 5)] == [1, 1, 2]
    assert asked(9, 6) == 2


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.integers(1, 9)), max_size=8))
def test_E7_what_a_form_was_opened_with_never_changes_whatever_is_put_in_force_later(
    steps: list[tuple[int | None, int]],
) -> None:
    versions: list[VersionFact] = []
    now, seen = 0, []
    for n, (course, wait) in enumerate(steps, start=1):
        versions = [
            replace(one, in_force_until=START + timedelta(hours=now))
            if one.course_id == course and one.in_force_until is None
            else one
            for one in versions
        ]
        versions.append(version(n, course, now))
        seen += [(c, now, version_asked(versions, c, START + timedelta(hours=now))) for c in (1, 2)]
        now += wait
    for course_id, opened, found in seen:
        again = version_asked(versions, course_id, START + timedelta(hours=opened))
        assert (again and again.id) == (found and found.id)


def test_E7_a_key_of_an_own_question_is_read_back_and_no_other_is() -> None:
    assert own_id(own_key(17)) == 17
    assert [own_id(key) for key in ("17", "own_", "own_x", "barrier_own_1", "comment")] == [
        None
    ] * 5
