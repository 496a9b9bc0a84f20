"""Public pages sent compressed, so that an event opens at once on a phone between visits.

A page of somebody signed in, or one that carries a form's secret, is sent as it is: its length
would tell something about what it holds to whoever can choose a part of it.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request, session

from lms.web.security import is_for_anyone

WORTH_IT = 1400  # bytes: less fits into one packet anyway
LEVEL = 4  # nearly as small as 9, in a third of the time
KINDS = frozenset({"text/html", "text/css", "text/csv", "text/calendar"})


def install(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Compress a whole public page for a browser that takes it."""
    if not _may_be_compressed(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] and request.method != "HEAD":
        response.set_data(gzip.compress(response.get_data(), LEVEL))
        response.content_encoding = "gzip"
    return response


def _may_be_compressed(response: Response) -> bool:
    return (
        response.status_code == 200
        and response.mimetype in KINDS
        and not response.is_streamed
        and not response.content_encoding
        and is_for_anyone()
        and not session
        and (response.content_length or 0) > WORTH_IT
    )
