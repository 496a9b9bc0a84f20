"""What a delegate is told of their place, and when."""

from __future__ import annotations

from lms.booking.messages.kinds.examples import (
    BY_COORDINATOR,
    EVENT,
    NEXT,
    STANDING,
    UNTIL,
    of_booking,
)

OF_A_PLACE = (
    of_booking(
        "confirmed",
        "You have a place",
        "At once, with the calendar invitation, to whoever has a place.",
        ("reminders",),
        taken_over_from="",
        joining_link="",
        late_after="Wednesday 3 February at 5pm",
        charge="£45",
        reminded_on="Monday 1 February and Friday 5 February",
        last_reminded="on the working day before",
    ),
    of_booking(
        "requested",
        "Sent for approval",
        "At once, where an event asks for approval.",
        whom="your line manager",
        standing=None,
        until=UNTIL,
    ),
    of_booking(
        "approved", "Approved, and waiting", "When one who waits is approved.", standing=STANDING
    ),
    of_booking(
        "not_approved",
        "Not approved",
        "When the approver says no.",
        by_whom="Your line manager",
        why="We are short of staff that day.",
    ),
    of_booking(
        "approval_ran_out", "Nobody approved it in time", "When approval has run out.", whom="them"
    ),
    of_booking(
        "waiting",
        "You are on the waiting list",
        "At once, to whoever joins the list.",
        ("how",),
        standing=STANDING,
        confirm_at_once=False,
        days_before="three working days",
    ),
    of_booking(
        "offered",
        "A place has come up",
        "To the next in line, between 8am and 6pm on working days.",
        offer_id=3,
        ends_at=UNTIL,
        is_second=False,
    ),
    of_booking(
        "invited",
        "First to answer has the place",
        "In the last days, to all who wait at once.",
        offer_id=3,
        ends_at=UNTIL,
    ),
    of_booking(
        "lapsed", "An offer has run out", "When nobody answered an offer.", standing=STANDING
    ),
    of_booking(
        "taken_back",
        "An offer is taken back",
        "When a coordinator takes it back.",
        why="It was offered by mistake.",
        standing=STANDING,
    ),
    of_booking("declined", "A place turned down", "At once, to whoever turned it down."),
    of_booking(
        "cancelled",
        "A place given up or cancelled",
        "At once, with the calendar cancellation.",
        **BY_COORDINATOR,
        why="You asked us by telephone.",
        is_late=False,
        charge=None,
    ),
    of_booking(
        "handed_over",
        "A place handed over",
        "At once, to whoever had it.",
        **BY_COORDINATOR,
        to_whom="Bram Sedgley",
    ),
    of_booking(
        "moved",
        "Moved to another date",
        "At once, about the date that is free again.",
        new_event=NEXT,
        new_reference="WSP-8R5L-3N",
    ),
    of_booking(
        "joined",
        "Two bookings are one",
        "When a coordinator has joined two records of one person.",
        is_same_event=True,
        other_event=NEXT,
        other_reference="WSP-8R5L-3N",
    ),
    of_booking(
        "stands_again",
        "A booking stands again",
        "When two records that were joined are taken apart.",
    ),
    of_booking(
        "off_the_list",
        "Off the waiting list",
        "At once, to whoever leaves it or is taken off.",
        **BY_COORDINATOR,
        why="You asked us by telephone.",
        held_place=False,
    ),
    of_booking(
        "switched",
        "In the room, or online",
        "At once, to whoever switches.",
        mode="online",
        joining_link="https://meet.example/7",
        venue_access="",
    ),
)
OF_TIME = (
    of_booking(
        "reminder_week_before",
        "Can you still come?",
        "A week before.",
        ("move",),
        has_course=True,
        last_reminded="on the working day before",
    ),
    of_booking(
        "reminder_day_before",
        "What you need on the day",
        "On the working day before each session.",
        session_on="Monday 8 February",
        session_day=EVENT.days[0],
        session_place=EVENT.place,
        nth=None,
        joining_link="",
        materials=2,
        materials_at="/events/7/materials",
        joining_instructions="Lunch is not provided. There is parking behind the hall.",
        venue_access="Step-free from the car park. Ring the bell.",
        may_give_up=True,
    ),
    of_booking(
        "calendar_declined",
        "Their calendar declined",
        "When a calendar declines the invitation, once.",
    ),
    of_booking(
        "calendar_entry",
        "Each further session",
        "With the calendar entry of a session after the first.",
        nth="second",
        session_day="Tuesday 9 February 2027, 9:30am to 4:30pm",
        session_place=EVENT.place,
        method="REQUEST",
    ),
)
