"""Files for those booked: put beside a course or an event, ordered, taken away and put back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.audit import record
from lms.catalogue.models import Course, Event, Material
from lms.catalogue.queries import in_order
from lms.db import take_turn, transaction
from lms.errors import NotFound, Refused
from lms.files import Sent, kept, the_store

LONGEST_TITLE = 120
MOST_MATERIALS = 40


@dataclass(frozen=True)
class Shelf:
    """Where materials lie: beside one event, or beside a course and so at each of its events."""

    event_id: int | None = None
    course_id: int | None = None

    @property
    def owner(self) -> dict[str, int]:
        """The column that names it, with its value."""
        if self.event_id is not None:
            return {"event_id": self.event_id}
        assert self.course_id is not None  # noqa: S101 - one of the two is given
        return {"course_id": self.course_id}


def add_material(
    shelf: Shelf, sent: Sent, title: str, *, is_after: bool, by: Viewer | None, now: datetime
) -> int:
    """Put a file beside an event or a course, as the last. Refused where it cannot be taken.

    Without a title it is called as the file is. Sent twice, it lies there once.
    """
    with kept(sent, now=now) as file, transaction() as session:
        take_turn(session, f"materials {shelf.owner}")
        there = _lying(session, shelf)
        called = _title(title) or file.name.rpartition(".")[0]
        for other in there:
            if (other.file.fingerprint, other.title) == (file.fingerprint, called):
                the_store().remove(file.key)
                return other.id
        if len(there) >= MOST_MATERIALS:
            raise Refused(f"There are {MOST_MATERIALS} already. Take one away first", field="file")
        material = Material(
            **shelf.owner,
            file=file,
            title=called,
            position=there[-1].position + 1 if there else 0,
            is_after=is_after,
            added_at=now,
            added_by_person_id=by.person_id if by else None,
        )
        session.add(material)
        session.flush()
        _record(session, "add material", "put {} beside {}", material, by, now)
        return material.id


def copy_materials_within(session: Session, source: Event, copy: Event, *, now: datetime) -> None:
    """Lay what lies beside one event beside another too, in the caller's transaction.

    The same files: what is changed or taken away at the one stays at the other.
    """
    for material in _lying(session, Shelf(event_id=source.id)):
        session.add(
            Material(
                event_id=copy.id,
                file_id=material.file_id,
                title=material.title,
                position=material.position,
                is_after=material.is_after,
                added_at=now,
                added_by_person_id=material.added_by_person_id,
            )
        )


def change_material(
    shelf: Shelf, material_id: int, title: str, *, is_after: bool, by: Viewer | None, now: datetime
) -> None:
    """Call it otherwise, or show it at another time. Its file never changes."""
    if not _title(title):
        raise Refused("Enter what it is, such as Slides of the day", field="title")
    with transaction() as session:
        material = _one(session, shelf, material_id)
        material.title, material.is_after = _title(title), is_after
        _record(session, "change material", "changed how {} is shown beside {}", material, by, now)


def move_material(
    shelf: Shelf, material_id: int, places: int, *, by: Viewer | None, now: datetime
) -> None:
    """Move it up (-1) or down (1) among those that lie there; at an end it stays."""
    with transaction() as session:
        material = _one(session, shelf, material_id)
        there = _lying(session, shelf)
        at = there.index(material) if material in there else 0
        there.insert(min(max(at + places, 0), len(there) - 1), there.pop(at))
        for position, each in enumerate(there):
            each.position = position
        _record(session, "move material", "moved {} among what lies beside {}", material, by, now)


def remove_material(shelf: Shelf, material_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Take it away: nobody can open it any more, until it is put back."""
    with transaction() as session:
        material = _one(session, shelf, material_id)
        material.removed_at = now
        _record(session, "remove material", "took {} away from {}", material, by, now)


def put_back_material(shelf: Shelf, material_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Put back what was taken away."""
    with transaction() as session:
        material = _one(session, shelf, material_id)
        material.removed_at = None
        _record(session, "put back material", "put {} back beside {}", material, by, now)


def _title(typed: str) -> str:
    return " ".join(typed.split())[:LONGEST_TITLE]


def _lying(session: Session, shelf: Shelf) -> list[Material]:
    query = select(Material).filter_by(**shelf.owner).where(Material.removed_at.is_(None))
    return list(session.scalars(in_order(query)))


def _one(session: Session, shelf: Shelf, material_id: int) -> Material:
    query = select(Material).filter_by(id=material_id, **shelf.owner)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def _record(
    session: Session, act: str, words: str, material: Material, by: Viewer | None, now: datetime
) -> None:
    """`words` have room for the material's title and for what it lies beside."""
    owner: Event | Course
    if material.event_id is not None:
        owner, about = session.get_one(Event, material.event_id), ("event", material.event_id)
    else:
        owner = session.get_one(Course, material.course_id)
        about = ("course", owner.id)
    record(
        session,
        act,
        words.format(f"“{material.title}”", owner.title),
        by=by,
        now=now,
        about=about,
        partnership_id=owner.partnership_id,
    )
