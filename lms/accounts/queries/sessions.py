"""Who is signed in, and how far a browser has come with signing in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from lms.access import Grant, Viewer
from lms.accounts.models import (
    KeptForm,
    Membership,
    Person,
    PersonEmail,
    RoleGrant,
    SignInAttempt,
    SignInLink,
    SignInSession,
)
from lms.accounts.queries.people import grants_on, is_held, is_member, primary_address
from lms.accounts.rules import FORM_KEPT_FOR, SIGN_UP_LIFETIME, is_live_session, tries_left
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound
from lms.tokens import fingerprint


@dataclass(frozen=True)
class SignedIn:
    """A session that is good now, with what pages may know of its person."""

    viewer: Viewer
    last_seen_at: datetime


def find_signed_in(session_key: str, now: datetime) -> SignedIn | None:
    """Whose session a key opens, with today's roles and agencies, in one statement."""
    rows = _sign_in(SignInSession.fingerprint == fingerprint(session_key), now)
    return _signed_in(session_key, rows, now) if rows else None


def find_viewer_of(sign_in_session_id: int, now: datetime) -> Viewer | None:
    """Who signed in by that session, which nobody has ended though it may have run out by itself.

    With today's roles and agencies; for what outlasts a sign-in, and no key of its own.
    """
    rows = _sign_in(SignInSession.id == sign_in_session_id, now)
    return _viewer("", rows) if rows else None


def _sign_in(which: ColumnElement[bool], now: datetime) -> Sequence[Any]:
    """A session that nobody ended: a row for each of its person's roles and agencies."""
    today = london_date(now)
    own = SignInSession.person_id
    return db.session.execute(
        select(
            SignInSession.created_at,
            SignInSession.last_seen_at,
            Person.id,
            Person.name,
            PersonEmail.address,
            RoleGrant.role,
            RoleGrant.partnership_id,
            RoleGrant.agency_id,
            Membership.agency_id.label("member_of"),
        )
        .join(Person, Person.id == own)
        .outerjoin(PersonEmail, and_(PersonEmail.person_id == own, PersonEmail.is_primary))
        .outerjoin(RoleGrant, and_(RoleGrant.person_id == own, is_held(today)))
        .outerjoin(Membership, and_(Membership.person_id == own, is_member(today)))
        .where(which, SignInSession.ended_at.is_(None))
        .order_by(RoleGrant.id, Membership.started_on.desc(), Membership.id.desc())
    ).all()


def _signed_in(session_key: str, rows: Sequence[Any], now: datetime) -> SignedIn | None:
    first, viewer = rows[0], _viewer(session_key, rows)
    roles = [grant.role for grant in viewer.grants]
    if not is_live_session(
        created_at=first.created_at, last_seen_at=first.last_seen_at, roles=roles, now=now
    ):
        return None
    return SignedIn(viewer, first.last_seen_at)


def _viewer(session_key: str, rows: Sequence[Any]) -> Viewer:
    first = rows[0]
    grants = dict.fromkeys(
        Grant(row.role, row.partnership_id, row.agency_id) for row in rows if row.role
    )
    return Viewer(
        person_id=first.id,
        name=first.name,
        session_key=session_key,
        email=first.address or "",
        grants=tuple(grants),
        agency_ids=tuple(dict.fromkeys(row.member_of for row in rows if row.member_of)),
    )


def viewer_of(person: Person, on: date) -> Viewer:
    """A person as their pages would know them on a date: for what is worked out without them."""
    return Viewer(
        person_id=person.id,
        name=person.name,
        session_key="",
        email=primary_address(person),
        grants=grants_on(person.id, on),
    )


@dataclass(frozen=True)
class Attempt:
    """How far a browser has come: a code was sent to `address`; was it proven in time?"""

    id: int
    address: str
    next_address: str
    is_open: bool
    is_proven: bool


def find_attempt(
    browser_key: str, now: datetime, *, adds_to_id: int | None = None
) -> Attempt | None:
    """The newest request for a code from this browser: to sign in, or for a further address."""
    row = db.session.scalars(
        select(SignInAttempt)
        .where(
            SignInAttempt.browser_fingerprint == fingerprint(browser_key),
            SignInAttempt.adds_to_id.is_not_distinct_from(adds_to_id),
        )
        .order_by(SignInAttempt.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Attempt(
        id=row.id,
        address=row.address,
        next_address=row.next_address,
        is_open=tries_left(row.tries) > 0 and row.proven_at is None and now < row.expires_at,
        is_proven=row.proven_at is not None and now < row.proven_at + SIGN_UP_LIFETIME,
    )


def is_link_good(secret: str, now: datetime) -> bool:
    """Whether a printed sign-in link may still be used."""
    query = select(SignInLink.id).where(
        SignInLink.fingerprint == fingerprint(secret),
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now,
    )
    return db.session.execute(query).first() is not None


@dataclass(frozen=True)
class Kept:
    """A form as it was sent after a sign-out: where to, and each field with what was typed."""

    address: str
    fields: tuple[tuple[str, str], ...]


def get_kept_form(kept_id: int, viewer: Viewer, now: datetime) -> Kept:
    """A form that the viewer sent after being signed out. Raises NotFound, also after an hour."""
    row = db.session.get(KeptForm, kept_id)
    if row is None or row.person_id != viewer.person_id or row.kept_at < now - FORM_KEPT_FOR:
        raise NotFound
    return Kept(row.address, tuple((name, value) for name, value in json.loads(row.fields)))


def is_code_wanted(attempt_id: int, now: datetime) -> bool:
    """Whether a code that has not left yet is still of use."""
    row = db.session.get(SignInAttempt, attempt_id)
    return row is not None and row.proven_at is None and now < row.expires_at
