"""Whom a record may be joined with: somebody whom the viewer looks for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.access import Viewer
from lms.accounts.models import Membership, Person
from lms.accounts.queries import is_called
from lms.booking.queries.known import is_known_to
from lms.db import db

MOST_SHOWN = 20


def find_others(person: Person, text: str, viewer: Viewer) -> list[Person]:
    """The first of the other records called so that the viewer may see, by surname."""
    query = (
        select(Person)
        .where(Person.id != person.id, Person.merged_into_id.is_(None), is_called(text))
        .where(is_known_to(viewer))
        .options(
            selectinload(Person.emails),
            selectinload(Person.memberships).selectinload(Membership.agency),
        )
        .order_by(Person.sort_name, Person.id)
        .limit(MOST_SHOWN)
    )
    return list(db.session.scalars(query))
