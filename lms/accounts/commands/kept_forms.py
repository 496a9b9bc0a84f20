"""What was typed before a sign-out that nobody noticed: kept for an hour, for its writer only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from lms.accounts.models import KeptForm, SignInSession
from lms.accounts.rules import FORM_KEPT_FOR, is_form_small_enough
from lms.db import transaction
from lms.tokens import fingerprint


def keep_form(
    session_key: str, address: str, fields: Sequence[tuple[str, str]], *, now: datetime
) -> int | None:
    """Keep a form for the person whose session this was; None where there was no such session."""
    if not is_form_small_enough(fields):
        return None
    with transaction() as session:
        person_id = session.execute(
            select(SignInSession.person_id).where(
                SignInSession.fingerprint == fingerprint(session_key)
            )
        ).scalar_one_or_none()
        if person_id is None:
            return None
        session.execute(delete(KeptForm).where(KeptForm.person_id == person_id))
        kept = KeptForm(
            person_id=person_id, address=address, fields=json.dumps(list(fields)), kept_at=now
        )
        session.add(kept)
        session.flush()
        return kept.id


def forget_kept_forms(now: datetime) -> int:
    """Delete forms that nobody came back for within the hour."""
    with transaction() as session:
        old = delete(KeptForm).where(KeptForm.kept_at < now - FORM_KEPT_FOR)
        return session.connection().execute(old).rowcount
