"""A message about an event to somebody other than a delegate: a lead, a guest, a partner."""

from __future__ import annotations

from lms.booking.messages.telling import Reader, event_words, first_day
from lms.catalogue.models import Event
from lms.messaging.commands import Draft, Sender
from lms.messaging.templates import render


def letter(
    event: Event,
    to: Reader,
    template: str,
    *,
    purpose: str,
    subject_id: int,
    occurrence: str,
    **facts: object,
) -> Draft:
    """One message in the words of a template, which is given the event and `facts`.

    `purpose`, `subject_id` and `occurrence` make its unique key.
    """
    partnership = event.partnership
    subject, body = render(
        f"booking/mail/{template}",
        to_name=to.name,
        partnership=partnership,
        event=event_words(event),
        event_id=event.id,
        first_day=first_day(event),
        **facts,
    )
    return Draft(
        purpose=purpose,
        subject_id=subject_id,
        occurrence=occurrence,
        to_address=to.address,
        to_name=to.name,
        sender=Sender(partnership.title, partnership.contact_email),
        subject=subject,
        body=body,
        person_id=to.person_id,
        event_id=event.id,
        partnership_id=partnership.id,
        is_digestible=True,
    )
