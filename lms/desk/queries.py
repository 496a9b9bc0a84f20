"""What the desk's pages need from all slices at once."""

from __future__ import annotations

from sqlalchemy import select

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.accounts.queries import is_known_to, primary_address
from lms.catalogue.models import Event
from lms.db import db


def find_event_title(event_id: int | None, viewer: Viewer) -> str | None:
    """The title of an event of the viewer's partnerships."""
    run_here = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    return db.session.scalar(select(Event.title).where(Event.id == event_id, run_here))


def find_address(person_id: int | None) -> str | None:
    """Where a person can be reached by now; None for a message to nobody that we know."""
    person = db.session.get(Person, person_id) if person_id is not None else None
    return primary_address(person) if person else None


def find_person_name(person_id: int | None, viewer: Viewer) -> str | None:
    """The name of a person of whom the viewer may know."""
    return db.session.scalar(select(Person.name).where(Person.id == person_id, is_known_to(viewer)))
