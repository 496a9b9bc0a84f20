"""Attendance, worked out by the database in a few statements."""

from lms.reporting.attendance.queries.crossed import CrossedReport, crossed_report
from lms.reporting.attendance.queries.report import (
    AttendanceReport,
    AttendanceRow,
    attendance_report,
    attendance_reports,
    attended_by_event,
    attended_by_group,
    count_attended,
)
from lms.reporting.attendance.queries.traced import CountedBooking, count_rows, list_rows

__all__ = [
    "AttendanceReport",
    "AttendanceRow",
    "CountedBooking",
    "CrossedReport",
    "attendance_report",
    "attendance_reports",
    "attended_by_event",
    "attended_by_group",
    "count_attended",
    "count_rows",
    "crossed_report",
    "list_rows",
]
