"""Certificates as they were issued, and evaluations that somebody waived for one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.booking.models import Booking
from lms.db import Base


class Certificate(Base):
    """What a certificate says, word for word as issued. Only its being revoked is added to it."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_in_force",
            "booking_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime] = mapped_column(index=True)
    name: Mapped[str]
    title: Mapped[str]
    level: Mapped[int | None]
    minutes: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    teaches: Mapped[str] = mapped_column(Text)  # a learning outcome a line
    issued_by: Mapped[str]  # the partnership's title, as of that day
    signed_by: Mapped[str]  # the coordinator's name, as of that day; empty where nobody is named
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None] = mapped_column(Text)
    revoked_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    booking: Mapped[Booking] = relationship()


class Waiver(Base):
    """This booking's certificate does not wait for the post evaluation; somebody said why."""

    __tablename__ = "evaluation_waiver"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    waived_at: Mapped[datetime]
    waived_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
