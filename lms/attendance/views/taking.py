"""Who takes a register: somebody signed in, or the device on which it was opened (a pass).

The cookie of a pass goes to the addresses of that one register and no further; of those, it opens
the ones that are marked with `takes_register`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, make_response, request
from werkzeug.wrappers import Response

from lms.access import Permission, Viewer, requires, the_viewer, viewer
from lms.attendance import commands, queries
from lms.attendance.views.blueprint import register_address
from lms.errors import DomainError
from lms.web.pages import now, settings

P = ParamSpec("P")
R = TypeVar("R")
COOKIE = "register"


def takes_register(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view of a register be used by who takes it: signed in, or by this device's pass.

    What is done while signed in gives the device its pass.
    """
    for_signed_in = requires(Permission.TAKE_REGISTER)(view)

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        event_id = int(str(kwargs["event_id"]))
        if viewer() is None and (holder := _holder(event_id)) is not None:
            g.permission, g.register_taker = Permission.TAKE_REGISTER, holder
            return view(*args, **kwargs)
        answer = for_signed_in(*args, **kwargs)
        if request.method != "POST" or viewer() is None:
            return answer
        return _with_pass(make_response(answer), event_id)  # type: ignore[return-value]

    guarded.permission = Permission.TAKE_REGISTER  # type: ignore[attr-defined]
    guarded.admits = _admits  # type: ignore[attr-defined]
    return guarded


def taker() -> Viewer:
    """Who takes the register in this request."""
    found: Viewer | None = g.get("register_taker")
    return found or the_viewer()


def is_by_pass() -> bool:
    """Whether nobody is signed in, and the register is open on this device alone."""
    return "register_taker" in g


def shut_here(response: Response, event_id: int) -> Response:
    """Take the pass away from this device."""
    if key := request.cookies.get(COOKIE):
        commands.end_pass(event_id, key)
    response.delete_cookie(COOKIE, path=register_address(event_id))
    return response


def _admits(event_id: int, **_: object) -> bool:
    """Whether what is sent without a sign-in is to reach the view: asked by accounts."""
    return _holder(event_id) is not None


def _holder(event_id: int) -> Viewer | None:
    key = request.cookies.get(COOKIE)
    found = queries.find_pass_holder(event_id, key, now()) if key else None
    return found if found and found.can(Permission.TAKE_REGISTER) else None


def _with_pass(response: Response, event_id: int) -> Response:
    """Give this device its pass, unless it has one or the register could not be taken."""
    if response.status_code >= 400 or _holder(event_id) is not None:
        return response
    try:
        made = commands.make_pass(event_id, by=the_viewer(), now=now())
    except DomainError:  # gone, or busy: the next tap asks again
        return response
    if made is not None:
        _set_cookie(response, event_id, *made)
    return response


def _set_cookie(response: Response, event_id: int, key: str, ends_at: datetime) -> None:
    response.set_cookie(
        COOKIE,
        key,
        path=register_address(event_id),
        expires=ends_at,
        httponly=True,
        secure=settings().is_https,
        samesite="Lax",
    )
