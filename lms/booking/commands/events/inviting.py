"""Telling those invited that there is an event for them: each is told once."""

from __future__ import annotations

from datetime import datetime

from lms.access import Viewer
from lms.booking.commands.events.publishing import get_event
from lms.booking.commands.locking import lock_event
from lms.booking.commands.recording import record_act
from lms.booking.messages.inviting import invitations
from lms.booking.queries.inviting import guests_to_tell
from lms.booking.rules import may_invite
from lms.db import transaction
from lms.errors import Refused
from lms.messaging.commands import enqueue_all
from lms.words import count


def tell_invited(event_id: int, *, by: Viewer | None, now: datetime) -> int:
    """Tell all who are invited, have no booking there and were not told before; returns how many.

    Raises NotFound, or Refused where nobody can book.
    """
    with transaction() as session:
        lock_event(session, event_id)
        event = get_event(session, event_id)
        if not may_invite(event.state, event.starts_at, now):
            raise Refused("Nobody can be invited: the event is not published, or has begun.")
        told = enqueue_all(session, invitations(event, guests_to_tell(event, now)), now)
        sentence = f"told {count(told, 'person', 'people')} of {event.title} that they are invited"
        record_act(session, event, "invite", sentence, by, now)
        return told
