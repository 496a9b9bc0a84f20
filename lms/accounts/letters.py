"""What this slice writes to people."""

from __future__ import annotations

from flask import current_app

from lms.accounts.models import Person, SignInAttempt
from lms.agencies.queries import default_partnership
from lms.messaging.commands import Draft, Sender
from lms.messaging.templates import render

SIGN_IN_CODE, ADDRESS_CODE = "sign-in-code", "address-code"
ADDRESSES_CHANGED = "addresses-changed"
CODE_PURPOSES = {False: "sign-in", True: "add-address"}
"""From what a code is derived, by whether it is to add an address to somebody's account."""


def code_letter(attempt: SignInAttempt) -> Draft:
    """The code, as a placeholder: the same letter whoever reads at the address, or nobody."""
    adds = attempt.adds_to_id is not None
    return _letter(
        "address_code" if adds else "sign_in_code",
        ADDRESS_CODE if adds else SIGN_IN_CODE,
        attempt.id,
        "0",
        attempt.address,
        attempt_id=attempt.id,
        is_urgent=True,
    )


def addresses_changed(
    person: Person, to_address: str, what: str, address: str, ticket: int
) -> Draft:
    """Word of a change to the addresses by which somebody signs in, to where they were written to.

    `ticket` is the change's own.
    """
    return _letter(
        "addresses_changed",
        ADDRESSES_CHANGED,
        person.id,
        str(ticket),
        to_address,
        to_name=person.name,
        what=what,
        which=address,
    )


def _letter(
    template: str,
    purpose: str,
    subject_id: int,
    occurrence: str,
    to_address: str,
    *,
    to_name: str = "",
    is_urgent: bool = False,
    **facts: object,
) -> Draft:
    partnership = default_partnership()
    subject, body = render(
        f"accounts/mail/{template}", partnership=partnership, to_name=to_name, **facts
    )
    settings = current_app.extensions["lms.settings"]
    return Draft(
        purpose=purpose,
        subject_id=subject_id,
        occurrence=occurrence,
        to_address=to_address,
        to_name=to_name,
        sender=Sender(
            partnership.title if partnership else "Training and learning",
            partnership.contact_email if partnership else settings.mail_from,
        ),
        subject=subject,
        body=body,
        is_urgent=is_urgent,
    )
