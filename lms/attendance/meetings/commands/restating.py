"""Brings the marks of a register in line with what the imported files say, and nothing by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.attendance.commands.locked import LockedRegister
from lms.attendance.commands.marking import Minutes, mark_within
from lms.attendance.commands.undoing import undo_within
from lms.attendance.meetings.queries import FilesPicture, files_within, step_of
from lms.attendance.meetings.rules import Step, Wanted, wanted_marks
from lms.attendance.models import Mark as MarkRow
from lms.attendance.queries import current_marks_by_session
from lms.attendance.rules import Mark, MarkKind, MarkSource
from lms.booking.models import Booking
from lms.catalogue.rules import EventMode


def restate_marks(
    session: Session, locked: LockedRegister, *, by: Viewer | None, now: datetime
) -> int:
    """Make the marks that the imported files speak for; how many were made or taken back."""
    session.flush()
    picture = files_within(session, locked.event)
    wanted = wanted_of(picture)
    standing = current_marks_by_session(session, picture.event_id)
    changed = 0
    for key, row in standing.items():
        if row.source is MarkSource.IMPORT and (key not in wanted or wanted[key].mark is None):
            _take_back(session, locked, row, by=by, now=now)
            changed += 1
    for key, found in wanted.items():
        if step_of(found, standing.get(key)) is Step.MARK:
            _make(session, locked, key, found.mark, by=by, now=now)
            changed += 1
    return changed


def wanted_of(picture: FilesPicture) -> dict[tuple[int, int], Wanted]:
    """What all imported files say together."""
    says = [file.says(picture.sessions) for file in picture.imported()]
    return wanted_marks(picture.mode, picture.delegates, picture.sessions, says)


def _make(
    session: Session,
    locked: LockedRegister,
    key: tuple[int, int],
    wanted: Mark | None,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    booking_id, session_id = key
    if wanted is None:
        return
    is_online = locked.event.mode is not EventMode.IN_PERSON and wanted.kind is not MarkKind.ABSENT
    mark_within(
        session,
        locked,
        session.get_one(Booking, booking_id),
        session_id,
        wanted.kind,
        by=by,
        now=now,
        source=MarkSource.IMPORT,
        mode=EventMode.ONLINE if is_online else None,
        minutes=Minutes(wanted.minutes_late, wanted.minutes_left_early, wanted.minutes_away),
    )


def _take_back(
    session: Session,
    locked: LockedRegister,
    row: MarkRow,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Take back what files said, as often as they said it: what was there before them counts."""
    current: MarkRow | None = row
    while current is not None and current.source is MarkSource.IMPORT:
        undo_within(session, locked, [current], by=by, now=now)
        current = session.get(MarkRow, current.replaces_id) if current.replaces_id else None


def record_of_file(
    session: Session,
    locked: LockedRegister,
    act: str,
    sentence: str,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Say in the trail what was done with a file or a name in it (P3)."""
    audit.record(
        session,
        act,
        sentence,
        by=by,
        now=now,
        about=("event", locked.event.id),
        partnership_id=locked.event.partnership_id,
    )
