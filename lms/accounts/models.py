"""People, how they sign in, and which roles they hold."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Role
from lms.agencies.models import Agency
from lms.db import Base, Lockable, words


class Person(Lockable, Base):
    """A human being: one record for life."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sort_name: Mapped[str] = mapped_column(index=True)  # surname first, folded
    job_role: Mapped[str] = mapped_column(default="")
    line_manager_email: Mapped[str | None]
    phone: Mapped[str] = mapped_column(default="")
    access_needs: Mapped[str] = mapped_column(Text, default="")
    dietary_needs: Mapped[str] = mapped_column(Text, default="")
    feed_number: Mapped[int] = mapped_column(default=0)  # raised to end the calendar feed's address
    works_on: Mapped[str] = mapped_column(default="")  # such as "tue;thu"; empty: every weekday
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]

    emails: Mapped[list[PersonEmail]] = relationship(
        back_populates="person",
        cascade="all, delete-orphan",
        order_by="(PersonEmail.is_primary.desc(), PersonEmail.id)",
    )
    memberships: Mapped[list[Membership]] = relationship(
        cascade="all, delete-orphan", order_by="Membership.id"
    )
    grants: Mapped[list[RoleGrant]] = relationship(
        cascade="all, delete-orphan", order_by="RoleGrant.id"
    )


class PersonEmail(Base):
    """An own address of a person, in lower case; never a shared mailbox."""

    __tablename__ = "person_email"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(unique=True)
    is_primary: Mapped[bool] = mapped_column(default=True)
    verified_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]  # the last mail to it came back, and none has arrived since
    bounced_because: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(back_populates="emails")


class Membership(Base):
    """A person's time at an agency; an agency not yet matched is kept as it was typed."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    agency_typed: Mapped[str] = mapped_column(default="")
    started_on: Mapped[date]
    ended_on: Mapped[date | None]  # the first day no longer there

    agency: Mapped[Agency | None] = relationship()


class RoleGrant(Base):
    """A role held by a person for a partnership or an agency, from a day until a day."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnership.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the first day no longer held


class TimeAway(Base):
    """Days on which somebody does not work, first and last included."""

    __tablename__ = "time_away"
    __table_args__ = (CheckConstraint("until_on >= from_on", name="until_after_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]


class SignInAttempt(Base):
    """A request for a code: for one address, from one browser. The code itself is derived."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index(None, "address", "created_at"),
        Index(None, "network_address", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    browser_fingerprint: Mapped[str] = mapped_column(index=True)
    network_address: Mapped[str]
    next_address: Mapped[str] = mapped_column(default="/")
    adds_to_id: Mapped[int | None] = mapped_column(  # whose further address it is to be, if any's
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    proven_at: Mapped[datetime | None]


class SignInLink(Base):
    """A single-use link printed by the command line; only its fingerprint is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    fingerprint: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KeptForm(Base):
    """What somebody typed and sent after being signed out: offered to them again, for an hour."""

    __tablename__ = "kept_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    address: Mapped[str]
    fields: Mapped[str] = mapped_column(Text)  # JSON: [[name, value], …]
    kept_at: Mapped[datetime]


class SignInSession(Base):
    """A signed-in browser; the cookie holds the key, the database its fingerprint."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    fingerprint: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
