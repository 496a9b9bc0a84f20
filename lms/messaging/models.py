"""The outbox: every message that was ever owed, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, words
from lms.messaging.rules import CalendarAnswer, MessageState


class Message(Base):
    """One thing told to one person. Links stand in `body` as placeholders until it is sent."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_due", "state", "is_urgent", "next_attempt_at", "id"),
        Index("ix_message_subject", "purpose", "subject_id"),
        Index("ix_message_to", "to_address"),
        Index("ix_message_envelope", "envelope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(
        unique=True
    )  # purpose:subject:occurrence; freed if dropped
    purpose: Mapped[str]
    subject_id: Mapped[int]
    occurrence: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(index=True)
    event_id: Mapped[int | None] = mapped_column(index=True)
    partnership_id: Mapped[int | None] = mapped_column(index=True)
    to_address: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str]
    reply_to: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str | None] = mapped_column(Text)
    calendar_method: Mapped[str | None]
    is_digestible: Mapped[bool] = mapped_column(default=False)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    queued_at: Mapped[datetime]
    state: Mapped[MessageState] = mapped_column(
        words(MessageState, "message_state"), default=MessageState.QUEUED
    )
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    envelope: Mapped[str | None]  # the Message-ID, kept over retries
    ended_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    was_refused: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]  # a failure that somebody has dealt with
    settled_by_person_id: Mapped[int | None]


class Wording(Base):
    """A partnership's own words for one kind of message, in the place of ours.

    One that is changed ends, and stays as what was said until then; once all have ended, our words
    are back.
    """

    __tablename__ = "wording"
    __table_args__ = (
        Index(
            "uq_wording_in_force",
            "partnership_id",
            "template",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int]
    template: Mapped[str]  # the message's own, such as booking/mail/confirmed
    subject: Mapped[str]  # empty: ours
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by_person_id: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class InboundMail(Base):
    """A calendar's answer to an invitation of ours, once for each mail.

    Of a mail that came back nothing is kept but what it says of the message, which bears it.
    """

    __tablename__ = "inbound_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(unique=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    from_address: Mapped[str]
    calendar_uid: Mapped[str] = mapped_column(index=True)
    answer: Mapped[CalendarAnswer] = mapped_column(words(CalendarAnswer, "calendar_answer"))
