"""The verbs of the register. Each takes the event's ticket first, so that two tablets agree."""

from lms.attendance.commands.closing import close_register, correct_outcome, excuse
from lms.attendance.commands.importing import Imported, import_attendance
from lms.attendance.commands.marking import mark, set_minutes, undo_mark
from lms.attendance.commands.walking_in import WalkIn, add_walk_in

__all__ = [
    "Imported",
    "WalkIn",
    "add_walk_in",
    "close_register",
    "correct_outcome",
    "excuse",
    "import_attendance",
    "mark",
    "set_minutes",
    "undo_mark",
]
