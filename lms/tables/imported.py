"""What an import did, or would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lms import words


@dataclass(frozen=True)
class Imported:
    """How many rows' things were added, changed, or there already as the file says."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    notes: tuple[str, ...] = ()

    @classmethod
    def counted(cls, counts: Mapping[str, int]) -> Self:
        """From counts by the words 'added', 'changed' and 'unchanged'."""
        return cls(counts.get("added", 0), counts.get("changed", 0), counts.get("unchanged", 0))

    @property
    def sentence(self) -> str:
        parts = ((self.added, "added"), (self.changed, "changed"), (self.unchanged, "unchanged"))
        said = [f"{words.number(count)} {what}" for count, what in parts if count]
        return words.sentence_case(", ".join(said) or "nothing to do") + "."
