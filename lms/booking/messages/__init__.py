"""What this slice tells people."""

from lms.booking.messages.truth import PURPOSES

__all__ = ["PURPOSES"]
