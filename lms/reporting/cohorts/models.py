"""A named cohort, and whom it lists."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.agencies.rules import Sector
from lms.db import Base, words


class Cohort(Base):
    """A group that a coordinator named: a list of people (`number` None), or a number of them.

    Of a number, those count whose bookings say `job_role` and are of `sector`, where these are
    given. It stands for what was so on `counted_on`, until it is retired.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("partnership_id", "name"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    name: Mapped[str]
    counted_on: Mapped[date]
    number: Mapped[int | None]
    job_role: Mapped[str] = mapped_column(default="")
    sector: Mapped[Sector | None] = mapped_column(words(Sector, "sector"))
    retired_on: Mapped[date | None]
    changed_at: Mapped[datetime]
    changed_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    members: Mapped[list[CohortMember]] = relationship(
        cascade="all, delete-orphan", order_by="CohortMember.address"
    )


class CohortMember(Base):
    """One on the list of a cohort: an address, and the person whose it was when it was written."""

    __tablename__ = "cohort_member"
    __table_args__ = (UniqueConstraint("cohort_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(index=True)  # in lower case
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
