"""Who may approve bookings, and learning done elsewhere that somebody must confirm."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.agencies.models import Agency
from lms.catalogue.models import Course
from lms.db import Base


class PriorLearning(Base):
    """Learning done elsewhere that a person declares in place of a course (B9)."""

    __tablename__ = "prior_learning"
    __table_args__ = (CheckConstraint("provider <> ''", name="provider"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    provider: Mapped[str]
    completed_on: Mapped[date]
    declared_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    is_confirmed: Mapped[bool | None]  # None: nobody has looked at it yet
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    course: Mapped[Course] = relationship()


class KnownApprover(Base):
    """An address that a lead of an agency, or a coordinator, says may approve its bookings (B10).

    For those whose domain says nothing, such as nhs.net.
    """

    __tablename__ = "known_approver"
    __table_args__ = (UniqueConstraint("agency_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    address: Mapped[str]  # in lower case
    known_since: Mapped[datetime]
    known_to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    agency: Mapped[Agency] = relationship()
    known_to: Mapped[Person] = relationship()
