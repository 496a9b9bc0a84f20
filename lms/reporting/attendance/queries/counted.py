"""What a booking must be for a figure of attendance to count it, as rules' counted() has it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from lms.booking.models import Booking
from lms.booking.rules import CAME, BookingState, Origin, Outcome

WALKED_IN = Booking.origin == Origin.WALK_IN
HAD_A_BOOKING = Booking.origin != Origin.WALK_IN
WAS_CANCELLED = Booking.state == BookingState.CANCELLED
SUCCESSOR = aliased(Booking)
WAS_PASSED_ON = exists().where(
    SUCCESSOR.replaces_id == Booking.id,
    SUCCESSOR.replaces_id.is_not(None),  # so that a database that reads them all finds the few
    SUCCESSOR.confirmed_at.is_not(None),
)
GAVE_IT_UP = and_(HAD_A_BOOKING, WAS_CANCELLED, ~Booking.is_unnamed, ~WAS_PASSED_ON)
WALK_IN_CAME = and_(
    WALKED_IN, ~WAS_CANCELLED, or_(Booking.outcome.is_(None), Booking.outcome.in_(CAME))
)
IN_HEADLINE = or_(and_(HAD_A_BOOKING, Booking.outcome.in_(CAME)), WALK_IN_CAME)
CONFIRMED_AT_START = and_(HAD_A_BOOKING, Booking.counts_as_confirmed_at_start.is_(True))
CONFIRMED_UNKNOWN = and_(
    HAD_A_BOOKING, Booking.outcome.is_not(None), Booking.counts_as_confirmed_at_start.is_(None)
)


def _had(outcome: Outcome) -> ColumnElement[bool]:
    return and_(HAD_A_BOOKING, Booking.outcome == outcome)


COUNTED: dict[str, ColumnElement[bool]] = {
    "confirmed": CONFIRMED_AT_START,
    "confirmed_unknown": CONFIRMED_UNKNOWN,
    "attended_fully": _had(Outcome.ATTENDED),
    "attended_partly": _had(Outcome.PART_ATTENDED),
    "did_not_attend": _had(Outcome.DID_NOT_ATTEND),
    "excused": _had(Outcome.EXCUSED),
    "cancelled": GAVE_IT_UP,
    "late_cancelled": and_(GAVE_IT_UP, Booking.is_late_cancellation.is_(True)),
    "walk_ins": WALK_IN_CAME,
    "nameless": and_(IN_HEADLINE, Booking.person_id.is_(None)),
}
