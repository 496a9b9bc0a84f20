"""Time as the demonstration lives through it: from one thing that happens to the next."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from lms.jobs import registered_jobs, run_all

Act = Callable[[datetime], None]


class Timeline:
    """Acts by instant. Where work may fall due, every job runs after the acts of that instant.

    Only the last of those runs leaves rows of jobs that had nothing to do: others are old by then.
    """

    def __init__(self) -> None:
        self._acts: list[tuple[datetime, int, Act | None]] = []
        self._order = count()

    def at(self, when: datetime, act: Act) -> None:
        """Let `act` happen at `when`."""
        heapq.heappush(self._acts, (when, next(self._order), act))

    def due(self, when: datetime) -> None:
        """Let the jobs run at `when`."""
        heapq.heappush(self._acts, (when, next(self._order), None))

    def post(self, when: datetime) -> None:
        """Let e-mails leave at `when`, and no other job run."""
        self.at(when, _empty_the_outbox)

    def run(self, until: datetime, progress: Callable[[float], None]) -> None:
        """Live through everything up to and including `until`, in order."""
        begins_at = self._acts[0][0]
        while self._acts and self._acts[0][0] <= until:
            when, has_work = self._acts[0][0], False
            while self._acts and self._acts[0][0] == when:
                _, _, act = heapq.heappop(self._acts)
                has_work = has_work or act is None
                if act is not None:
                    act(when)
            if has_work:
                run_all(when, keeps_idle=when == until)
                progress((when - begins_at) / (until - begins_at))


def _empty_the_outbox(now: datetime) -> None:
    """By the job that is always the last."""
    registered_jobs()[-1].run(now)
