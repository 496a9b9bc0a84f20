"""Links from e-mails, swapped at once for a cookie that goes to the pages of that link alone.

So the address of the page, which browsers remember and show, opens nothing by itself, and two
links open side by side do not disturb each other.
"""

from __future__ import annotations

from flask import current_app, request
from werkzeug.wrappers import Response

from lms.errors import Gone, NotFound
from lms.tokens import KeyRing
from lms.web.pages import see, settings


class NotHeld(Gone):
    """The page was asked for without its link."""

    def __init__(self) -> None:
        super().__init__(
            "This page opens from the link in our e-mail.",
            way_out="Open the link once more, or sign in and go to My learning.",
        )


def keys() -> KeyRing:
    """The keys from which links are derived."""
    found: KeyRing = current_app.extensions["lms.keys"]
    return found


def subject_of(purpose: str, token: str) -> str:
    """What a link was made for. Raises NotFound for one that is altered or unknown."""
    subject = keys().read(purpose, token)
    if subject is None:
        raise NotFound
    return subject


def exchange(purpose: str, token: str, address: str) -> Response:
    """Go on to `address`, which the cookie is limited to; what the link asks goes with it."""
    question = request.query_string.decode("ascii", "ignore")
    response = see(f"{address}?{question}" if question else address)
    response.set_cookie(
        purpose,
        token,
        path=address,
        httponly=True,
        secure=settings().is_https,
        samesite="Lax",
    )
    return response


def is_held(purpose: str, subject: str) -> bool:
    """Whether this browser came by the link for `subject`."""
    return keys().read(purpose, request.cookies.get(purpose, "")) == subject


def must_be_held(purpose: str, subject: str) -> None:
    """Raise NotHeld, whether or not there is such a thing, where it did not come by its link."""
    if not is_held(purpose, subject):
        raise NotHeld
