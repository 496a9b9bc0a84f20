"""The register: who was there, session by session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.attendance.rules import FileSupplier, MarkKind, MarkSource, RowState
from lms.catalogue.rules import EventMode
from lms.db import Base, words


class Register(Base):
    """The register of one event; its being closed sets the outcomes."""

    __tablename__ = "register"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    corrected_at: Mapped[datetime | None]
    code_for_places_only_at: Mapped[datetime | None]  # since then the code takes no walk-ins


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
    minutes_away: Mapped[int] = mapped_column(default=0)  # in between, as a meeting's file says
    source: Mapped[MarkSource] = mapped_column(words(MarkSource, "mark_source"))
    mode: Mapped[EventMode | None] = mapped_column(words(EventMode, "event_mode"))
    made_at: Mapped[datetime]  # when it was said, by the watch of whoever tapped
    arrived_at: Mapped[datetime | None]  # where it was kept on a device meanwhile
    made_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    act: Mapped[str | None] = mapped_column(index=True)  # made, and taken back, with others
    undone_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"))
    sent_key: Mapped[str | None] = mapped_column(unique=True)  # the device's own: kept once


class RegisterPass(Base):
    """Lets one browser keep one event's register open after its sign-in has run out.

    The cookie holds the key, the database its fingerprint. It ends with the sign-in that it was
    made under being ended: by signing out, or by a change of role.
    """

    __tablename__ = "register_pass"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    sign_in_session_id: Mapped[int] = mapped_column(
        ForeignKey("sign_in_session.id", ondelete="CASCADE"), index=True
    )
    fingerprint: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]


class AttendanceFile(Base):
    """A meeting's list of who joined, as Teams or Zoom wrote it: staged first, then imported.

    Its bytes are not kept. Without a session it counts for each one that the meeting met.
    """

    __tablename__ = "attendance_file"
    __table_args__ = (UniqueConstraint("event_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    event_session_id: Mapped[int | None] = mapped_column(
        ForeignKey("event_session.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    fingerprint: Mapped[str]  # of its bytes
    title: Mapped[str] = mapped_column(default="")  # of the meeting, as the file says
    starts_at: Mapped[datetime]  # the first join in it
    ends_at: Mapped[datetime]  # the last leave
    remarks: Mapped[str] = mapped_column(Text, default="")  # how it was read: one sentence a line
    supplier: Mapped[FileSupplier] = mapped_column(words(FileSupplier, "file_supplier"))
    read_at: Mapped[datetime]
    read_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime | None]

    rows: Mapped[list[AttendanceRow]] = relationship(
        cascade="all, delete-orphan", order_by="AttendanceRow.id"
    )


class AttendanceRow(Base):
    """One participant of such a file, all their joins together.

    `joins` is JSON [[from, to], …] in UTC; empty where the file says how long, and not when.
    """

    __tablename__ = "attendance_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(
        ForeignKey("attendance_file.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    addresses: Mapped[str] = mapped_column(default="")  # in lower case, ";" between
    role: Mapped[str] = mapped_column(default="")  # in the meeting: "Organizer", "Guest"
    joins: Mapped[str] = mapped_column(Text)
    seconds: Mapped[int]
    state: Mapped[RowState] = mapped_column(words(RowState, "row_state"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)


class NameAlias(Base):
    """How a person appears in such files, once somebody has said so: a name or an address."""

    __tablename__ = "name_alias"
    __table_args__ = (UniqueConstraint("partnership_id", "alias"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    alias: Mapped[str]  # folded
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    confirmed_at: Mapped[datetime]
    confirmed_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
