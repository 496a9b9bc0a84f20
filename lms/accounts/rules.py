"""Addresses, names, and how signing in is guarded.

Sign-in is by a six-digit code, sent by e-mail and bound to the browser that asked: it lives 10
minutes and takes 5 tries; 5 codes an hour go to one address, 30 to one network address. A session
ends after 60 idle minutes (30 for coordinators, administrators and safeguarding leads) and after 12
hours in any case.
Known and unknown addresses are treated alike until a code has proven that the address is theirs.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from lms.clock import DAY, is_working_day
from lms.errors import Refused
from lms.words import is_address

CODE_LIFETIME = timedelta(minutes=10)
TRIES_PER_CODE = 5
CODES_PER_ADDRESS = 5
CODES_PER_NETWORK_ADDRESS = 30
COUNTED_FOR = timedelta(hours=1)
SIGN_UP_LIFETIME = timedelta(hours=1)
LINK_LIFETIME = timedelta(hours=24)

IDLE = timedelta(minutes=60)
IDLE_OF_STAFF = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
APOSTROPHES = frozenset("'’‘ʼ`´")
STAFF = frozenset({"coordinator", "administrator", "safeguarding_lead"})
NOTED_EVERY = timedelta(minutes=1)

WRITE_AN_ADDRESS = "Enter an e-mail address, such as m.pettifer@school.example"


# --- Addresses and names --------------------------------------------------------------------


def normal_address(written: str) -> str:
    """The address as it is kept and compared: without spaces around it, in lower case.

    Raises Refused where it is no address.
    """
    address = written.strip().lower()
    if not is_address(address):
        raise Refused(WRITE_AN_ADDRESS, field="email")
    return address


def folded(text: str) -> str:
    """Words as they are searched and compared: capitals, accents and apostrophes aside."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    kept = (letter for letter in parts if not unicodedata.combining(letter))
    return " ".join("".join(letter for letter in kept if letter not in APOSTROPHES).split())


def sort_name(name: str) -> str:
    """A name as lists are ordered and searched: surname first, folded."""
    parts = folded(name).split()
    return " ".join([*parts[-1:], *parts[:-1]])


def written_name(name: str) -> str:
    """A name as it is kept: single spaces, none around it."""
    return " ".join(name.split())


SHARED_MAILBOXES = frozenset(
    {
        *("admin", "administration", "bookings", "contact", "enquiries", "enquiry", "hello"),
        *("help", "helpdesk", "hr", "info", "information", "mail", "mainoffice", "noreply"),
        *("office", "postmaster", "reception", "safeguarding", "school", "schooloffice"),
        *("secretary", "support", "team", "training", "webmaster"),
    }
)


def is_shared_mailbox(address: str) -> bool:
    """Whether an address sounds like one that several people read: a contact, never a sign-in."""
    name = address.partition("@")[0].partition("+")[0]
    return "".join(letter for letter in name if letter.isalnum()) in SHARED_MAILBOXES


ARRIVED_AFTER = timedelta(days=1)
"""Mail that left and has not come back by then has arrived."""


def has_bounced(
    refused_at: datetime, arrived_at: datetime | None, verified_at: datetime | None
) -> bool:
    """Whether an address counts as one from which mail comes back: nothing since says otherwise."""
    return all(at is None or at <= refused_at for at in (arrived_at, verified_at))


# --- Codes ----------------------------------------------------------------------------------


def written_code(typed: str) -> str:
    """The digits of a code as typed or pasted, whatever spaces and dashes came with them."""
    return "".join(letter for letter in typed if letter in "0123456789")


def tries_left(tries: int) -> int:
    """How many more codes may be typed after `tries` were."""
    return max(0, TRIES_PER_CODE - tries)


class Limit(Enum):
    """Why no code may be sent now."""

    ADDRESS = "address"
    NETWORK_ADDRESS = "network address"


@dataclass(frozen=True)
class TooMany:
    """A code may be asked for again at `until`."""

    limit: Limit
    until: datetime


def limit_reached(
    to_address: Sequence[datetime], from_network_address: Sequence[datetime], now: datetime
) -> TooMany | None:
    """Whether one more code may not be sent now, given when codes were asked for before."""
    counts = (
        (Limit.ADDRESS, to_address, CODES_PER_ADDRESS),
        (Limit.NETWORK_ADDRESS, from_network_address, CODES_PER_NETWORK_ADDRESS),
    )
    for limit, asked_at, most in counts:
        recent = sorted(at for at in asked_at if at > now - COUNTED_FOR)
        if len(recent) >= most:
            return TooMany(limit, recent[-most] + COUNTED_FOR)
    return None


# --- Sessions -------------------------------------------------------------------------------


def idle_limit(roles: Iterable[str]) -> timedelta:
    """How long a session may be idle for somebody with these roles."""
    return IDLE_OF_STAFF if STAFF.intersection(roles) else IDLE


def is_live_session(
    *, created_at: datetime, last_seen_at: datetime, roles: Iterable[str], now: datetime
) -> bool:
    """Whether a session that nobody ended is still good."""
    return now < created_at + ABSOLUTE and now < last_seen_at + idle_limit(roles)


def is_to_be_noted(last_seen_at: datetime, now: datetime) -> bool:
    """Whether the time when a session was last seen is worth writing down again."""
    return now >= last_seen_at + NOTED_EVERY


FORM_KEPT_FOR = timedelta(hours=1)
LARGEST_KEPT_FORM = 64_000


def is_form_small_enough(fields: Sequence[tuple[str, str]]) -> bool:
    """Whether what was typed may be kept until its writer has signed in again."""
    return sum(len(name) + len(value) for name, value in fields) <= LARGEST_KEPT_FORM


# --- Dated facts ----------------------------------------------------------------------------


def holds_on(starts_on: date, ends_on: date | None, on: date) -> bool:
    """Whether something dated holds on a day; `ends_on` is the first day on which it does not."""
    return starts_on <= on and (ends_on is None or on < ends_on)


# --- Days in and days away ------------------------------------------------------------------

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
LOOKS_AHEAD = timedelta(days=366)
LONGEST_AWAY = timedelta(days=366)


@dataclass(frozen=True)
class WorkingWeek:
    """On which weekdays somebody works (0 is Monday), and when they are away, both days included.

    No weekday chosen means all of them.
    """

    weekdays: frozenset[int] = frozenset()
    away: tuple[tuple[date, date], ...] = ()

    def is_in(self, on: date) -> bool:
        """Whether they work on that day: a day of theirs, no bank holiday, not marked away."""
        is_theirs = not self.weekdays or on.weekday() in self.weekdays
        is_away = any(first <= on <= last for first, last in self.away)
        return is_working_day(on) and is_theirs and not is_away

    def back_on(self, after: date) -> date | None:
        """The first day after `after` on which they are in; None where none comes for a year."""
        days = (after + DAY * n for n in range(1, LOOKS_AHEAD.days + 1))
        return next((on for on in days if self.is_in(on)), None)


def weekdays_read(kept: str) -> frozenset[int]:
    """Which weekdays 'mon;thu' stands for."""
    return frozenset(WEEKDAYS.index(name) for name in kept.split(";") if name in WEEKDAYS)


def weekdays_kept(weekdays: Iterable[int]) -> str:
    """The weekdays as they are kept, in order: 'mon;thu'; all five are kept as none."""
    chosen = sorted(set(weekdays) & set(range(len(WEEKDAYS))))
    return "" if len(chosen) == len(WEEKDAYS) else ";".join(WEEKDAYS[day] for day in chosen)


def away_fault(first: date, last: date, today: date) -> tuple[str, str] | None:
    """Why somebody cannot be away from `first` to `last`: the field, and the sentence."""
    if last < first:
        return "until_on", "Enter a last day that is not before the first"
    if last < today:
        return "until_on", "Enter days that are still to come"
    if last - first > LONGEST_AWAY:
        return "until_on", "Enter a year at most"
    return None
