"""What lies under a file's row, to be handed out."""

from __future__ import annotations

from collections.abc import Iterator

from lms.files.keeping import the_store
from lms.files.models import StoredFile


def pieces_of(file: StoredFile) -> Iterator[bytes]:
    """A file's bytes, piece by piece, never whole in memory. Raises NotStoredError at once."""
    return the_store().pieces(file.key)


def bytes_of(file: StoredFile) -> bytes:
    """A small file whole: a logo for a document."""
    return b"".join(pieces_of(file))
