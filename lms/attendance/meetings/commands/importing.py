"""A meeting's file is staged, looked at, imported, and taken back if it was the wrong one (A5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.attendance.commands.locked import LockedRegister, lock_register, refuse_unless_open
from lms.attendance.meetings.commands.aliases import remember_alias
from lms.attendance.meetings.commands.restating import record_of_file, restate_marks
from lms.attendance.meetings.queries import (
    ADDRESSES,
    FilesPicture,
    Row,
    files_to_forget,
    files_within,
    sessions_for_reading,
)
from lms.attendance.meetings.reading import Meeting, Participant, read_meeting
from lms.attendance.models import AttendanceFile, AttendanceRow
from lms.attendance.rules import RowState
from lms.db import transaction
from lms.errors import NotFound
from lms.files import name_alone
from lms.words import count

LONGEST_FILE_NAME = 120
STAGED_FOR = timedelta(days=7)
"""A file that was looked at and never imported goes then."""
KEPT_FOR = timedelta(days=30)
"""So long after its register is closed, an imported file goes: names and times are in no use."""


@dataclass(frozen=True)
class Staged:
    """A file that is kept to be looked at, or was here already."""

    file_id: int
    is_new: bool


def stage_meeting_file(
    event_id: int, name: str, content: bytes, *, by: Viewer | None, now: datetime
) -> Staged:
    """Read a file and keep its rows to be looked at. The same bytes are the same file.

    Raises UnreadableMeeting for what is no file of this event's meeting. The bytes are not kept.
    """
    meeting = read_meeting(content, sessions_for_reading(event_id, by))
    fingerprint = hashlib.sha256(content).hexdigest()
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        known = session.scalar(
            select(AttendanceFile.id).where(
                AttendanceFile.event_id == event_id, AttendanceFile.fingerprint == fingerprint
            )
        )
        if known is not None:
            return Staged(known, is_new=False)
        file = _file(event_id, name, fingerprint, meeting, by, now)
        session.add(file)
        session.flush()
        return Staged(file.id, is_new=True)


def _file(
    event_id: int, name: str, fingerprint: str, meeting: Meeting, by: Viewer | None, now: datetime
) -> AttendanceFile:
    return AttendanceFile(
        event_id=event_id,
        name=_called(name),
        fingerprint=fingerprint,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        remarks="\n".join(meeting.remarks),
        supplier=meeting.supplier,
        read_at=now,
        read_by_person_id=by.person_id if by else None,
        rows=[_row(participant) for participant in meeting.participants],
    )


def _called(sent_as: str) -> str:
    """The file's name as a page can show it: of one too long, how it begins and ends."""
    name = name_alone(sent_as)
    if len(name) <= LONGEST_FILE_NAME:
        return name
    return f"{name[: LONGEST_FILE_NAME - 20]}…{name[-19:]}"


def _row(participant: Participant) -> AttendanceRow:
    joins = [[join[0].isoformat(), join[1].isoformat()] for join in participant.joins]
    return AttendanceRow(
        name=participant.name,
        addresses=ADDRESSES.join(participant.addresses),
        role=participant.role,
        joins=json.dumps(joins),
        seconds=participant.seconds,
        state=RowState.UNMATCHED,
    )


def import_meeting_file(
    event_id: int,
    file_id: int,
    *,
    session_id: int | None,
    confirmed: Mapping[int, int],
    by: Viewer | None,
    now: datetime,
) -> int:
    """Make the marks that a staged file speaks for; how many were made.

    `session_id` None: for each session that the meeting met. `confirmed` says of rows, by id, to
    which booking somebody says that they belong; that is remembered. Imported already: nothing.
    """
    with transaction() as session:
        locked, file = _locked_file(session, event_id, file_id, by)
        if file.imported_at is not None:
            return 0
        refuse_unless_open(locked, now)
        if session_id is not None and session_id not in {s.id for s in locked.sessions}:
            raise NotFound
        picture = files_within(session, locked.event)
        for row in picture.file(file_id).rows:
            _settle(session, picture, row, confirmed.get(row.id), by=by, now=now)
        file.imported_at, file.event_session_id = now, session_id
        changed = restate_marks(session, locked, by=by, now=now)
        said = f"imported a {file.supplier.label} file of {locked.event.title}: "
        record_of_file(
            session, locked, "import meeting", said + count(changed, "mark"), by=by, now=now
        )
        return changed


def _settle(
    session: Session,
    picture: FilesPicture,
    row: Row,
    confirmed: int | None,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Keep whose row it is: as matched, as confirmed, or as an earlier file's was decided."""
    kept = session.get_one(AttendanceRow, row.id)
    earlier = picture.of_one_person(row)[:1]
    known = picture.roll.by_booking(confirmed) if confirmed is not None else None
    if row.match.booking_id is not None:
        kept.state, kept.booking_id = RowState.MATCHED, row.match.booking_id
    elif known is not None:
        kept.state, kept.booking_id = RowState.MATCHED, known.booking_id
        remember_alias(session, picture.partnership_id, row, known, by=by, now=now)
    elif earlier and (earlier[0].match.booking_id or earlier[0].state is RowState.SET_ASIDE):
        kept.state, kept.booking_id = earlier[0].state, earlier[0].match.booking_id
    elif row.match.aside:
        kept.state = RowState.SET_ASIDE


def take_file_back(event_id: int, file_id: int, *, by: Viewer | None, now: datetime) -> int:
    """Take a file away with its rows; marks that only it spoke for are taken back; how many."""
    with transaction() as session:
        locked, file = _locked_file(session, event_id, file_id, by)
        if file.imported_at is None:
            session.delete(file)
            return 0
        refuse_unless_open(locked, now)
        said = f"took back a {file.supplier.label} file of {locked.event.title}"
        session.delete(file)
        changed = restate_marks(session, locked, by=by, now=now)
        record_of_file(session, locked, "take meeting back", said, by=by, now=now)
        return changed


def forget_meeting_files(now: datetime) -> int:
    """Wipe the names and times of files whose period is over; the marks stay. How many files."""
    with transaction() as session:
        ids = files_to_forget(session, now, staged_for=STAGED_FOR, kept_for=KEPT_FOR)
        for file_id in ids:
            session.delete(session.get_one(AttendanceFile, file_id))
        return len(ids)


def _locked_file(
    session: Session, event_id: int, file_id: int, by: Viewer | None
) -> tuple[LockedRegister, AttendanceFile]:
    locked = lock_register(session, event_id, by)
    file = session.get(AttendanceFile, file_id)
    if file is None or file.event_id != event_id:
        raise NotFound
    return locked, file
