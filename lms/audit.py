"""The append-only trail of changes to another's record, files with names, and overrides (P3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.access import Viewer
from lms.db import Base


class AuditEntry(Base):
    """One act: who did what to which record, in a sentence. Rows are never changed or deleted."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by_person_id: Mapped[int | None] = mapped_column(index=True)
    by_name: Mapped[str]
    act: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int | None]
    partnership_id: Mapped[int | None] = mapped_column(index=True)
    sentence: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


class NeverChanged(RuntimeError):
    """Somebody's code would change or delete what was written down."""


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse_to_rewrite(*_: object) -> None:
    raise NeverChanged


def record(
    session: Session,
    act: str,
    sentence: str,
    *,
    by: Viewer | None,
    now: datetime,
    about: tuple[str, int | None],
    partnership_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Add an entry within the command's own transaction.

    `act` is a verb with its object, such as 'close register': those of one kind are found by it.
    `sentence` goes on after the name of whoever did it: 'added Ida Bell', 'took a file of 3
    people'. `by` None means the system or the command line.
    """
    session.add(
        AuditEntry(
            at=now,
            by_person_id=by.person_id if by else None,
            by_name=by.name if by else "the system",
            act=act,
            object_kind=about[0],
            object_id=about[1],
            partnership_id=partnership_id,
            sentence=sentence,
            reason=reason,
        )
    )
