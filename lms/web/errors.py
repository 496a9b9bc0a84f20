"""Error pages: what happened, what did not, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from lms.access import sign_in_address, viewer
from lms.db import UNREACHABLE
from lms.errors import Busy, DomainError, Gone, NotFound
from lms.web import uploads
from lms.web.environment import without_context

SECONDS_UNTIL_RETRY = "5"


@dataclass(frozen=True)
class Trouble:
    """A page about something that went wrong: its heading, what happened, what to do."""

    title: str
    happened: str
    what_to_do: str
    try_again: bool = False
    sign_in_href: str = ""  # where it may be there for somebody who signs in


TROUBLES = {
    400: Trouble(
        "We could not read that request",
        "Something in the address or in what was sent is not as we expect it. Nothing was changed.",
        "Go back to the page before and try once more.",
    ),
    401: Trouble(
        "You need to sign in first",
        "You are not signed in, or have been signed out after a while without any action.",
        "Sign in, and open the page once more.",
    ),
    404: Trouble(
        "There is nothing at this address",
        "The page may have moved, or the address may have a letter too many or too few.",
        "If you followed a link in an e-mail, check that the whole address was copied.",
    ),
    405: Trouble(
        "This address cannot be opened like that",
        "It takes a button on one of our pages, not a link or a bookmark. Nothing was changed.",
        "Start from the page that has the button.",
    ),
    409: Trouble(
        "That is there already",
        "Somebody, or a second press of the button, did it a moment ago. Nothing was changed.",
        "Go back, open the page anew and look whether anything is left to do.",
    ),
    410: Trouble(
        "This link has been used or has ended",
        "Links in our e-mails stop working when they are used, or when their time is over.",
        "Use the newest e-mail that you have from us, or sign in to see how things stand.",
    ),
    413: Trouble(
        "That was too much to send at once",
        "What you sent is larger than we take. Nothing was saved.",
        "Send a smaller file or a shorter text. Go back: what you typed may still be there.",
    ),
    429: Trouble(
        "Too many tries in a short time",
        "To keep everyone's record safe we pause after many tries. Nothing was changed.",
        "Wait an hour, then try again.",
    ),
    500: Trouble(
        "Something broke on our side",
        "It is not what you did, and we have a record of it. What you sent may not be saved.",
        "Try again in a few minutes. If it happens again, tell us what you were doing.",
    ),
    503: Trouble(
        "The service cannot answer at this moment",
        "Nothing was booked, changed or lost.",
        "Try again in a minute.",
        try_again=True,
    ),
}
KNOWN_AS_404 = frozenset({403, 404})


def install(app: Flask) -> None:
    """Put a page behind every way in which a request can fail."""
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(CSRFError, show_open_too_long)
    app.register_error_handler(DomainError, show_refusal)
    for away in UNREACHABLE:
        app.register_error_handler(away, show_database_away)
    app.register_error_handler(IntegrityError, show_overtaken)
    app.register_error_handler(500, show_broken)


def show_http_error(error: HTTPException) -> Response | HTTPException:
    """The page for a status; a redirect raised on the way stays what it is."""
    code = error.code or 500
    if code < 400:
        return error
    code = 404 if code in KNOWN_AS_404 else code
    trouble = TROUBLES.get(code, TROUBLES[500 if code >= 500 else 400])
    if code == 413 and (most := uploads.most_taken_here()):
        trouble = replace(trouble, happened=uploads.too_large(most))
    response = _page(code, trouble) if code < 500 else _bare_page(code, trouble)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def show_refusal(error: DomainError) -> Response:
    """A rule said no, and no form took the sentence: the cause and the way out."""
    if isinstance(error, Busy):
        trouble = Trouble("Too busy", error.sentence, error.way_out or "", try_again=True)
        response = _bare_page(503, trouble)
        response.headers["Retry-After"] = SECONDS_UNTIL_RETRY
        return response
    if isinstance(error, NotFound):
        return _page(404, TROUBLES[404])
    if isinstance(error, Gone):
        usual = TROUBLES[410]
        return _page(410, Trouble(usual.title, error.sentence, error.way_out or usual.what_to_do))
    code = HTTPStatus.UNPROCESSABLE_ENTITY if error.field else HTTPStatus.CONFLICT
    trouble = Trouble("That is not possible as things stand", error.sentence, error.way_out or "")
    return _page(code, trouble)


def show_open_too_long(error: CSRFError) -> Response:
    """The form's protection does not match: usually a page left open through a sign-out."""
    current_app.logger.info("form refused: %s", error.description)
    page = render_template("web/open_too_long.html", kept=_kept_fields(), address=request.full_path)
    return make_response(page, 400)


def show_database_away(error: SQLAlchemyError) -> Response:
    """The database cannot be reached, so this page reads nothing from it."""
    current_app.logger.error("database: %s", getattr(error, "orig", None) or error)
    response = _bare_page(503, TROUBLES[503])
    response.headers["Retry-After"] = SECONDS_UNTIL_RETRY
    return response


def show_overtaken(error: IntegrityError) -> Response:
    """The database refused a second of what may be there once; no rule had seen it coming."""
    current_app.logger.error("refused by the database: %s", error.orig)
    return _bare_page(409, TROUBLES[409])


def show_broken(error: Exception) -> Response:
    """A fault of ours; Flask has logged it with its trace."""
    del error
    return _bare_page(500, TROUBLES[500])


def _kept_fields() -> list[tuple[str, str]]:
    """What was typed, to be sent again; nothing where another site may have made the form."""
    came_from = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if urlsplit(came_from).netloc != request.host:
        return []
    return [
        (name, value)
        for name, values in request.form.lists()
        if name != "csrf_token"
        for value in values
    ]


def _page(code: int, trouble: Trouble) -> Response:
    """With the context of the slices; where the database is away, that is the greater trouble."""
    try:
        if code == 404 and viewer() is None:
            trouble = replace(trouble, sign_in_href=sign_in_address())
        return make_response(render_template("web/trouble.html", trouble=trouble), code)
    except UNREACHABLE as error:
        return show_database_away(error)


def _bare_page(code: int, trouble: Trouble) -> Response:
    """Without the context of the slices: what they would read may be what is broken."""
    g.pop("partnership", None)
    template = current_app.jinja_env.get_template("web/trouble.html")
    return make_response(template.render(trouble=trouble, **without_context()), code)
