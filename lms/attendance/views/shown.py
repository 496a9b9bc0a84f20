"""What the register's page shows of a register: rows with their notes, counts, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from lms.attendance.queries import HERE, Line, RegisterPicture
from lms.attendance.rules import Mark, MarkKind, SessionFact
from lms.attendance.views.blueprint import register_address
from lms.clock import london_date
from lms.web.words import counted
from lms.words import clock_time, count, day, sentence_case, span

MARKS = tuple((kind.value, kind.label) for kind in MarkKind)
SAID_OF = {
    MarkKind.PRESENT: "is marked present",
    MarkKind.LATE: "is marked late",
    MarkKind.LEFT_EARLY: "is marked as having left early",
    MarkKind.ABSENT: "is marked absent",
}
EVERYONE, UNMARKED, ARE_HERE = "everyone", "unmarked", "here"


@dataclass(frozen=True)
class ShownRow:
    """One name as the page shows it."""

    booking_id: int
    name: str
    note: str
    chosen: str | None
    minutes: tuple[int, int] | None  # late and early, where they can be given
    outcome: str
    is_absent: bool
    is_excused: bool


@dataclass(frozen=True)
class ShownLink:
    """A link of a strip, or, where it is the current one, bold words."""

    text: str
    href: str
    is_current: bool


class ShownRegister:
    """A register as its page shows it, for one session and one filter."""

    def __init__(
        self, picture: RegisterPicture, now: datetime, *, session_id: int | None, show: str
    ) -> None:
        self.picture = picture
        self.event_id = picture.event_id
        self.address = register_address(picture.event_id)
        self.is_open = picture.is_open(now)
        self.is_closed = picture.closed_at is not None
        self.session = _chosen_session(picture, now, session_id)
        self.show = show if show in (UNMARKED, ARE_HERE) else EVERYONE
        self.marks_here = {
            line.booking_id: line.marks[self.session.id]
            for line in picture.lines
            if self.session.id in line.marks
        }

    @property
    def query(self) -> str:
        """What every act on the page hands on, so that it comes back to the same view."""
        return self._query(self.show)

    def _query(self, show: str, session_id: int | None = None) -> str:
        several = len(self.picture.sessions) > 1
        asked: dict[str, str | int] = {"show": show} if show != EVERYONE else {}
        if several:
            asked["session"] = session_id or self.session.id
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def rows(self) -> list[ShownRow]:
        return [self._row(line) for line in self.picture.lines if self._is_shown(line)]

    def _is_shown(self, line: Line) -> bool:
        if self.show == UNMARKED:
            return self._lacks_mark(line)
        return self.show != ARE_HERE or self._is_here(line)

    def _lacks_mark(self, line: Line) -> bool:
        return line.booking_id not in self.marks_here and not line.is_excused

    def _is_here(self, line: Line) -> bool:
        mark = self.marks_here.get(line.booking_id)
        return mark is not None and mark.kind in HERE

    def _row(self, line: Line) -> ShownRow:
        mark = self.marks_here.get(line.booking_id)
        gives_minutes = mark and mark.kind in (MarkKind.LATE, MarkKind.LEFT_EARLY)
        return ShownRow(
            booking_id=line.booking_id,
            name=line.name,
            note=note_on(line, mark),
            chosen=mark.kind.value if mark else None,
            minutes=(mark.minutes_late, mark.minutes_left_early)
            if mark and gives_minutes
            else None,
            outcome=line.outcome.label if line.outcome else "",
            is_absent=mark is not None and mark.kind is MarkKind.ABSENT,
            is_excused=line.is_excused,
        )

    @property
    def total(self) -> int:
        return len(self.picture.lines)

    @property
    def settled(self) -> int:
        """How many need no mark any more at this session."""
        return sum(not self._lacks_mark(line) for line in self.picture.lines)

    @property
    def tally(self) -> str:
        """'11 present, 1 late, 1 absent'."""
        kinds = [mark.kind for mark in self.marks_here.values()]
        parts = [f"{n} {kind.words}" for kind in MarkKind if (n := kinds.count(kind))]
        excused = sum(line.is_excused for line in self.picture.lines)
        return ", ".join([*parts, f"{excused} excused"] if excused else parts)

    @property
    def filters(self) -> list[ShownLink]:
        unmarked = self.total - self.settled
        here = sum(self._is_here(line) for line in self.picture.lines)
        offered = (
            (EVERYONE, "everyone"),
            (UNMARKED, f"no mark yet ({unmarked})"),
            (ARE_HERE, f"here ({here})"),
        )
        return [
            ShownLink(text, f"{self.address}{self._query(show)}", show == self.show)
            for show, text in offered
        ]

    @property
    def sessions(self) -> list[ShownLink]:
        """The sessions to choose from; none where there is only one."""
        if len(self.picture.sessions) == 1:
            return []
        return [
            ShownLink(
                session_name(session, self.picture.sessions),
                f"{self.address}{self._query(self.show, session.id)}",
                session.id == self.session.id,
            )
            for session in self.picture.sessions
        ]

    @property
    def last_act(self) -> str:
        act = self.picture.last_act
        return SAID_OF[act.kind] if act else ""

    @property
    def closing_asks(self) -> str:
        """What the foot of the page says about names without a mark."""
        missing = len(self.picture.unmarked())
        if not missing:
            return "Every name has a mark."
        names = count(missing, "name has", "names have")
        return f"{sentence_case(names)} no mark yet. Closing asks you about each."


def note_on(line: Line, mark: Mark | None) -> str:
    """What stands under a name: agency, minutes, how they came, needs."""
    parts = [line.agency, line.where, minutes_in_words(mark) if mark else ""]
    if line.is_walk_in:
        parts.append("walked in")
    if line.is_excused:
        parts.append(f"excused: {line.reason}")
    return " · ".join(filter(None, [*parts, line.needs]))


def minutes_in_words(mark: Mark) -> str:
    """'20 minutes late, left 5 minutes early'."""
    late, early = mark.minutes_late, mark.minutes_left_early
    parts = [f"{counted(late, 'minute')} late"] if late else []
    if early:
        parts.append(f"left {counted(early, 'minute')} early")
    return ", ".join(parts)


def session_name(session: SessionFact, sessions: Sequence[SessionFact]) -> str:
    """'Monday 8 February', with its times where two are on one day."""
    on = london_date(session.starts_at)
    if sum(london_date(other.starts_at) == on for other in sessions) > 1:
        return f"{day(on)}, {clock_time(session.starts_at)}"
    return day(on)


def when_and_where(picture: RegisterPicture, session: SessionFact) -> str:
    """'Monday 8 February, 9:30am to 4:30pm, Beacon Hall'."""
    when = f"{day(london_date(session.starts_at))}, {span(session.starts_at, session.ends_at)}"
    return f"{when}, {picture.venue}" if picture.venue else when


def _chosen_session(picture: RegisterPicture, now: datetime, session_id: int | None) -> SessionFact:
    by_id: Mapping[int, SessionFact] = {session.id: session for session in picture.sessions}
    return by_id.get(session_id or 0) or picture.session_now(now)
