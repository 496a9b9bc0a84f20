"""Saying which partnership lends a trainer to an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lms.access import Viewer
from lms.booking.commands.events.publishing import get_event
from lms.booking.commands.locking import lock_event
from lms.booking.commands.recording import record_act
from lms.catalogue.models import EventTrainer
from lms.db import transaction


def lend_trainers(
    event_id: int, lenders: Mapping[int, int | None], *, by: Viewer | None, now: datetime
) -> None:
    """Set who lends each person to an event, None for its host; who is new there gives it too.

    Raises NotFound. Who may be chosen is for the caller to have offered.
    """
    with transaction() as session:
        lock_event(session, event_id)
        event = get_event(session, event_id)
        known = {row.person_id: row for row in event.trainers}
        for person_id, lender_id in lenders.items():
            row = known.get(person_id) or EventTrainer(
                person_id=person_id, position=len(event.trainers)
            )
            row.lent_by_id = None if lender_id == event.partnership_id else lender_id
            if person_id not in known:
                event.trainers.append(row)
        sentence = f"Changed which partnership lends the trainers of {event.title}."
        record_act(session, event, "lend trainers", sentence, by, now)
