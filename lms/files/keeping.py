"""Keeping what was sent: measured, recognised, cleaned, stored, and only then written down."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, NamedTuple

from flask import current_app
from sqlalchemy import select

from lms.db import db
from lms.errors import Refused
from lms.files.kinds import PNG, FileKind, recognised, safe_name, size_words
from lms.files.models import StoredFile
from lms.files.pictures import fitted, without_metadata
from lms.files.store import AT_ONCE, NotStoredError, Store

LARGEST_FILE = 100_000_000
LARGEST_PICTURE = 10_000_000


class Sent(NamedTuple):
    """What came with a form: its bytes, by now on this machine, and the name it was sent with."""

    content: BinaryIO
    name: str


def the_store() -> Store:
    """The store of this application."""
    found: Store = current_app.extensions["lms.files"]
    return found


@contextmanager
def kept(sent: Sent, *, now: datetime, most: int = LARGEST_FILE) -> Iterator[StoredFile]:
    """Check and store a file, for the transaction within to write down.

    Nothing is locked while it is stored. Where the transaction fails, its bytes go again. Raises
    Refused, by the field `file`, where it is too large or of no kind that is taken.
    """
    refuse_too_large(size_of(sent.content), most)
    kind = recognised(sent.content)
    name = safe_name(sent.name, kind)
    content = without_metadata(sent.content) if kind.is_picture else sent.content
    with _stored(content, name, kind, now) as file:
        yield file


@contextmanager
def kept_picture(
    sent: Sent, *, width: int, height: int, now: datetime, most: int = LARGEST_PICTURE
) -> Iterator[tuple[StoredFile, tuple[int, int]]]:
    """Check and store a picture as a PNG of that size at most, with its width and height."""
    refuse_too_large(size_of(sent.content), most)
    if not recognised(sent.content).is_picture:
        raise Refused("That is no picture. Send a PNG, JPEG or WebP.", field="file")
    drawn, size = fitted(sent.content, width=width, height=height)
    with _stored(BytesIO(drawn), safe_name(sent.name, PNG), PNG, now) as file:
        yield file, size


def size_of(content: BinaryIO) -> int:
    """How many bytes there are, without reading them."""
    size = content.seek(0, 2)
    content.seek(0)
    return size


def refuse_too_large(size: int, most: int) -> None:
    """Raise Refused where a file has more bytes than are taken."""
    if size > most:
        raise Refused(too_large_words(most, size), field="file")


def too_large_words(most: int, size: int | None = None) -> str:
    """'That file is 180 MB. Send one of up to 100 MB, …'."""
    its = f"That file is {size_words(size)}." if size else "That file is too large."
    return f"{its} Send one of up to {size_words(most)}, or put a link to it in the instructions."


@contextmanager
def _stored(content: BinaryIO, name: str, kind: FileKind, now: datetime) -> Iterator[StoredFile]:
    store, size = the_store(), size_of(content)
    key = f"{_day_of(now)}{secrets.token_hex(16)}"
    fingerprint = _fingerprint(content)
    try:
        store.put(key, content)
    except NotStoredError as error:
        current_app.logger.warning("files: %s", error)
        raise Refused(
            "The file could not be kept: the place for files cannot be reached. Nothing was "
            "changed. Try again in a few minutes.",
            field="file",
        ) from None
    try:
        yield StoredFile(
            key=key,
            name=name,
            content_type=kind.content_type,
            size=size,
            fingerprint=fingerprint,
            stored_at=now,
        )
    except BaseException:
        with suppress(NotStoredError):  # `lms check` names what stays behind
            store.remove(key)
        raise


def _fingerprint(content: BinaryIO) -> str:
    content.seek(0)
    found = hashlib.sha256()
    while piece := content.read(AT_ONCE):
        found.update(piece)
    content.seek(0)
    return found.hexdigest()


# --- The audit --------------------------------------------------------------------------------


def audit_files(now: datetime) -> list[str]:
    """A sentence for each file that is not as it was written down, or that nobody wrote down."""
    try:
        there = dict(the_store().listed())
    except (NotStoredError, OSError) as error:
        return [f"the place for uploaded files (LMS_FILES_URL) cannot be read: {error}"]
    known = {row.key: row for row in db.session.scalars(select(StoredFile).order_by(StoredFile.id))}
    told = [told for row in known.values() if (told := _changed(row, there.get(row.key)))]
    today = _day_of(now)
    orphans = [key for key in sorted(there) if key not in known and not key.startswith(today)]
    return told + [f"{key} lies among the files and belongs to nothing" for key in orphans]


def _changed(row: StoredFile, size: int | None) -> str | None:
    if size is None:
        return f"the file {row.name} is lost: {row.key} is not there"
    if size != row.size:
        return f"the file {row.name} ({row.key}) has changed: {size} bytes, not {row.size}"
    return None


def _day_of(now: datetime) -> str:
    """What a key of that day begins with: what is of today may be on its way into the database."""
    return f"{now:%Y/%m/%d}/"
