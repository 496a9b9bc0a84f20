"""What an uploaded file is, by what is in it: its name and the type it was sent with say nothing.

Taken: documents, slides and tables of today's Office and LibreOffice, PDF, pictures, sound and
film, plain text. Not taken: anything that a browser or a machine would run (pages, SVG, scripts,
programs, macros), and packed files, which nobody can look into on a phone.
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from lms.errors import Refused

HEAD = 4096
AT_ONCE = 256 * 1024
LONGEST_NAME = 120


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is taken: how it is served, what its name ends in, what it is called."""

    content_type: str
    suffix: str
    words: str
    other_suffixes: tuple[str, ...] = ()
    is_picture: bool = False


OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
PDF = FileKind("application/pdf", ".pdf", "PDF")
WORD = FileKind(f"{OFFICE}.wordprocessingml.document", ".docx", "Word document")
SLIDES = FileKind(f"{OFFICE}.presentationml.presentation", ".pptx", "PowerPoint slides", (".ppsx",))
SHOW = FileKind(f"{OFFICE}.presentationml.slideshow", ".ppsx", "PowerPoint slides")
TABLE = FileKind(f"{OFFICE}.spreadsheetml.sheet", ".xlsx", "Excel table")
OPEN_TEXT = FileKind(f"{OPEN}.text", ".odt", "text document")
OPEN_SLIDES = FileKind(f"{OPEN}.presentation", ".odp", "slides")
OPEN_TABLE = FileKind(f"{OPEN}.spreadsheet", ".ods", "table")
PNG = FileKind("image/png", ".png", "picture", is_picture=True)
JPEG = FileKind("image/jpeg", ".jpg", "picture", (".jpeg",), is_picture=True)
WEBP = FileKind("image/webp", ".webp", "picture", is_picture=True)
MP4 = FileKind("video/mp4", ".mp4", "film", (".m4v",))
M4A = FileKind("audio/mp4", ".m4a", "sound")
MP3 = FileKind("audio/mpeg", ".mp3", "sound")
TEXT = FileKind("text/plain; charset=utf-8", ".txt", "text", (".csv", ".md"))

KINDS = (
    *(PDF, WORD, SLIDES, SHOW, TABLE, OPEN_TEXT, OPEN_SLIDES, OPEN_TABLE),
    *(PNG, JPEG, WEBP, MP4, M4A, MP3, TEXT),
)
SUFFIXES = tuple(
    dict.fromkeys(suffix for kind in KINDS for suffix in (kind.suffix, *kind.other_suffixes))
)
ALLOWED_WORDS = (
    "PDF, Word, PowerPoint, Excel or LibreOffice without macros, "
    "pictures (PNG, JPEG, WebP), film or sound (MP4, M4A, MP3), or plain text"
)

MOST_MEMBERS = 20_000
LONGEST_LIST = 4 * 1024 * 1024
"""Of the members of a package: it is read whole, at many times its length in memory."""
MOST_UNPACKED = 1024 * 1024 * 1024
LONGEST_CONTENTS = 4 * 1024 * 1024


def recognised(content: BinaryIO) -> FileKind:
    """The kind of a file; it is read where it must be, and stands at its start afterwards.

    Raises Refused, saying what would do, where it is none of those that are taken.
    """
    content.seek(0)
    head = content.read(HEAD)
    try:
        return _by_signature(head, content)
    finally:
        content.seek(0)


def _by_signature(head: bytes, content: BinaryIO) -> FileKind:
    if not head:
        raise _refused("That file is empty.")
    if head.startswith(b"PK\x03\x04"):
        return _packed(content)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(
            "That is a document in the format of Office before 2007, which may hide macros.",
            "Open it, and save it as .docx, .pptx or .xlsx.",
        )
    for fits, kind in _SIGNATURES:
        if fits(head):
            return kind
    if _is_plain_text(content):
        return TEXT
    raise _refused("That is not a kind of file that can be shared here.")


def _refused(sentence: str, way_out: str = f"Send {ALLOWED_WORDS}.") -> Refused:
    return Refused(f"{sentence} {way_out}", field="file")


def _is_mp3(head: bytes) -> bool:
    is_frame = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 != 15
    return head.startswith(b"ID3") or is_frame


def _film_brand(head: bytes) -> bytes:
    return head[8:12] if head[4:8] == b"ftyp" else b""


FILM = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV")
_SIGNATURES = (
    (lambda head: head.startswith(b"%PDF-"), PDF),
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), PNG),
    (lambda head: head.startswith(b"\xff\xd8\xff"), JPEG),
    (lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP", WEBP),
    (lambda head: _film_brand(head) == b"M4A ", M4A),
    (lambda head: _film_brand(head) in FILM, MP4),
    (_is_mp3, MP3),
)


# --- Office and LibreOffice -------------------------------------------------------------------

MAIN_PARTS = {
    f"{OFFICE}.wordprocessingml.document.main+xml": WORD,
    f"{OFFICE}.presentationml.presentation.main+xml": SLIDES,
    f"{OFFICE}.presentationml.slideshow.main+xml": SHOW,
    f"{OFFICE}.spreadsheetml.sheet.main+xml": TABLE,
}
OPEN_TYPES = {kind.content_type.encode(): kind for kind in (OPEN_TEXT, OPEN_SLIDES, OPEN_TABLE)}
MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/|macrosheets/|basic/|scripts/)")


def _packed(content: BinaryIO) -> FileKind:
    _refuse_long_list(content)
    try:
        with zipfile.ZipFile(content) as package:
            return _office(package)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise _refused("That file is damaged, or is locked with a password.") from None
    except zipfile.zlib.error:  # type: ignore[attr-defined]
        raise _refused("That file is damaged.") from None


LIST_ENDS = (
    (re.compile(re.escape(b"PK\x05\x06")), 12, struct.Struct("<I")),
    (re.compile(re.escape(b"PK\x06\x06")), 40, struct.Struct("<Q")),
)
"""What ends the list of members, in either layout; where it says its length, and how."""
LISTED_ELSEWHERE = 0xFFFFFFFF


def _refuse_long_list(content: BinaryIO) -> None:
    """By how long it says that it is: one that says less than it has is not read further."""
    content.seek(max(0, content.seek(0, 2) - 70_000))
    tail = content.read()
    for mark, further, said in LIST_ENDS:
        for found in mark.finditer(tail[: 4 - further - said.size]):
            (length,) = said.unpack_from(tail, found.start() + further)
            if LONGEST_LIST < length != LISTED_ELSEWHERE:
                raise _refused("That file would unpack to far more than it says.")


def _office(package: zipfile.ZipFile) -> FileKind:
    members = package.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED:
        raise _refused("That file would unpack to far more than it says.")
    names = {member.filename.lower() for member in members}
    if any(MACROS.search(name) for name in names):
        raise _refused(
            "That document has macros, which are programs.", "Save it without them (.docx, .pptx)."
        )
    if "mimetype" in names:
        kind = OPEN_TYPES.get(_read(package, "mimetype", 200).strip())
    else:
        kind = _by_main_part(package, names)
    if kind is None:
        raise _refused("That is a packed file: nobody can look into it on a phone.")
    return kind


def _by_main_part(package: zipfile.ZipFile, names: set[str]) -> FileKind | None:
    if "[content_types].xml" not in names:
        return None
    contents = _read(package, "[Content_Types].xml", LONGEST_CONTENTS).decode("utf-8", "replace")
    if "macroenabled" in contents.lower():
        raise _refused(
            "That document has macros, which are programs.", "Save it without them (.docx, .pptx)."
        )
    found = [kind for part, kind in MAIN_PARTS.items() if f'"{part}"' in contents]
    return found[0] if len(found) == 1 else None


def _read(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member, unpacked no further than `most` bytes, whatever it says of itself."""
    member = next((m for m in package.infolist() if m.filename.lower() == name.lower()), None)
    if member is None:
        return b""
    with package.open(member) as opened:
        found = opened.read(most + 1)
    if len(found) > most:
        raise _refused("That file would unpack to far more than it says.")
    return found


# --- Plain text -------------------------------------------------------------------------------

RUNS = re.compile(
    r"^\s*(?:<(?:!doctype|!--|\?|[a-z])|#!|%!|mz|@echo|rem |\{\\rtf|begin:v|\[internetshortcut)",
    re.IGNORECASE,
)
MARKUP = re.compile(r"<(?:script|html|svg|iframe|body|object|embed)\b", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def _is_plain_text(content: BinaryIO) -> bool:
    """Whether all of it is readable text, and none of it a page or a program."""
    content.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    is_first, tail = True, ""
    while piece := content.read(AT_ONCE):
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError:
            return False
        if CONTROLS.search(text) or MARKUP.search(tail + text) or (is_first and RUNS.match(text)):
            return False
        is_first, tail = False, text[-10:]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


# --- Names ------------------------------------------------------------------------------------

UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\"*/:<>?\\|\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def name_alone(sent_as: str) -> str:
    """What a file was called by whoever sent it: on one line, without its folders, and with nothing
    in it that cannot be seen or that turns letters round."""
    bare = UNSAFE.sub(" ", PurePath(sent_as.replace("\\", "/")).name)
    return " ".join(bare.split()).strip(". ")


def safe_name(sent_as: str, kind: FileKind) -> str:
    """The name for a download: of one line, no path, ending as its content does."""
    stem = name_alone(sent_as)
    taken = (kind.suffix, *kind.other_suffixes)
    own = next((suffix for suffix in taken if stem.lower().endswith(suffix)), None)
    if own is None:
        own = kind.suffix
        stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)
        stem = stem if not stem.lower().endswith(own) else stem[: -len(own)]
    else:
        stem = stem[: -len(own)]
    stem = stem.strip(". ")[: LONGEST_NAME - len(own)].strip(". ")
    return f"{stem or 'file'}{own}"


def kind_words(content_type: str) -> str:
    """What people call a kind of file: 'PowerPoint slides'."""
    return next((kind.words for kind in KINDS if kind.content_type == content_type), "file")


def size_words(size: int) -> str:
    """'820 kB', '4.2 MB': as a reader on a phone wants to know before."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".0 MB", " MB")
