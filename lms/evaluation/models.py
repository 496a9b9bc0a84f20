"""What delegates answered, before, at the end and eight weeks after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.booking.models import Booking
from lms.db import Base, words
from lms.evaluation.rules import CommitmentResult, QuoteConsent, Stage


class Evaluation(Base):
    """One form of one booking: invited, begun, answered; at most one per stage."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("booking_id", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    stage: Mapped[Stage] = mapped_column(words(Stage, "stage"))
    invited_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]  # when the form was first seen
    draft: Mapped[str | None] = mapped_column(Text)  # JSON of what is typed so far
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    questionnaire_version: Mapped[int | None]
    is_baseline: Mapped[bool] = mapped_column(default=True)
    keyed_in_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    quote_consent: Mapped[QuoteConsent | None] = mapped_column(words(QuoteConsent, "quote_consent"))

    booking: Mapped[Booking] = relationship()
    confidence: Mapped[list[Confidence]] = relationship(cascade="all, delete-orphan")
    answers: Mapped[list[Answer]] = relationship(cascade="all, delete-orphan")


class Confidence(Base):
    """How confident the delegate is of one learning outcome, 1 to 5; one item in all stages."""

    __tablename__ = "confidence"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "outcome_id", "is_look_back"),
        CheckConstraint("value BETWEEN 1 AND 5", name="value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    outcome_id: Mapped[int] = mapped_column(ForeignKey("learning_outcome.id"), index=True)
    is_look_back: Mapped[bool] = mapped_column(default=False)
    value: Mapped[int]


class Answer(Base):
    """An answer to one question of the core: a number or words."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("evaluation_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    question: Mapped[str]
    number: Mapped[int | None]
    words: Mapped[str | None] = mapped_column(Text)


class Commitment(Base):
    """What a delegate said, at post, they would do: word for word."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("evaluation_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("learning_outcome.id"))


class FollowUp(Base):
    """What came of a commitment, asked at impact."""

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitment.id", ondelete="CASCADE"), unique=True
    )
    evaluation_id: Mapped[int] = mapped_column(
        ForeignKey("evaluation.id", ondelete="CASCADE"), index=True
    )
    result: Mapped[CommitmentResult] = mapped_column(words(CommitmentResult, "commitment_result"))


class Reason(Base):
    """What got in the way, or what helped: asked once at impact, whatever was promised."""

    __tablename__ = "reason"
    __table_args__ = (UniqueConstraint("evaluation_id", "is_help", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    is_help: Mapped[bool]
    code: Mapped[str]
