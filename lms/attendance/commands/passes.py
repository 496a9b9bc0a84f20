"""Passes: an open register stays open on its device, though the sign-in runs out meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from lms.access import Viewer
from lms.accounts.models import SignInSession
from lms.attendance.models import Register, RegisterPass
from lms.attendance.queries import get_event_of_register, sessions_of
from lms.attendance.rules import pass_ends_at
from lms.db import transaction
from lms.tokens import fingerprint, new_secret


def make_pass(event_id: int, *, by: Viewer, now: datetime) -> tuple[str, datetime] | None:
    """A key that opens this one register until it ends, and when that is; for the cookie.

    None where it is closed, on a day without a session, and for `by` without a sign-in of their
    own: a pass makes no further pass. Raises NotFound where `by` does not take this register.
    """
    with transaction() as session:
        event = get_event_of_register(session, event_id, by)
        signed_in_by = session.scalar(
            select(SignInSession.id).where(
                SignInSession.fingerprint == fingerprint(by.session_key),
                SignInSession.ended_at.is_(None),
            )
        )
        ends_at = pass_ends_at(sessions_of(session, event.id), now)
        register = session.get(Register, event.id)
        if register is not None and register.closed_at is not None:
            return None
        if signed_in_by is None or ends_at is None or ends_at <= now:
            return None
        key = new_secret()
        session.add(
            RegisterPass(
                event_id=event.id,
                person_id=by.person_id,
                sign_in_session_id=signed_in_by,
                fingerprint=fingerprint(key),
                made_at=now,
            )
        )
        return key, ends_at


def end_pass(event_id: int, key: str) -> None:
    """Shut the register on the device that holds the key."""
    with transaction() as session:
        session.execute(
            delete(RegisterPass).where(
                RegisterPass.event_id == event_id, RegisterPass.fingerprint == fingerprint(key)
            )
        )
