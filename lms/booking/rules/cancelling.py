"""B11, B15: until when a booking may be cancelled, when that is late, and events that change."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from lms.agencies.rules import ChargingEntry
from lms.booking.rules.facts import (
    BookingPolicy,
    EventSnapshot,
    Period,
    at_closing_time,
    days_before,
)
from lms.booking.rules.states import LIVE, BookingState, CancelledBy, Outcome
from lms.catalogue.rules import EventState


def cancelling_until(snapshot: EventSnapshot) -> datetime | None:
    """Until when, that moment excluded, a booking may be cancelled: the first session's start.

    None while the event has no date: then at any time.
    """
    return snapshot.starts_at if snapshot.is_dated else None


def may_cancel(snapshot: EventSnapshot, state: BookingState, now: datetime) -> bool:
    """Whether a booking in that state may still be cancelled."""
    until = cancelling_until(snapshot)
    return state in LIVE and (until is None or now < until)


def may_call_off(outcomes: Iterable[Outcome | None]) -> bool:
    """Whether an event can still be cancelled (B15): not once who came to it is recorded."""
    return not any(outcomes)


def may_postpone(snapshot: EventSnapshot, now: datetime) -> bool:
    """Whether an event can lose its date (B15): published, and not begun."""
    return snapshot.state is EventState.PUBLISHED and not snapshot.has_begun(now)


def with_terms(policy: BookingPolicy, terms: ChargingEntry | None) -> BookingPolicy:
    """The policy with the cut-off that a sector's charging terms put in its place, if they do."""
    if terms is None or terms.days is None or terms.day_kind is None:
        return policy
    return replace(policy, late_cancel_days=terms.days, late_cancel_day_kind=terms.day_kind)


def late_after(starts_at: datetime, policy: BookingPolicy) -> datetime:
    """After which moment a cancellation is late.

    `policy` is as it stood when the booking was made, unlike every other dated policy, and with
    the terms of the booking's sector (`with_terms`).
    """
    return at_closing_time(
        days_before(starts_at, policy.late_cancel_days, policy.late_cancel_day_kind)
    )


def is_late(
    state: BookingState,
    by: CancelledBy,
    cancelled_at: datetime,
    starts_at: datetime | None,
    policy: BookingPolicy,
    *,
    confirmed_at: datetime | None = None,
    changed_at: datetime | None = None,
) -> bool:
    """Whether cancelling from `state` is late: only a confirmed place is, given up too late.

    Never where the event was cancelled, while it is postponed and has no date, nor where its time
    or place was changed (`changed_at`) while the place was held.
    """
    if state is not BookingState.CONFIRMED or by is CancelledBy.EVENT or starts_at is None:
        return False
    if confirmed_at is not None and changed_at is not None and changed_at >= confirmed_at:
        return False
    return cancelled_at > late_after(starts_at, policy)


Whereabouts = tuple[Period, str]


def is_to_be_retold(before: Sequence[Whereabouts], after: Sequence[Whereabouts]) -> bool:
    """Whether delegates are told anew: a session's time or its place or link has changed (B15)."""
    return sorted(before) != sorted(after)
