"""A person's own addresses: added once proven, made the primary one, removed.

All of them sign in; the primary one is written to, and at each change the one that was primary
until then is told. Where an address goes, or another is written to, the other sign-in sessions end.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.commands.codes import WrongCode, prove_within
from lms.accounts.commands.roles import end_sessions_within
from lms.accounts.letters import addresses_changed
from lms.accounts.models import Person, PersonEmail
from lms.accounts.queries import primary_address
from lms.accounts.rules import is_shared_mailbox
from lms.agencies.queries import list_partnerships
from lms.db import take_ticket, take_turn, transaction
from lms.errors import NotFound, Refused
from lms.messaging.commands import enqueue
from lms.tokens import KeyRing


class NotAdded(Enum):
    """Why a proven address is not added: not told apart, so that nobody learns who is here."""

    NOT_ONES_OWN = "not one's own"


def add_address(
    attempt_id: int, typed: str, *, by: Viewer, keys: KeyRing, now: datetime
) -> str | WrongCode | NotAdded:
    """Count a try and, where the code is right, add the address that it was sent to.

    A shared mailbox and an address of somebody else are refused alike, and only once proven.
    """
    with transaction() as session:
        ticket = take_ticket(session, Person, by.person_id)
        proven = prove_within(
            session, attempt_id, typed, adds_to_id=by.person_id, keys=keys, now=now
        )
        if isinstance(proven, WrongCode):
            return proven
        person = session.get_one(Person, by.person_id)
        take_turn(session, f"address {proven.address}")
        if not _may_be_added(session, proven.address):
            return NotAdded.NOT_ONES_OWN
        told_at = primary_address(person)
        if person.line_manager_email == proven.address:
            person.line_manager_email = None  # nobody is their own manager (B10)
        person.emails.append(
            PersonEmail(address=proven.address, is_primary=not told_at, verified_at=now)
        )
        _tell(session, person, told_at, "an address was added", proven.address, ticket, by, now)
        return proven.address


def _may_be_added(session: Session, address: str) -> bool:
    taken = select(PersonEmail.id).where(PersonEmail.address == address)
    contacts = {partnership.contact_email.lower() for partnership in list_partnerships()}
    is_shared = is_shared_mailbox(address) or address in contacts
    return not is_shared and session.execute(taken).first() is None


def make_primary(email_id: int, *, by: Viewer, now: datetime) -> str:
    """Write to another of one's addresses from now on; returns it. Raises NotFound."""
    with transaction() as session:
        ticket = take_ticket(session, Person, by.person_id)
        person, chosen = _own(session, email_id, by)
        told_at = primary_address(person)
        for email in person.emails:
            email.is_primary = email is chosen
        end_sessions_within(session, person.id, now, but=by.session_key)
        what = "another address is written to"
        _tell(session, person, told_at, what, chosen.address, ticket, by, now)
        return chosen.address


def remove_address(email_id: int, *, by: Viewer, now: datetime) -> str:
    """Let one of one's addresses sign in no longer; returns it.

    Raises NotFound, or Refused for the one that is written to.
    """
    with transaction() as session:
        ticket = take_ticket(session, Person, by.person_id)
        person, gone = _own(session, email_id, by)
        told_at = primary_address(person)
        if gone.is_primary:
            raise Refused(f"We write to {gone.address}: choose another for that first.")
        person.emails.remove(gone)
        end_sessions_within(session, person.id, now, but=by.session_key)
        _tell(session, person, told_at, "an address was removed", gone.address, ticket, by, now)
        return gone.address


def _own(session: Session, email_id: int, by: Viewer) -> tuple[Person, PersonEmail]:
    person = session.get_one(Person, by.person_id)
    found = next((email for email in person.emails if email.id == email_id), None)
    if found is None:
        raise NotFound
    return person, found


def _tell(
    session: Session,
    person: Person,
    told_at: str,
    what: str,
    address: str,
    ticket: int,
    by: Viewer,
    now: datetime,
) -> None:
    """Write it down, and say it where the person was written to until now."""
    audit.record(
        session,
        "change addresses",
        f"changed their addresses: {what}, {address}",
        by=by,
        now=now,
        about=("person", person.id),
    )
    if told_at:
        enqueue(session, addresses_changed(person, told_at, what, address, ticket), now)
