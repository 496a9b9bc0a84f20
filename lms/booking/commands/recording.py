"""What is written down of acts on events and bookings (P3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.booking.models import Booking
from lms.catalogue.models import Event


def record_act(
    session: Session,
    on: Event | Booking,
    act: str,
    sentence: str,
    by: Viewer | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Audit what was done to an event, or to a booking at one."""
    event = on if isinstance(on, Event) else on.event
    audit.record(
        session,
        act,
        sentence,
        by=by,
        now=now,
        about=(on.__tablename__, on.id),
        partnership_id=event.partnership_id,
        reason=reason or None,
    )


def record_for_another(
    session: Session,
    booking: Booking,
    act: str,
    sentence: str,
    by: Viewer | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    """The same, but for what people do to their own bookings: that is in the history alone."""
    if by is not None and by.person_id != booking.person_id:
        record_act(session, booking, act, sentence, by, now, reason)
