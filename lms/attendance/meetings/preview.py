"""What a file says of everyone at each session, and what becomes of the marks: before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lms.access import Viewer
from lms.attendance.meetings.queries import (
    File,
    FilesPicture,
    Row,
    files_within,
    standing_of,
    step_of,
)
from lms.attendance.meetings.rules import (
    MatchedBy,
    OnRegister,
    Presence,
    Standing,
    Step,
    Wanted,
    wanted_marks,
)
from lms.attendance.models import Mark as MarkRow
from lms.attendance.queries import current_marks_by_session, get_event_of_register
from lms.attendance.rules import Mark, RowState, SessionFact
from lms.db import db
from lms.errors import NotFound

Marks = Mapping[tuple[int, int], MarkRow]


@dataclass(frozen=True)
class Line:
    """One person at one session: as the file names them, how long they were there, what follows."""

    who: OnRegister
    rows: tuple[Row, ...]  # of this file
    by: MatchedBy | None
    presence: Presence | None
    mark: Mark | None
    step: Step
    standing: Standing | None


@dataclass(frozen=True)
class AtSession:
    """A session with a line for each person of whom the files say something."""

    session: SessionFact
    lines: tuple[Line, ...]
    others: int  # on the register, and nothing is said of them

    def count(self, *steps: Step) -> int:
        return sum(line.step in steps for line in self.lines)


@dataclass(frozen=True)
class Preview:
    """A file, for the sessions that it counts for, as it stands or would stand."""

    picture: FilesPicture
    file: File
    met: tuple[SessionFact, ...]
    at: tuple[AtSession, ...]

    def open_rows(self) -> tuple[Row, ...]:
        """Names of the file that belong to nobody yet, and are not set aside."""
        return tuple(
            row
            for row in self.file.rows
            if row.match.booking_id is None and not self._is_aside(row)
        )

    def aside_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.file.rows if self._is_aside(row))

    def _is_aside(self, row: Row) -> bool:
        if self.file.imported_at:
            return row.stands_as is RowState.SET_ASIDE
        return row.match.booking_id is None and bool(row.match.aside)


def get_preview(
    event_id: int, file_id: int, session_id: int | None, viewer: Viewer | None
) -> Preview:
    """A file as it would count for that session, or for all that it met; one that is imported, as
    it does count. Raises NotFound for a session that the meeting did not meet.
    """
    session = db.session()
    picture = files_within(session, get_event_of_register(session, event_id, viewer))
    file = picture.file(file_id)
    met = replace(file, session_id=None).sessions_of(picture.sessions)
    if not file.imported_at:
        if session_id is not None and session_id not in {known.id for known in met}:
            raise NotFound
        file = replace(file, session_id=session_id)
    marks = current_marks_by_session(session, event_id)
    others = tuple(known for known in picture.imported() if known.id != file.id)
    wanted = wanted_marks(
        picture.mode,
        picture.delegates,
        picture.sessions,
        [known.says(picture.sessions) for known in (*others, file)],
    )
    counted = file.sessions_of(picture.sessions)
    at = tuple(_at_session(picture, file, known, wanted, marks) for known in counted)
    return Preview(picture, file, met, at)


def _at_session(
    picture: FilesPicture,
    file: File,
    session: SessionFact,
    wanted: Mapping[tuple[int, int], Wanted],
    marks: Marks,
) -> AtSession:
    lines = [
        _line(who, _rows_of(file, who), wanted[key], marks.get(key))
        for who in picture.roll.names
        if (key := (who.booking_id, session.id)) in wanted
    ]
    spoken = tuple(line for line in lines if line.rows or line.mark)
    return AtSession(session, spoken, len(lines) - len(spoken))


def _rows_of(file: File, who: OnRegister) -> tuple[Row, ...]:
    return tuple(row for row in file.rows if row.match.booking_id == who.booking_id)


def _line(who: OnRegister, rows: Sequence[Row], wanted: Wanted, standing: MarkRow | None) -> Line:
    return Line(
        who=who,
        rows=tuple(rows),
        by=rows[0].match.by if rows else None,
        presence=wanted.presence,
        mark=wanted.mark,
        step=step_of(wanted, standing),
        standing=standing_of(standing) if standing else None,
    )
