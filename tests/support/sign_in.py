"""Being signed in, for tests of something else than signing in."""

from __future__ import annotations

from flask import current_app
from flask.testing import FlaskClient

from lms.accounts.models import SignInSession
from lms.db import transaction
from lms.tokens import fingerprint, new_secret


def open_session(client: FlaskClient, person_id: int) -> None:
    """Open a sign-in session in the database and put its key into the client's cookie."""
    key = new_secret()
    now = current_app.extensions["lms.clock"].now()
    with transaction() as session:
        session.add(
            SignInSession(
                person_id=person_id,
                fingerprint=fingerprint(key),
                created_at=now,
                last_seen_at=now,
            )
        )
    with client.session_transaction(base_url="http://127.0.0.1:8000") as cookie:
        cookie["_user_id"] = key
        cookie["_fresh"] = True
