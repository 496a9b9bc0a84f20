from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules import EventMode, Stage
from lms.evaluation.rules import (
    MOST_COMMITMENTS,
    NAME_NO_ONE,
    CommitmentAnswer,
    CommitmentFact,
    OutcomeFact,
    Question,
    QuestionKind,
    QuoteConsent,
    check_answers,
    commitments_in,
    confidence_key,
    core_sections,
    kept_draft,
    on_paper,
    questions_of,
    quote_consent_in,
)

OUTCOMES = (
    OutcomeFact(1, "recognise when a family seems to cooperate and nothing changes"),
    OutcomeFact(2, "ask the questions that test what you have been told."),
)
PROMISES = (
    CommitmentFact(7, "Find somewhere private to ask", "ask someone safely"),
    CommitmentFact(8, "Put the helpline card in the staff toilets."),
)


def questions(stage: Stage, **changes) -> dict[str, Question]:
    facts = {"commitments": PROMISES if stage is Stage.IMPACT else (), **changes}
    return {q.key: q for q in questions_of(core_sections(stage, OUTCOMES, **facts))}


def headings(stage: Stage, **changes) -> list[str]:
    return [section.heading for section in core_sections(stage, OUTCOMES, **changes)]


# --- E5 -------------------------------------------------------------------------------------


def test_E5_every_stage_asks_the_same_item_for_each_outcome() -> None:
    for stage in Stage:
        asked = questions(stage)
        for outcome in OUTCOMES:
            item = asked[confidence_key(outcome.id)]
            assert item.kind is QuestionKind.SCALE
            assert (item.low, item.high) == ("Not at all", "Completely")
            assert [option.key for option in item.options] == list("12345")
            assert item.outcome_id == outcome.id
            assert item.is_required


def test_E5_items_read_on_from_their_heading() -> None:
    assert headings(Stage.PRE) == ["How confident are you that you can…"]
    item = questions(Stage.PRE)[confidence_key(2)]
    assert item.wording == "ask the questions that test what you have been told?"


def test_E5_post_may_also_look_back() -> None:
    look_back = "Before the event, how confident were you that you could…"
    assert look_back not in headings(Stage.POST)
    assert look_back in headings(Stage.POST, asks_look_back=True)
    assert not questions(Stage.POST, asks_look_back=True)["look_back_1"].is_required


def test_E5_an_event_without_outcomes_has_no_empty_section() -> None:
    assert core_sections(Stage.PRE, ()) == ()
    post = [section.heading for section in core_sections(Stage.POST, ())]
    assert post == ["What will you do?", "The day itself"]


# --- E6 -------------------------------------------------------------------------------------


def test_E6_post_asks_for_up_to_three_commitments_each_tied_to_an_outcome_if_wished() -> None:
    asked = questions(Stage.POST, played_back_on=date(2027, 4, 5))
    assert asked["commitment_1"].wording == "One thing you will do in your work"
    assert asked["commitment_1"].hint == (
        "On Monday 5 April we show you these words and ask how it went."
    )
    assert questions(Stage.POST)["commitment_1"].hint == "", "where nothing is asked later"
    assert asked["commitment_3_about"].wording == "Which of the two is it about?"
    assert f"commitment_{MOST_COMMITMENTS + 1}" not in asked
    assert not any(asked[f"commitment_{n}"].is_required for n in (1, 2, 3))


def test_E6_one_outcome_alone_need_not_be_chosen() -> None:
    asked = {q.key for q in questions_of(core_sections(Stage.POST, OUTCOMES[:1]))}
    assert "commitment_1" in asked
    assert "commitment_1_about" not in asked


@pytest.mark.parametrize(
    ("mode", "wording"),
    [
        (EventMode.IN_PERSON, "How good was the venue?"),
        (EventMode.ONLINE, "How good was the platform?"),
        (EventMode.HYBRID, "How good was the venue or platform?"),
    ],
)
def test_E6_post_rates_content_trainers_and_where_it_was(mode: EventMode, wording: str) -> None:
    asked = questions(Stage.POST, mode=mode)
    assert asked["rating_content"].wording == "How good was the content?"
    assert asked["rating_trainer"].wording == "How good were the trainers?"
    assert asked["rating_place"].wording == wording
    assert (asked["rating_place"].low, asked["rating_place"].high) == ("Poor", "Very good")


def test_E6_consent_to_be_quoted_has_three_answers() -> None:
    labels = [option.label for option in questions(Stage.POST)["quote_consent"].options]
    assert labels == ["No", "Yes, without my name or role", "Yes, with my job role"]


def test_E6_impact_plays_the_commitments_back_word_for_word() -> None:
    asked = questions(Stage.IMPACT)
    assert asked["result_7"].quoted == "Find somewhere private to ask"
    assert asked["result_7"].about == "ask someone safely"
    assert asked["result_8"].quoted == "Put the helpline card in the staff toilets."
    labels = [option.label for option in asked["result_7"].options]
    assert labels == ["Done", "Partly", "Not yet", "No longer relevant"]
    assert "You said you would…" not in headings(Stage.IMPACT)


def test_E6_impact_asks_what_got_in_the_way_and_what_helped() -> None:
    asked = questions(Stage.IMPACT)
    assert [option.key for option in asked["barriers"].options] == [
        "no_time",
        "no_situation",
        "manager",
        "other_agency",
        "systems",
        "policy",
        "confidence",
        "other",
    ]
    assert [option.key for option in asked["helps"].options] == [
        "manager",
        "colleagues",
        "tool",
        "policy",
        "situation",
        "other",
    ]
    assert {"barriers_text", "helps_text", "example", "difference"} <= set(asked)


def test_E6_no_one_is_to_be_named_stands_beside_every_box_about_practice() -> None:
    boxes = [questions(Stage.POST)["comment"], questions(Stage.IMPACT)["example"]]
    assert [box.hint for box in boxes] == [NAME_NO_ONE, NAME_NO_ONE]
    assert questions(Stage.IMPACT)["difference"].hint == "No names, places or dates."


# --- Answers --------------------------------------------------------------------------------

FULL = {
    "confidence_1": ["4"],
    "confidence_2": ["5"],
    "commitment_1": [" Ask to see the bedroom "],
    "commitment_1_about": ["2"],
    "commitment_3": ["Write it down"],
    "quote_consent": ["with_job_role"],
    "smuggled": ["1"],
}


def test_E6_answers_are_cleaned_and_unasked_keys_ignored() -> None:
    checked = check_answers(questions(Stage.POST).values(), FULL)
    assert checked.faults == ()
    assert checked.given == {
        "confidence_1": 4,
        "confidence_2": 5,
        "commitment_1": "Ask to see the bedroom",
        "commitment_1_about": "2",
        "commitment_3": "Write it down",
        "quote_consent": "with_job_role",
    }
    assert commitments_in(checked.given) == [
        CommitmentAnswer("Ask to see the bedroom", 2),
        CommitmentAnswer("Write it down"),
    ]


def test_E6_what_nobody_can_see_is_no_answer_and_no_text_turns_the_direction_of_writing() -> None:
    posted = {
        **FULL,
        "commitment_1": ["\u200b \u200d"],
        "comment": ["\u202eI do\u202c \u2066not\u2069"],
    }
    given = check_answers(questions(Stage.POST).values(), posted).given
    assert "commitment_1" not in given
    assert given["comment"] == "I do not"
    family = "\U0001f469\u200d\U0001f467 and \u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    given = check_answers(questions(Stage.POST).values(), {**FULL, "comment": [family]}).given
    assert given["comment"] == family, "what joins letters and pictures stays"


def test_E10_a_quote_needs_consent() -> None:
    assert quote_consent_in({}) is QuoteConsent.NO
    assert quote_consent_in({"quote_consent": "without_name"}) is QuoteConsent.WITHOUT_NAME


def test_E5_what_is_missing_is_said_in_the_order_of_the_form() -> None:
    checked = check_answers(questions(Stage.PRE).values(), {"confidence_2": [" "]})
    assert [(fault.key, fault.sentence) for fault in checked.faults] == [
        (
            "confidence_1",
            f"Choose a number from 1 to 5: {OUTCOMES[0].text}",
        ),
        (
            "confidence_2",
            "Choose a number from 1 to 5: ask the questions that test what you have been told",
        ),
    ]


def test_E6_a_commitment_without_result_is_named() -> None:
    checked = check_answers(questions(Stage.IMPACT).values(), {})
    sentences = [fault.sentence for fault in checked.faults]
    assert sentences[0] == "Say what came of “Find somewhere private to ask”"


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        (QuestionKind.SCALE, ["6"], "Choose one of the answers shown"),
        (QuestionKind.SCALE, ["1", "2"], "Choose one answer"),
        (QuestionKind.YES_NO, ["perhaps"], "Choose one of the answers shown"),
        (QuestionKind.SEVERAL, ["1", "9"], "Choose one of the answers shown"),
        (QuestionKind.SHORT_TEXT, ["x" * 212], "Shorten this by 12 characters"),
        (QuestionKind.LONG_TEXT, ["x" * 5001], "Shorten this by 1,001 characters"),
    ],
)
def test_E6_wrong_answers_say_what_to_do(kind, values, sentence) -> None:
    options = questions(Stage.PRE)["confidence_1"].options
    question = Question("key", kind, "Which?", options=options)
    checked = check_answers([question], {"key": values})
    assert [fault.sentence for fault in checked.faults] == [sentence]
    assert checked.given == {}


def test_E6_each_kind_of_answer_is_kept_in_its_own_form() -> None:
    options = questions(Stage.PRE)["confidence_1"].options
    kinds = [Question(kind.value, kind, "?", options=options) for kind in QuestionKind]
    posted = {
        "scale": ["3"],
        "single_choice": ["2"],
        "several": ["5", "1"],
        "yes_no": ["no"],
        "short_text": ["a"],
        "long_text": ["b"],
    }
    assert check_answers(kinds, posted).given == {
        "scale": 3,
        "single_choice": "2",
        "several": ("1", "5"),
        "yes_no": False,
        "short_text": "a",
        "long_text": "b",
    }


def test_E9_a_half_filled_form_keeps_what_was_typed_right_or_wrong() -> None:
    posted = {"confidence_1": ["9"], "comment": [" so far "], "other": ["x"], "commitment_2": [""]}
    draft = kept_draft(questions(Stage.POST).values(), posted)
    assert draft == {"confidence_1": ("9",), "comment": (" so far ",)}


@given(
    st.sampled_from(Stage),
    st.dictionaries(
        st.sampled_from(["confidence_1", "confidence_2", "result_7", "helps", "comment"]),
        st.lists(st.sampled_from(["", "1", "5", "done", "tool", "x"]), max_size=3),
    ),
)
def test_E6_an_answer_is_given_at_fault_or_left_out(stage, posted) -> None:
    asked = questions(stage)
    checked = check_answers(asked.values(), posted)
    at_fault = {fault.key for fault in checked.faults}
    assert not at_fault & set(checked.given)
    assert at_fault | set(checked.given) <= set(asked)
    required = {key for key, question in asked.items() if question.is_required}
    assert required <= at_fault | set(checked.given)


# --- E9, E10 --------------------------------------------------------------------------------


def test_E9_a_paper_form_may_have_gaps() -> None:
    for stage in Stage:
        keyed_in = on_paper(core_sections(stage, OUTCOMES, commitments=PROMISES))
        assert not any(question.is_required for question in questions_of(keyed_in))


def test_E10_staff_who_key_in_a_paper_form_do_not_read_what_the_delegate_promised() -> None:
    keyed_in = on_paper(core_sections(Stage.IMPACT, OUTCOMES, commitments=PROMISES))
    assert not any(promise.text in repr(keyed_in) for promise in PROMISES)
    wordings = [question.wording for question in keyed_in[0].questions]
    assert wordings[1] == "The second thing that they said they would do"
