"""The address of a person's own calendar feed: unguessable, derived, and ended by a new number."""

from __future__ import annotations

from lms.accounts.models import Person
from lms.db import db
from lms.errors import Gone, NotFound
from lms.tokens import KeyRing

PURPOSE = "calendar"


def feed_path(person: Person, keys: KeyRing) -> str:
    """Where a person's calendar programs fetch their bookings; nothing at rest holds it."""
    return f"/calendar/{keys.token(PURPOSE, f'{person.id}-{person.feed_number}')}.ics"


def get_person_of_feed(token: str, keys: KeyRing) -> Person:
    """Whose feed an address is. Raises NotFound for an altered one, Gone for one that was ended."""
    subject = keys.read(PURPOSE, token)
    if subject is None:
        raise NotFound
    person_id, _, number = subject.partition("-")
    person = db.session.get(Person, int(person_id))
    if person is None or person.feed_number != int(number):
        raise Gone("This calendar has another address now.", way_out="Sign in and copy it anew.")
    return _joined_into(person)


def _joined_into(person: Person) -> Person:
    """The record that is kept, where this one was joined with another: the address goes on."""
    while person.merged_into_id is not None:
        person = db.session.get_one(Person, person.merged_into_id)
    return person
