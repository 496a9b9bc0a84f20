"""An event with fewer people than it needs goes ahead, and those who run it are told in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.accounts.queries import coordinators_of
from lms.booking.commands.events.publishing import get_event
from lms.booking.commands.locking import lock_event
from lms.booking.commands.recording import record_act
from lms.booking.messages.deciding import few_booked
from lms.booking.queries.decisions import InDoubt, count_confirmed, events_in_doubt, minimum_at
from lms.booking.rules.decisions import is_to_be_warned_of
from lms.catalogue.rules import EventState
from lms.clock import london_date, next_offer_leaving_time
from lms.db import transaction
from lms.errors import Refused
from lms.messaging.commands import enqueue_all
from lms.words import count


def go_ahead(event_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Decide that an event runs, however few come (B18). Doing so twice changes nothing.

    Raises NotFound, or Refused where it has no minimum, is over or not published.
    """
    with transaction() as session:
        lock_event(session, event_id)
        event = get_event(session, event_id)
        minimum = minimum_at(event, count_confirmed(event_id), now)
        if event.state is not EventState.PUBLISHED or minimum is None:
            raise Refused(f"There is nothing to decide about {event.title}.")
        if event.starts_at is not None and event.starts_at <= now:
            raise Refused(f"{event.title} has begun.")
        if event.decided_at is not None:
            return
        event.decided_at = now
        people = count(minimum.booked, "person", "people")
        sentence = f"decided that {event.title} goes ahead with {people}."
        why = f"The minimum was {minimum.places}."
        record_act(session, event, "go ahead", sentence, by, now, why)


def warn_of_few(now: datetime) -> int:
    """Tell the coordinators of events that are in doubt, once for each day of decision.

    On working days between 8 and 18 o'clock, as offers leave.
    """
    if next_offer_leaving_time(now, from_hour=8, until_hour=18) > now:
        return 0
    due = [
        each
        for each in events_in_doubt(None, now)
        if is_to_be_warned_of(each.minimum, london_date(now))
    ]
    if not due:
        return 0
    with transaction() as session:
        return sum(_warn(session, each.event.id, now) for each in due)


def _warn(session: Session, event_id: int, now: datetime) -> int:
    event = get_event(session, event_id)
    minimum = minimum_at(event, count_confirmed(event_id), now)
    if event.state is not EventState.PUBLISHED or minimum is None or not minimum.is_in_doubt:
        return 0
    in_doubt = InDoubt(event, minimum)
    readers = coordinators_of(event.partnership_id, london_date(now))
    return enqueue_all(session, [few_booked(in_doubt, each) for each in readers], now)
