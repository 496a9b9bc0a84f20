"""Uploaded files: checked by what is in them, kept behind one interface, never changed.

`keeping.keep_file` takes what was sent; `store` holds the bytes, in a folder or in a bucket; the
row says what the file is. Nothing that was sent is believed: neither its name nor its type.
"""

from lms.files.keeping import (
    LARGEST_FILE,
    LARGEST_PICTURE,
    Sent,
    audit_files,
    kept,
    kept_picture,
    the_store,
)
from lms.files.kinds import ALLOWED_WORDS, SUFFIXES, kind_words, name_alone, size_words
from lms.files.models import StoredFile
from lms.files.serving import bytes_of, pieces_of
from lms.files.store import Store, from_url

__all__ = [
    "ALLOWED_WORDS",
    "LARGEST_FILE",
    "LARGEST_PICTURE",
    "SUFFIXES",
    "Sent",
    "Store",
    "StoredFile",
    "audit_files",
    "bytes_of",
    "from_url",
    "kept",
    "kept_picture",
    "kind_words",
    "name_alone",
    "pieces_of",
    "size_words",
    "the_store",
]
