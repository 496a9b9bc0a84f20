"""Which two records were made one, with what was moved; and which are two people all the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Merge(Base):
    """One person's two records made one. `moved` is JSON: what each row was before."""

    __tablename__ = "merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    dropped_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    moved: Mapped[str] = mapped_column(Text)
    merged_at: Mapped[datetime]
    merged_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class KeptApart(Base):
    """Two records that look like one person, and are not: they are not proposed again."""

    __tablename__ = "kept_apart"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    said_at: Mapped[datetime]
    said_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
