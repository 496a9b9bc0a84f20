"""Partnerships and the agencies in them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.agencies.rules import ChargingEntry, DayKind, PolicyKey, Sector
from lms.db import Base, words
from lms.files import StoredFile

agency_partnership = Table(
    "agency_partnership",
    Base.metadata,
    Column("agency_id", ForeignKey("agency.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "partnership_id",
        ForeignKey("partnership.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)


class Partnership(Base):
    """The body that hosts events, with its reporting year, its look and whom to ask."""

    __tablename__ = "partnership"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    reference_prefix: Mapped[str] = mapped_column(default="LMS")
    strapline: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str]
    contact_phone: Mapped[str] = mapped_column(default="")
    contact_days: Mapped[str] = mapped_column(default="")
    year_starts_month: Mapped[int] = mapped_column(default=4)
    brand: Mapped[str] = mapped_column(default="#14505c")
    brand_dark: Mapped[str] = mapped_column(default="#0b343d")
    brand_tint: Mapped[str] = mapped_column(default="#e4eff0")
    brand_line: Mapped[str] = mapped_column(default="#b5d2d6")
    mark_svg: Mapped[str | None] = mapped_column(Text)
    logo_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    logo: Mapped[StoredFile | None] = relationship()

    __table_args__ = (
        CheckConstraint("year_starts_month BETWEEN 1 AND 12", name="year_starts_month"),
    )


class Policy(Base):
    """A figure that a coordinator sets, with the date from which it holds."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("partnership_id", "key", "holds_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    key: Mapped[PolicyKey] = mapped_column(words(PolicyKey, "policy_key"))
    value: Mapped[int]
    holds_from: Mapped[date]


class ChargingTerms(Base):
    """What a place that is not used costs an agency of a sector, and until when it is free (B11).

    `sector` None: every sector without terms of its own. `days` and `day_kind` None: as the
    partnership's policy on late cancelling says. The price is by the half and the whole day, or
    the event's full cost.
    """

    __tablename__ = "charging_terms"
    __table_args__ = (
        UniqueConstraint("partnership_id", "sector", "holds_from"),
        Index(
            "uq_charging_terms_of_all",
            "partnership_id",
            "holds_from",
            unique=True,
            sqlite_where=text("sector IS NULL"),
            postgresql_where=text("sector IS NULL"),
        ),
        CheckConstraint("days >= 0", name="days"),
        CheckConstraint("half_day_pence >= 0 AND full_day_pence >= 0", name="pence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    sector: Mapped[Sector | None] = mapped_column(words(Sector, "sector"))
    holds_from: Mapped[date]
    days: Mapped[int | None]
    day_kind: Mapped[DayKind | None] = mapped_column(words(DayKind, "day_kind"))
    half_day_pence: Mapped[int] = mapped_column(default=0)
    full_day_pence: Mapped[int] = mapped_column(default=0)
    is_full_cost: Mapped[bool] = mapped_column(default=False)

    @property
    def entry(self) -> ChargingEntry:
        """The terms as the rules see them."""
        return ChargingEntry(
            sector=self.sector,
            holds_from=self.holds_from,
            days=self.days,
            day_kind=self.day_kind,
            half_day_pence=self.half_day_pence,
            full_day_pence=self.full_day_pence,
            is_full_cost=self.is_full_cost,
        )


class Agency(Base):
    """An organisation, in one or more partnerships; it may have a parent and a successor."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    sector: Mapped[Sector] = mapped_column(words(Sector, "sector"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))

    parent: Mapped[Agency | None] = relationship(remote_side=[id], foreign_keys=[parent_id])
    successor: Mapped[Agency | None] = relationship(remote_side=[id], foreign_keys=[successor_id])
    partnerships: Mapped[list[Partnership]] = relationship(
        secondary=agency_partnership, order_by=Partnership.name
    )
    domains: Mapped[list[AgencyDomain]] = relationship(
        back_populates="agency", cascade="all, delete-orphan", order_by="AgencyDomain.domain"
    )
    headcounts: Mapped[list[Headcount]] = relationship(
        cascade="all, delete-orphan", order_by="Headcount.year.desc()"
    )


class AgencyDomain(Base):
    """An e-mail domain that suggests an agency; one domain may serve many."""

    __tablename__ = "agency_domain"
    __table_args__ = (UniqueConstraint("agency_id", "domain"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    domain: Mapped[str] = mapped_column(index=True)

    agency: Mapped[Agency] = relationship(back_populates="domains")


class Headcount(Base):
    """How many people an agency has in one partnership's area, for a reporting year."""

    __tablename__ = "headcount"
    __table_args__ = (
        UniqueConstraint("agency_id", "partnership_id", "year"),
        CheckConstraint("people >= 0", name="people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    year: Mapped[int]  # the calendar year in which the reporting year starts
    people: Mapped[int]
