"""What this slice tells people."""

from __future__ import annotations

from lms.messaging.rules import StillTrue

PURPOSES: dict[str, StillTrue] = {}
