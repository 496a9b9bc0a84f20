"""Bookings that one person cannot both have: which ends, and what goes with the one that stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.passing_on.joining import end_double
from lms.booking.models import Booking
from lms.certificates.models import Certificate, Waiver
from lms.evaluation.models import Evaluation
from lms.records.rules import Resolved


def end_doubles(session: Session, answers: Resolved, by: Viewer | None, now: datetime) -> None:
    """End every booking that does not stay, and say of those that both stay that it was meant."""
    for clash in answers.both:
        booking = session.get_one(Booking, clash.dropped.id)
        booking.override_reason = booking.override_reason or (
            f"Kept beside {clash.kept.reference} when two records were joined. {clash.why.value}"
        )
    for gone_id, stays_id in answers.ends.items():
        gone, stays = session.get_one(Booking, gone_id), session.get_one(Booking, stays_id)
        if gone.event_id == stays.event_id:
            _hand_on_what_hangs_on_it(session, gone, stays)
        end_double(session, gone, stays, by, now)
    session.flush()


def _hand_on_what_hangs_on_it(session: Session, gone: Booking, stays: Booking) -> None:
    """Answers, a waiver and a certificate for the same event go with the booking that stays, where
    it has none of its own: they are the same person's."""
    own = {form.stage: form for form in _forms(session, stays.id)}
    for form in _forms(session, gone.id):
        mine = own.get(form.stage)
        if form.answered_at is None or (mine is not None and mine.answered_at is not None):
            continue
        if mine is not None:
            session.delete(mine)
            session.flush()
        form.booking_id = stays.id
        session.flush()
    waived = session.get(Waiver, gone.id)
    if waived is not None and session.get(Waiver, stays.id) is None:
        session.execute(
            update(Waiver).where(Waiver.booking_id == gone.id).values(booking_id=stays.id)
        )
    if _certificate(session, stays.id) is None:
        certificate = _certificate(session, gone.id)
        if certificate is not None:
            certificate.booking_id = stays.id


def _forms(session: Session, booking_id: int) -> list[Evaluation]:
    return list(session.scalars(select(Evaluation).where(Evaluation.booking_id == booking_id)))


def _certificate(session: Session, booking_id: int) -> Certificate | None:
    return session.scalar(
        select(Certificate).where(
            Certificate.booking_id == booking_id, Certificate.revoked_at.is_(None)
        )
    )


def events_of(session: Session, booking_ids: Iterable[int]) -> list[int]:
    """The events of some bookings: where a place has come free."""
    query = select(Booking.event_id).where(Booking.id.in_(list(booking_ids)))
    return sorted(set(session.scalars(query)))
