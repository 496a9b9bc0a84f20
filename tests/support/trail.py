"""What the trail of changes says, in the order in which it was written."""

from __future__ import annotations

from sqlalchemy import select

from lms.audit import AuditEntry
from lms.db import db


def said(*, act: str | None = None) -> list[AuditEntry]:
    """Every entry, or those of one act, the oldest first."""
    entries = select(AuditEntry).order_by(AuditEntry.id)
    return list(db.session.scalars(entries if act is None else entries.filter_by(act=act)))


def said_of(kind: str, object_id: int) -> list[AuditEntry]:
    """The entries about one record, the oldest first."""
    return [entry for entry in said() if (entry.object_kind, entry.object_id) == (kind, object_id)]
