"""What waits for a coordinator: revocations that a correction proposes, waivers to decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from lms.access import Permission, Viewer
from lms.attendance.models import Register
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Outcome
from lms.catalogue.models import Event
from lms.certificates.models import Certificate
from lms.certificates.queries.standings import (
    attended_without_certificate,
    has_answered,
    is_waived,
    list_lines,
)
from lms.certificates.rules import Standing
from lms.db import db
from lms.evaluation.rules import OPEN_DAYS

TO_DECIDE_FOR = timedelta(days=28)
"""For so long after a form has closed unanswered, a waiver is asked about; then it rests."""


@dataclass(frozen=True)
class ProposedRevocation:
    """A certificate whose holder, by the corrected register, did not attend."""

    certificate_id: int
    booking_id: int
    event_id: int
    name: str
    title: str
    held_on: date
    outcome: Outcome | None


@dataclass(frozen=True)
class WaiverDecision:
    """An event with people who attended and whose form has closed unanswered."""

    event_id: int
    title: str
    held_at: datetime
    people: int


def list_proposed_revocations(viewer: Viewer) -> list[ProposedRevocation]:
    """The certificates of the viewer's events that are no longer earned, oldest event first.

    Not those of a booking that was one person's second (records were joined): they did attend.
    """
    rows = db.session.execute(
        select(
            Certificate.id,
            Certificate.booking_id,
            Booking.event_id,
            Certificate.name,
            Certificate.title,
            Certificate.first_on,
            Booking.outcome,
        )
        .join(Booking, Booking.id == Certificate.booking_id)
        .where(
            Certificate.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME)),
            Certificate.revoked_at.is_(None),
            Booking.state == BookingState.CONFIRMED,
            func.coalesce(Booking.outcome, "") != Outcome.ATTENDED.value,
        )
        .order_by(Certificate.first_on, Certificate.id)
    )
    return [ProposedRevocation(*row) for row in rows]


def list_waiver_decisions(viewer: Viewer, now: datetime) -> list[WaiverDecision]:
    """The viewer's events whose form has lately closed unanswered for some who attended.

    The conditions narrow the search, with days to spare; the rule decides. An event is left out
    once its people have a certificate or a waiver, and in any case after 28 days.
    """
    closed_by = now - timedelta(days=OPEN_DAYS - 2)
    event_ids = db.session.scalars(
        select(Event.id)
        .distinct()
        .join(Register, Register.event_id == Event.id)
        .join(Booking, Booking.event_id == Event.id)
        .where(
            Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME)),
            *attended_without_certificate(),
            Event.ends_at.between(closed_by - TO_DECIDE_FOR - timedelta(days=4), closed_by),
            ~is_waived(),
            ~has_answered(),
        )
    ).all()
    lines = [
        line
        for line in list_lines(db.session(), [Booking.event_id.in_(event_ids)], now)
        if line.standing is Standing.FORM_CLOSED
        and line.facts.form_closes_at is not None
        and line.facts.form_closes_at > now - TO_DECIDE_FOR
    ]
    people = Counter(line.booking.event_id for line in lines)
    events = {line.booking.event_id: line.booking for line in lines}
    decisions = [
        WaiverDecision(event_id, events[event_id].title, events[event_id].facts.starts_at, count)
        for event_id, count in people.items()
    ]
    return sorted(decisions, key=lambda one: (one.held_at, one.event_id))
