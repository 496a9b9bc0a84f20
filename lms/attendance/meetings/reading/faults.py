"""Why a file cannot be read: one sentence, with line and column where there are any."""

from __future__ import annotations

from lms.errors import Refused

DOWNLOAD_AGAIN = "Download it again and send the new file. Nothing was changed."


class UnreadableMeeting(Refused):
    """The file is none that we can read; nothing of it is kept."""

    def __init__(self, sentence: str, *, line: int | None = None, column: str = "") -> None:
        where = f"Line {line}, {column}: " if column else f"Line {line}: "
        super().__init__(f"{where if line else ''}{sentence}", field="file", way_out=DOWNLOAD_AGAIN)
        self.line = line
        self.column = column
