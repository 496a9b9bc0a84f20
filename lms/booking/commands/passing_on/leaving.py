"""Somebody has left an agency: what becomes of the bookings that were made for it."""

from __future__ import annotations

from datetime import datetime

from lms.access import Viewer
from lms.accounts.commands import end_membership
from lms.booking.commands.passing_on.cancelling import cancel_booking
from lms.booking.queries.leavers import live_bookings_for
from lms.booking.rules import CancelledBy
from lms.db import db
from lms.errors import Refused


def leave_agency(
    person_id: int,
    membership_id: int,
    *,
    cancels: bool,
    by: Viewer | None,
    by_what: CancelledBy,
    now: datetime,
) -> int:
    """Say that somebody has left; with it cancel what they hold for that agency, if so chosen.

    Returns how many bookings were cancelled, each by its own law and told as such. They end first:
    whatever stops between is done by asking again. Raises NotFound or Busy.
    """
    cancelled = 0
    if cancels:
        bookings = [row.id for row in live_bookings_for(person_id, membership_id, now)]
        db.session.rollback()
        for booking_id in bookings:
            try:
                cancel_booking(
                    booking_id, by=by, by_what=by_what, why="They have left the agency.", now=now
                )
            except Refused:
                continue  # it has begun meanwhile: the register says what came of it
            cancelled += 1
    end_membership(person_id, membership_id, by=by, now=now)
    return cancelled
