"""What is known of each uploaded file; its bytes lie in the store (`lms.files.store`)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class StoredFile(Base):
    """A file that was uploaded. Its bytes lie in the store under its key; they never change."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]  # as it is offered for download
    content_type: Mapped[str]  # by its content, never by its name
    size: Mapped[int]  # bytes
    fingerprint: Mapped[str]  # SHA-256 of the bytes
    stored_at: Mapped[datetime]
