"""Writing to all or some of an event: each copy a message of its own, queued once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.access import Viewer
from lms.booking.commands.recording import record_act
from lms.booking.messages.announcing import Written, copy_for, trial_for
from lms.booking.messages.telling import Reader
from lms.booking.models import Announcement, Booking
from lms.booking.queries.announcing import addressees, bookings_with_readers
from lms.booking.rules.announcing import (
    FACTS,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    may_be_written_to,
    placeholders_of,
)
from lms.catalogue.models import Event
from lms.catalogue.queries import get_event
from lms.db import take_turn, transaction
from lms.errors import Refused
from lms.messaging.commands import enqueue, enqueue_all
from lms.messaging.rules import refuse_unknown_placeholders
from lms.words import count


@dataclass(frozen=True)
class ToWhom:
    """The bookings chosen, and how the choice is said: 'those with a place'."""

    booking_ids: frozenset[int]
    audience: str


@dataclass(frozen=True)
class Announced:
    """How many it goes to now, and how many had had the same words."""

    people: int
    had_it: int = 0


def announce(
    event_id: int,
    written: Written,
    to: ToWhom,
    *,
    form_key: str,
    is_for_later: bool = False,
    by: Viewer,
    now: datetime,
) -> Announced:
    """Write to those chosen who have not left and have an address; a form is sent once.

    Raises NotFound, or Refused: where nobody is left to write to, for words that cannot be filled
    in, and where everyone has had them.
    """
    with transaction() as session:
        take_turn(session, f"announcement {event_id}")
        form_key = f"{event_id}:{form_key}"  # none can speak of what was written to another event
        event = get_event(event_id, by)
        known = select(Announcement).where(Announcement.form_key == form_key)
        if before := session.scalars(known).one_or_none():
            return Announced(before.people)
        written = checked(event, written, now)
        copies = [
            copy_for(booking, reader, written)
            for booking, reader in _readers(event, to.booking_ids)
        ]
        if not copies:
            raise Refused("Nobody is left to write to: choose others.", field="audience")
        people = enqueue_all(session, copies, now)
        if not people:
            raise Refused("They have had these very words already. Change them, or choose others.")
        session.add(
            Announcement(
                event_id=event_id,
                subject=written.subject,
                body=written.text,
                wording=written.wording,
                audience=to.audience,
                people=people,
                sent_at=now,
                sent_by_person_id=by.person_id,
                is_for_later=is_for_later,
                form_key=form_key,
            )
        )
        who = f"{count(people, 'person', 'people')} of {event.title} ({to.audience})"
        record_act(session, event, "announce", f"wrote “{written.subject}” to {who}", by, now)
        return Announced(people, len(copies) - people)


def send_trial(
    event_id: int, written: Written, booking_id: int | None, *, by: Viewer, now: datetime
) -> None:
    """Send the writer a copy, with the facts of one booking. Raises NotFound or Refused."""
    with transaction() as session:
        event = get_event(event_id, by)
        written = checked(event, written, now)
        found = bookings_with_readers(event_id, [booking_id] if booking_id else [])
        like = found[0][0] if found else None
        enqueue(session, trial_for(event, by, like, written, now), now)


def checked(event: Event, written: Written, now: datetime) -> Written:
    """What was written, tidied, if it can be sent; else raises Refused with the field."""
    subject = " ".join(written.subject.split())
    text = "\n".join(line.rstrip() for line in written.text.splitlines()).strip("\n")
    if not subject:
        raise Refused("Enter a subject", field="subject")
    if not text:
        raise Refused("Enter what you want to say", field="text")
    if len(subject) > LONGEST_SUBJECT:
        raise Refused(f"Keep the subject within {LONGEST_SUBJECT} characters", field="subject")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"Keep the text within {LONGEST_TEXT:,} characters", field="text")
    refuse_unknown_placeholders(subject, FACTS, field="subject")
    refuse_unknown_placeholders(text, known_placeholders(event, now), field="text")
    return Written(subject, text, written.answers_to)


def known_placeholders(event: Event, now: datetime) -> tuple[str, ...]:
    """What can be named in what is written to this event's people."""
    return placeholders_of(is_to_come=event.starts_at is None or event.starts_at > now)


def _readers(event: Event, booking_ids: Collection[int]) -> list[tuple[Booking, Reader]]:
    found = bookings_with_readers(event.id, booking_ids)
    may = {who.booking_id for who in addressees(event, found) if may_be_written_to(who)}
    return [(b, reader) for b, reader in found if b.id in may and reader.address]
