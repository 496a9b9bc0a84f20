"""Addresses to which mail came back: marked, shown, put right, and forgotten once mail arrives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access import EVERYONE, ROLES, Permission, Viewer
from lms.accounts.commands.recording import record
from lms.accounts.commands.roles import end_sessions_within
from lms.accounts.letters import addresses_changed
from lms.accounts.models import Person, PersonEmail
from lms.accounts.queries import list_role_grants
from lms.accounts.rules import ARRIVED_AFTER, has_bounced, is_shared_mailbox, normal_address
from lms.agencies.queries import list_partnerships
from lms.clock import london_date
from lms.db import db, take_ticket, take_turn, transaction
from lms.errors import NotFound, Refused
from lms.messaging.commands import enqueue, settle_address_within
from lms.messaging.models import Message
from lms.messaging.rules import MessageState


@dataclass(frozen=True)
class _Refusal:
    """The last time that a mail server refused an address, and what it said."""

    at: datetime
    said: str


# --- Marked by what became of the mail ------------------------------------------------------


def note_bounced_addresses(now: datetime) -> int:
    """Mark the addresses to which mail came back, and unmark those where it arrives again.

    Mail has arrived where it left and has not come back for a day. Returns how many changed.
    """
    refusals = _refusals(db.session())
    changed = [*_to_mark(db.session(), refusals, now), *_to_clear(db.session(), now)]
    if not changed:
        return 0
    with transaction() as session:
        rows = select(PersonEmail).where(PersonEmail.id.in_(changed)).order_by(PersonEmail.id)
        for email in session.scalars(rows.with_for_update()):
            refusal = refusals.get(email.address)
            if email.bounced_at is None and refusal is not None:
                email.bounced_at, email.bounced_because = refusal.at, refusal.said
            else:
                _unmark(email)
    return len(changed)


def _refusals(session: Session) -> dict[str, _Refusal]:
    """The last refusal of each address that nobody has seen to."""
    rows = session.execute(
        select(Message.to_address, Message.ended_at, Message.last_error)
        .where(
            Message.state == MessageState.FAILED,
            Message.was_refused,
            Message.settled_at.is_(None),
        )
        .order_by(Message.ended_at, Message.id)
    )
    return {address: _Refusal(at, said or "") for address, at, said in rows if at is not None}


def _to_mark(session: Session, refusals: dict[str, _Refusal], now: datetime) -> list[int]:
    emails = session.scalars(
        select(PersonEmail).where(
            PersonEmail.address.in_(refusals), PersonEmail.bounced_at.is_(None)
        )
    ).all()
    arrived = _arrived(session, [email.address for email in emails], now)
    return [
        email.id
        for email in emails
        if has_bounced(refusals[email.address].at, arrived.get(email.address), email.verified_at)
    ]


def _to_clear(session: Session, now: datetime) -> list[int]:
    emails = session.scalars(select(PersonEmail).where(PersonEmail.bounced_at.is_not(None))).all()
    arrived = _arrived(session, [email.address for email in emails], now)
    return [
        email.id
        for email in emails
        if email.bounced_at
        and not has_bounced(email.bounced_at, arrived.get(email.address), email.verified_at)
    ]


def _arrived(session: Session, addresses: Iterable[str], now: datetime) -> dict[str, datetime]:
    """When something last left for each address without coming back for a day."""
    rows = session.execute(
        select(Message.to_address, func.max(Message.ended_at))
        .where(
            Message.to_address.in_(list(addresses)),
            Message.state == MessageState.SENT,
            Message.ended_at <= now - ARRIVED_AFTER,
        )
        .group_by(Message.to_address)
    )
    return {address: at for address, at in rows if at is not None}


def _unmark(email: PersonEmail) -> None:
    email.bounced_at, email.bounced_because = None, ""


# --- Put right by a coordinator -------------------------------------------------------------


def correct_address(person_id: int, email_id: int, typed: str, *, by: Viewer, now: datetime) -> str:
    """Write to a person at another address in the place of one that mail comes back from.

    Who may see the person is for the caller to have decided. Returns the new address. Raises
    NotFound, or Refused: for an address that somebody uses, and for somebody with a role, unless
    an administrator does it.
    """
    with transaction() as session:
        ticket = take_ticket(session, Person, person_id)
        person, email = _own(session, person_id, email_id)
        _refuse_others(person, email, by, now)
        address = _free_address(session, person, typed)
        before, email.address, email.verified_at = email.address, address, None
        _unmark(email)
        end_sessions_within(session, person_id, now)
        sentence = f"put {person.name}’s address right: {address} in the place of {before}"
        record(session, "correct address", sentence, person, by, now)
        for other in person.emails:
            if other is not email and other.bounced_at is None:
                what = "an address was put right by those who run the training"
                told = addresses_changed(person, other.address, what, address, ticket)
                enqueue(session, told, now)
        return address


def keep_address(person_id: int, email_id: int, *, by: Viewer, now: datetime) -> str:
    """Say that an address is right although mail came back from it; what failed is dealt with.

    Returns the address. Raises NotFound.
    """
    with transaction() as session:
        take_ticket(session, Person, person_id)
        person, email = _own(session, person_id, email_id)
        _unmark(email)
        settle_address_within(session, email.address, by=by, now=now)
        sentence = f"said that {person.name}’s address is right: {email.address}"
        record(session, "correct address", sentence, person, by, now)
        return email.address


def _own(session: Session, person_id: int, email_id: int) -> tuple[Person, PersonEmail]:
    person = session.get(Person, person_id)
    email = next((each for each in person.emails if each.id == email_id), None) if person else None
    if person is None or email is None:
        raise NotFound
    return person, email


def _refuse_others(person: Person, email: PersonEmail, by: Viewer, now: datetime) -> None:
    """Whoever changes an address decides who can sign in: never that of somebody with power, be
    it only from next week on."""
    if email.bounced_at is None and email.verified_at is not None:
        raise Refused("They sign in with this address, and mail arrives: only they can change it.")
    today = london_date(now)
    for grant in list_role_grants(person.id):
        if grant.ends_on is not None and grant.ends_on <= max(today, grant.starts_on):
            continue
        has_power = bool(ROLES[grant.role] - EVERYONE)
        if has_power and not by.can(Permission.ADMINISTER, grant.partnership_id):
            raise Refused("They hold a role: ask an administrator to put their address right.")


def _free_address(session: Session, person: Person, typed: str) -> str:
    address = normal_address(typed)
    take_turn(session, f"address {address}")
    contacts = {partnership.contact_email.lower() for partnership in list_partnerships()}
    if is_shared_mailbox(address) or address in contacts:
        raise Refused("Several people read that one. Enter an address of their own", field="email")
    taken = select(PersonEmail.id).where(PersonEmail.address == address)
    if session.execute(taken).first():
        raise Refused(f"{address} belongs to somebody who is here already", field="email")
    if person.line_manager_email == address:
        raise Refused("That is their manager’s address: enter their own", field="email")
    return address
