"""B6: how a free place goes to the next one who waits."""

from dataclasses import dataclass, replace
from datetime import datetime

from lms.booking.rules.facts import BookingFact, BookingPolicy, EventSnapshot, days_before
from lms.booking.rules.places import Place, Wait, WaitKind, WaitReason, why_not_eligible
from lms.booking.rules.states import BookingState
from lms.booking.rules.waiting import (
    LAST_PLACES_BEFORE_START,
    eligible_in_order,
    next_waiting,
    places_are_passed_on,
)
from lms.clock import (
    INVITATION_HOURS,
    add_wall_clock_hours_on_working_days,
    london_date,
    next_offer_leaving_time,
    subtract_wall_clock_hours_on_working_days,
)


@dataclass(frozen=True)
class ConfirmNow:
    """The place is theirs at once: they ticked for it and it is early enough."""

    booking: BookingFact


@dataclass(frozen=True)
class MakeOffer:
    """An offer holds the place from now on; its message leaves at `leaves_at`."""

    booking: BookingFact
    leaves_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class InviteAll:
    """All of these are asked at `leaves_at`, still waiting: the first to accept has it.

    Where `leaves_at` lies ahead nothing is done yet: the sweep asks again.
    """

    bookings: tuple[BookingFact, ...]
    leaves_at: datetime


Step = ConfirmNow | MakeOffer | InviteAll


def next_step(snapshot: EventSnapshot, now: datetime) -> Step | None:
    """What a sweep does next with the event's free places; None where there is nothing to do.

    After ConfirmNow and MakeOffer it is asked again, on the snapshot as it then stands.
    """
    booking = next_waiting(snapshot, now)
    return what_next(snapshot, booking, now) if booking else None


def steps_to_come(snapshot: EventSnapshot, now: datetime) -> list[Step]:
    """All that a sweep would do with the free places, one after the other."""
    steps: list[Step] = []
    while step := next_step(snapshot, now):
        steps.append(step)
        if isinstance(step, InviteAll):
            break
        state = BookingState.CONFIRMED if isinstance(step, ConfirmNow) else BookingState.OFFERED
        served = replace(step.booking, state=state)
        snapshot = replace(
            snapshot,
            bookings=tuple(served if b.id == served.id else b for b in snapshot.bookings),
        )
    return steps


def what_next(snapshot: EventSnapshot, booking: BookingFact, now: datetime) -> Step | None:
    """How a free place goes to the one who is next."""
    if not places_are_passed_on(snapshot, now):
        return None
    if confirms_at_once(snapshot, booking, now):
        return ConfirmNow(booking)
    leaves_at = leaving_time(snapshot.policy, now)
    if not is_final_phase(snapshot, leaves_at):
        return MakeOffer(booking, leaves_at, offer_ends_at(snapshot, leaves_at))
    return _invitation(snapshot, now)


def _invitation(snapshot: EventSnapshot, now: datetime) -> InviteAll | None:
    leaves_at = INVITATION_HOURS.next_within(max(now, final_phase_begins_at(snapshot)))
    if not places_are_passed_on(snapshot, leaves_at):
        return None
    return InviteAll(tuple(eligible_in_order(snapshot, now)), leaves_at)


def leaving_time(policy: BookingPolicy, now: datetime) -> datetime:
    """When an offer, or what else asks somebody to answer, may leave: in working hours (B6)."""
    return next_offer_leaving_time(
        now, from_hour=policy.offers_from_hour, until_hour=policy.offers_until_hour
    )


def confirms_at_once(snapshot: EventSnapshot, booking: BookingFact, now: datetime) -> bool:
    """Whether the place is theirs without their being asked: they ticked for it, and in time."""
    return booking.confirm_at_once and tick_counts(snapshot, now)


def tick_counts(snapshot: EventSnapshot, now: datetime) -> bool:
    """Whether the tick "confirm me at once" still means something: early enough before."""
    if not snapshot.is_dated:
        return False
    return london_date(now) <= days_before(snapshot.starts_at, snapshot.policy.tick_working_days)


def last_answer_at(snapshot: EventSnapshot) -> datetime:
    """Two hours before the start, when every offer and invitation has ended."""
    return snapshot.starts_at - LAST_PLACES_BEFORE_START


def offer_ends_at(snapshot: EventSnapshot, leaves_at: datetime) -> datetime:
    """When an offer ends: its hours of working days later, never under two hours before."""
    hours = snapshot.policy.offer_hours
    runs_out = add_wall_clock_hours_on_working_days(leaves_at, hours)
    return min(runs_out, last_answer_at(snapshot))


def final_phase_begins_at(snapshot: EventSnapshot) -> datetime:
    """The last instant at which an offer could still run its full hours."""
    return subtract_wall_clock_hours_on_working_days(
        last_answer_at(snapshot), snapshot.policy.offer_hours
    )


def is_final_phase(snapshot: EventSnapshot, now: datetime) -> bool:
    """Whether too few hours remain for an offer, so that all who wait are asked at once."""
    return now > final_phase_begins_at(snapshot)


def accept_invitation(snapshot: EventSnapshot, booking: BookingFact, now: datetime) -> Place | Wait:
    """Whether one of those invited has the place: the first to accept, while there is one."""
    if not places_are_passed_on(snapshot, now):
        return Wait(WaitReason(WaitKind.SPOKEN_FOR))
    reason = why_not_eligible(snapshot, booking, now)
    return Wait(reason) if reason else Place()


def has_ended(ends_at: datetime, now: datetime) -> bool:
    """Whether an offer has run out; at its very end it has."""
    return now >= ends_at


@dataclass(frozen=True)
class AfterLapse:
    """How a booking goes on after an offer ran out.

    Where it is waiting again it takes a new ticket, the last of the list, and its priority.
    """

    state: BookingState
    lapses: int
    priority: int = 0


def after_lapse(booking: BookingFact) -> AfterLapse:
    """A first lapse puts the person at the end of the list, a second takes them off.

    An offer that the mail server refuses passes on in the same way.
    """
    lapses = booking.lapses + 1
    state = BookingState.WAITING if lapses == 1 else BookingState.LAPSED
    return AfterLapse(state, lapses)
