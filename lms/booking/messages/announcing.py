"""What somebody wrote to the people of an event: their words, filled in for each reader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from lms.access import Viewer
from lms.booking.messages.letters import letter
from lms.booking.messages.telling import Reader, because_of, event_words
from lms.booking.models import Booking, BookingMove
from lms.booking.rules.announcing import GIVE_UP, still_goes
from lms.catalogue.models import Event
from lms.db import db
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts
from lms.messaging.templates import filled, link
from lms.tokens import fingerprint

ANNOUNCEMENT = "announcement"
TEST = "announcement-test"
TEMPLATE = "announcement"
BECAUSE = "why it is sent"  # no placeholder: nobody can type it


@dataclass(frozen=True)
class Written:
    """What is said to all of them: placeholders and all; `answers_to` reads the answers."""

    subject: str
    text: str
    answers_to: str

    @property
    def wording(self) -> str:
        """Names these words: nobody is told the same twice of one booking."""
        return fingerprint(f"{self.subject}\n{self.text}")[:16]


def copy_for(booking: Booking, to: Reader, written: Written) -> Draft:
    """The message as one reader gets it."""
    values = values_of(booking, to.name) | {GIVE_UP: link("/places", "place", booking.id)}
    draft = _letter(booking.event, to, written, values, (ANNOUNCEMENT, booking.id, written.wording))
    return replace(draft, is_digestible=False)


def trial_for(
    event: Event, by: Viewer, like: Booking | None, written: Written, now: datetime
) -> Draft:
    """A copy for its writer, with somebody's facts and without the link that is theirs alone."""
    values = values_of(like, by.name) if like else of_nobody(event, by.name)
    key = (TEST, event.id, f"{by.person_id}-{now:%Y%m%d%H%M%S}")
    to = Reader(by.email, by.name, by.person_id)
    shown = replace(written, subject=f"Test: {written.subject}")
    draft = _letter(event, to, shown, values | {GIVE_UP: "[each reader’s own link]"}, key)
    return replace(draft, is_digestible=False, is_urgent=True)


def values_of(booking: Booking, name: str) -> dict[str, str]:
    """What stands for each placeholder that is a fact."""
    about = event_words(booking.event, booking.takes_part)
    return {
        "name": name,
        "event": about.title,
        "when": "; ".join(about.days),
        "where": about.place,
        "reference": booking.reference,
        BECAUSE: because_of(booking),
    }


def of_nobody(event: Event, name: str) -> dict[str, str]:
    """The same where nobody has booked."""
    about = event_words(event)
    when = "; ".join(about.days)
    facts = {"name": name, "event": about.title, "when": when, "where": about.place}
    return {**facts, "reference": "", BECAUSE: "you wrote it"}


def _letter(
    event: Event,
    to: Reader,
    written: Written,
    values: dict[str, str],
    key: tuple[str, int, str],
) -> Draft:
    purpose, subject_id, occurrence = key
    draft = letter(
        event,
        to,
        TEMPLATE,
        purpose=purpose,
        subject_id=subject_id,
        occurrence=occurrence,
        subject=filled(written.subject, values),
        words=filled(written.text, values),
        reference=values["reference"],
        because=values[BECAUSE],
    )
    return replace(draft, sender=Sender(event.partnership.title, written.answers_to))


# --- Still true? ----------------------------------------------------------------------------


def has_not_left(facts: MessageFacts, now: datetime) -> bool:
    """The reader has not left the event since it was written."""
    del now
    booking = db.session.get(Booking, facts.subject_id)
    if booking is None:
        return False
    moved_at = db.session.scalar(
        select(func.max(BookingMove.at)).where(BookingMove.booking_id == booking.id)
    )
    return still_goes(booking.state, moved_at, facts.queued_at)


def was_asked_for(facts: MessageFacts, now: datetime) -> bool:
    """A test is for its writer, whatever becomes of the event."""
    del facts, now
    return True
