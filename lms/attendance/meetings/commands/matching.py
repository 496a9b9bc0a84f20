"""What is done with a name that nobody has matched: whose it is, a walk-in, or nobody of ours.

Each act goes for every row of that name or address in all files of the event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.accounts.queries import find_person_by_address, memberships_on
from lms.accounts.rules import is_shared_mailbox, normal_address
from lms.agencies.queries import suggest_agencies
from lms.attendance.commands.locked import LockedRegister, lock_register, refuse_unless_open
from lms.attendance.commands.walking_in import WalkIn, put_on_register
from lms.attendance.meetings.commands.aliases import remember_alias
from lms.attendance.meetings.commands.restating import record_of_file, restate_marks
from lms.attendance.meetings.queries import FilesPicture, Row, files_within
from lms.attendance.meetings.rules import plain_name
from lms.attendance.models import AttendanceRow
from lms.attendance.rules import RowState
from lms.clock import london_date
from lms.db import transaction
from lms.errors import NotFound, Refused

CHOOSE_WHOSE = "Choose whose name it is."
Settle = Callable[[Session, LockedRegister, FilesPicture, Row], "tuple[RowState, int | None, str]"]


def match_row(
    event_id: int, row_id: int, booking_id: int | None, *, by: Viewer | None, now: datetime
) -> str:
    """Say whose the name is; it is remembered for the next file. Refused where nobody is chosen."""

    def settle(
        session: Session, locked: LockedRegister, picture: FilesPicture, row: Row
    ) -> tuple[RowState, int | None, str]:
        del locked
        if booking_id is None:
            raise Refused(CHOOSE_WHOSE, way_out="Go back and choose a name from the list.")
        known = picture.roll.by_booking(booking_id)
        if known is None:
            raise NotFound
        remember_alias(session, picture.partnership_id, row, known, by=by, now=now)
        return RowState.MATCHED, booking_id, f"matched {row.name} to {known.name}"

    row = _settle_row(event_id, row_id, "match name", settle, by=by, now=now)
    return row.name


def add_row_as_walk_in(event_id: int, row_id: int, *, by: Viewer | None, now: datetime) -> str:
    """Put somebody on the register who was in the meeting without a place (A4); their name."""

    def settle(
        session: Session, locked: LockedRegister, picture: FilesPicture, row: Row
    ) -> tuple[RowState, int | None, str]:
        del picture
        walk_in = _walk_in(row, now)
        booking = put_on_register(session, locked, walk_in, by=by, now=now)
        return RowState.MATCHED, booking.id, f"added {walk_in.name} as a walk-in"

    row = _settle_row(event_id, row_id, "add from meeting", settle, by=by, now=now)
    return plain_name(row.name)


def set_row_aside(event_id: int, row_id: int, *, by: Viewer | None, now: datetime) -> str:
    """Say that the name is nobody of ours: a recording, a second device; the name."""
    return _settle_row(
        event_id, row_id, "set name aside", _to(RowState.SET_ASIDE, "set aside"), by=by, now=now
    ).name


def bring_row_back(event_id: int, row_id: int, *, by: Viewer | None, now: datetime) -> str:
    """Put a name back into the queue, whatever was said of it; the name."""
    back = _to(RowState.UNMATCHED, "brought back")
    return _settle_row(event_id, row_id, "bring name back", back, by=by, now=now).name


def _to(state: RowState, done: str) -> Settle:
    def settle(
        session: Session, locked: LockedRegister, picture: FilesPicture, row: Row
    ) -> tuple[RowState, int | None, str]:
        del session, locked, picture
        return state, None, f"{done} {row.name}"

    return settle


def _settle_row(
    event_id: int, row_id: int, act: str, settle: Settle, *, by: Viewer | None, now: datetime
) -> Row:
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        picture = files_within(session, locked.event)
        row = picture.row(row_id)
        state, booking_id, said = settle(session, locked, picture, row)
        for one in picture.of_one_person(row):
            kept = session.get_one(AttendanceRow, one.id)
            kept.state, kept.booking_id = state, booking_id
        restate_marks(session, locked, by=by, now=now)
        sentence = f"{said}, from a meeting’s file of {locked.event.title}"
        record_of_file(session, locked, act, sentence, by=by, now=now)
        return row


def _walk_in(row: Row, now: datetime) -> WalkIn:
    """As much as a file tells: the agency is the one where they work, or of their address."""
    email = next(filter(None, map(_own_address, row.addresses)), "")
    once = hashlib.sha256(row.identity.encode()).hexdigest()[:32]
    return WalkIn(plain_name(row.name), email, _agency_of(email, now) if email else "", once)


def _own_address(address: str) -> str:
    """An address by which one person can be reached; a guest's name in a tenant is none."""
    if "#" in address or is_shared_mailbox(address):
        return ""
    try:
        return normal_address(address)
    except Refused:
        return ""


def _agency_of(email: str, now: datetime) -> str:
    on = london_date(now)
    person = find_person_by_address(email)
    for membership in memberships_on(person.id, on) if person else []:
        return membership.agency.name if membership.agency else membership.agency_typed
    suggested = suggest_agencies(email, on)
    return suggested[0].name if len(suggested) == 1 else ""
