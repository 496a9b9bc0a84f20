"""What every answer carries, errors included, and what every request must satisfy."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import access
from lms.config import Settings
from lms.web import uploads

LARGEST_BODY = 12 * 1024 * 1024  # a year's attendance as a spreadsheet, with room to spare
LARGEST_FORM = 512 * 1024

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ASKED_BY_MACHINES = frozenset({"/health/live", "/health/ready"})  # by address, with no name
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def install(app: Flask, settings: Settings) -> None:
    """Put the headers, the check of the host, the limits and the protection of forms in place."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,  # the session ends, not the form
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
    )
    CSRFProtect(app)
    if settings.trusted_proxies:
        believed = settings.trusted_proxies
        fixed = ProxyFix(app.wsgi_app, x_for=believed, x_proto=believed)
        app.wsgi_app = fixed  # type: ignore[method-assign]
    hosts = known_hosts(settings)
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: _check_request(hosts))
    app.before_request(_check_characters)
    app.after_request(protect)


def known_hosts(settings: Settings) -> frozenset[str]:
    """The names by which this service may be asked for."""
    own = urlsplit(settings.base_url).hostname or ""
    local = LOCAL_HOSTS if settings.demonstration or own in LOCAL_HOSTS else frozenset()
    return frozenset({own}) | local


def _check_request(hosts: frozenset[str]) -> None:
    """Refuse a request for another name, whose address would end up in our links; limit a form."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_FORM
    elif most := uploads.most_taken_here():
        request.max_content_length = most + LARGEST_FORM
    if (
        urlsplit(f"//{request.host}").hostname not in hosts
        and request.path not in ASKED_BY_MACHINES
    ):
        abort(400)


def _check_characters() -> None:
    """Refuse what nobody can type: no database keeps it, and no page can show it."""
    sent = (*request.args.items(multi=True), *request.form.items(multi=True))
    every = ((request.path,), *sent)
    if any(c < " " and c not in "\t\r\n" for field in every for text in field for c in text):
        abort(400)


def protect(response: Response) -> Response:
    """Add the headers, and keep personal pages out of every cache but one that the view names."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    chosen = response.cache_control.public or response.cache_control.private
    if not chosen and request.endpoint != "static":
        response.headers["Cache-Control"] = "no-cache, private" if is_for_anyone() else "no-store"
    return response


def is_for_anyone() -> bool:
    """Whether the page is public and asked for without a session; reads no database to say so."""
    cookie = current_app.config["SESSION_COOKIE_NAME"]
    return g.get("permission") is access.Permission.PUBLIC and cookie not in request.cookies
