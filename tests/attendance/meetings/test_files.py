"""Twelve files in the layouts of both suppliers: who was there, for how long, and what comes of it.

The people are invented. Nine of the files are of one meeting: somebody there throughout, one late,
one gone early, one who joined seven times, one on two devices that overlap, one there for forty
seconds, a guest without an address, and a note-taking machine. One booked and never came.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.access import Role
from lms.attendance.commands import close_register
from lms.attendance.meetings.commands import import_meeting_file, stage_meeting_file
from lms.attendance.meetings.preview import get_preview
from lms.attendance.meetings.queries import FilesPicture, get_files
from lms.attendance.models import AttendanceFile, AttendanceRow, Mark
from lms.attendance.rules import MarkKind, MarkSource, RowState
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.catalogue.models import EventSession
from lms.catalogue.rules import EventMode
from lms.clock import FixedClock
from lms.db import db, transaction
from tests.support.make import Make

FILES = sorted((Path(__file__).parent / "files").glob("*.csv"))
STARTS = datetime.fromisoformat("2027-07-08T09:30+01:00")
PEOPLE = {
    "Saffron Dellamere": "s.dellamere@walsall.example",
    "Tobias Elderbrook": "t.elderbrook@walsall.example",
    "Ottilie Fennimore": "ottilie@earlyyears.example",
    "Bartholomew Figg": "b.figg@walsall.example",
    "Lalita Greenfinch": "l.greenfinch@poolhayes.example",
    "Dorian Hazelmere": "hazelmere.d@police.example",
    "Zainab Honeydew": "z.honeydew@nhs.example",
    "Kofi Lanternby": "kofi@police.example",
}
Said = tuple[MarkKind, int, int, int, Outcome]  # late, away, gone early, and the outcome of it
PRESENT, LATE, EARLY, ABSENT = (
    MarkKind.PRESENT,
    MarkKind.LATE,
    MarkKind.LEFT_EARLY,
    MarkKind.ABSENT,
)
USUAL: dict[str, Said] = {
    "Saffron Dellamere": (PRESENT, 0, 0, 0, Outcome.ATTENDED),
    "Tobias Elderbrook": (LATE, 12, 0, 0, Outcome.ATTENDED),
    "Ottilie Fennimore": (EARLY, 0, 0, 40, Outcome.PART_ATTENDED),
    "Bartholomew Figg": (PRESENT, 0, 19, 0, Outcome.ATTENDED),
    "Lalita Greenfinch": (PRESENT, 0, 0, 0, Outcome.ATTENDED),
    "Dorian Hazelmere": (ABSENT, 0, 0, 0, Outcome.DID_NOT_ATTEND),
    "Zainab Honeydew": (PRESENT, 1, 0, 0, Outcome.ATTENDED),
    "Kofi Lanternby": (ABSENT, 0, 0, 0, Outcome.DID_NOT_ATTEND),
}
NOBODY: Said = (ABSENT, 0, 0, 0, Outcome.DID_NOT_ATTEND)
OTHERWISE: dict[str, dict[str, Said]] = {
    "08": dict.fromkeys(USUAL, NOBODY) | {"Bartholomew Figg": USUAL["Bartholomew Figg"]},
    # how long and not when: in whole minutes that Zoom rounds up
    "11": {
        "Tobias Elderbrook": (PRESENT, 0, 12, 0, Outcome.ATTENDED),
        "Ottilie Fennimore": (PRESENT, 0, 38, 0, Outcome.PART_ATTENDED),
        "Dorian Hazelmere": (PRESENT, 0, 179, 0, Outcome.DID_NOT_ATTEND),
        "Zainab Honeydew": (PRESENT, 0, 1, 0, Outcome.ATTENDED),
    },
}
EVENING = STARTS + timedelta(hours=8)


class Online:
    """An online event with its register, and the files that are brought into it."""

    def __init__(self, make: Make, clock: FixedClock, **facts: object) -> None:
        self.make = make
        trainer = make.person("Tilda Trainer", "tilda.trainer@wsp.example", role=Role.TRAINER)
        self.event = make.event(
            **{  # type: ignore[arg-type]
                "starts_at": STARTS,
                "hours": 3,
                "trainers": [trainer],
                "mode": EventMode.ONLINE,
                "venue": "",
                **facts,
            }
        )
        self.by = make.viewer(trainer)
        clock.set(EVENING)
        self.now = clock.now()
        self.booked: dict[str, int] = {}

    def book(self, people: dict[str, str]) -> None:
        for name, email in people.items():
            self.booked[name] = self.make.booking(self.event, self.make.person(name, email))

    def stage(self, file: Path | bytes, name: str = "report.csv") -> int:
        content = file if isinstance(file, bytes) else file.read_bytes()
        return stage_meeting_file(self.event, name, content, by=self.by, now=self.now).file_id

    def bring_in(self, file: Path | bytes, session: int | None = None) -> int:
        """Import a file as somebody would who confirms the first proposal for each name."""
        file_id = self.stage(file)
        preview = get_preview(self.event, file_id, session, self.by)
        confirmed = {
            row.id: row.match.proposals[0].booking_id
            for row in preview.open_rows()
            if row.match.proposals
        }
        return import_meeting_file(
            self.event,
            file_id,
            session_id=session,
            confirmed=confirmed,
            by=self.by,
            now=self.now,
        )

    @property
    def picture(self) -> FilesPicture:
        return get_files(self.event, self.by)

    def marks(self, session: int | None = None) -> dict[str, tuple[MarkKind, int, int, int]]:
        """The marks that count, by name."""
        query = select(Mark).where(Mark.is_current)
        if session:
            query = query.where(Mark.event_session_id == session)
        by_id = {booking_id: name for name, booking_id in self.booked.items()}
        return {
            by_id[m.booking_id]: (m.kind, m.minutes_late, m.minutes_away, m.minutes_early)
            for m in db.session.scalars(query)
            if m.booking_id in by_id
        }


@pytest.fixture
def online(make: Make, clock: FixedClock) -> Online:
    online = Online(make, clock)
    online.book(PEOPLE)
    return online


def rows_of(kind: type) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.mark.parametrize("file", FILES[:11], ids=lambda file: file.stem)
def test_A5_each_layout_gives_each_person_the_mark_and_the_outcome(
    online: Online, file: Path
) -> None:
    online.bring_in(file)
    expected = USUAL | OTHERWISE.get(file.name[:2], {})
    assert online.marks() == {name: said[:4] for name, said in expected.items()}
    made = db.session.scalars(select(Mark)).all()
    assert {mark.source for mark in made} == {MarkSource.IMPORT}
    close_register(online.event, by=online.by, now=online.now)
    outcomes = {
        name: db.session.get_one(Booking, booking_id).outcome
        for name, booking_id in online.booked.items()
    }
    assert outcomes == {name: said[4] for name, said in expected.items()}


def test_A5_one_file_of_two_sessions_counts_for_both_or_for_the_one_that_is_chosen(
    make: Make, clock: FixedClock
) -> None:
    online = Online(make, clock, hours=1.5)
    online.book(dict(list(PEOPLE.items())[:2]) | {"Zoë Ní Bhriain": "z.bhriain@health.example"})
    with transaction() as session:
        afternoon = EventSession(
            event_id=online.event,
            starts_at=STARTS + timedelta(hours=2),
            ends_at=STARTS + timedelta(hours=3),
        )
        session.add(afternoon)
        session.flush()
        second = afternoon.id
    first = online.picture.sessions[0].id
    file_id = online.stage(FILES[11])
    assert len(get_preview(online.event, file_id, None, online.by).at) == 2
    assert len(get_preview(online.event, file_id, second, online.by).at) == 1
    online.bring_in(FILES[11])
    assert online.marks(first) == {
        "Saffron Dellamere": (PRESENT, 0, 0, 2),
        "Tobias Elderbrook": (ABSENT, 0, 0, 0),
        "Zoë Ní Bhriain": (PRESENT, 0, 0, 0),
    }
    assert online.marks(second) == {
        "Saffron Dellamere": (ABSENT, 0, 0, 0),
        "Tobias Elderbrook": (PRESENT, 0, 0, 0),
        "Zoë Ní Bhriain": (PRESENT, 0, 0, 0),
    }


def test_A5_the_same_file_twice_and_a_second_export_of_the_same_meeting_change_nothing(
    online: Online,
) -> None:
    online.bring_in(FILES[0])
    before, kept = online.marks(), rows_of(Mark)
    unmatched = [row.name for row in online.picture.in_state(RowState.UNMATCHED)]
    assert online.bring_in(FILES[0]) == 0
    assert rows_of(AttendanceFile) == 1
    assert online.bring_in(FILES[1]) == 0  # the same meeting, downloaded by somebody in Britain
    assert (online.marks(), rows_of(Mark)) == (before, kept)
    assert [row.name for row in online.picture.in_state(RowState.UNMATCHED)] == unmatched
    assert unmatched == ["read.ai meeting notes"]
    assert rows_of(AttendanceRow) == 18
