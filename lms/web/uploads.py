"""Files that come with a form: refused before they are read where they are too large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, current_app, request

from lms.access import OPEN_TO_ALL, Permission, viewer
from lms.errors import Refused
from lms.files import Sent, StoredFile, pieces_of, size_words
from lms.files.store import NotStoredError
from lms.web.pages import file_response

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(most: int) -> Callable[[View], View]:
    """Let a view be sent a file of that many bytes, by those who may use it at all.

    It stands over `@requires`. A larger one is refused by its length alone; a smaller one is
    written to the disk as it comes, never into memory.
    """

    def decorate(view: View) -> View:
        view.most_taken = most  # type: ignore[attr-defined]
        return view

    return decorate


def most_taken_here() -> int | None:
    """How large a file this request may bring; None where the usual limit of a form holds."""
    view = current_app.view_functions.get(request.endpoint or "")
    most: int | None = getattr(view, "most_taken", None)
    if most is None or view is None:
        return None
    permission: Permission = getattr(view, "permission")  # noqa: B009 - every view has one
    if permission in OPEN_TO_ALL:
        return most
    seen_by = viewer()
    return most if seen_by is not None and seen_by.can(permission) else None


def too_large(most: int) -> str:
    """What is said of a file that was too large to be taken in."""
    return f"A file may have up to {size_words(most)} here. Nothing was saved."


def the_file(field: str = "file", *, otherwise: str = "Choose a file") -> Sent:
    """The file that came with the form. Raises Refused where none was chosen: `otherwise`."""
    found = request.files.get(field)
    if found is None or not found.filename:
        raise Refused(otherwise, field=field)
    return Sent(found.stream, found.filename)  # type: ignore[arg-type]


def download(file: StoredFile) -> Response:
    """An uploaded file to keep: never shown by the browser as a page of ours."""
    try:
        pieces = pieces_of(file)
    except NotStoredError as error:
        current_app.logger.error("files: %s", error)  # noqa: TRY400 - its trace says no more
        raise Refused(
            "This file cannot be fetched at this moment.", way_out="Try again in a few minutes."
        ) from None
    response = file_response(file.name, pieces, file.content_type)
    response.content_length = file.size
    response.headers["Cache-Control"] = "private, no-store"
    return response
