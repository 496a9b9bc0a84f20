"""B8: a place may be exchanged for one on another date of the course, in one act."""

from datetime import datetime

from lms.booking.rules.cancelling import may_cancel
from lms.booking.rules.facts import EventSnapshot, Rule
from lms.booking.rules.overrides import Refusal
from lms.booking.rules.states import BookingState


def may_be_transferred(snapshot: EventSnapshot, state: BookingState, now: datetime) -> bool:
    """Whether a booking in that state has a place to exchange, while it can be given up."""
    return state is BookingState.CONFIRMED and may_cancel(snapshot, state, now)


def transfer_refusal(
    held: EventSnapshot, state: BookingState, to: EventSnapshot, now: datetime
) -> Refusal | None:
    """Why a place is not exchanged for one at another event, whatever stands in the way there.

    Once its own event has begun a place is used or lost; until then no exchange is late.
    """
    if not may_be_transferred(held, state, now):
        began = "The event has started, so the place can no longer be moved"
        ended = f"Only a confirmed place can be moved to another date: this one is {state.words}"
        return Refusal(Rule.B8, began if held.has_begun(now) else ended)
    if held.course_id is None or held.course_id != to.course_id or held.id == to.id:
        sentence = "A place can be moved to another date of the same course only"
        return Refusal(Rule.B8, sentence, way_out="Book the other event, and give this place up.")
    return None
