"""A booking and what is its own: its history, offers, approvals, and what its calendar was told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.agencies.models import Agency
from lms.agencies.rules import Sector
from lms.booking.rules import ApprovalKind, BookingState, Origin, Outcome
from lms.catalogue.models import Event
from lms.catalogue.rules import EventMode, mode_of_place
from lms.db import Base, words

LIVE_STATES = "('requested', 'waiting', 'offered', 'confirmed')"


class Booking(Base):
    """A delegate's claim on a place; it keeps agency, sector and area as chosen when made.

    `replaces` is the booking in whose place this one is made: the old date that a transfer keeps
    until this one is confirmed, the colleague's place that was handed over, the unnamed place that
    was given a name.
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "uq_booking_live",
            "event_id",
            "person_id",
            unique=True,
            sqlite_where=text(f"state IN {LIVE_STATES}"),
            postgresql_where=text(f"state IN {LIVE_STATES}"),
        ),
        Index("ix_booking_event_state", "event_id", "state"),
        CheckConstraint("person_id IS NOT NULL OR name_as_given <> ''", name="somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name_as_given: Mapped[str] = mapped_column(default="")  # where there is no person
    address_as_given: Mapped[str | None]  # of one who checked in, until the register is closed
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    agency_typed: Mapped[str] = mapped_column(default="")  # where the agency is not matched
    sector: Mapped[Sector | None] = mapped_column(words(Sector, "sector"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("partnership.id"), index=True)
    job_role: Mapped[str] = mapped_column(default="")
    line_manager_email: Mapped[str | None]
    state: Mapped[BookingState] = mapped_column(words(BookingState, "booking_state"))
    is_approved: Mapped[bool] = mapped_column(
        default=True
    )  # no approval is asked for, or all given
    is_unnamed: Mapped[bool] = mapped_column(default=False)  # held by an agency lead (B13)
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # else themselves
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    origin: Mapped[Origin] = mapped_column(words(Origin, "origin"))
    mode: Mapped[EventMode | None] = mapped_column(words(EventMode, "event_mode"))
    ticket: Mapped[int]  # order on the waiting list; taken anew by one sent to its end
    priority: Mapped[int] = mapped_column(default=0)
    priority_reason: Mapped[str] = mapped_column(Text, default="")
    confirm_at_once: Mapped[bool] = mapped_column(default=False)
    lapses: Mapped[int] = mapped_column(default=0)
    holds_place: Mapped[bool] = mapped_column(default=False)  # while requested: awaiting approval
    override_reason: Mapped[str | None] = mapped_column(Text)
    is_over_capacity: Mapped[bool] = mapped_column(default=False)
    requested_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    is_late_cancellation: Mapped[bool | None]
    access_needs: Mapped[str] = mapped_column(Text, default="")
    dietary_needs: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome, "outcome"))
    outcome_reason: Mapped[str] = mapped_column(Text, default="")
    counts_as_confirmed_at_start: Mapped[bool | None]  # R2; set when the register is closed
    import_key: Mapped[str | None] = mapped_column(unique=True)
    form_key: Mapped[str | None] = mapped_column(unique=True)  # a walk-in's form: kept once

    event: Mapped[Event] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    booked_by: Mapped[Person | None] = relationship(foreign_keys=[booked_by_id])
    replaces: Mapped[Booking | None] = relationship(remote_side=[id])
    replaced_by: Mapped[list[Booking]] = relationship(viewonly=True, order_by="Booking.id")
    agency: Mapped[Agency | None] = relationship()
    moves: Mapped[list[BookingMove]] = relationship(
        order_by="BookingMove.id", back_populates="booking"
    )
    offers: Mapped[list[Offer]] = relationship(order_by="Offer.id", back_populates="booking")
    approvals: Mapped[list[Approval]] = relationship(
        order_by="Approval.id", back_populates="booking"
    )

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.name_as_given

    @property
    def takes_part(self) -> EventMode:
        """In the room or online; of a hybrid event as they chose."""
        return mode_of_place(self.event.mode, self.mode)

    @property
    def agency_name(self) -> str:
        return self.agency.name if self.agency else self.agency_typed

    @property
    def passed_on_to(self) -> Booking | None:
        """The booking for which this one ended: on another date, or of a colleague.

        One that was given up before the other was confirmed ended for itself.
        """
        ended_at = self.cancelled_at if self.state is BookingState.CANCELLED else None
        if ended_at is None:
            return None
        took_over = (b for b in self.replaced_by if b.confirmed_at and b.confirmed_at <= ended_at)
        return next(took_over, None)

    @property
    def standing(self) -> str:
        """The state in a word; of a place that was passed on, 'moved' or 'handed over'."""
        after = self.passed_on_to
        if after is None:
            return self.state.words
        return "moved" if after.person_id == self.person_id else "handed over"


class BookingMove(Base):
    """From which state to which, when, by whom and why. Rows are never edited."""

    __tablename__ = "booking_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    from_state: Mapped[BookingState | None] = mapped_column(words(BookingState, "from_state"))
    to_state: Mapped[BookingState] = mapped_column(words(BookingState, "to_state"))
    at: Mapped[datetime]
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_what: Mapped[str]  # delegate, coordinator, agency lead, the system
    why: Mapped[str] = mapped_column(Text, default="")

    booking: Mapped[Booking] = relationship(back_populates="moves")


class Offer(Base):
    """A place held for one who waited, or, in the last two days, an invitation to be the first."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    holds_place: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # accepted, declined, lapsed, refused, withdrawn, taken

    booking: Mapped[Booking] = relationship(back_populates="offers")


class Approval(Base):
    """One question about one booking, to a line manager, an agency lead or whoever checks
    learning done elsewhere; the booking counts once all of its approvals are given (B9, B10)."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("booking_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    kind: Mapped[ApprovalKind] = mapped_column(words(ApprovalKind, "approval_kind"))
    approver_address: Mapped[str] = mapped_column(default="")  # a line manager's
    asked_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    is_given: Mapped[bool | None]  # None: not answered; it ran out, or the booking ended
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(Text, default="")

    booking: Mapped[Booking] = relationship(back_populates="approvals")
    answered_by: Mapped[Person | None] = relationship()


class Invitation(Base):
    """The calendar's view of one session for one booking: its SEQUENCE rises with each change."""

    __tablename__ = "calendar_invitation"
    __table_args__ = (UniqueConstraint("booking_id", "event_session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    event_session_id: Mapped[int] = mapped_column(
        ForeignKey("event_session.id", ondelete="CASCADE"), index=True
    )
    sequence: Mapped[int] = mapped_column(default=0)
    is_cancelled: Mapped[bool] = mapped_column(default=False)
