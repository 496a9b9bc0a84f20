"""Saying which partnership lends a trainer to an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lms.access import Viewer
from lms.booking.commands.events.publishing import get_event
from lms.booking.commands.locking import lock_event
from lms.booking.commands.recording import record_act
from lms.booking.messages.giving import regiven, trainers_of
from lms.catalogue.models import EventTrainer
from lms.catalogue.rules import EventState
from lms.db import transaction
from lms.messaging.commands import enqueue_all


def lend_trainers(
    event_id: int, lenders: Mapping[int, int | None], *, by: Viewer | None, now: datetime
) -> None:
    """Set who lends each person to an event, None for its host; who is new there gives it too.

    Raises NotFound. Who may be chosen is for the caller to have offered.
    """
    with transaction() as session:
        ticket = lock_event(session, event_id)
        event = get_event(session, event_id)
        gave = trainers_of(event)
        known = {row.person_id: row for row in event.trainers}
        for person_id, lender_id in lenders.items():
            row = known.get(person_id) or EventTrainer(
                person_id=person_id, position=len(event.trainers)
            )
            row.lent_by_id = None if lender_id == event.partnership_id else lender_id
            if person_id not in known:
                event.trainers.append(row)
        session.flush()
        if event.state is EventState.PUBLISHED:
            enqueue_all(session, regiven(event, gave, ticket, by, is_moved=False), now)
        sentence = f"changed which partnership lends the trainers of {event.title}"
        record_act(session, event, "lend trainers", sentence, by, now)
