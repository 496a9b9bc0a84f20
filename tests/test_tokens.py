"""Codes that are typed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.tokens import KeyRing
from lms.web.logs import hidden

OLD, NEW = KeyRing(("an old key",)), KeyRing(("a new key", "an old key"))


@given(st.integers(1, 2**31 - 1))
def test_a_code_is_read_back_however_it_is_typed_and_survives_a_new_key(number: int) -> None:
    code = OLD.code("check-in", number)
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert NEW.read_code("check-in", typed) == number
    assert NEW.read_code("another purpose", code) is None
    assert NEW.read_code("check-in", f"{number + 1}{code[code.index('-') :]}") is None


@pytest.mark.parametrize(
    "typed", ["", "1204", "K7Q4M2X", "-K7Q4M2X", "12a-K7Q4M2X", "9" * 99, "१२-É"]
)
def test_what_is_no_code_leads_nowhere(typed: str) -> None:
    assert NEW.read_code("check-in", typed) is None


def test_a_code_is_not_kept_in_the_logs() -> None:
    asked = f"GET /check-in/{NEW.code('check-in', 1204)}/done HTTP/1.1"
    assert hidden(asked) == "GET /check-in/[code]/done HTTP/1.1"
    assert hidden("GET /manage/events/9/check-in/sheet") == "GET /manage/events/9/check-in/sheet"
