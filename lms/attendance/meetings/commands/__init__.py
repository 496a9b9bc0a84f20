"""The verbs of meetings' files. Each locks the event's register first."""

from lms.attendance.meetings.commands.importing import (
    forget_meeting_files,
    import_meeting_file,
    stage_meeting_file,
    take_file_back,
)
from lms.attendance.meetings.commands.matching import (
    add_row_as_walk_in,
    bring_row_back,
    match_row,
    set_row_aside,
)

__all__ = [
    "add_row_as_walk_in",
    "bring_row_back",
    "forget_meeting_files",
    "import_meeting_file",
    "match_row",
    "set_row_aside",
    "stage_meeting_file",
    "take_file_back",
]
