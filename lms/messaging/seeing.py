"""Who may see which messages."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from lms.access import Permission, Viewer
from lms.messaging.models import Message


def may_see(viewer: Viewer, partnership_id: int | None) -> bool:
    """Messages belong to the partnership that sends them; those of none are the administrators'."""
    if partnership_id is None:
        return viewer.can(Permission.ADMINISTER)
    return viewer.can(Permission.RUN_PROGRAMME, partnership_id)


def is_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The same as a condition."""
    own: ColumnElement[bool] = Message.partnership_id.in_(
        viewer.partnerships(Permission.RUN_PROGRAMME)
    )
    if viewer.can(Permission.ADMINISTER):
        own = or_(own, Message.partnership_id.is_(None))
    return own
