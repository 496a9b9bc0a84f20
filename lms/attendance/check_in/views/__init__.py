"""Pages of self check-in: on a phone by a session's code; the screen and sheet that show it."""

from __future__ import annotations

from lms.attendance.check_in.views import by_name, entering, for_the_room

__all__ = ["by_name", "entering", "for_the_room"]
