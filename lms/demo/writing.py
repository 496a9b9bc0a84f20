"""What the coordinator wrote to an event's people; and one of them whom it did not reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from lms.booking.commands import ToWhom, announce
from lms.booking.messages.announcing import ANNOUNCEMENT, Written
from lms.booking.queries.announcing import addressees, bookings_with_readers
from lms.booking.rules.announcing import Audience, chosen_among
from lms.catalogue.queries import get_event
from lms.demo.living import Life, World
from lms.messaging.commands import mark_bounced
from lms.messaging.inbound import Bounce
from lms.messaging.queries import MessageFilters, list_messages

SUBJECT = "Before {event}: two pages to read"
TEXT = (
    "We begin with a case study. Read its first two pages before you come.\n\n"
    "Come ten minutes early to {where}, and ask at reception for the training room."
)
SAID = "550 5.1.1 The email account that you tried to reach does not exist"
AN_HOUR, A_MINUTE = timedelta(hours=1), timedelta(minutes=1)


def write_to_its_people(world: World, life: Life, until: datetime) -> None:
    """An hour ago: to all with a place; the mail server of one gives it back."""
    world.timeline.at(until - AN_HOUR, partial(_write, life))
    world.timeline.post(until - AN_HOUR + A_MINUTE)
    world.timeline.at(until - AN_HOUR / 2, partial(_come_back, life))


def _write(life: Life, now: datetime) -> None:
    event = get_event(life.event_id, life.by)
    people = addressees(event, bookings_with_readers(life.event_id))
    chosen = chosen_among(people, Audience.CONFIRMED)
    to = ToWhom(frozenset(who.booking_id for who in chosen), Audience.CONFIRMED.words)
    written = Written(SUBJECT, TEXT, life.by.email)
    announce(life.event_id, written, to, form_key="demo", is_for_later=True, by=life.by, now=now)


def _come_back(life: Life, now: datetime) -> None:
    copies = list_messages(life.by, MessageFilters(purpose=ANNOUNCEMENT, event_id=life.event_id))
    gone = next((copy.envelope for copy in copies if copy.envelope), None)
    if gone is not None:
        mark_bounced(Bounce(frozenset({gone}), SAID), now)
