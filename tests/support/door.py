"""An event on its day, with the register that its trainer holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lms.access import Role, Viewer
from lms.attendance.commands import WalkIn, add_walk_in, mark
from lms.attendance.queries import RegisterPicture, get_register
from lms.attendance.rules import MarkKind
from lms.clock import FixedClock
from tests.support.make import Make

DAY = datetime.fromisoformat("2027-02-08T09:30+00:00")


class Door:
    """An event with its trainer, on the day, and the register that the trainer holds."""

    def __init__(self, make: Make, clock: FixedClock, days: int = 1, **facts: Any) -> None:
        self.make = make
        self.trainer = make.person("Tilda Trainer", role=Role.TRAINER)
        self.event = make.event(starts_at=DAY, trainers=[self.trainer], days=days, **facts)
        self.by = make.viewer(self.trainer)
        clock.set(DAY)

    @property
    def picture(self) -> RegisterPicture:
        return get_register(self.event, self.by)

    def session(self, nth: int = 0) -> int:
        return self.picture.sessions[nth].id

    def book(self, name: str, **facts: object) -> int:
        person = self.make.person(name)
        return self.make.booking(self.event, person, **facts)  # type: ignore[arg-type]

    def mark(self, booking: int, kind: MarkKind, nth: int = 0, by: Viewer | None = None) -> None:
        mark(
            self.event,
            booking,
            self.session(nth),
            kind,
            by=by or self.by,
            now=self.make.clock.now(),
        )

    def walk_in(self, name: str = "Walter Inn", email: str = "", once: str = "one") -> int:
        given = WalkIn(name, email, "Street Teams", once)
        return add_walk_in(self.event, self.session(), given, by=self.by, now=self.make.clock.now())
