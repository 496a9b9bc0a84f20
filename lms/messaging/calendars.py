"""An invitation that went with a message, read back for those who look at the message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icalendar import Calendar


@dataclass(frozen=True)
class CalendarPart:
    """What an invitation says: `method` is REQUEST or CANCEL; `version` counts from 0."""

    method: str
    uid: str
    version: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    notes: tuple[str, ...]
    attendee: str


def read_calendar(text: str) -> CalendarPart:
    """The one entry of an invitation of ours."""
    calendar = Calendar.from_ical(text)
    entry = next(iter(calendar.walk("VEVENT")))
    return CalendarPart(
        method=str(calendar["METHOD"]),
        uid=str(entry["UID"]),
        version=int(entry.get("SEQUENCE", 0)),
        title=str(entry["SUMMARY"]),
        starts_at=_instant(entry["DTSTART"]),
        ends_at=_instant(entry["DTEND"]),
        place=str(entry.get("LOCATION", "")),
        notes=tuple(str(entry.get("DESCRIPTION", "")).splitlines()),
        attendee=str(entry.get("ATTENDEE", "")).removeprefix("mailto:"),
    )


def _instant(field: Any) -> datetime:
    found: datetime = field.dt
    return found
