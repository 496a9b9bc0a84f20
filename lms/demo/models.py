"""The mark that a database is a demonstration."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Demonstration(Base):
    """Present in a database that `lms demo` built, and in no other."""

    __tablename__ = "demonstration"

    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    built_at: Mapped[datetime]
