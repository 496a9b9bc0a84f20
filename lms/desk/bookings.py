"""A booking as its person sees it: where it stands, and what happens next until eight weeks after.

On the desk because it tells of evaluations too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.access import Viewer
from lms.booking.models import Approval, Booking
from lms.booking.queries import get_booking, reminders_of
from lms.booking.queries.announcing import Kept, announcements_for
from lms.booking.queries.approvals import Asked, approval_that_ended, asked_of
from lms.booking.queries.figures import policy_in_force
from lms.booking.queries.offers import OfferLine, offers_to
from lms.booking.queries.outlook import Prospect, prospect_of
from lms.booking.queries.sharing import manage_page
from lms.booking.rules import LIVE, BookingState, Reminder
from lms.booking.rules.approvals import asked_of_whom
from lms.catalogue.rules import EventMode, EventState
from lms.clock import london_date
from lms.db import db
from lms.evaluation.queries import BookingFacts, find_facts, may_withdraw
from lms.evaluation.rules import Stage, impact_due_at, is_void
from lms.words import clock_time, day

Step = tuple[str, str]


@dataclass(frozen=True)
class BookingPage:
    """All that the page of a booking shows; `kept` is the place that a transfer would end."""

    booking: Booking
    is_own: bool
    prospect: Prospect
    steps: tuple[Step, ...]
    is_over: bool
    joining_link: str
    manage_href: str
    kept: Booking | None
    offers: tuple[OfferLine, ...]
    asked: tuple[Asked, ...] = ()
    written: tuple[Kept, ...] = ()
    asks_manager: bool = False  # their line manager is asked one question, by their consent

    @property
    def asked_of_whom(self) -> str:
        """Who is to approve it still, as said to the delegate."""
        open_ones = [asked.approval for asked in self.asked]
        return asked_of_whom((each.kind, each.approver_address) for each in open_ones)

    @property
    def refused(self) -> Approval | None:
        """The approval for want of which it ended."""
        return approval_that_ended(self.booking)

    @property
    def kind(self) -> str:
        """'confirmed', 'over', 'requested', 'waiting', 'offered', 'invited', 'postponed' or
        'ended'."""
        state = self.booking.state
        if self.booking.event.state is EventState.POSTPONED and state in LIVE:
            return "postponed"
        if state is BookingState.CONFIRMED:
            return "over" if self.is_over else "confirmed"
        if state is BookingState.REQUESTED:
            return "requested"
        if state is BookingState.WAITING:
            return "invited" if self.prospect.offer else "waiting"
        return "offered" if state is BookingState.OFFERED else "ended"


def booking_page(reference: str, viewer: Viewer, now: datetime) -> BookingPage:
    """One booking for its person, or for whoever runs the event. Raises NotFound for others."""
    booking = get_booking(reference, viewer)
    found = find_facts(db.session(), booking.id)  # none while the event has no date
    return BookingPage(
        booking=booking,
        is_own=booking.person_id == viewer.person_id,
        prospect=prospect_of(booking, now),
        steps=tuple(_steps(booking, found, now)) if found else (),
        is_over=found is not None and found.facts.ends_at <= now,
        joining_link=_joining_link(booking),
        manage_href=manage_page(booking.event, viewer),
        kept=_kept(booking),
        offers=tuple(offers_to(booking.id)),
        written=tuple(announcements_for(booking)),
        asked=tuple(asked for each in booking.approvals if (asked := asked_of(each, now))),
        asks_manager=may_withdraw(booking.id, now),
    )


def _kept(booking: Booking) -> Booking | None:
    """The place on another date that ends once this booking is confirmed (B8)."""
    held = booking.replaces
    is_own = held is not None and held.person_id == booking.person_id
    waits = booking.state in LIVE - {BookingState.CONFIRMED}
    return held if held and is_own and waits and held.state is BookingState.CONFIRMED else None


def _joining_link(booking: Booking) -> str:
    """How one who takes part online joins; empty in the room."""
    if booking.takes_part is EventMode.IN_PERSON:
        return ""
    links = (block.joining_link for block in booking.event.sessions)
    return booking.event.joining_link or next(filter(None, links), "")


def _steps(booking: Booking, found: BookingFacts, now: datetime) -> list[Step]:
    """What is still to come for one who has a place, with its day."""
    facts, policy = found.facts, policy_in_force(db.session(), booking.event, now)
    dated = [
        *(
            (at, _of_reminder(which, facts.stages))
            for at, which in reminders_of(booking, policy, now)
        ),
        (facts.starts_at, _of_day(facts.stages)),
    ]
    if Stage.IMPACT in facts.stages and not is_void(facts, Stage.IMPACT):
        later = "One page: what came of what you said you would do?"
        dated.append((impact_due_at(facts), later))
    return [(_heading(at), words) for at, words in sorted(dated) if at > now]


def _heading(at: datetime) -> str:
    return f"{day(london_date(at))}, {clock_time(at)}"


def _of_reminder(which: Reminder, stages: frozenset[Stage]) -> str:
    if which is Reminder.WEEK_BEFORE:
        return (
            "A reminder. If you cannot come, it has the links to give your place up or hand it on."
        )
    if Stage.PRE in stages:
        return "A reminder with all that you need on the day, and a few questions: under a minute."
    return "A reminder with all that you need on the day."


def _of_day(stages: frozenset[Stage]) -> str:
    if Stage.POST in stages:
        return (
            "The trainer ticks your name. At the end, two minutes about how it went; your"
            " certificate follows."
        )
    return "The trainer ticks your name. Your certificate follows."
