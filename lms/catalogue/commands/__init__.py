"""Courses, priorities, themes and drafts are made and changed; a published event is booking's."""

from lms.catalogue.commands.courses import (
    add_course,
    add_course_within,
    bring_back_course,
    change_course,
    retire_course,
)
from lms.catalogue.commands.events import (
    add_event_within,
    change_draft,
    discard_draft,
    draft_event,
    write_event_within,
)
from lms.catalogue.commands.materials import (
    Shelf,
    add_material,
    change_material,
    copy_materials_within,
    move_material,
    put_back_material,
    remove_material,
)
from lms.catalogue.commands.priorities import PriorityDetails, ThemeDetails, keep_priorities
from lms.catalogue.commands.trainers import set_courses_given
from lms.catalogue.commands.venues import (
    add_venue,
    bring_back_venue,
    change_venue,
    retire_venue,
)

__all__ = [
    "PriorityDetails",
    "Shelf",
    "ThemeDetails",
    "add_course",
    "add_course_within",
    "add_event_within",
    "add_material",
    "add_venue",
    "bring_back_course",
    "bring_back_venue",
    "change_course",
    "change_draft",
    "change_material",
    "change_venue",
    "copy_materials_within",
    "discard_draft",
    "draft_event",
    "keep_priorities",
    "move_material",
    "put_back_material",
    "remove_material",
    "retire_course",
    "retire_venue",
    "set_courses_given",
    "write_event_within",
]
