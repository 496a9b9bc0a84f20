"""What a coordinator or trainer wrote to the people of an event, beside what goes by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Announcement(Base):
    """A message to all or some of an event, as it was sent; each copy is a message of its own.

    `wording` names its subject and text: those who had the same words of an event have had them.
    `is_for_later` shows it to those who get a place later, too.
    """

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    audience: Mapped[str]  # the words for whom it went to
    people: Mapped[int]
    sent_at: Mapped[datetime]
    sent_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    wording: Mapped[str]
    is_for_later: Mapped[bool] = mapped_column(default=False)
    form_key: Mapped[str | None] = mapped_column(unique=True)  # the form's own: sent twice, once
