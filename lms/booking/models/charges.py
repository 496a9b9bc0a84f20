"""What an agency is asked to pay for a place that was not used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.booking.models.bookings import Booking
from lms.booking.rules import ChargeReason, ChargeState
from lms.db import Base, words


class Charge(Base):
    """A charge proposed for one booking; a coordinator confirms or waives it (B11)."""

    __tablename__ = "charge"
    __table_args__ = (
        UniqueConstraint("booking_id"),
        CheckConstraint("pence >= 0", name="pence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    reason: Mapped[ChargeReason] = mapped_column(words(ChargeReason, "charge_reason"))
    state: Mapped[ChargeState] = mapped_column(words(ChargeState, "charge_state"), index=True)
    pence: Mapped[int | None]  # None: full cost, where the event does not say what a place costs
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(Text, default="")

    booking: Mapped[Booking] = relationship()
    decided_by: Mapped[Person | None] = relationship()
