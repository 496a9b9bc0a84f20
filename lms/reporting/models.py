"""What reporting keeps of its own: figures from elsewhere, and years as they were published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.agencies.models import Agency
from lms.db import Base, words
from lms.reporting.elsewhere.rules import Measure


class OutsideFigure(Base):
    """What a yearly figure is of: a partnership, or one agency in it. Its values are its entries.

    `course` is empty but for training that an agency gave its own staff.
    """

    __tablename__ = "outside_figure"
    __table_args__ = (
        Index(
            "uq_outside_figure_of_agency",
            *("partnership_id", "year", "measure", "agency_id", "course"),
            unique=True,
        ),
        Index(
            "uq_outside_figure_of_all",
            *("partnership_id", "year", "measure"),
            unique=True,
            sqlite_where=text("agency_id IS NULL"),
            postgresql_where=text("agency_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    year: Mapped[int]  # the calendar year in which the reporting year starts
    measure: Mapped[Measure] = mapped_column(words(Measure, "outside_measure"))
    agency_id: Mapped[int | None] = mapped_column(
        ForeignKey("agency.id", ondelete="CASCADE"), index=True
    )
    course: Mapped[str] = mapped_column(default="")

    agency: Mapped[Agency | None] = relationship()
    entries: Mapped[list[OutsideEntry]] = relationship(order_by="OutsideEntry.id")


class OutsideEntry(Base):
    """A figure as somebody entered it. Rows are never changed: the last one stands.

    `value` None: taken out. `share` is the per cent of the agency's staff.
    """

    __tablename__ = "outside_entry"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("share BETWEEN 0 AND 100", name="share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    figure_id: Mapped[int] = mapped_column(
        ForeignKey("outside_figure.id", ondelete="CASCADE"), index=True
    )
    value: Mapped[int | None]
    share: Mapped[int | None]
    source: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime]
    entered_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    entered_by: Mapped[Person] = relationship()


class FrozenYear(Base):
    """An edition of a year's report as it was published. The last one stands; none is changed."""

    __tablename__ = "frozen_year"
    __table_args__ = (
        UniqueConstraint("partnership_id", "year", "edition"),
        CheckConstraint("edition > 0", name="edition"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    year: Mapped[int]  # the calendar year in which the reporting year starts
    edition: Mapped[int]
    document: Mapped[str] = mapped_column(Text)  # the whole report, as JSON
    figures: Mapped[str] = mapped_column(Text)  # those that can be corrected, as JSON
    reason: Mapped[str] = mapped_column(Text, default="")
    frozen_at: Mapped[datetime]
    frozen_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    frozen_by: Mapped[Person] = relationship()


class YearCorrection(Base):
    """That a figure of a frozen year had become another, and when that was noticed."""

    __tablename__ = "year_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    frozen_year_id: Mapped[int] = mapped_column(
        ForeignKey("frozen_year.id", ondelete="CASCADE"), index=True
    )
    figure: Mapped[str]
    value: Mapped[int]
    noticed_at: Mapped[datetime]


class PackStop(Base):
    """That somebody asked for no figures by e-mail."""

    __tablename__ = "pack_stop"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    stopped_at: Mapped[datetime]
