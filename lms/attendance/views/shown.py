"""What the register's page shows of a register: rows with their notes, counts, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from lms.attendance.queries import Line, RegisterPicture
from lms.attendance.rules import (
    GIVES_MINUTES,
    HERE,
    Mark,
    MarkKind,
    SessionFact,
    closable_from,
    pass_ends_at,
)
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
    is_walk_in: bool
    claim: str | None  # the mark that they gave themselves, to be confirmed


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
        self.picture, self.now = picture, now
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
    def pass_ends_at(self) -> datetime | None:
        """Until when the register stays open on the device where it was opened today."""
        return pass_ends_at(self.picture.sessions, self.now)

    @property
    def closable_from(self) -> datetime:
        return closable_from(self.picture.sessions)

    @property
    def may_be_closed(self) -> bool:
        return self.is_open and self.now >= self.closable_from

    @property
    def is_on_until(self) -> datetime | None:
        """When the event ends, as long as it is still on."""
        ends_at = max(session.ends_at for session in self.picture.sessions)
        return ends_at if self.now < ends_at else None

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
        gives_minutes = mark and mark.kind in GIVES_MINUTES and not mark.is_claim
        return ShownRow(
            booking_id=line.booking_id,
            name=line.name,
            note=note_on(line, mark, line.claimed_at.get(self.session.id)),
            chosen=mark.kind.value if mark and not mark.is_claim else None,
            minutes=(mark.minutes_late, mark.minutes_left_early)
            if mark and gives_minutes
            else None,
            outcome=line.outcome.label if line.outcome else "",
            is_absent=mark is not None and mark.kind is MarkKind.ABSENT,
            is_excused=line.is_excused,
            is_walk_in=line.is_walk_in,
            claim=mark.kind.value if mark and mark.is_claim else None,
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
        """'11 present, 1 late, 1 absent'; those who checked in by phone, until confirmed, apart."""
        kinds = [mark.kind for mark in self.marks_here.values() if not mark.is_claim]
        parts = [f"{n} {kind.words}" for kind in MarkKind if (n := kinds.count(kind))]
        if self.claims:
            parts.append(f"{len(self.claims)} checked in by phone")
        excused = sum(line.is_excused for line in self.picture.lines)
        return ", ".join([*parts, f"{excused} excused"] if excused else parts)

    @property
    def claims(self) -> tuple[Line, ...]:
        return self.picture.claims_at(self.session.id)

    @property
    def claimed(self) -> str:
        """The names whose check-in waits to be confirmed, as a form sends them."""
        return ",".join(str(line.booking_id) for line in self.claims)

    @property
    def unmarked(self) -> list[int]:
        """The names without a mark at this session."""
        return [line.booking_id for line in self.picture.lines if self._lacks_mark(line)]

    @property
    def all_present(self) -> str:
        """What the button for all who have no mark says."""
        missing = len(self.unmarked)
        if missing == self.total:
            return f"Mark all {missing} present" if missing > 1 else "Mark them present"
        return f"Mark the other {missing} present" if missing > 1 else "Mark the last one present"

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
        if act is None:
            return ""
        return SAID_OF[act.kind] if act.people == 1 else SAID_OF[act.kind].replace("is", "are", 1)

    @property
    def last_marked(self) -> str:
        """Whom the last act marked."""
        act = self.picture.last_act
        if act is None or act.people == 1:
            return act.name if act else ""
        return sentence_case(count(act.people, "person", "people"))

    @property
    def closing_asks(self) -> str:
        """What the foot of the page says about names without a mark."""
        missing = len(self.picture.unmarked())
        names = sentence_case(count(missing, "name has", "names have"))
        asks = f"{names} no mark yet. Closing asks you about each." if missing else ""
        return f"{asks or 'Every name has a mark.'} {self.closing_believes}".strip()

    @property
    def closing_believes(self) -> str:
        """What closing takes the word of those for who checked in by phone."""
        believed = {
            line.booking_id for s in self.picture.sessions for line in self.picture.claims_at(s.id)
        }
        if not believed:
            return ""
        people = sentence_case(count(len(believed), "person", "people"))
        return (
            f"{people} checked in by phone, which nobody has confirmed: closing takes their word."
        )


def note_on(line: Line, mark: Mark | None, claimed_at: datetime | None = None) -> str:
    """What stands under a name: agency, minutes, how they came, needs."""
    parts = [line.agency, line.where, minutes_in_words(mark) if mark else ""]
    if claimed_at and (mark is None or mark.is_claim or mark.kind is MarkKind.ABSENT):
        parts.append(f"checked in by phone at {clock_time(claimed_at)}")
    if line.is_walk_in:
        parts.append("walked in")
    if line.is_excused:
        parts.append(f"excused: {line.reason}")
    return " · ".join(filter(None, [*parts, line.needs]))


def minutes_in_words(mark: Mark) -> str:
    """'20 minutes late, away 15 minutes, left 5 minutes early'."""
    late, early = mark.minutes_late, mark.minutes_left_early
    parts = [f"{counted(late, 'minute')} late"] if late else []
    if mark.minutes_away:
        parts.append(f"away {counted(mark.minutes_away, 'minute')}")
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
