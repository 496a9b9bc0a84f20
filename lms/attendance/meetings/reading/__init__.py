"""A meeting's attendance file: from its bytes to who was there, and when. Pure.

`decoding` makes lines of the bytes, `tables` finds the tables among them by their columns' names,
`times` reads dates (month first or day first) and durations, `people` joins the rows of each
person, `completeness` refuses what was cut short. Whatever is wrong is one `UnreadableMeeting`.

Layouts: Teams with its three numbered sections; the one before it, a table of joins under a
summary; the first one, a table of who joined and left; Zoom's list with or without the block about
the meeting, with one row for each join or one for each person; Zoom's webinar report.
"""

from lms.attendance.meetings.reading.decoding import LARGEST_FILE
from lms.attendance.meetings.reading.faults import UnreadableMeeting
from lms.attendance.meetings.reading.meeting import Meeting, read_meeting
from lms.attendance.meetings.reading.people import Participant
from lms.attendance.meetings.reading.times import DateOrder

__all__ = [
    "LARGEST_FILE",
    "DateOrder",
    "Meeting",
    "Participant",
    "UnreadableMeeting",
    "read_meeting",
]
