"""Who is signed in: the opaque key in the cookie, the viewer behind it, the time last seen."""

from __future__ import annotations

from flask import Flask, g, request, session
from flask_login import LoginManager

from lms import access
from lms.access import Viewer
from lms.accounts.commands import note_seen, sign_out
from lms.accounts.queries import find_signed_in
from lms.accounts.rules import is_to_be_noted
from lms.config import Settings
from lms.web.pages import is_background, now

KEY = "_user_id"  # where Flask-Login looks for it
WITHOUT_VIEWER = frozenset({None, "static", "agencies.brand"})


def install(app: Flask) -> None:
    """Let Flask-Login find the viewer, and note once a minute that a session is in use."""
    settings: Settings = app.extensions["lms.settings"]
    app.config["SESSION_COOKIE_NAME"] = "__Host-lms" if settings.is_https else "lms"
    app.config["SESSION_COOKIE_PATH"] = "/"
    manager = LoginManager(app)
    manager.session_protection = None  # a telephone changes its address as it moves
    manager.user_loader(_viewer_of)
    app.before_request(_note_seen)


def _viewer_of(session_key: str) -> Viewer | None:
    found = find_signed_in(session_key, now())
    g.last_seen_at = found.last_seen_at if found else None
    return found.viewer if found else None


def _note_seen() -> None:
    """Before the view, whose snapshot is read afterwards."""
    if request.endpoint in WITHOUT_VIEWER or KEY not in session or is_background():
        return
    seen_by = access.viewer()
    if seen_by is not None and is_to_be_noted(g.last_seen_at, now()):
        note_seen(seen_by.session_key, now=now())


def begin(session_key: str) -> None:
    """Sign this browser in. What the cookie held before is gone: nothing can have been planted.

    A sign-in that had run out here is ended with it, and so is all that outlasted it.
    """
    _end_what_was()
    session.clear()
    session[KEY] = session_key


def end() -> None:
    """Sign this browser out, also where a sign-in had run out; leave nothing in the cookie."""
    _end_what_was()
    session.clear()


def _end_what_was() -> None:
    if KEY in session:
        sign_out(str(session[KEY]), now=now())
