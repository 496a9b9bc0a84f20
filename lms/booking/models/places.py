"""Offers of places, and who may have how many of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.agencies.models import Agency
from lms.agencies.rules import Sector
from lms.booking.models.bookings import Booking
from lms.booking.rules import ShareKind, Side
from lms.db import Base, words


class Offer(Base):
    """A place held for one who waited, or, in the last two days, an invitation to be the first."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    holds_place: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # accepted, declined, lapsed, refused, withdrawn, taken

    booking: Mapped[Booking] = relationship(back_populates="offers")


class Share(Base):
    """Places capped or held back for an agency (and those under it), a sector or a partnership."""

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN sector IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN partnership_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_group",
        ),
        CheckConstraint("places >= 0", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ShareKind] = mapped_column(words(ShareKind, "share_kind"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    sector: Mapped[Sector | None] = mapped_column(words(Sector, "sector"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnership.id"))
    side: Mapped[Side] = mapped_column(words(Side, "side"), default=Side.ROOM)
    places: Mapped[int]
    release_on: Mapped[date | None]

    agency: Mapped[Agency | None] = relationship()
