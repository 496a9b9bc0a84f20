"""Signing in and out: codes, single-use links, sessions.

Nothing here asks whether an address is known until a code has proven whose it is; so the answer,
the time it takes and the e-mail are the same for all. Tries and codes are counted in the database,
by statements that are right however many nodes count at once.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.accounts.commands.people import PersonDetails, add_person_within
from lms.accounts.letters import code_letter
from lms.accounts.models import Person, PersonEmail, SignInAttempt, SignInLink, SignInSession
from lms.accounts.rules import (
    ABSOLUTE,
    CODE_LIFETIME,
    COUNTED_FOR,
    LINK_LIFETIME,
    SIGN_UP_LIFETIME,
    TRIES_PER_CODE,
    TooMany,
    limit_reached,
    normal_address,
    tries_left,
    written_code,
)
from lms.db import take_turn, transaction
from lms.errors import Busy, Gone
from lms.messaging.commands import enqueue
from lms.tokens import KeyRing, fingerprint, new_secret

CODE_PURPOSE = "sign-in"
KEPT_FOR = timedelta(days=1)
ASK_AGAIN = "Ask for a new code: this one has ended."


class LinkEnded(Gone):
    """A printed sign-in link that opens nothing any more."""

    def __init__(self) -> None:
        super().__init__(
            "This sign-in link has been used, or its time is over.",
            way_out="Sign in with a code, sent to your work e-mail.",
        )


class Tried(Enum):
    """What came of typing a code."""

    WRONG = "wrong"
    ENDED = "ended"
    SIGNED_IN = "signed in"
    NEW_HERE = "new here"


@dataclass(frozen=True)
class TriedCode:
    """`session_key` is for the cookie, where there is one; `left` the tries that remain."""

    outcome: Tried
    next_address: str = "/"
    session_key: str = ""
    left: int = 0


def ask_for_code(
    address: str, *, browser_key: str, network_address: str, next_address: str, now: datetime
) -> TooMany | None:
    """Send a code to an address, for this browser only; or say when one may be asked for again."""
    address = normal_address(address)
    with transaction() as session:
        take_turn(session, f"code to {address}", f"code from {network_address}")
        too_many = _limit_reached(session, address, network_address, now)
        if too_many:
            return too_many
        attempt = SignInAttempt(
            address=address,
            browser_fingerprint=fingerprint(browser_key),
            network_address=network_address,
            next_address=next_address,
            created_at=now,
            expires_at=now + CODE_LIFETIME,
        )
        session.add(attempt)
        session.flush()
        enqueue(session, code_letter(attempt.id, address), now)
        return None


def _limit_reached(
    session: Session, address: str, network_address: str, now: datetime
) -> TooMany | None:
    asked = select(SignInAttempt.created_at).where(SignInAttempt.created_at > now - COUNTED_FOR)
    to_address = asked.where(SignInAttempt.address == address)
    from_network = asked.where(SignInAttempt.network_address == network_address)
    return limit_reached(
        session.scalars(to_address).all(), session.scalars(from_network).all(), now
    )


def try_code(attempt_id: int, typed: str, *, keys: KeyRing, now: datetime) -> TriedCode:
    """Count a try and, where the code is right, sign in, or let the new address sign up."""
    with transaction() as session:
        tries = _count_try(session, attempt_id, now)
        if tries is None:
            return TriedCode(Tried.ENDED)
        expected = keys.digits(CODE_PURPOSE, str(attempt_id))
        if not hmac.compare_digest(written_code(typed), expected):
            left = tries_left(tries)
            return TriedCode(Tried.WRONG if left else Tried.ENDED, left=left)
        attempt = session.get_one(SignInAttempt, attempt_id, populate_existing=True)
        attempt.proven_at = now
        return _go_on(session, attempt, now)


def _count_try(session: Session, attempt_id: int, now: datetime) -> int | None:
    """How many tries this one makes; None where the attempt takes no more."""
    return session.execute(
        update(SignInAttempt)
        .where(
            SignInAttempt.id == attempt_id,
            SignInAttempt.tries < TRIES_PER_CODE,
            SignInAttempt.proven_at.is_(None),
            SignInAttempt.expires_at > now,
        )
        .values(tries=SignInAttempt.tries + 1)
        .returning(SignInAttempt.tries)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def _go_on(session: Session, attempt: SignInAttempt, now: datetime) -> TriedCode:
    email = session.scalars(
        select(PersonEmail).where(PersonEmail.address == attempt.address)
    ).one_or_none()
    if email is None:
        return TriedCode(Tried.NEW_HERE, attempt.next_address)
    email.verified_at = email.verified_at or now
    key = _open_session(session, email.person_id, now)
    return TriedCode(Tried.SIGNED_IN, attempt.next_address, key)


def sign_up(attempt_id: int, details: PersonDetails, *, now: datetime) -> str:
    """Add the person whose address was just proven, and sign them in; the key is for the cookie.

    Raises Gone where the proof is used or too old, Refused for details that cannot be so.
    """
    with transaction() as session:
        attempt = session.get(SignInAttempt, attempt_id, with_for_update=True)
        if (
            attempt is None
            or attempt.proven_at is None
            or now >= attempt.proven_at + SIGN_UP_LIFETIME
        ):
            raise Gone("It is a while since you proved your address.", way_out=ASK_AGAIN)
        proven = PersonDetails(
            **{**vars(details), "email": attempt.address, "is_proven": True},
        )
        person = add_person_within(session, proven, now)
        return _open_session(session, person.id, now)


def _open_session(session: Session, person_id: int, now: datetime) -> str:
    """A session of its own for each sign-in: the key is new, so that none can be planted."""
    key = new_secret()
    session.add(
        SignInSession(
            person_id=person_id, fingerprint=fingerprint(key), created_at=now, last_seen_at=now
        )
    )
    return key


def make_sign_in_link(person_id: int, *, now: datetime, lifetime: timedelta = LINK_LIFETIME) -> str:
    """A secret that signs a person in once, for the command line to print."""
    secret = new_secret()
    with transaction() as session:
        session.get_one(Person, person_id)
        session.add(
            SignInLink(
                person_id=person_id, fingerprint=fingerprint(secret), expires_at=now + lifetime
            )
        )
    return secret


def use_sign_in_link(secret: str, *, now: datetime) -> str:
    """Sign in by a printed link; the key is for the cookie. Raises LinkEnded."""
    with transaction() as session:
        person_id = session.execute(
            update(SignInLink)
            .where(
                SignInLink.fingerprint == fingerprint(secret),
                SignInLink.used_at.is_(None),
                SignInLink.expires_at > now,
            )
            .values(used_at=now)
            .returning(SignInLink.person_id)
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()
        if person_id is None:
            raise LinkEnded
        return _open_session(session, person_id, now)


def sign_out(session_key: str, *, now: datetime) -> None:
    """End one session."""
    with transaction() as session:
        session.execute(
            update(SignInSession)
            .where(
                SignInSession.fingerprint == fingerprint(session_key),
                SignInSession.ended_at.is_(None),
            )
            .values(ended_at=now)
        )


def note_seen(session_key: str, *, now: datetime) -> None:
    """Write down that a session is in use, unless somebody else is writing at this moment."""
    try:
        with transaction(waits=False) as session:
            session.execute(
                update(SignInSession)
                .where(
                    SignInSession.fingerprint == fingerprint(session_key),
                    SignInSession.last_seen_at < now,
                )
                .values(last_seen_at=now)
            )
    except Busy:
        return


def forget_sign_ins(now: datetime) -> int:
    """Delete attempts, links and sessions that have been of no use for a day."""
    long_ago = now - KEPT_FOR
    with transaction() as session:
        gone = (
            delete(SignInAttempt).where(SignInAttempt.created_at < long_ago),
            delete(SignInLink).where(SignInLink.expires_at < long_ago),
            delete(SignInSession).where(SignInSession.created_at < long_ago - ABSOLUTE),
        )
        connection = session.connection()
        return sum(connection.execute(statement).rowcount for statement in gone)
