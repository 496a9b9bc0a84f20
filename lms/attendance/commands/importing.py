"""Past years' attendance out of a file: all of it, or none and every fault.

The file is read, checked and worked out without holding anybody up; then one transaction puts the
rows into a table of its own and makes them real by a few statements, however many they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.rules import sort_name
from lms.agencies.models import Agency, Partnership
from lms.agencies.rules import folded_name
from lms.attendance.commands import import_events, import_staging
from lms.attendance.commands.import_reading import PastAttendance, Reading, digest
from lms.attendance.commands.import_staging import StagedRow
from lms.db import db, transaction
from lms.tables import Faults
from lms.words import count

Agencies = dict[str, Agency]


@dataclass(frozen=True)
class Imported:
    """What an import came to, or would come to: how many of each were made, of how many rows."""

    rows: int
    events: int
    people: int
    bookings: int
    unmatched_agencies: tuple[str, ...]

    @property
    def already(self) -> int:
        """How many rows were here before."""
        return self.rows - self.bookings


def import_attendance(
    file: BinaryIO, name: str, *, is_dry_run: bool = False, by: Viewer | None = None, now: datetime
) -> Imported:
    """Import a file of attendance by its name's ending. Raises FaultyFile with every fault.

    Nobody is written to. The same file again changes nothing; a dry run changes nothing at all.
    """
    before, faults = db.session(), Faults()
    reading = Reading(_partnerships(before), faults, now)
    rows = list(reading.rows(file, name))
    events = list(reading.events.values())
    import_events.check(before, events, rows, faults)
    faults.refuse_any()
    known = import_staging.known_keys(before, import_events.known_ids(before, events))
    agencies = _agencies(before)
    unmatched = tuple(sorted({r.agency for r in rows if r.agency and not _match(r, agencies)}))
    staged = [row for row in _staged(rows, agencies) if row.import_key not in known]
    if is_dry_run or not staged:
        new_events, people = import_events.count_new(before, events), _new_people(before, staged)
        return Imported(len(rows), new_events, people, len(staged), unmatched)
    with transaction() as session:
        new_events = import_events.add_missing(session, events, now)
        settled = import_events.settle_bookings(session, events, rows, now)
        new = import_staging.make_real(session, staged, now)
        done = Imported(len(rows), new_events, new.people, new.bookings + settled, unmatched)
        _record(session, done, name, by=by, now=now)
    return done


def _partnerships(session: Session) -> dict[str, int]:
    rows = session.execute(select(Partnership.name, Partnership.id).order_by(Partnership.id))
    return dict(iter(rows))


def _agencies(session: Session) -> Agencies:
    return {folded_name(agency.name): agency for agency in session.scalars(select(Agency))}


def _match(row: PastAttendance, agencies: Agencies) -> Agency | None:
    return agencies.get(folded_name(row.agency))


def _staged(rows: Iterable[PastAttendance], agencies: Agencies) -> Iterator[StagedRow]:
    """The rows as the database takes them; of equal names without an e-mail, each has a number."""
    seen: Counter[str] = Counter()
    addresses: set[str] = set()
    for row in rows:
        alike = row.key()
        key = alike if row.email else row.key(seen[alike])
        seen[alike] += 1
        agency = _match(row, agencies)
        yield StagedRow(
            line=row.line,
            import_key=key,
            reference=f"IMP-{digest(key)[:16].upper()}",
            partnership_id=row.event.partnership_id,
            event_reference=row.event.reference,
            held_on=row.event.held_on,
            email=row.email or None,
            is_first_of_address=bool(row.email) and row.email not in addresses,
            name=row.name,
            sort_name=sort_name(row.name),
            agency_id=agency.id if agency else None,
            agency_typed="" if agency else row.agency,
            sector=agency.sector.value if agency else None,
            outcome=row.outcome.value,
            origin=row.origin.value,
        )
        addresses.add(row.email)


def _new_people(session: Session, staged: list[StagedRow]) -> int:
    """How many people would be made for the addresses among these rows."""
    wanted = {row.email for row in staged if row.email}
    return len(wanted - import_staging.known_addresses(session)) if wanted else 0


def _record(
    session: Session, done: Imported, name: str, *, by: Viewer | None, now: datetime
) -> None:
    if not done.bookings:
        return
    sentence = f"imported {count(done.bookings, 'attendance')} from {name}"
    audit.record(session, "import attendance", sentence, by=by, now=now, about=("attendance", None))
