"""A form that is sent twice: first what it would do is shown, then it is confirmed.

The page between carries what was typed in hidden fields (`components/check.html`), so that going
back keeps it, and what is confirmed is what was shown.
"""

from __future__ import annotations

from flask import request

CONFIRMED = "confirmed"
BACK = "back"
NOT_KEPT = frozenset({"csrf_token", BACK, CONFIRMED})


def confirmed() -> str:
    """By which button of the page between it was confirmed; empty where it was not."""
    return request.form.get(CONFIRMED, "")


def goes_back() -> bool:
    """Whether the form is asked for again, with what was typed."""
    return BACK in request.form


def sent(*, without: str = "") -> list[tuple[str, str]]:
    """What was typed, to be sent again; `without` the button that led to the page between."""
    left_out = {*NOT_KEPT, without}
    return [(k, v) for k, v in request.form.items(multi=True) if k not in left_out]
