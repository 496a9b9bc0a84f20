"""What this slice tells people."""

from lms.booking.messages.kinds import KINDS
from lms.booking.messages.truth import PURPOSES

__all__ = ["KINDS", "PURPOSES"]
