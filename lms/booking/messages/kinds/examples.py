"""Facts to show a message with, and what a partnership can name in it."""

from __future__ import annotations

from typing import Any

from lms.booking.messages.telling import EventWords
from lms.messaging.wording import Facts, Kind

EVENT = EventWords(
    "Working Together to Safeguard Children",
    ("Monday 8 February 2027, 9:30am to 4:30pm",),
    "Beacon Hall, Walsall",
)
NEXT = EventWords(
    "Working Together to Safeguard Children",
    ("Wednesday 3 March 2027, 9:30am to 4:30pm",),
    "Beacon Hall, Walsall",
)
OF_EVENT = {
    "to_name": "Marigold Pettifer",
    "event": EVENT,
    "event_id": 7,
    "first_day": "Monday 8 February",
}
OF_BOOKING = {
    **OF_EVENT,
    "booking_id": 12,
    "reference": "WSP-7Q4K-2M",
    "because": "you booked on 18 January 2027",
    "has_entries": True,
    "kept_on": "",
    "is_unnamed": False,
}
OF_LEAD = {**OF_EVENT, "to_name": "Lee Adderley", "agency": "Pool Hayes Primary School"}
BY_COORDINATOR = {"is_own_act": False, "by_whom": "the coordinator"}
UNTIL = "Wednesday 20 January at noon"
STANDING = "Third in line: all 25 places are taken"


def values_of(facts: Facts) -> dict[str, str]:
    """What own words may name, wherever a message is about an event."""
    event: EventWords = facts["event"]
    found = {
        "event": event.title,
        "day": facts.get("session_on") or facts["first_day"],
        "when": facts.get("session_day") or "; ".join(event.days),
        "where": facts.get("session_place") or event.place,
    }
    return found | ({"reference": facts["reference"]} if "reference" in facts else {})


def of_booking(
    name: str, title: str, goes: str, may_go: tuple[str, ...] = (), /, **facts: Any
) -> Kind:
    """Of a delegate's booking, with what its template asks for beside."""
    example = {**OF_BOOKING, **facts}
    return Kind(f"booking/mail/{name}", title, goes, example, values_of, frozenset(may_go))


def of_event(name: str, title: str, goes: str, /, **facts: Any) -> Kind:
    """About an event, to somebody else."""
    return Kind(f"booking/mail/{name}", title, goes, {**OF_LEAD, **facts}, values_of)
