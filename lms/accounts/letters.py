"""What this slice writes to people."""

from __future__ import annotations

from flask import current_app

from lms.agencies.queries import default_partnership
from lms.messaging.commands import Draft, Sender
from lms.messaging.templates import render

SIGN_IN_CODE = "sign-in-code"


def code_letter(attempt_id: int, address: str) -> Draft:
    """The code, as a placeholder: the same letter whoever reads at the address, or nobody."""
    partnership = default_partnership()
    subject, body = render(
        "accounts/mail/sign_in_code", attempt_id=attempt_id, partnership=partnership, to_name=""
    )
    settings = current_app.extensions["lms.settings"]
    return Draft(
        purpose=SIGN_IN_CODE,
        subject_id=attempt_id,
        occurrence="0",
        to_address=address,
        to_name="",
        sender=Sender(
            partnership.title if partnership else "Training and learning",
            partnership.contact_email if partnership else settings.mail_from,
        ),
        subject=subject,
        body=body,
        is_urgent=True,
    )
