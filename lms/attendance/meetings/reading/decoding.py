"""The bytes of a file as lines of text: by what they are, never by the file's name.

Teams writes UTF-16 with its mark, sometimes UTF-8; Zoom writes UTF-8; a spreadsheet that has saved
the file once more may have written Windows' own letters.
"""

from __future__ import annotations

import codecs
import re

from lms.attendance.meetings.reading.faults import UnreadableMeeting

LARGEST_FILE = 5 * 1024 * 1024
MOST_LINES = 60_000
LONGEST_LINE = 10_000
KINDS_BY_THEIR_START = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a recording"),
    (b"\x1a\x45\xdf\xa3", "a recording"),
    (b"<", "a web page"),
    (b"{", "no table"),
)
TAKE_THE_CSV = "Send the attendance report itself, the CSV file that Teams or Zoom gives."
CUT_SHORT = "The file is cut short in the middle of a letter."
SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202c\ufeff"), "")
LINE_END = re.compile(r"\r\n|\r|\n")


def lines_of(content: bytes) -> list[str]:
    """The lines of a file, without what cannot be seen. Raises UnreadableMeeting."""
    if len(content) > LARGEST_FILE:
        raise UnreadableMeeting(
            f"The file is larger than {LARGEST_FILE >> 20} MB, which no attendance report is."
        )
    if not content.strip(b"\0 \t\r\n\xff\xfe\xef\xbb\xbf"):
        raise UnreadableMeeting("The file is empty.")
    _refuse_other_kinds(content)
    text = _decoded(content).translate(SPACES).translate(UNSEEN)
    lines = LINE_END.split(text)
    _check(lines)
    return lines


def _refuse_other_kinds(content: bytes) -> None:
    start = content.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    for beginning, kind in KINDS_BY_THEIR_START:
        if start.startswith(beginning):
            raise UnreadableMeeting(f"This is {kind}. {TAKE_THE_CSV}")


def _decoded(content: bytes) -> str:
    wide = _wide_encoding(content)
    try:
        if wide:
            return content.decode(wide)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if wide:
            raise UnreadableMeeting(CUT_SHORT) from None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableMeeting(f"This is no text that can be read. {TAKE_THE_CSV}") from None


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 by its mark, or by every other byte of the first ones being nought."""
    if content.startswith(codecs.BOM_UTF16_LE):
        return "utf-16"
    if content.startswith(codecs.BOM_UTF16_BE):
        return "utf-16"
    first = content[:200]
    if b"\0" not in first:
        return None
    high, low = first[1::2].count(0), first[0::2].count(0)
    if max(high, low) * 4 < len(first):
        return None
    return "utf-16-le" if high > low else "utf-16-be"


def _check(lines: list[str]) -> None:
    if len(lines) > MOST_LINES:
        raise UnreadableMeeting(f"The file has more than {MOST_LINES:,} lines.")
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise UnreadableMeeting("The line is too long for an attendance report.", line=number)
        if any((c < " " and c != "\t") or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in line):
            raise UnreadableMeeting(
                f"There is a character that no text has. {TAKE_THE_CSV}", line=number
            )
