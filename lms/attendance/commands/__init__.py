"""The verbs of the register. Each takes the event's ticket first, so that two tablets agree."""

from lms.attendance.commands.closing import close_register, correct_outcome, excuse
from lms.attendance.commands.importing import Imported, import_attendance
from lms.attendance.commands.kept import do_kept
from lms.attendance.commands.marking import How, mark, mark_within, set_minutes
from lms.attendance.commands.passes import end_pass, make_pass
from lms.attendance.commands.several import Several, mark_several
from lms.attendance.commands.undoing import strike_out, undo_mark
from lms.attendance.commands.walking_in import WalkIn, add_walk_in

__all__ = [
    "How",
    "Imported",
    "Several",
    "WalkIn",
    "add_walk_in",
    "close_register",
    "correct_outcome",
    "do_kept",
    "end_pass",
    "excuse",
    "import_attendance",
    "make_pass",
    "mark",
    "mark_several",
    "mark_within",
    "set_minutes",
    "strike_out",
    "undo_mark",
]
