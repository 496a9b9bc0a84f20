"""What views need again and again: the clock, the settings, redirects that stay here, files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote, urlsplit

from flask import Response, current_app, redirect, request, stream_with_context
from werkzeug.wrappers import Response as BaseResponse

from lms.clock import Clock
from lms.config import Settings
from lms.web.notices import done

__all__ = [
    "done",
    "file_response",
    "is_background",
    "is_local_address",
    "local_or",
    "no_store",
    "now",
    "see",
    "settings",
]


def now() -> datetime:
    """The present instant by the clock that the application was given."""
    clock: Clock = current_app.extensions["lms.clock"]
    return clock.now()


def settings() -> Settings:
    found: Settings = current_app.extensions["lms.settings"]
    return found


def is_background() -> bool:
    """Whether a page asks by itself, as one that keeps up to date does: nobody is seen by that."""
    return "Lms-Background" in request.headers


def is_local_address(address: str | None) -> bool:
    """Whether an address is a path of this service, however a browser may read it."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return False
    if any(character in address for character in "\\\t\r\n") or not address.isprintable():
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc


def local_or(otherwise: str, *, name: str = "next") -> str:
    """The address that the request asks to go on to, if it is one of ours; else `otherwise`."""
    wanted = request.form.get(name) or request.args.get(name)
    return wanted if wanted and is_local_address(wanted) else otherwise


def see(address: str) -> BaseResponse:
    """Go on to a page of this service after a change."""
    if not is_local_address(address):
        raise ValueError(f"not an address of this service: {address}")
    return redirect(address, 303)


def no_store(response: Response) -> Response:
    """Keep an answer out of every cache, whatever its permission."""
    response.headers["Cache-Control"] = "no-store"
    return response


def file_response(name: str, body: bytes | Iterable[bytes], mimetype: str) -> Response:
    """A file to download; an iterator is sent as it comes."""
    content = body if isinstance(body, bytes) else stream_with_context(iter(body))
    response = Response(content, mimetype=mimetype)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "-" for c in name)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return no_store(response)
