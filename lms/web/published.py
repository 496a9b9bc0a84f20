"""Whether what is changed has been published: asked of the slice above that publishes.

The register lies below the reports, and still says so to who corrects it (R6).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import current_app

Said = Callable[[int, datetime], str]


def said_if_published(partnership_id: int, when: datetime) -> str:
    """A sentence to add, where a day of that partnership stands in a frozen year; else nothing."""
    said: Said = current_app.extensions["lms.published"]
    return said(partnership_id, when)
