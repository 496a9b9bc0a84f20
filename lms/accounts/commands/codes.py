"""Codes that prove an address: sent, counted, tried.

Nothing here asks whether an address is known until a code has proven whose it is; so the answer,
the time it takes and the e-mail are the same for all. Tries and codes are counted in the database,
by statements that are right however many nodes count at once.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.letters import CODE_PURPOSES, code_letter
from lms.accounts.models import SignInAttempt
from lms.accounts.rules import (
    CODE_LIFETIME,
    COUNTED_FOR,
    TRIES_PER_CODE,
    TooMany,
    limit_reached,
    normal_address,
    tries_left,
    written_code,
)
from lms.db import take_turn, transaction
from lms.messaging.commands import enqueue
from lms.tokens import KeyRing, fingerprint


def ask_for_code(
    address: str,
    *,
    browser_key: str,
    network_address: str,
    next_address: str = "/",
    adds_to_id: int | None = None,
    now: datetime,
) -> TooMany | None:
    """Send a code to an address, for this browser only; or say when one may be asked for again.

    `adds_to_id` is the person whose further address it is to be; without, the code signs in.
    """
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
            adds_to_id=adds_to_id,
            created_at=now,
            expires_at=now + CODE_LIFETIME,
        )
        session.add(attempt)
        session.flush()
        enqueue(session, code_letter(attempt), now)
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


@dataclass(frozen=True)
class WrongCode:
    """Not the code that was sent; `left` tries remain, none where it works no longer."""

    left: int


def prove_within(
    session: Session,
    attempt_id: int,
    typed: str,
    *,
    adds_to_id: int | None = None,
    keys: KeyRing,
    now: datetime,
) -> SignInAttempt | WrongCode:
    """Count a try, whatever comes of it, and say whether it was the code.

    A code that is to add an address signs nobody in, and the other way round.
    """
    tries = _count_try(session, attempt_id, adds_to_id, now)
    if tries is None:
        return WrongCode(left=0)
    expected = keys.digits(CODE_PURPOSES[adds_to_id is not None], str(attempt_id))
    if not hmac.compare_digest(written_code(typed), expected):
        return WrongCode(left=tries_left(tries))
    attempt = session.get_one(SignInAttempt, attempt_id, populate_existing=True)
    attempt.proven_at = now
    return attempt


def _count_try(
    session: Session, attempt_id: int, adds_to_id: int | None, now: datetime
) -> int | None:
    """How many tries this one makes; None where the attempt takes no more."""
    return session.execute(
        update(SignInAttempt)
        .where(
            SignInAttempt.id == attempt_id,
            SignInAttempt.adds_to_id.is_not_distinct_from(adds_to_id),
            SignInAttempt.tries < TRIES_PER_CODE,
            SignInAttempt.proven_at.is_(None),
            SignInAttempt.expires_at > now,
        )
        .values(tries=SignInAttempt.tries + 1)
        .returning(SignInAttempt.tries)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
