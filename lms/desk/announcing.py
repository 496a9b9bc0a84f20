"""Writing to all or some of an event: who there is, what they would read, what was written before.

On the desk because it asks who has not answered an evaluation.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from lms.access import Viewer
from lms.booking.commands import ToWhom
from lms.booking.messages.announcing import ANNOUNCEMENT, Written, copy_for, of_nobody
from lms.booking.queries.announcing import (
    AnnouncementLine,
    addressees,
    announcements_of,
    bookings_with_readers,
)
from lms.booking.rules.announcing import Addressee, Audience, chosen_among, placeholders_of
from lms.catalogue.models import Event
from lms.catalogue.queries import get_event
from lms.desk.outbox import purpose_words
from lms.evaluation.queries.replies import bookings_that_owe_an_answer
from lms.messaging import queries
from lms.messaging.queries import MessageFilters
from lms.messaging.rules import MessageState, in_braces
from lms.messaging.templates import filled, without_placeholders
from lms.words import count, listed

OF_COPIES = {
    MessageState.SENT: "sent",
    MessageState.QUEUED: "on the way",
    MessageState.SENDING: "on the way",
    MessageState.FAILED: "did not get through",
    MessageState.DROPPED: "not sent, since they had left",
}


@dataclass(frozen=True)
class Composing:
    """The people of an event, as far as they can be written to; `to_come`: it has not begun."""

    event: Event
    people: list[Addressee]
    to_come: bool

    @property
    def audiences(self) -> list[tuple[Audience, int]]:
        """The parts that somebody is in, with how many; picking is always offered."""
        counted = [(each, len(chosen_among(self.people, each))) for each in Audience]
        return [(each, n) for each, n in counted if n]

    @property
    def agencies(self) -> list[tuple[int, str]]:
        """The agencies of those who can be written to, by name."""
        found = {
            (who.agency_id, who.agency)
            for who in self.everyone
            if who.agency_id is not None and who.agency
        }
        return sorted(found, key=lambda pair: pair[1].casefold())

    @property
    def everyone(self) -> list[Addressee]:
        """Each who can be written to, by surname."""
        return chosen_among(
            self.people, Audience.PICKED, picked=[who.booking_id for who in self.people]
        )

    @property
    def placeholders(self) -> str:
        """'{name}, {event} and {when}'."""
        return in_braces(placeholders_of(is_to_come=self.to_come))


def composing(event_id: int, viewer: Viewer, now: datetime) -> Composing:
    """Whom the viewer could write to. Raises NotFound where they do not run the event."""
    event = get_event(event_id, viewer)
    found = bookings_with_readers(event_id)
    people = addressees(event, found, bookings_that_owe_an_answer(event_id))
    return Composing(event, people, event.starts_at is None or event.starts_at > now)


@dataclass(frozen=True)
class Chosen:
    """Those chosen: who gets it, and who cannot be reached."""

    audience: str
    reached: list[Addressee]
    without_address: list[Addressee]

    @property
    def to(self) -> ToWhom:
        return ToWhom(frozenset(who.booking_id for who in self.reached), self.audience)

    @property
    def bounced(self) -> list[Addressee]:
        """Those whose address came back lately: it is tried all the same."""
        return [who for who in self.reached if who.has_bounced]


def chosen(
    page: Composing, audience: Audience, agency_id: int | None, picked: Collection[int]
) -> Chosen:
    """Those of a part of the event's people."""
    found = chosen_among(page.people, audience, agency_id=agency_id, picked=picked)
    agency = dict(page.agencies).get(agency_id or 0)
    return Chosen(
        audience.words + (f", of {agency}" if agency else ""),
        [who for who in found if who.address],
        [who for who in found if not who.address],
    )


@dataclass(frozen=True)
class Preview:
    """The message as the first of its readers gets it."""

    to_name: str
    from_name: str
    answers_to: str
    subject: str
    text: str


def preview(page: Composing, who: Addressee, written: Written) -> Preview:
    """What one of those chosen would read; their own link is not shown."""
    found = bookings_with_readers(page.event.id, [who.booking_id])
    booking, reader = found[0]
    draft = copy_for(booking, reader, written)
    return Preview(
        draft.to_name,
        draft.sender.from_name,
        draft.sender.reply_to,
        draft.subject,
        without_placeholders(draft.body).strip("\n"),
    )


# --- What went to an event's people ---------------------------------------------------------


@dataclass(frozen=True)
class EventMessages:
    """What was written by hand, and what went by itself: purpose, words, how many."""

    event: Event
    written: list[tuple[AnnouncementLine, str, str]]
    by_itself: list[tuple[str, str, int]]
    failed: int


def event_messages(event_id: int, viewer: Viewer) -> EventMessages:
    """The messages about an event that the viewer runs. Raises NotFound."""
    event = get_event(event_id, viewer)
    of_event = MessageFilters(event_id=event_id)
    by_purpose = queries.count_by_purpose(viewer, of_event)
    by_purpose.pop(ANNOUNCEMENT, None)
    failed = queries.count_by_state(viewer, of_event).get(MessageState.FAILED, 0)
    return EventMessages(
        event,
        [(line, _subject(event, line), _became(line)) for line in announcements_of(event_id)],
        [(purpose, purpose_words(purpose), n) for purpose, n in by_purpose.items()],
        failed,
    )


def _subject(event: Event, line: AnnouncementLine) -> str:
    """As it read, but for what was each reader's own."""
    facts = of_nobody(event, "each reader’s name") | {"reference": "each one’s reference"}
    return filled(line.announcement.subject, facts)


def _became(line: AnnouncementLine) -> str:
    """'23 sent and one did not get through'."""
    counted: dict[str, int] = {}
    for state, words in OF_COPIES.items():
        counted[words] = counted.get(words, 0) + line.copies.get(state, 0)
    return listed([f"{count(n, 'copy', 'copies')} {words}" for words, n in counted.items() if n])


def booking_shown_in_trial(found: Chosen) -> int | None:
    """Whose facts a copy for oneself shows."""
    return found.reached[0].booking_id if found.reached else None
