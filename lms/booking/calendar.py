"""A delegate's sessions as calendars take them: as invitations, and as a feed of one's own.

One invitation holds one session: Outlook does not take several entries with different identities
in one REQUEST as an invitation (docs/decisions/0007-calendar-invitations.md). The feed holds them
all, each under the identity that its invitation has (0012-reminders-and-the-private-feed.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress
from icalendar.prop import vText

from lms.clock import LONDON, as_utc, london

PRODUCT = "-//Training and learning//lms//EN"
FEED_NAME = "My training"
ASK_AGAIN_AFTER = timedelta(hours=1)
OUR_UID = re.compile(r"booking-(\d{1,9})-session-(\d{1,9})@(\S+)")
NO_TIME, AN_HOUR = timedelta(), timedelta(hours=1)


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Status(StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"  # a place is held meanwhile
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Party:
    """One side of an invitation: who sends it or whom it is for."""

    name: str
    address: str


@dataclass(frozen=True)
class Entry:
    """One session of one booking, as the calendar knows it.

    `uid` never changes; `sequence` rises with each change, a cancellation included. In a feed
    nobody is invited, so that it has no `attendee`.
    """

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    notes: str
    organizer: Party
    attendee: Party | None


def uid_of(booking_id: int, session_id: int, host: str) -> str:
    """The identity of a session in a delegate's calendar, for as long as the booking lives."""
    return f"booking-{booking_id}-session-{session_id}@{host}"


def booking_and_session_of(uid: str, host: str) -> tuple[int, int] | None:
    """What an identity that we gave stands for; None for any other."""
    found = OUR_UID.fullmatch(uid)
    if found is None or found[3] != host:
        return None
    return int(found[1]), int(found[2])


def invitation(entry: Entry, method: Method, now: datetime) -> str:
    """The text of an invitation (RFC 5545, 5546), in London time with its rules for summer."""
    status = Status.CANCELLED if method is Method.CANCEL else Status.CONFIRMED
    calendar = _calendar(method.value)
    calendar.add_component(_component(entry, status, now))
    return _text(calendar)


def feed(entries: Iterable[tuple[Entry, Status, datetime]]) -> str:
    """The text of a feed: each entry with how certain it is and when it was last told.

    The same entries make the same text, whenever it is asked for.
    """
    calendar = _calendar("PUBLISH")
    calendar.add("name", FEED_NAME)
    calendar.add("x-wr-calname", FEED_NAME)
    calendar.add("refresh-interval", ASK_AGAIN_AFTER, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry, status, told_at in entries:
        calendar.add_component(_component(entry, status, told_at))
    return _text(calendar)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(london_timezone())
    return calendar


def _text(calendar: Calendar) -> str:
    text: bytes = calendar.to_ical()
    return text.decode()


def _component(entry: Entry, status: Status, told_at: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", as_utc(told_at))
    event.add("dtstart", london(entry.starts_at))
    event.add("dtend", london(entry.ends_at))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.notes)
    event.add("organizer", _party(entry.organizer))
    if entry.attendee:
        event.add("attendee", _invited(entry.attendee))
    event.add("status", status.value)
    event.add("transp", "OPAQUE")
    return event


def _party(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.address}")
    address.params["CN"] = vText(_plain(party.name))
    return address


def _invited(party: Party) -> vCalAddress:
    attendee = _party(party)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")  # declining it does not cancel the place (B11)
    return attendee


def _plain(name: str) -> str:
    """A name that cannot leave its parameter: no quotes, no line breaks."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).replace('"', "'").split())


def london_timezone() -> Timezone:
    """London's clock with its two changes a year, as they have been since 1996."""
    zone = Timezone()
    zone.add("tzid", LONDON.key)
    winter = datetime(1996, 10, 27, 2)  # noqa: DTZ001 - a zone's own rules are wall-clock times
    summer = datetime(1996, 3, 31, 1)  # noqa: DTZ001 - likewise
    zone.add_component(_change(TimezoneStandard(), winter, 10, "GMT", AN_HOUR, NO_TIME))
    zone.add_component(_change(TimezoneDaylight(), summer, 3, "BST", NO_TIME, AN_HOUR))
    return zone


def _change(
    part: TimezoneStandard | TimezoneDaylight,
    first: datetime,
    month: int,
    name: str,
    before: timedelta,
    after: timedelta,
) -> TimezoneStandard | TimezoneDaylight:
    part.add("dtstart", first)
    part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
    part.add("tzname", name)
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", after)
    return part
