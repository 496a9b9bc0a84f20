"""What this slice tells people: that a certificate is there, and that one no longer holds."""

from __future__ import annotations

from datetime import date, datetime

from lms.agencies.models import Partnership
from lms.certificates.models import Certificate
from lms.certificates.queries import Line
from lms.db import db
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.templates import render
from lms.messaging.wording import Facts, Kind
from lms.words import day

PURPOSE = "certificate"
ISSUED, REVOKED = "issued", "revoked"


def issued_draft(line: Line, certificate: Certificate, partnership: Partnership) -> list[Draft]:
    """That the certificate is there; none for one whom no message can reach."""
    return _draft(ISSUED, line, certificate, partnership)


def revoked_draft(line: Line, certificate: Certificate, partnership: Partnership) -> list[Draft]:
    """That the certificate no longer holds, and why; none for one whom no message can reach."""
    return _draft(REVOKED, line, certificate, partnership)


def _draft(
    what: str, line: Line, certificate: Certificate, partnership: Partnership
) -> list[Draft]:
    if line.booking.address is None:
        return []
    subject, body = render(
        f"certificates/mail/{what}",
        to_name=line.name,
        partnership=partnership,
        title=certificate.title,
        first_on=certificate.first_on,
        last_on=certificate.last_on,
        minutes=certificate.minutes,
        level=certificate.level,
        code=certificate.code,
        because=certificate.revoked_because or "",
    )
    return [
        Draft(
            purpose=PURPOSE,
            subject_id=certificate.id,
            occurrence=what,
            to_address=line.booking.address,
            to_name=line.name,
            sender=Sender(partnership.title, partnership.contact_email),
            subject=subject,
            body=body,
            person_id=line.booking.person_id,
            event_id=line.booking.event_id,
            partnership_id=partnership.id,
            is_digestible=True,
        )
    ]


def is_still_so(message: MessageFacts, now: datetime) -> bool:
    """Whether the certificate is still in force, or still revoked, as the message says."""
    del now
    certificate = db.session.get(Certificate, message.subject_id)
    if certificate is None:
        return False
    return (certificate.revoked_at is None) == (message.occurrence == ISSUED)


PURPOSES: dict[str, StillTrue] = {PURPOSE: is_still_so}


# --- Kinds of message -----------------------------------------------------------------------


def _values(facts: Facts) -> dict[str, str]:
    return {"event": facts["title"], "day": day(facts["first_on"])}


EXAMPLE = {
    "to_name": "Marigold Pettifer",
    "title": "Working Together to Safeguard Children",
    "first_on": date(2027, 2, 8),
    "last_on": date(2027, 2, 8),
    "minutes": 420,
    "level": 2,
    "code": "K7PM-4QXD-92HT",
    "because": "It was issued to somebody else of that name.",
}

KINDS = (
    Kind(
        f"certificates/mail/{ISSUED}",
        "Your certificate",
        "When it is issued: the register is closed, and the form at the end answered.",
        EXAMPLE,
        _values,
        frozenset({"who_checks"}),
    ),
    Kind(
        f"certificates/mail/{REVOKED}",
        "Your certificate no longer holds",
        "When a coordinator revokes it.",
        EXAMPLE,
        _values,
        frozenset({"mistake"}),
    ),
)
"""Kinds of message, for the page on which a partnership words them."""
