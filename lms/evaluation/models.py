"""What delegates answered, before, at the end and eight weeks after."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    event,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.catalogue.models import Theme
from lms.db import Base, words
from lms.evaluation.rules import (
    CommitmentResult,
    Measure,
    QuestionKind,
    QuoteConsent,
    Seen,
    Stage,
    StatementState,
)


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
    questionnaire_version: Mapped[int | None]  # of the core
    questionnaire_id: Mapped[int | None] = mapped_column(  # what was asked beside the core
        ForeignKey("questionnaire.id"), index=True
    )
    opted_out_at: Mapped[datetime | None]  # asked not to be reminded
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
    """An answer to one question of the core, or to an own one (`own_7`): a number or words.

    Yes and no are 1 and 0; the keys of several options are joined by ';'.
    """

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
    """What got in the way, or what helped: asked once at impact, whatever was promised.

    `words` say what "something else" was. What is said about the whole is an answer of its own.
    """

    __tablename__ = "reason"
    __table_args__ = (UniqueConstraint("evaluation_id", "is_help", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    is_help: Mapped[bool]
    code: Mapped[str]
    words: Mapped[str] = mapped_column(Text, default="")


# --- What is asked beside the core ----------------------------------------------------------


class OwnQuestion(Base):
    """A question that a partnership asks beside the core. Its words stand once it was answered."""

    __tablename__ = "own_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(
        ForeignKey("partnership.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind, "question_kind"))
    wording: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(Text, default="")
    options: Mapped[str] = mapped_column(Text, default="")  # JSON: [[key, label], …]
    low: Mapped[str] = mapped_column(default="")
    high: Mapped[str] = mapped_column(default="")
    measures: Mapped[Measure] = mapped_column(words(Measure, "measure"))
    source: Mapped[str] = mapped_column(Text, default="")
    library_key: Mapped[str | None]
    made_at: Mapped[datetime]


class Questionnaire(Base):
    """One version of what a stage asks beside the core: at every event, or at a course's.

    A course without a version in force is asked what every event is. Only a draft is ever changed
    (E7): the listeners below refuse what would change any other.
    """

    __tablename__ = "questionnaire"
    __table_args__ = (
        UniqueConstraint("partnership_id", "course_id", "stage", "number"),
        Index(
            "uq_questionnaire_of_all",
            "partnership_id",
            "stage",
            "number",
            unique=True,
            sqlite_where=text("course_id IS NULL"),
            postgresql_where=text("course_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    course_id: Mapped[int | None] = mapped_column(
        ForeignKey("course.id", ondelete="CASCADE"), index=True
    )
    stage: Mapped[Stage] = mapped_column(words(Stage, "stage"))
    number: Mapped[int]
    made_at: Mapped[datetime]
    made_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    in_force_from: Mapped[datetime | None]  # None: a draft
    in_force_until: Mapped[datetime | None]  # when another took its place

    items: Mapped[list[QuestionnaireItem]] = relationship(
        cascade="all, delete-orphan", order_by="QuestionnaireItem.position"
    )


class QuestionnaireItem(Base):
    """A question's place in one version."""

    __tablename__ = "questionnaire_item"

    questionnaire_id: Mapped[int] = mapped_column(
        ForeignKey("questionnaire.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("own_question.id"), primary_key=True, index=True
    )
    position: Mapped[int]
    is_required: Mapped[bool] = mapped_column(default=False)

    question: Mapped[OwnQuestion] = relationship()


class AskedAlready(RuntimeError):
    """Somebody's code would change what delegates were asked."""


@event.listens_for(QuestionnaireItem, "before_insert")
@event.listens_for(QuestionnaireItem, "before_update")
@event.listens_for(QuestionnaireItem, "before_delete")
def _change_drafts_alone(_: object, connection: Connection, item: QuestionnaireItem) -> None:
    if _is_in_force(connection, Questionnaire.id == item.questionnaire_id):
        raise AskedAlready


@event.listens_for(OwnQuestion, "before_update")
@event.listens_for(OwnQuestion, "before_delete")
def _leave_its_words(_: object, connection: Connection, question: OwnQuestion) -> None:
    if _is_in_force(connection, QuestionnaireItem.question_id == question.id):
        raise AskedAlready


def _is_in_force(connection: Connection, which: ColumnElement[bool]) -> bool:
    """Whether any such version is in force, or was."""
    found = connection.scalar(
        select(Questionnaire.id)
        .outerjoin(QuestionnaireItem, QuestionnaireItem.questionnaire_id == Questionnaire.id)
        .where(which, Questionnaire.in_force_from.is_not(None))
        .limit(1)
    )
    return found is not None


# --- Line managers --------------------------------------------------------------------------


def drawn_number() -> int:
    """A number for a row whose place among the others is to say nothing: one of 2 thousand
    million, so that one is drawn twice among ten thousand once in forty times over all; the
    database refuses it then, and whoever answered tries once more."""
    return secrets.randbelow(2**31 - 1) + 1


class CorroborationRequest(Base):
    """A line manager who is asked, with the delegate's consent; not what they answer (E8).

    Once it is answered or withdrawn the address is of no more use, and is wiped. That it was
    answered is kept, and not when: a day would lead to the answer of that day.
    """

    __tablename__ = "corroboration_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    address: Mapped[str]
    consented_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    is_answered: Mapped[bool] = mapped_column(default=False)  # never what


class Corroboration(Base):
    """What a line manager answered: of an event, by no name and of nobody (E8).

    Its number is drawn, so that the order of answers does not tell the order of requests.
    """

    __tablename__ = "corroboration"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=drawn_number)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    sector: Mapped[Sector | None] = mapped_column(words(Sector, "sector"))
    seen: Mapped[Seen] = mapped_column(words(Seen, "seen"))
    answered_on: Mapped[date]  # the first day of its month


# --- What may be quoted ---------------------------------------------------------------------

statement_theme = Table(
    "statement_theme",
    Base.metadata,
    Column("statement_id", ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Statement(Base):
    """A free text on its way to being quoted: read, redacted, released, withdrawn (E10).

    `words` is what may be shown; the answer keeps what was written.
    """

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("evaluation_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    question: Mapped[str]
    state: Mapped[StatementState] = mapped_column(
        words(StatementState, "statement_state"), index=True
    )
    words: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_concern: Mapped[bool] = mapped_column(default=False)  # sent to the safeguarding lead
    flagged_at: Mapped[datetime | None]
    flagged_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]  # the safeguarding lead has seen to it
    settled_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    evaluation: Mapped[Evaluation] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=statement_theme, order_by=Theme.name)


class Reveal(Base):
    """A safeguarding lead found out who wrote a text that shows somebody at risk, and why."""

    __tablename__ = "reveal"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
