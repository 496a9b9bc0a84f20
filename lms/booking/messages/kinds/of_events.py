"""What an event’s people are told of it, and what is written to them by hand."""

from __future__ import annotations

from lms.booking.messages.kinds.examples import (
    EVENT,
    NEXT,
    OF_EVENT,
    of_booking,
    values_of,
)
from lms.messaging.wording import Kind

OF_THE_EVENT = (
    of_booking(
        "changed",
        "The time or place has changed",
        "At once, to everyone booked or waiting.",
        before=NEXT,
        beside="",
        standing="You still have your place",
        has_place=True,
        asks_before=False,
    ),
    of_booking(
        "postponed",
        "An event is postponed",
        "At once, to everyone booked or waiting.",
        before=EVENT,
        reason="The trainer is ill.",
        has_place=True,
        kept="You keep your place",
        next_event=None,
        next_event_id=None,
    ),
    of_booking(
        "new_date",
        "A new date",
        "When an event that was postponed has a date again.",
        beside="",
        standing="You still have your place",
        has_place=True,
        asks_before=False,
    ),
    of_booking(
        "event_cancelled",
        "An event is cancelled",
        "At once, to everyone booked or waiting.",
        reason="The trainer is ill.",
        had_place=True,
        next_event=NEXT,
        next_event_id=8,
    ),
    Kind(
        "booking/mail/course_runs",
        "A date for a course they asked for",
        "When an event of it is published, to those on the demand list.",
        {**OF_EVENT, "slug": "working-together", "asked_on": "Monday 4 January 2027"},
        values_of,
    ),
    Kind(
        "booking/mail/invitation",
        "You are invited",
        "When you press “Tell those invited”.",
        OF_EVENT,
        values_of,
    ),
)
BY_HAND = (
    Kind(
        "booking/mail/announcement",
        "What you write to an event’s people",
        "When you write to all or some of an event.",
        {
            **OF_EVENT,
            "subject": "What to read before Monday",
            "words": "We begin with a case study. Read its first two pages before you come.",
            "reference": "WSP-7Q4K-2M",
            "because": "you booked on 18 January 2027",
        },
        fixed="Each is written for itself, on the event’s own page.",
    ),
)
