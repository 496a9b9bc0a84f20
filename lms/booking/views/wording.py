"""What booking's pages say about a booking: where it stands, what was late, what happens next."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from lms.booking.models import Approval, Booking, Offer
from lms.booking.queries.approvals import approval_that_ended
from lms.booking.queries.outlook import Prospect
from lms.booking.queries.passed_on import passed_on_words
from lms.booking.rules import BookingState, Ended, Lateness, has_ended
from lms.booking.rules.approvals import asked_of_whom
from lms.catalogue.rules import EventState
from lms.words import moment, sentence_case


class Saying(NamedTuple):
    """A page in words: its heading, what is so, and what can be done about it."""

    title: str
    happened: str
    what_next: str = ""


def late_clause(lateness: Lateness | None, now: datetime) -> str:
    """From when giving a place up is late, and what that may cost; nothing without a date."""
    if lateness is None:
        return ""
    at, cost = moment(lateness.after), _may_cost(lateness)
    if lateness.is_past(now):
        return f"A cancellation has counted as late since {at}{cost}."
    return f"A cancellation after {at} counts as late{cost}."


def _may_cost(lateness: Lateness) -> str:
    charge = lateness.charge
    return f", and your agency may be charged {charge.words}" if charge else ""


def giving_up(booking: Booking, prospect: Prospect) -> Saying:
    """What giving up a place, or leaving the list, will do."""
    if booking.state is BookingState.WAITING:
        standing = prospect.standing.sentence if prospect.standing else "You wait"
        return Saying(
            "Leave the waiting list?",
            f"{standing}. If you leave, the next person moves up.",
            "You lose your position. This cannot be undone: joining again puts you at the end.",
        )
    if booking.state is BookingState.REQUESTED:
        return Saying(
            "Give up the place that you asked for?",
            _place_lost(prospect),
            "It does not count as late: nobody has approved it yet.",
        )
    if booking.state is BookingState.OFFERED:
        return Saying(
            "Give up the place that we hold for you?",
            "It goes to the next person who waits, at once.",
            "This cannot be undone.",
        )
    return Saying("Give up your place?", _place_lost(prospect), _lateness(prospect))


def _place_lost(prospect: Prospect) -> str:
    if prospect.waiting:
        return "The place goes to the next person who waits, at once. This cannot be undone."
    return "The place is free for somebody else at once. This cannot be undone."


def _lateness(prospect: Prospect) -> str:
    lateness = prospect.lateness
    if lateness is None:
        return "It does not count as late: the event is postponed and has no date yet."
    limit = moment(lateness.after)
    if not prospect.is_late and lateness.is_past(prospect.as_of):
        return "It does not count as late, since the time or the place was changed."
    if not prospect.is_late:
        return f"It does not count as late: the limit is {limit}."
    return (
        f"Giving it up now counts as late{_may_cost(lateness)}: the limit was {limit}. "
        "It is still better than an empty chair."
    )


def why_it_stays(booking: Booking) -> str:
    """Why a live booking has no place that could be passed on."""
    if booking.state is not BookingState.CONFIRMED:
        return "Only a confirmed place can be passed on, and you have none here yet."
    if booking.event.starts_at is None:
        return "The event is postponed. A place can be handed over once it has a new date."
    return "This event is not a date of a course that is given again."


def ended(booking: Booking, now: datetime) -> Saying | None:
    """Why a booking can no longer be given up; None where it can."""
    if booking.state is BookingState.CANCELLED:
        return _cancelled(booking)
    if (approval := approval_that_ended(booking)) is not None:
        return _not_approved(approval)
    if booking.state is BookingState.DECLINED:
        return Saying(
            "You have turned the place down",
            "It went to the next person who waits.",
            "If you can come after all, book again: where there is no place, you wait.",
        )
    if booking.state is BookingState.LAPSED:
        return Saying(
            "You are off the waiting list",
            "Two offers of a place ran out without an answer.",
            "If you still wish to come, join the list again.",
        )
    if booking.event.starts_at is not None and booking.event.starts_at <= now:
        return Saying(
            "The event has started",
            "A booking can be given up until the first session starts.",
            "If you could not be there, write to us, so that the register says so.",
        )
    return None


def _not_approved(approval: Approval) -> Saying:
    whom = sentence_case(asked_of_whom([(approval.kind, approval.approver_address)]))
    again = "If you still wish to come, speak with them and book again."
    if approval.is_given is None:
        return Saying("Nobody approved it in time", f"{whom} did not answer.", again)
    return Saying("It was not approved", f"{whom} did not approve it: {approval.why}", again)


def _passed_on(booking: Booking, after: Booking) -> Saying:
    if after.person_id != booking.person_id:
        return Saying(
            "This place was handed over",
            f"{after.name} comes instead.",
            "If you can come after all, book again: where there is no place, you wait.",
        )
    to = passed_on_words(booking).removeprefix("To ")
    return Saying("This place has moved", f"It is on {to} now.", "See My learning.")


def _cancelled(booking: Booking) -> Saying:
    if (after := booking.passed_on_to) is not None:
        return _passed_on(booking, after)
    on = f" on {moment(booking.cancelled_at)}" if booking.cancelled_at else ""
    if booking.event.cancelled_at is not None:
        because = booking.event.cancelled_because
        return Saying(
            "This event is cancelled",
            f"{because}. Your booking ended with it." if because else "Your booking ended with it.",
            "Nothing counts as late. See what else is on.",
        )
    late = " It counted as late." if booking.is_late_cancellation else ""
    return Saying(
        "This booking has ended",
        f"It was cancelled{on}.{late}",
        "If you can come after all, book again: where there is no place, you wait.",
    )


def offer_ended(offer: Offer, booking: Booking, prospect: Prospect, now: datetime) -> Saying | None:
    """Why an offer cannot be answered any more; None while it can."""
    if booking.state is BookingState.CONFIRMED:
        return Saying("You have a place", "We have e-mailed you the details.")
    if said := ended(booking, now):
        return said
    if offer.ended_how == Ended.TAKEN:
        return not_first(prospect)
    if offer.ended_at is None and not has_ended(offer.ends_at, now):
        return None
    return Saying("This offer has ended", _how_ended(offer, booking), _after(offer, prospect))


def _how_ended(offer: Offer, booking: Booking) -> str:
    at = moment(min(offer.ended_at or offer.ends_at, offer.ends_at))
    if booking.event.state is EventState.POSTPONED:
        return f"It ended on {at}: the event is postponed, and has no date yet."
    if offer.ended_how == Ended.TAKEN_BACK:
        return f"The coordinator took it back on {at}."
    if offer.ended_how == Ended.REFUSED:
        return "Our e-mail came back to us, so the place went to the next person."
    return f"It ran until {at}, and the place has gone to the next person."


def _after(offer: Offer, prospect: Prospect) -> str:
    """Where one stands whose offer has ended, and what can still be done."""
    running = prospect.offer
    if running is not None and running.id != offer.id:
        until = moment(running.ends_at)
        return f"There is a newer offer: our later e-mail has its link. It runs until {until}."
    if prospect.standing is None and running is not None:
        return "Within a few minutes you are told where you stand."
    return _where_they_stand(prospect)


def not_first(prospect: Prospect) -> Saying:
    """Everyone who waits was asked at once, and somebody else was faster."""
    return Saying(
        "Somebody else was first",
        "We asked everyone who waits, and the place went to the first to accept.",
        _where_they_stand(prospect, "We ask again if another place comes free."),
    )


def _where_they_stand(prospect: Prospect, then: str = "") -> str:
    if prospect.standing is None:
        return "If you still wish to come, book again."
    return f"You are still on the waiting list. {prospect.standing.sentence}. {then}".strip()
