"""What a meeting's file says of each person at each session, and whose name it is.

A5  Microsoft Teams and Zoom attendance files are imported with a preview: matched by e-mail, then
    by an alias once confirmed; repeated joins summed; the unmatched kept in a queue; importing the
    same file twice changes nothing.
A1  A mark that a trainer or coordinator made by hand stands; a self check-in is a claim, which a
    file that lists the person overrules, and one that does not leaves alone.

Source: docs/domain.md, Attendance; docs/decisions/0025-files-of-meetings.md.
"""

from lms.attendance.meetings.rules.marks import (
    Standing,
    Step,
    is_expected_online,
    step_for,
)
from lms.attendance.meetings.rules.names import (
    Match,
    MatchedBy,
    OnRegister,
    Roll,
    alias_of,
    is_worth_remembering,
    match,
    name_key,
    plain_name,
)
from lms.attendance.meetings.rules.presence import (
    Attended,
    Join,
    Presence,
    mark_for,
    merged,
    presence_at,
    seconds_of,
    sessions_met,
    together,
)
from lms.attendance.meetings.rules.wanted import Delegate, FileSays, Wanted, wanted_marks

__all__ = [
    "Attended",
    "Delegate",
    "FileSays",
    "Join",
    "Match",
    "MatchedBy",
    "OnRegister",
    "Presence",
    "Roll",
    "Standing",
    "Step",
    "Wanted",
    "alias_of",
    "is_expected_online",
    "is_worth_remembering",
    "mark_for",
    "match",
    "merged",
    "name_key",
    "plain_name",
    "presence_at",
    "seconds_of",
    "sessions_met",
    "step_for",
    "together",
    "wanted_marks",
]
