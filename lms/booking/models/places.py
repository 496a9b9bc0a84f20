"""Who may have how many places."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.agencies.models import Agency
from lms.agencies.rules import Sector
from lms.booking.rules import ShareKind, Side
from lms.db import Base, words


class Share(Base):
    """Places capped or held back for an agency (and those under it), a sector or a partnership."""

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN sector IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN partnership_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_group",
        ),
        CheckConstraint("places >= 0", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ShareKind] = mapped_column(words(ShareKind, "share_kind"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    sector: Mapped[Sector | None] = mapped_column(words(Sector, "sector"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnership.id"))
    side: Mapped[Side] = mapped_column(words(Side, "side"), default=Side.ROOM)
    places: Mapped[int]
    release_on: Mapped[date | None]

    agency: Mapped[Agency | None] = relationship()
