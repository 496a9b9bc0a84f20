"""Which words may be quoted, and under which role."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import Refused
from lms.evaluation.rules import QuoteConsent, StatementState
from lms.evaluation.rules.statements import (
    TAKEN_OUT,
    Decision,
    attribution,
    consents,
    is_quotable,
    names_its_event,
    redacted,
    role_key,
    state_after,
    state_on_consent,
    worth_a_look,
)

SAID = "I asked Ahmed’s mum at Pool Hayes, and she told me. He is safe now."
NOT_WRITTEN = "was not written there"


@pytest.mark.parametrize(
    ("edited", "shown"),
    [
        (SAID, SAID),
        (f"  {SAID}\n", SAID),
        (
            "I asked [a] mum at [a school], and she told me. He is safe now.",
            "I asked [a] mum at [a school], and she told me. He is safe now.",
        ),
        (
            "I asked mum, and she told me. He is safe now.",
            "I asked […] mum, […] and she told me. He is safe now.",
        ),
        ("And she told me.", "[…] And she told me. […]"),
        ("[…] she told me […]", "[…] she told me […]"),
        ("He is [not named] safe now", "[…] He is [not named] safe now"),
    ],
)
def test_E10_what_is_taken_out_leaves_a_mark(edited: str, shown: str) -> None:
    assert redacted(SAID, edited) == shown


@pytest.mark.parametrize(
    ("edited", "why"),
    [
        ("I asked his mum, and she told me.", "“his” was not written there"),
        ("She told me, and I asked.", NOT_WRITTEN),  # the writer's words in another order
        ("I asked £50 mum", NOT_WRITTEN),
        ("I asked 😀 mum", NOT_WRITTEN),
        ("", "Nothing is left"),
        ("[…]", "Nothing is left"),
        (f"I asked [{'x' * 61}]", "60 characters"),
        ("word " * 2000, "longer than what was written"),
    ],
)
def test_E10_no_word_is_added_outside_brackets(edited: str, why: str) -> None:
    with pytest.raises(Refused, match=re.escape(why)) as refusal:
        redacted(SAID, edited)
    assert refusal.value.field == "words"


WORDS = st.lists(
    st.sampled_from(["a", "b", "c", "no", "not", "“he”", "safe,", "3.5", "it’s", "–"]), min_size=1
)


def plain(text: str) -> list[str]:
    return re.sub(r"\[[^\]]*\]", " ", text).split()


@given(WORDS, st.data())
def test_E10_whatever_is_left_was_written_in_that_order_and_every_gap_shows(
    words: list[str], data: st.DataObject
) -> None:
    original = " ".join(words)
    kept = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    edited = " ".join(word for word, stays in zip(words, kept, strict=True) if stays)
    try:
        shown = redacted(original, edited)
    except Refused:
        assert not [word for word in edited.split() if word != "–"]
        return
    assert plain(shown) == edited.split()
    left = iter(words)
    assert all(word in left for word in plain(shown)), "a subsequence"
    gone = [word for word in words if word != "–"] != [w for w in edited.split() if w != "–"]
    assert (TAKEN_OUT in shown) == gone
    assert redacted(original, shown) == shown, "what is shown may be shown"


@given(WORDS, st.sampled_from(["yes", "never", "50", "nota", "b-c"]), st.data())
def test_E10_a_word_that_was_not_written_is_refused_wherever_it_is_put(
    words: list[str], foreign: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(words)))
    put_in = [*words[:at], foreign, *words[at:]]
    with pytest.raises(Refused, match=NOT_WRITTEN):
        redacted(" ".join(words), " ".join(put_in))
    in_brackets = [*words[:at], f"[{foreign}]", *words[at:]]
    if any(word != "–" for word in words):
        assert redacted(" ".join(words), " ".join(in_brackets)) == " ".join(in_brackets)


def test_worth_a_look_names_what_may_tell() -> None:
    text = "We met Tamsin on Monday at no. 12. Then I may ring Dr Osei (Walsall). Nothing else"
    assert worth_a_look(text) == ("Tamsin", "Monday", "12", "Dr", "Osei", "Walsall")
    assert worth_a_look("It helped. I’m surer now") == ()


# --- Consent, decisions, roles --------------------------------------------------------------


def test_E10_nobody_is_quoted_without_consent_and_release() -> None:
    agreed = {QuoteConsent.WITHOUT_NAME, QuoteConsent.WITH_JOB_ROLE}
    for consent in (None, *QuoteConsent):
        assert consents(consent) == (consent in agreed)
        for state in StatementState:
            may = consent in agreed and state is StatementState.RELEASED
            assert is_quotable(consent, state) == may


def test_E10_withdrawal_ends_every_quote_and_new_consent_is_read_anew() -> None:
    unread = {StatementState.WAITING, StatementState.READ}
    for state in StatementState:
        gone = state_on_consent(state, QuoteConsent.NO)
        assert gone is (state if state in unread else StatementState.WITHDRAWN)
        back = state_on_consent(gone, QuoteConsent.WITHOUT_NAME)
        assert back is StatementState.WAITING
    kept = state_on_consent(StatementState.RELEASED, QuoteConsent.WITHOUT_NAME)
    assert kept is StatementState.RELEASED


def test_E10_a_decision_is_made_once_and_can_be_taken_back() -> None:
    released = state_after(StatementState.WAITING, Decision.RELEASE)
    assert state_after(released, Decision.READ_AGAIN) is StatementState.WAITING
    held = state_after(StatementState.WAITING, Decision.HOLD_BACK)
    assert state_after(held, Decision.READ_AGAIN) is StatementState.WAITING
    with pytest.raises(Refused, match="it is released"):
        state_after(released, Decision.HOLD_BACK)
    with pytest.raises(Refused, match="does not wish"):
        state_after(StatementState.WITHDRAWN, Decision.RELEASE)


def test_E10_what_may_not_be_quoted_is_read_and_nothing_else() -> None:
    waiting = StatementState.WAITING
    read = state_after(waiting, Decision.HAVE_READ, may_be_quoted=False)
    assert read is StatementState.READ
    assert state_after(read, Decision.READ_AGAIN, may_be_quoted=False) is waiting
    for decision in (Decision.RELEASE, Decision.HOLD_BACK):
        with pytest.raises(Refused, match="does not wish"):
            state_after(waiting, decision, may_be_quoted=False)
    with pytest.raises(Refused, match="agrees to be quoted now"):
        state_after(waiting, Decision.HAVE_READ)


@given(st.booleans(), st.integers(0, 9), st.integers(0, 9))
def test_R4_a_text_without_consent_names_no_event_of_a_known_few(
    agrees: bool, answered: int, least: int
) -> None:
    is_named = names_its_event(may_be_quoted=agrees, answered=answered, least=least)
    assert is_named == (agrees or (answered >= least and answered > 1))


@given(st.sampled_from([None, *QuoteConsent]), st.integers(0, 40), st.integers(0, 40))
def test_R4_a_role_stands_only_where_enough_of_it_came(
    consent: QuoteConsent | None, came: int, least: int
) -> None:
    role = attribution(consent, "Social  worker", came, least)
    assert role in ("", "Social worker")
    if role:
        assert consent is QuoteConsent.WITH_JOB_ROLE
        assert came >= least
        assert came > 1, "one alone is known by the role"
    assert role_key("Social  Worker ") == role_key("social worker")
