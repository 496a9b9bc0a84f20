"""Closing a register sets every outcome; afterwards it is corrected, with a reason (A3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.agencies.queries import policies_of
from lms.agencies.rules import PolicyKey, policy_at
from lms.attendance.commands.accepting import accept_claims
from lms.attendance.commands.locked import (
    LockedRegister,
    get_booking_on_register,
    lock_register,
    refuse_unless_open,
)
from lms.attendance.commands.marking import mark_within
from lms.attendance.queries import RegisterPicture, coordinates, picture_within
from lms.attendance.rules import MarkKind, Thresholds, closable_from, counts_in_rates, outcome_for
from lms.booking.models import Booking, BookingMove
from lms.booking.rules import BookingState, Move, Origin, Outcome, state_at
from lms.clock import london_date
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.words import count, listed, moment

Answers = Mapping[tuple[int, int], MarkKind]  # (booking, session) → what closing was told of it


def excuse(
    event_id: int, booking_id: int, reason: str, *, by: Viewer | None, now: datetime
) -> None:
    """Excuse someone by hand, with a reason; with none, take it back. It stands when closing."""
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        booking = get_booking_on_register(session, event_id, booking_id)
        booking.outcome = Outcome.EXCUSED if reason.strip() else None
        booking.outcome_reason = reason.strip()
        said = "excused" if reason.strip() else "no longer excused"
        _record(session, locked, booking, "excuse", f"said that {booking.name} is {said}", by, now)


def close_register(
    event_id: int, answers: Answers | None = None, *, by: Viewer | None, now: datetime
) -> int:
    """Close the register and set every outcome; how many people stand on it is returned.

    `answers` fills in the marks that are missing. Raises Refused where a name is still without
    one. A register that is closed stays as it is.
    """
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        if locked.is_closed:
            return len(picture_within(session, locked.event).lines)
        refuse_unless_open(locked, now)
        _refuse_before_last_session(locked, now)
        _fill_in(session, locked, answers or {}, by=by, now=now)
        picture = picture_within(session, locked.event)
        _refuse_missing_marks(picture)
        _set_outcomes(session, picture, _thresholds(picture))
        accept_claims(session, event_id, now)
        set_confirmed_at_start(session, event_id, locked.sessions[0].starts_at)
        locked.register.closed_at = now
        locked.register.closed_by_person_id = by.person_id if by else None
        people = len(picture.lines)
        sentence = f"closed the register of {picture.title} with {count(people, 'name')}"
        _record(session, locked, None, "close register", sentence, by, now)
        return people


def correct_outcome(
    event_id: int,
    booking_id: int,
    outcome: Outcome,
    reason: str,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Correct a closed register, as a coordinator, with a reason; the change is recorded."""
    if not reason.strip():
        raise Refused("Enter why the register is corrected", field="reason")
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        if not coordinates(by, locked.event.partnership_id):
            raise NotFound
        if not locked.is_closed:
            raise Refused("The register is still open: change the mark on it.")
        booking = get_booking_on_register(session, event_id, booking_id)
        before, booking.outcome = booking.outcome, outcome
        booking.outcome_reason = reason.strip()
        locked.register.corrected_at = now
        was = f" (before: {before.words})" if before else ""
        sentence = f"recorded {booking.name} as {outcome.words}{was}"
        _record(session, locked, booking, "correct register", sentence, by, now, reason.strip())


def _refuse_before_last_session(locked: LockedRegister, now: datetime) -> None:
    begins = closable_from(locked.sessions)
    if now < begins:
        raise Refused(f"The last session starts on {moment(begins)}. Close the register then.")


def _fill_in(
    session: Session,
    locked: LockedRegister,
    answers: Answers,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    for (booking_id, session_id), kind in answers.items():
        booking = get_booking_on_register(session, locked.event.id, booking_id)
        mark_within(session, locked, booking, session_id, kind, by=by, now=now)
    session.flush()


def _refuse_missing_marks(picture: RegisterPicture) -> None:
    missing = [line.name for line in picture.unmarked()]
    if missing:
        few = listed(missing) if len(missing) <= 5 else f"{len(missing)} people"
        raise Refused(f"Say whether each was there: {few}.")


def _thresholds(picture: RegisterPicture) -> Thresholds:
    """The policy as it holds on the day of the first session (B11)."""
    entries = policies_of(picture.partnership_id)
    on = london_date(picture.sessions[0].starts_at)
    return Thresholds(
        attended=policy_at(entries, PolicyKey.ATTENDED_SHARE, on),
        part=policy_at(entries, PolicyKey.PART_SHARE, on),
    )


def _set_outcomes(session: Session, picture: RegisterPicture, thresholds: Thresholds) -> None:
    by_outcome: dict[Outcome, list[int]] = defaultdict(list)
    for line in picture.lines:
        outcome = outcome_for(picture.sessions, line.marks, thresholds, is_excused=line.is_excused)
        by_outcome[outcome].append(line.booking_id)
    for outcome, booking_ids in by_outcome.items():
        session.execute(update(Booking).where(Booking.id.in_(booking_ids)).values(outcome=outcome))


def set_confirmed_at_start(session: Session, event_id: int, starts_at: datetime) -> None:
    """Keep who was confirmed when the first session started, replayed from the moves (R2)."""
    histories: dict[int, list[Move]] = defaultdict(list)
    origins: dict[int, Origin] = {}
    rows = session.execute(
        select(
            Booking.id, Booking.origin, BookingMove.from_state, BookingMove.to_state, BookingMove.at
        )
        .join(BookingMove, BookingMove.booking_id == Booking.id)
        .where(Booking.event_id == event_id)
        .order_by(BookingMove.id)
    )
    for booking_id, origin, before, after, at in rows:
        origins[booking_id] = origin
        histories[booking_id].append(Move(before, after, at))
    confirmed = {
        booking_id
        for booking_id, moves in histories.items()
        if counts_in_rates(origins[booking_id])
        and state_at(moves, starts_at) is BookingState.CONFIRMED
    }
    session.execute(
        update(Booking)
        .where(Booking.event_id == event_id)
        .values(counts_as_confirmed_at_start=Booking.id.in_(confirmed))
        .execution_options(synchronize_session=False)
    )


def _record(
    session: Session,
    locked: LockedRegister,
    booking: Booking | None,
    act: str,
    sentence: str,
    by: Viewer | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    about = ("booking", booking.id) if booking else ("event", locked.event.id)
    audit.record(
        session,
        act,
        sentence,
        by=by,
        now=now,
        about=about,
        partnership_id=locked.event.partnership_id,
        reason=reason or (booking.outcome_reason or None if booking else None),
    )
