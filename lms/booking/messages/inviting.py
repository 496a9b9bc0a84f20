"""To those invited: that there is an event for them; to a partnership: its part in one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lms.booking.messages.letters import letter
from lms.booking.messages.telling import Reader
from lms.booking.queries.inviting import INVITED, Guest, is_to_be_told
from lms.booking.rules import may_invite
from lms.catalogue.models import Event, SharedWith
from lms.catalogue.rules import EventState
from lms.db import db
from lms.messaging.commands import Draft
from lms.messaging.rules import MessageFacts
from lms.words import count, short_day

SHARED = "event-shared"


def invitations(event: Event, guests: Iterable[Guest]) -> list[Draft]:
    """One invitation for each guest: an address is told of an event once."""
    return [_invitation(event, guest) for guest in guests]


def _invitation(event: Event, guest: Guest) -> Draft:
    to = Reader(guest.address, guest.name, guest.person_id)
    key = guest.address
    return letter(event, to, "invitation", purpose=INVITED, subject_id=event.id, occurrence=key)


def news_of_parts(event: Event) -> list[Draft]:
    """What each partnership has of a published event, once for each allocation that it is given."""
    if event.state is not EventState.PUBLISHED:
        return []
    return [_news_of(event, part) for part in event.shared_with]


def _news_of(event: Event, part: SharedWith) -> Draft:
    partner = part.partnership
    until = f" until {short_day(part.release_on)}" if part.release_on else ""
    return letter(
        event,
        Reader(partner.contact_email, partner.contact_name),
        "shared",
        purpose=SHARED,
        subject_id=event.id,
        occurrence=_occurrence(part),
        partner=partner.name,
        allocation=f"{count(part.places, 'place')}{until}",
        is_released=part.release_on is not None,
    )


def _occurrence(part: SharedWith) -> str:
    return f"{part.partnership_id}-{part.places}-{part.release_on or 'to the end'}"


# --- Still true? ----------------------------------------------------------------------------


def is_still_invited(message: MessageFacts, now: datetime) -> bool:
    """The event is to come, and its guest is still among those invited, without a booking."""
    event = db.session.get_one(Event, message.subject_id)
    is_open = may_invite(event.state, event.starts_at, now)
    return is_open and is_to_be_told(event, message.occurrence, now)


def is_still_allocated(message: MessageFacts, now: datetime) -> bool:
    """The partnership's part is what the message says."""
    event = db.session.get_one(Event, message.subject_id)
    is_open = may_invite(event.state, event.starts_at, now)
    return is_open and message.occurrence in map(_occurrence, event.shared_with)
