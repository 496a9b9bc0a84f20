"""Courses, what they teach, and the events at which they are taught."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.agencies.models import Agency, Partnership
from lms.catalogue.rules import (
    ApprovedBy,
    EventKind,
    EventMode,
    EventState,
    ListOrder,
    Remit,
)
from lms.db import Base, Lockable, words
from lms.files import StoredFile


def _links(name: str, left: str, right: str) -> Table:
    return Table(
        name,
        Base.metadata,
        Column(f"{left}_id", ForeignKey(f"{left}.id", ondelete="CASCADE"), primary_key=True),
        Column(
            f"{right}_id",
            ForeignKey(f"{right}.id", ondelete="CASCADE"),
            primary_key=True,
            index=True,
        ),
    )


course_priority = _links("course_priority", "course", "priority")
course_theme = _links("course_theme", "course", "theme")
event_priority = _links("event_priority", "event", "priority")
event_theme = _links("event_theme", "event", "theme")
course_trainer = _links("course_trainer", "course", "person")  # who can give it


class Priority(Base):
    """A partnership's strategic priority."""

    __tablename__ = "priority"
    __table_args__ = (UniqueConstraint("partnership_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None]


class Venue(Base):
    """A place that a partnership meets at, with what somebody must know to get in and about."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("partnership_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    name: Mapped[str]
    address: Mapped[str] = mapped_column(Text, default="")
    access: Mapped[str] = mapped_column(Text, default="")  # step-free, hearing loop, parking
    directions: Mapped[str] = mapped_column(Text, default="")
    seats: Mapped[int | None]
    ended_on: Mapped[date | None]


class Theme(Base):
    """A topic, finer than a priority."""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("partnership_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    name: Mapped[str]


class Course(Base):
    """What is taught, whenever it runs."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        UniqueConstraint("partnership_id", "title"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"), index=True)
    code: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    level: Mapped[int | None]
    remit: Mapped[Remit] = mapped_column(words(Remit, "remit"), default=Remit.CHILDREN)
    aims: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int | None]
    refresher_months: Mapped[int | None]
    retired_on: Mapped[date | None]

    partnership: Mapped[Partnership] = relationship()
    outcomes: Mapped[list[LearningOutcome]] = relationship(
        cascade="all, delete-orphan", order_by="(LearningOutcome.position, LearningOutcome.id)"
    )
    priorities: Mapped[list[Priority]] = relationship(
        secondary=course_priority, order_by=Priority.position
    )
    themes: Mapped[list[Theme]] = relationship(secondary=course_theme, order_by=Theme.name)
    prerequisites: Mapped[list[Prerequisite]] = relationship(
        cascade="all, delete-orphan",
        foreign_keys="Prerequisite.course_id",
        order_by="Prerequisite.required_course_id",
    )


class Prerequisite(Base):
    """A course that must have been attended before another, within a period if one is given."""

    __tablename__ = "course_prerequisite"
    __table_args__ = (
        CheckConstraint("course_id <> required_course_id", name="another_course"),
        CheckConstraint("within_months > 0", name="within_months"),
    )

    course_id: Mapped[int] = mapped_column(
        ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    required_course_id: Mapped[int] = mapped_column(
        ForeignKey("course.id"), primary_key=True, index=True
    )
    within_months: Mapped[int | None]

    required_course: Mapped[Course] = relationship(foreign_keys=[required_course_id])


class Improvement(Base):
    """You said, we did: what changed in a course because of its evaluations."""

    __tablename__ = "improvement"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    you_said: Mapped[str] = mapped_column(Text)
    we_did: Mapped[str] = mapped_column(Text)
    changed_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]


class LearningOutcome(Base):
    """What a delegate will be able to do: of a course, or of an event that stands on its own."""

    __tablename__ = "learning_outcome"
    __table_args__ = (
        CheckConstraint("(course_id IS NULL) <> (event_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(
        ForeignKey("course.id", ondelete="CASCADE"), index=True
    )
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    retired_on: Mapped[date | None]


class Event(Lockable, Base):
    """One dated delivery, of a course or on its own. Its revision is the lock on its places."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("unnamed_places >= 0", name="unnamed_places"),
        CheckConstraint("minimum_places >= 0", name="minimum_places"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        UniqueConstraint("partnership_id", "reference"),
        Index("ix_event_listed", "state", "starts_at"),
        Index("ix_event_hosted", "partnership_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str]
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    title: Mapped[str]
    kind: Mapped[EventKind] = mapped_column(words(EventKind, "event_kind"))
    level: Mapped[int | None]
    remit: Mapped[Remit] = mapped_column(words(Remit, "remit"), default=Remit.CHILDREN)
    mode: Mapped[EventMode] = mapped_column(words(EventMode, "event_mode"))
    state: Mapped[EventState] = mapped_column(
        words(EventState, "event_state"), default=EventState.DRAFT
    )
    aims: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime | None] = mapped_column(index=True)  # the first session's start
    ends_at: Mapped[datetime | None] = mapped_column(index=True)  # the last session's end
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    venue: Mapped[str] = mapped_column(default="")  # as it was told, whatever the venue is since
    venue_access: Mapped[str] = mapped_column(Text, default="")
    joining_link: Mapped[str] = mapped_column(Text, default="")
    joining_instructions: Mapped[str] = mapped_column(Text, default="")
    provider: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int]
    online_capacity: Mapped[int | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    cost: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    minimum_places: Mapped[int] = mapped_column(default=0)  # fewer booked: is it to run?
    decide_on: Mapped[date | None]  # the day by which that is decided
    decided_at: Mapped[datetime | None]  # when it was decided to run, however few
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    list_order: Mapped[ListOrder] = mapped_column(
        words(ListOrder, "list_order"), default=ListOrder.FIRST_COME
    )
    approved_by: Mapped[ApprovedBy] = mapped_column(
        words(ApprovedBy, "approved_by"), default=ApprovedBy.NOBODY
    )
    is_by_invitation: Mapped[bool] = mapped_column(default=False)
    unnamed_places: Mapped[int] = mapped_column(default=0)  # that one agency may hold (B13)
    stages: Mapped[str | None]  # such as "pre;post"; None: as the kind has them
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_because: Mapped[str | None] = mapped_column(Text)
    postponed_at: Mapped[datetime | None]
    postponed_because: Mapped[str | None] = mapped_column(Text)
    postponed_from: Mapped[datetime | None]  # the first session's start, while it has no date
    changed_at: Mapped[datetime | None]  # when delegates were last told of a new time or place
    is_imported: Mapped[bool] = mapped_column(default=False)

    partnership: Mapped[Partnership] = relationship()
    course: Mapped[Course | None] = relationship()
    sessions: Mapped[list[EventSession]] = relationship(
        cascade="all, delete-orphan", order_by="(EventSession.starts_at, EventSession.id)"
    )
    own_outcomes: Mapped[list[LearningOutcome]] = relationship(
        cascade="all, delete-orphan", order_by="(LearningOutcome.position, LearningOutcome.id)"
    )
    priorities: Mapped[list[Priority]] = relationship(
        secondary=event_priority, order_by=Priority.position
    )
    themes: Mapped[list[Theme]] = relationship(secondary=event_theme, order_by=Theme.name)
    trainers: Mapped[list[EventTrainer]] = relationship(
        cascade="all, delete-orphan", order_by="EventTrainer.position"
    )
    invitees: Mapped[list[Invitee]] = relationship(
        cascade="all, delete-orphan", order_by="Invitee.id"
    )
    shared_with: Mapped[list[SharedWith]] = relationship(
        cascade="all, delete-orphan", order_by="SharedWith.partnership_id"
    )


class Material(Base):
    """A file for those booked: of one event, or of a course and so of each of its events."""

    __tablename__ = "material"
    __table_args__ = (
        CheckConstraint("(course_id IS NULL) <> (event_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(
        ForeignKey("course.id", ondelete="CASCADE"), index=True
    )
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True
    )
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    is_after: Mapped[bool] = mapped_column(default=False)  # shown once the event has ended
    added_at: Mapped[datetime]
    added_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship()


class EventSession(Base):
    """One dated block of an event."""

    __tablename__ = "event_session"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    room: Mapped[str] = mapped_column(default="")
    joining_link: Mapped[str] = mapped_column(Text, default="")


class EventTrainer(Base):
    """Who gives an event."""

    __tablename__ = "event_trainer"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)
    lent_by_id: Mapped[int | None] = mapped_column(ForeignKey("partnership.id"))  # None: the host

    person: Mapped[Person] = relationship()


class Invitee(Base):
    """Whom an event by invitation is for: an agency with those under it, or one person's address.

    A team is an agency under another; somebody invited by an address need not have signed in yet.
    """

    __tablename__ = "event_invitee"
    __table_args__ = (
        UniqueConstraint("event_id", "agency_id"),
        UniqueConstraint("event_id", "address"),
        CheckConstraint("(agency_id IS NULL) <> (address IS NULL)", name="one_invitee"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    address: Mapped[str | None] = mapped_column(index=True)  # in lower case

    agency: Mapped[Agency | None] = relationship()


class SharedWith(Base):
    """Another partnership's part in an event: its own allocation of the places (B17)."""

    __tablename__ = "event_shared_with"
    __table_args__ = (CheckConstraint("places >= 0", name="places"),)

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    partnership_id: Mapped[int] = mapped_column(
        ForeignKey("partnership.id"), primary_key=True, index=True
    )
    places: Mapped[int]
    release_on: Mapped[date | None]  # from then on what it has not used is free for all

    partnership: Mapped[Partnership] = relationship()
