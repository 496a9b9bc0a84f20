"""B11, B15: until when a booking may be cancelled, when that is late, and events that change."""

from collections.abc import Sequence
from datetime import datetime

from lms.booking.rules.facts import (
    BookingFact,
    BookingPolicy,
    EventSnapshot,
    Period,
    at_closing_time,
    days_before,
)
from lms.booking.rules.states import LIVE, BookingState, CancelledBy


def cancelling_until(snapshot: EventSnapshot) -> datetime:
    """Until when, that moment excluded, a booking may be cancelled: the first session's start."""
    return snapshot.starts_at


def may_cancel(snapshot: EventSnapshot, state: BookingState, now: datetime) -> bool:
    """Whether a booking in that state may still be cancelled."""
    return state in LIVE and now < cancelling_until(snapshot)


def late_after(starts_at: datetime, policy: BookingPolicy) -> datetime:
    """After which moment a cancellation is late.

    `policy` is as it stood when the booking was made, unlike every other dated policy.
    """
    return at_closing_time(
        days_before(starts_at, policy.late_cancel_days, policy.late_cancel_day_kind)
    )


def is_late(
    state: BookingState,
    by: CancelledBy,
    cancelled_at: datetime,
    starts_at: datetime,
    policy: BookingPolicy,
    changed_at: datetime | None = None,
) -> bool:
    """Whether cancelling from `state` is late: only a confirmed place is, given up too late.

    Never where the event was cancelled, nor where its time or place was changed (`changed_at`)
    while the booking stood.
    """
    if state is not BookingState.CONFIRMED or by is CancelledBy.EVENT or changed_at is not None:
        return False
    return cancelled_at > late_after(starts_at, policy)


def ended_by_cancelling(snapshot: EventSnapshot) -> tuple[BookingFact, ...]:
    """The bookings that end when the event is cancelled: all live ones, and no charge (B15)."""
    return tuple(booking for booking in snapshot.bookings if booking.is_live)


Whereabouts = tuple[Period, str]


def is_to_be_retold(before: Sequence[Whereabouts], after: Sequence[Whereabouts]) -> bool:
    """Whether delegates are told anew: a session's time or its place or link has changed (B15)."""
    return sorted(before) != sorted(after)
