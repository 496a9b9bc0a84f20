"""The blueprint that the pages of this slice hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("attendance", __name__)
REGISTER = "/manage/events/<int:event_id>/register"


def register_address(event_id: int) -> str:
    """Where the register of an event is."""
    return f"/manage/events/{event_id}/register"
