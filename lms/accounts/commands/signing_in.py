"""Signing in and out: by a code or a single-use link, and the sessions that begin with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.accounts.commands.codes import prove_within
from lms.accounts.commands.people import PersonDetails, add_person_within
from lms.accounts.models import Person, PersonEmail, SignInAttempt, SignInLink, SignInSession
from lms.accounts.rules import ABSOLUTE, LINK_LIFETIME, SIGN_UP_LIFETIME
from lms.db import transaction
from lms.errors import Busy, Gone
from lms.tokens import KeyRing, fingerprint, new_secret

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


def try_code(attempt_id: int, typed: str, *, keys: KeyRing, now: datetime) -> TriedCode:
    """Count a try and, where the code is right, sign in, or let the new address sign up."""
    with transaction() as session:
        proven = prove_within(session, attempt_id, typed, keys=keys, now=now)
        if isinstance(proven, SignInAttempt):
            return _go_on(session, proven, now)
        return TriedCode(Tried.WRONG if proven.left else Tried.ENDED, left=proven.left)


def _go_on(session: Session, attempt: SignInAttempt, now: datetime) -> TriedCode:
    email = session.scalars(
        select(PersonEmail).where(PersonEmail.address == attempt.address)
    ).one_or_none()
    if email is None:
        return TriedCode(Tried.NEW_HERE, attempt.next_address)
    if email.verified_at is None or email.bounced_at is not None:
        email.verified_at, email.bounced_at, email.bounced_because = now, None, ""
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
