"""The register: who was there, session by session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.attendance.rules import MarkKind, MarkSource
from lms.catalogue.rules import EventMode
from lms.db import Base, words


class Register(Base):
    """The register of one event; its being closed sets the outcomes."""

    __tablename__ = "register"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    corrected_at: Mapped[datetime | None]


class Mark(Base):
    """What was said of one person at one session. The current one counts; earlier ones are kept."""

    __tablename__ = "mark"
    __table_args__ = (
        Index(
            "uq_mark_current",
            "booking_id",
            "event_session_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    event_session_id: Mapped[int] = mapped_column(
        ForeignKey("event_session.id", ondelete="CASCADE"), index=True
    )
    is_current: Mapped[bool] = mapped_column(default=True)
    kind: Mapped[MarkKind] = mapped_column(words(MarkKind, "mark_kind"))
    minutes_late: Mapped[int] = mapped_column(default=0)
    minutes_early: Mapped[int] = mapped_column(default=0)
    source: Mapped[MarkSource] = mapped_column(words(MarkSource, "mark_source"))
    mode: Mapped[EventMode | None] = mapped_column(words(EventMode, "event_mode"))
    made_at: Mapped[datetime]
    made_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"))
