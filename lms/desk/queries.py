"""What the desk's pages need from all slices at once."""

from __future__ import annotations

from sqlalchemy import select

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.accounts.queries import is_known_to
from lms.catalogue.models import Event
from lms.db import db


def find_event_title(event_id: int | None, viewer: Viewer) -> str | None:
    """The title of an event of the viewer's partnerships."""
    run_here = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    return db.session.scalar(select(Event.title).where(Event.id == event_id, run_here))


def find_person_name(person_id: int | None, viewer: Viewer) -> str | None:
    """The name of a person of whom the viewer may know."""
    return db.session.scalar(select(Person.name).where(Person.id == person_id, is_known_to(viewer)))
