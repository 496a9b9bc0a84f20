"""Who may open the materials of an event: those who have a place, and those who run or give it.

What is for afterwards (the slides, with the answers in them) is for those with a place once the
event has ended; who runs or gives it sees everything at any time. Nobody else is told of it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar


class Paper(Protocol):
    """As much of a material as decides."""

    @property
    def is_after(self) -> bool:
        """Whether it is shown only once the event has ended."""


P = TypeVar("P", bound=Paper)


def materials_open(
    papers: Iterable[P], *, ends_at: datetime | None, has_place: bool, runs_it: bool, now: datetime
) -> Iterator[P]:
    """Those of an event's materials that somebody may open; `ends_at` None: it has no date."""
    is_over = ends_at is not None and ends_at <= now
    for paper in papers:
        if runs_it or (has_place and (is_over or not paper.is_after)):
            yield paper
