"""Self check-in: when a code is good, whom a claim means, and who may have a seat.

A2  A code is good from 30 minutes before its session starts until 30 minutes after. Who has a
    place is checked in; anyone else is a walk-in while the room has a seat. Nothing that is
    answered to somebody who has not signed in tells who has a place here.

Source: docs/domain.md, Attendance; docs/decisions/0023-checking-in-without-signing-in.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from lms.accounts.rules import sort_name
from lms.agencies.rules import folded_name
from lms.booking.rules import Side
from lms.catalogue.rules import EventState
from lms.words import Word, clock_time, moment

OPENS_BEFORE = STAYS_OPEN = timedelta(minutes=30)
TELL_THE_TRAINER = "If you are here, tell the trainer: they mark you on the register."


# --- When -----------------------------------------------------------------------------------


class Window(NamedTuple):
    """From when until when, both included, a session's code is good."""

    opens_at: datetime
    closes_at: datetime


class Shut(NamedTuple):
    """Why a code is not good now, in a sentence, and what to do."""

    title: str
    sentence: str
    way_out: str


def window_of(starts_at: datetime) -> Window:
    """When the code of a session that starts then is good (A2)."""
    return Window(starts_at - OPENS_BEFORE, starts_at + STAYS_OPEN)


def why_shut(
    starts_at: datetime,
    now: datetime,
    *,
    state: EventState = EventState.PUBLISHED,
    register_closed_at: datetime | None = None,
) -> Shut | None:
    """Why nobody can check in by a session's code now; None where they can."""
    opens_at, closes_at = window_of(starts_at)
    if state is EventState.POSTPONED:
        said = "This event has been postponed. Its new date comes by e-mail."
        return Shut("Postponed", said, "You keep your place, or your turn on the list.")
    if state is not EventState.PUBLISHED:
        said = "This event has been called off, so there is nothing to check in to."
        return Shut("Called off", said, "The coordinator can say when it runs next.")
    if register_closed_at is not None:
        return Shut("Check-in has ended", "The register is closed.", TELL_THE_TRAINER)
    if now < opens_at:
        said = f"Check-in opens on {moment(opens_at)}, half an hour before the start."
        return Shut("It is too early to check in", said, "Open the same page again then.")
    if now > closes_at:
        said = f"Check-in ended at {clock_time(closes_at)}, half an hour after the start."
        return Shut("Check-in has ended", said, TELL_THE_TRAINER)
    return None


# --- Who is meant ---------------------------------------------------------------------------


@dataclass(frozen=True)
class AtDoor:
    """Somebody who may need a seat at the session: on the register, or with a place held.

    `address` is what somebody gave who checked in without signing in. `gives_up_seat`: marked
    absent here, or excused.
    """

    booking_id: int
    side: Side = Side.ROOM
    person_id: int | None = None
    name: str = ""
    agency_id: int | None = None
    agency: str = ""
    address: str = ""
    is_on_register: bool = True
    gives_up_seat: bool = False


@dataclass(frozen=True)
class Claimant:
    """Who somebody says they are. `person_id` is whose own address they gave, if anyone's."""

    name: str
    address: str = ""
    person_id: int | None = None
    agency_id: int | None = None
    agency: str = ""


def whom_they_mean(claimant: Claimant, people: Iterable[AtDoor]) -> AtDoor | None:
    """The one on the register whose address they gave, else the only one of that name and agency.

    So somebody without their work e-mail at hand is found all the same, and who walked in before
    the first session is the same person before the second.
    """
    on_register = [who for who in people if who.is_on_register]
    for who in on_register:
        if claimant.address and _has_address(who, claimant):
            return who
    namesakes = [who for who in on_register if _is_called(who, claimant)]
    return namesakes[0] if len(namesakes) == 1 else None


def _has_address(who: AtDoor, claimant: Claimant) -> bool:
    is_theirs = who.person_id is not None and who.person_id == claimant.person_id
    return is_theirs or who.address == claimant.address


def _is_called(who: AtDoor, claimant: Claimant) -> bool:
    if not who.name or sort_name(who.name) != sort_name(claimant.name):
        return False
    if who.agency_id is not None and claimant.agency_id is not None:
        return who.agency_id == claimant.agency_id
    return folded_name(who.agency) == folded_name(claimant.agency)


# --- Who may have a seat --------------------------------------------------------------------


@dataclass(frozen=True)
class Room:
    """How many an event has room for, who may need a seat, and whether the code takes walk-ins.

    `online_capacity` is set where room and online have a capacity each.
    """

    capacity: int
    people: tuple[AtDoor, ...] = ()
    online_capacity: int | None = None
    takes_walk_ins: bool = True


class Answer(Word):
    """What everybody is told who gave their name: it depends on the room, never on who they are."""

    CHECKED_IN = "checked_in"
    PLACES_ONLY = "places_only"  # whoever has a place is checked in; there is no seat for others


def seats_left(room: Room, side: Side) -> int:
    """How many walk-ins can still come in: every seat of somebody who may yet come is kept.

    A place is kept until its holder is marked absent or excused; reservations are not, since
    nobody can take them up any more.
    """
    apart = room.online_capacity is not None
    capacity = room.online_capacity if apart and side is Side.ONLINE else room.capacity
    taken = sum(not who.gives_up_seat and (not apart or who.side is side) for who in room.people)
    return max(0, (capacity or 0) - taken)


def answer_to_anyone(room: Room, side: Side) -> Answer:
    """What is said to whoever gives a name now (A2)."""
    if room.takes_walk_ins and seats_left(room, side):
        return Answer.CHECKED_IN
    return Answer.PLACES_ONLY


def why_no_seat(room: Room, side: Side) -> str | None:
    """Why somebody who is known to have no place cannot come in by the code; None: they can."""
    if not room.takes_walk_ins:
        return "This code is for those who have a place."
    if seats_left(room, side):
        return None
    where = f" {side.where}" if room.online_capacity is not None else ""
    return f"There is no free seat{where}: those left are kept for people who booked."
