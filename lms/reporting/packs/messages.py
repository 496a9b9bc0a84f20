"""What a pack says: that the figures are there, and where. No figure stands in an e-mail."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from lms.accounts.queries import primary_address
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.templates import render
from lms.messaging.wording import Kind
from lms.reporting.packs.queries import PURPOSE, DuePack, is_due_still

OF_QUARTER, OF_MONTH = "reporting/mail/pack_quarter", "reporting/mail/pack_month"


def draft_of(pack: DuePack) -> Draft:
    """The message of one pack."""
    subject, body = render(
        OF_MONTH if pack.agency else OF_QUARTER,
        to_name=pack.person.name,
        partnership=pack.partnership,
        person_id=pack.person.id,
        span=pack.span.words,
        quarter=quote(pack.span.label),
        host=quote(pack.partnership.name),
        agency=pack.agency.name if pack.agency else "",
    )
    return Draft(
        purpose=PURPOSE,
        subject_id=pack.person.id,
        occurrence=pack.occurrence,
        to_address=primary_address(pack.person),
        to_name=pack.person.name,
        sender=Sender(pack.partnership.title, pack.partnership.contact_email),
        subject=subject,
        body=body,
        person_id=pack.person.id,
        partnership_id=pack.partnership.id,
        is_digestible=True,
    )


def is_still_due(message: MessageFacts, now: datetime) -> bool:
    """Whether its reader still reads it, and it is not too old: as it was found due."""
    return is_due_still(message.subject_id, message.occurrence, now)


PURPOSES: dict[str, StillTrue] = {PURPOSE: is_still_due}

EXAMPLE = {
    "to_name": "Rosalind Yarrow",
    "person_id": 7,
    "span": "October to December 2026",
    "quarter": "2026-27%20Q3",
    "host": "Walsall",
    "agency": "Walsall Healthcare NHS Trust",
}

KINDS = (
    Kind(
        OF_QUARTER,
        "Figures of the quarter",
        "To each PLD member, on the first working day after a quarter.",
        EXAMPLE,
    ),
    Kind(
        OF_MONTH,
        "Your agency’s month",
        "To each agency lead, on the first working day of a month.",
        {**EXAMPLE, "span": "December 2026"},
    ),
)
"""Kinds of message, for the page on which a partnership words them."""
