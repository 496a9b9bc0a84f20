"""Certificates that were issued: by their code, by their booking, by their person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from lms.agencies.models import Partnership
from lms.booking.models import Booking
from lms.certificates.models import Certificate
from lms.certificates.queries.standings import Line, list_lines
from lms.certificates.rules import code_as_typed
from lms.db import db


def find_certificate(typed: str) -> Certificate | None:
    """The certificate with the code that somebody means; None where there is none."""
    code = code_as_typed(typed)
    if code is None:
        return None
    return db.session.scalars(select(Certificate).where(Certificate.code == code)).one_or_none()


def partnership_of(partnership_id: int) -> Partnership:
    """The partnership on whose paper a certificate is printed."""
    return db.session.get_one(Partnership, partnership_id)


def certificates_in_force(booking_ids: Collection[int]) -> dict[int, Certificate]:
    """The certificate that each of these bookings has, in one statement."""
    rows = db.session.scalars(
        select(Certificate).where(
            Certificate.booking_id.in_(booking_ids), Certificate.revoked_at.is_(None)
        )
    )
    return {certificate.booking_id: certificate for certificate in rows}


def lines_of_person(person_id: int, now: datetime) -> dict[int, Line]:
    """Where each of a person's bookings stands, by booking."""
    lines = list_lines(db.session(), [Booking.person_id == person_id], now)
    return {line.booking_id: line for line in lines}
