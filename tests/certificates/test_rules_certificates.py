"""Who has earned a certificate and since when; codes as people type them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.booking.rules import Outcome
from lms.certificates.rules import (
    LETTERS,
    CertificateFacts,
    Standing,
    code_as_typed,
    earned_at,
    may_issue_anew,
    new_code,
    standing_of,
)
from tests.support.snapshots import at

CLOSED, ANSWERED, FORM_CLOSES = (
    at("2027-02-09 10:00"),
    at("2027-02-10 18:00"),
    at("2027-03-08 16:30"),
)
HOUR = timedelta(hours=1)
instants = st.datetimes(
    min_value=CLOSED.replace(tzinfo=None), max_value=FORM_CLOSES.replace(tzinfo=None)
).map(lambda when: when.replace(tzinfo=CLOSED.tzinfo))
some = st.none() | instants
facts = st.builds(
    CertificateFacts,
    outcome=st.none() | st.sampled_from(list(Outcome)),
    register_closed_at=some,
    needs_post=st.booleans(),
    post_answered_at=some,
    form_closes_at=st.just(FORM_CLOSES),
    waived_at=some,
    is_imported=st.booleans(),
    is_in_force=st.booleans(),
    was_revoked=st.booleans(),
)


def of(**given: object) -> CertificateFacts:
    attended = {"outcome": Outcome.ATTENDED, "register_closed_at": CLOSED}
    return CertificateFacts(**{**attended, "form_closes_at": FORM_CLOSES, **given})  # type: ignore[arg-type]


def test_A6_it_is_earned_at_the_later_of_register_and_form() -> None:
    assert earned_at(of(post_answered_at=ANSWERED)) == ANSWERED
    assert earned_at(of(post_answered_at=CLOSED - HOUR)) == CLOSED
    assert earned_at(of(waived_at=ANSWERED)) == ANSWERED
    assert earned_at(of(waived_at=ANSWERED + HOUR, post_answered_at=ANSWERED)) == ANSWERED
    assert earned_at(of(needs_post=False)) == CLOSED
    assert earned_at(of()) is None
    assert earned_at(of(post_answered_at=ANSWERED, register_closed_at=None)) is None


@pytest.mark.parametrize("outcome", [None, *(o for o in Outcome if o is not Outcome.ATTENDED)])
def test_A6_only_attended_earns_one(outcome: Outcome | None) -> None:
    facts = of(outcome=outcome, post_answered_at=ANSWERED)
    assert standing_of(facts, ANSWERED) is Standing.NOT_EARNED
    issued = of(outcome=outcome, post_answered_at=ANSWERED, is_in_force=True)
    assert standing_of(issued, ANSWERED) is Standing.TO_REVOKE


@pytest.mark.parametrize(
    ("given", "standing"),
    [
        ({"register_closed_at": None}, Standing.REGISTER_OPEN),
        ({}, Standing.FORM_OPEN),
        ({"form_closes_at": ANSWERED}, Standing.FORM_CLOSED),
        ({"needs_post": False}, Standing.DUE),
        ({"waived_at": ANSWERED}, Standing.DUE),
        ({"is_in_force": True}, Standing.ISSUED),
        ({"post_answered_at": ANSWERED, "was_revoked": True}, Standing.REVOKED),
        ({"needs_post": False, "is_imported": True}, Standing.HELD_ELSEWHERE),
    ],
)
def test_A6_where_a_booking_stands(given: dict[str, object], standing: Standing) -> None:
    assert standing_of(of(**given), ANSWERED) is standing


@given(facts, instants)
def test_A6_due_is_what_is_earned_and_was_never_issued(
    known: CertificateFacts, now: object
) -> None:
    is_due = standing_of(known, now) is Standing.DUE  # type: ignore[arg-type]
    never = not (known.is_in_force or known.was_revoked)
    assert is_due == (never and earned_at(known) is not None)


@given(facts)
def test_A6_nothing_is_earned_before_what_it_waits_for(known: CertificateFacts) -> None:
    since = earned_at(known)
    if since is not None:
        assert known.outcome is Outcome.ATTENDED and known.register_closed_at is not None
        assert since >= known.register_closed_at
        waits_for = [at for at in (known.post_answered_at, known.waived_at) if at]
        assert not known.needs_post or since >= min(waits_for)


def test_A6_another_is_issued_only_where_one_was_and_is_still_earned() -> None:
    earned = {"post_answered_at": ANSWERED}
    assert may_issue_anew(of(**earned, is_in_force=True))
    assert may_issue_anew(of(**earned, was_revoked=True))
    assert not may_issue_anew(of(**earned))
    assert not may_issue_anew(of(outcome=Outcome.PART_ATTENDED, **earned, was_revoked=True))


# --- Codes ----------------------------------------------------------------------------------


def test_a_code_is_twelve_of_thirty_two_letters_in_groups() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {14}
    assert set("".join(codes)) == {*LETTERS, "-"}


@pytest.mark.parametrize(
    "typed",
    [
        "K7PM-4QXD-9201",
        "k7pm4qxd9201",
        " k7pm 4qxd 92oI ",
        "K7PM–4QXD–92Ol",
        "K7PM_4QXD.9201",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert code_as_typed(typed) == "K7PM-4QXD-9201"


@pytest.mark.parametrize("typed", ["", "K7PM", "K7PM-4QXD-92012", "K7PM-4QXD-92É1"])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert code_as_typed(typed) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    code = code_as_typed(typed)
    assert code is None or (code_as_typed(code) == code and set(code) <= {*LETTERS, "-"})
