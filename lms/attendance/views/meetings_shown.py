"""How the pages of meetings' files word what a file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from lms.attendance.meetings.preview import AtSession, Line, Preview
from lms.attendance.meetings.queries import File, Row
from lms.attendance.meetings.rules import MatchedBy, Presence, Step
from lms.attendance.rules import GIVES_MINUTES, Mark, MarkKind, MarkSource, SessionFact
from lms.attendance.views.blueprint import register_address
from lms.attendance.views.shown import ShownLink, minutes_in_words, session_name
from lms.clock import london_date
from lms.web.words import counted
from lms.words import count, day, listed, moment, sentence_case, span

HOW = {
    MatchedBy.ADDRESS: "by e-mail address",
    MatchedBy.ALIAS: "by a name confirmed before",
    MatchedBy.HAND: "matched by hand",
}
SAID_BY = {
    MarkSource.TRAINER: "by the trainer",
    MarkSource.COORDINATOR: "by the coordinator",
    MarkSource.SELF_CHECK_IN: "by themselves",
    MarkSource.IMPORT: "by a file",
}


@dataclass(frozen=True)
class ShownPerson:
    """A row of the table of one session."""

    name: str
    agency: str
    in_file: str
    how: str
    there: str
    mark: str
    detail: str


def files_address(event_id: int) -> str:
    """Where the files of an event's meetings are."""
    return f"{register_address(event_id)}/files"


def when(file: File) -> str:
    """'Monday 8 February, 9:02am to 12:31pm'."""
    return f"{day(london_date(file.starts_at))}, {span(file.starts_at, file.ends_at)}"


def file_title(file: File) -> str:
    """'Teams, Monday 8 February'."""
    return f"{file.supplier.label}, {day(london_date(file.starts_at))}"


def mark_in_words(mark: Mark) -> str:
    """'12 minutes late, away 5 minutes', 'Present, away 19 minutes', 'Absent'."""
    minutes = minutes_in_words(mark)
    if minutes and mark.kind in GIVES_MINUTES:
        return sentence_case(minutes)
    return f"{mark.kind.label}, {minutes}" if minutes else mark.kind.label


def time_there(presence: Presence, session: SessionFact) -> str:
    """'170 of 180 minutes'."""
    return f"{presence.minutes} of {int(session.length.total_seconds()) // 60} minutes"


def row_note(row: Row) -> str:
    """What a file says beside a name: address, role, how long."""
    minutes = row.attended.seconds // 60
    long = counted(minutes, "minute") if minutes else "less than a minute"
    return " · ".join(filter(None, [*row.addresses, row.role, f"{long} in the meeting"]))


def shown_person(line: Line, session: SessionFact) -> ShownPerson:
    """A person's row: as the file names them, how long they were there, what becomes of it."""
    presence = line.presence
    return ShownPerson(
        name=line.who.name,
        agency=line.who.agency,
        in_file=listed([row.name for row in line.rows]) if line.rows else "Not named",
        how=HOW[line.by] if line.by else "",
        there=time_there(presence, session) if presence else "",
        mark=_outcome(line),
        detail=_beside(line),
    )


def _outcome(line: Line) -> str:
    """The mark that stands in the end."""
    if line.step is Step.KEPT and line.standing:
        return mark_in_words(line.standing.mark)
    return mark_in_words(line.mark) if line.mark else "No mark"


def _beside(line: Line) -> str:
    """Why the mark is not the file's, or what it takes the place of."""
    if line.standing is None:
        return "" if line.mark else "Not expected online"
    whose = SAID_BY[line.standing.source]
    if line.step is Step.KEPT and line.mark:
        return f"Marked {whose}: kept. The file says: {mark_in_words(line.mark).lower()}"
    if line.step is Step.MARK and line.standing.source is not MarkSource.IMPORT:
        return f"Instead of {mark_in_words(line.standing.mark).lower()}, {whose}"
    if line.step is Step.SAME and line.standing.source is not MarkSource.IMPORT:
        return f"Marked so {whose} already"
    return ""


class ShownPreview:
    """A file's page: before it is imported what would be, afterwards what is."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        self.file = preview.file
        self.event_id = preview.picture.event_id
        self.event_title = preview.picture.title
        self.is_imported = preview.file.imported_at is not None
        self.is_closed = preview.picture.closed_at is not None
        self.register = register_address(self.event_id)
        self.files = files_address(self.event_id)
        self.address = f"{self.files}/{self.file.id}"
        self.open_rows = preview.open_rows()
        self.aside = preview.aside_rows()

    @property
    def title(self) -> str:
        return file_title(self.file)

    @property
    def when(self) -> str:
        return when(self.file)

    def name_of(self, session: SessionFact) -> str:
        return session_name(session, self.preview.picture.sessions)

    def people(self, at: AtSession) -> list[ShownPerson]:
        return [shown_person(line, at.session) for line in at.lines]

    def tally(self, at: AtSession) -> str:
        """'14 present, two late and two absent; one mark made by hand is kept.'"""
        made = [line.mark for line in at.lines if line.mark and line.step is not Step.KEPT]
        kinds = [mark.kind for mark in made]
        parts = [count(n, kind.words, kind.words) for kind in MarkKind if (n := kinds.count(kind))]
        kept = at.count(Step.KEPT)
        said = listed(parts) if parts else "nobody to mark"
        if kept:
            said += f"; {count(kept, 'mark')} made otherwise {'is' if kept == 1 else 'are'} kept"
        return f"{sentence_case(said)}."

    @property
    def choices(self) -> list[ShownLink]:
        """Which sessions it counts for; none where there is nothing to choose."""
        met = self.preview.met
        if len(met) < 2 or self.is_imported:
            return []
        chosen = self.file.session_id
        every = "both sessions" if len(met) == 2 else f"all {len(met)} sessions"
        links = [ShownLink(every, self.address, chosen is None)]
        for session in met:
            query = urlencode({"session": session.id})
            links.append(
                ShownLink(self.name_of(session), f"{self.address}?{query}", chosen == session.id)
            )
        return links

    @property
    def changes(self) -> int:
        """How many marks the import makes."""
        return sum(at.count(Step.MARK) for at in self.preview.at)

    @property
    def marks_by_files(self) -> int:
        """How many of the marks that stand were made by files."""
        return sum(
            line.standing is not None and line.standing.source is MarkSource.IMPORT
            for at in self.preview.at
            for line in at.lines
        )

    @property
    def names_of_nobody(self) -> list[Row]:
        """Before the import those that are like nobody; afterwards all that nobody has settled."""
        return [row for row in self.open_rows if self.is_imported or not row.match.proposals]

    @property
    def lead(self) -> str:
        if self.file.imported_at:
            return f"Imported on {moment(self.file.imported_at)}."
        made = count(self.changes, "mark") if self.changes else "no mark"
        marks = sentence_case(f"{made} would be made")
        return f"Nothing is written yet. {marks}{_open_names(self.open_rows)}."


def _open_names(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    return f"; {count(len(rows), 'name belongs', 'names belong')} to nobody on the register yet"
