"""Asking those whose calendar declined whether they want to give up their place."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from lms.booking.messages.changes import calendar_declined
from lms.booking.messages.telling import tell_all
from lms.booking.queries.calendar_answers import places_declined
from lms.db import db, transaction


def ask_who_declined(now: datetime) -> int:
    """Queue one question for each place whose calendar entry was declined; returns how many.

    An answer of a calendar changes no booking (B11). Nobody is asked twice, unless the event has
    moved since.
    """
    host = current_app.extensions["lms.settings"].host
    if not places_declined(db.session(), host, now):
        return 0
    with transaction() as session:
        places = places_declined(session, host, now)
        return tell_all(session, [calendar_declined(booking) for booking in places], now)
