"""The address of a person's calendar feed, ended by giving it another."""

from __future__ import annotations

from lms.accounts.models import Person
from lms.db import lock_rows, transaction


def renew_feed_address(person_id: int) -> None:
    """Give a person's calendar a new address; the old one opens nothing from now on."""
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        session.get_one(Person, person_id).feed_number += 1
