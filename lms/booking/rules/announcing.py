"""Whom of an event those who run it may write to, beside what goes by itself.

Nobody is written to who has left: neither when it is written nor, at the last moment, when it is
sent (docs/decisions/0031-announcements-and-own-words.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.booking.rules.states import CAME, LIVE, BookingState, Origin, Outcome
from lms.words import Word

LONGEST_SUBJECT = 150
LONGEST_TEXT = 5000
FACTS = ("name", "event", "when", "where", "reference")
GIVE_UP = "give_up"
"""The reader's own link to give up the place or leave the list: of an event that is to come."""


class Audience(Word):
    """A part of an event's people, as it is chosen and as it is written down."""

    EVERYONE = "everyone"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    REQUESTED = "requested"
    ATTENDED = "attended"
    MISSED = "missed"
    WALK_INS = "walk_ins"
    NOT_EVALUATED = "not_evaluated"
    CALLED_OFF = "called_off"
    PICKED = "picked"

    @property
    def words(self) -> str:
        """Inside a sentence: 'those with a place'."""
        return AUDIENCE_WORDS[self]


AUDIENCE_WORDS = {
    Audience.EVERYONE: "everyone, with a place or waiting",
    Audience.CONFIRMED: "those with a place",
    Audience.WAITING: "those who wait, or have an offer",
    Audience.REQUESTED: "those who wait for approval",
    Audience.ATTENDED: "those who attended",
    Audience.MISSED: "those who did not come",
    Audience.WALK_INS: "those who came without a booking",
    Audience.NOT_EVALUATED: "those asked for an evaluation who have not answered",
    Audience.CALLED_OFF: "those whose booking ended when the event was cancelled",
    Audience.PICKED: "those picked by name",
}


@dataclass(frozen=True)
class Addressee:
    """Somebody of an event who could be written to; `address` is empty where none is known."""

    booking_id: int
    name: str
    address: str
    state: BookingState
    agency_id: int | None = None
    agency: str = ""
    origin: Origin = Origin.OWN
    outcome: Outcome | None = None
    ended_with_event: bool = False
    owes_evaluation: bool = False
    has_bounced: bool = False


def may_be_written_to(who: Addressee) -> bool:
    """Whoever has not left; of a cancelled event, those who lost their booking by it."""
    return who.state in LIVE or who.ended_with_event


def is_among(who: Addressee, audience: Audience) -> bool:
    """Whether somebody belongs to a part of an event's people; PICKED is everyone of them."""
    has_place = who.state is BookingState.CONFIRMED
    belongs = {
        Audience.EVERYONE: who.state in LIVE,
        Audience.CONFIRMED: has_place and who.origin is not Origin.WALK_IN,
        Audience.WAITING: who.state in {BookingState.WAITING, BookingState.OFFERED},
        Audience.REQUESTED: who.state is BookingState.REQUESTED,
        Audience.ATTENDED: has_place and who.outcome in CAME,
        Audience.MISSED: has_place and who.outcome is not None and who.outcome not in CAME,
        Audience.WALK_INS: has_place and who.origin is Origin.WALK_IN,
        Audience.NOT_EVALUATED: has_place and who.owes_evaluation,
        Audience.CALLED_OFF: who.ended_with_event,
        Audience.PICKED: True,
    }
    return may_be_written_to(who) and belongs[audience]


def chosen_among(
    people: Iterable[Addressee],
    audience: Audience,
    *,
    agency_id: int | None = None,
    picked: Collection[int] = (),
) -> list[Addressee]:
    """Those of an audience, of one agency if one is named, each address once.

    Of several bookings that one address stands for (places without a name), the first.
    """
    chosen: dict[str, Addressee] = {}
    for who in people:
        is_wanted = is_among(who, audience) and agency_id in (None, who.agency_id)
        if audience is Audience.PICKED:
            is_wanted = is_wanted and who.booking_id in picked
        if is_wanted:
            chosen.setdefault(who.address or f"nobody-{who.booking_id}", who)
    return list(chosen.values())


def still_goes(state: BookingState, ended_at: datetime | None, written_at: datetime) -> bool:
    """Whether a message leaves: its reader has not left since it was written."""
    return state in LIVE or (ended_at is not None and ended_at <= written_at)


def placeholders_of(*, is_to_come: bool) -> tuple[str, ...]:
    """What can be named in a message to the people of an event."""
    return (*FACTS, GIVE_UP) if is_to_come else FACTS
