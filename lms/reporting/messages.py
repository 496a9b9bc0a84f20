"""What this slice tells people: its packs."""

from lms.reporting.packs.messages import KINDS, PURPOSES

__all__ = ["KINDS", "PURPOSES"]
