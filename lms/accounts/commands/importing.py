"""People from a file: all or nothing, every fault at once, the same file twice changes nothing.

One person may have several rows: for each agency where they work, for each role. After the import
a person works where the file says, and nowhere else; what was before is kept with its dates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, selectinload

from lms import audit
from lms.access import Role, Viewer
from lms.accounts.commands.roles import end_sessions_within
from lms.accounts.models import Membership, Person, PersonEmail, RoleGrant
from lms.accounts.rules import holds_on, normal_address, sort_name, written_name
from lms.agencies.models import Agency
from lms.agencies.queries import list_partnerships
from lms.agencies.rules import folded_name
from lms.clock import london_date
from lms.db import transaction
from lms.tables import Column, Faults, Imported, Row, nearest, of_text, one_of, read_rows, text

AT_ONCE = 500


COLUMNS = (
    Column("email", of_text(normal_address), is_filled=True),
    Column("name", of_text(written_name), is_filled=True),
    Column("agency", text, empty=""),
    Column("job_role", text, empty=""),
    Column("line_manager_email", of_text(normal_address), is_needed=False),
    Column("phone", text, is_needed=False, empty=""),
    Column("role", one_of(Role), is_needed=False),
    Column("role_for", text, is_needed=False, empty=""),
)


@dataclass(frozen=True)
class Known:
    """Ids and names of what the file may speak of, by folded names."""

    agencies: Mapping[str, tuple[int, str]]
    partnerships: Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Whom:
    """For whom a role is: a partnership or an agency."""

    partnership_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Wanted:
    """What the file says of one person, from all of their rows."""

    rows: tuple[Row, ...]
    agency_ids: tuple[int, ...]
    grants: tuple[tuple[Role, Whom], ...]

    @property
    def first(self) -> Row:
        return self.rows[0]


def import_people(
    file: BinaryIO, name: str, *, by: Viewer | None, now: datetime, is_dry_run: bool = False
) -> Imported:
    """Add the file's people and bring those there up to date. Raises FaultyFile."""
    faults = Faults()
    rows = list(read_rows(file, name, COLUMNS, faults))
    with transaction() as session:
        wanted = _wanted(rows, _known(session), faults)
        faults.refuse_any()
        imported = _write(session, wanted, london_date(now), now)
        sentence = f"imported {len(wanted)} people from {name}"
        audit.record(session, "import people", sentence, by=by, now=now, about=("person", None))
        if is_dry_run:
            session.rollback()
    return imported


def _known(session: Session) -> Known:
    agencies = session.execute(select(Agency.id, Agency.name))
    return Known(
        agencies={folded_name(name): (agency_id, name) for agency_id, name in agencies},
        partnerships={folded_name(p.name): (p.id, p.name) for p in list_partnerships()},
    )


# --- Checking -------------------------------------------------------------------------------


def _wanted(rows: Sequence[Row], known: Known, faults: Faults) -> dict[str, Wanted]:
    """What is wanted of each person by address; every fault is added to `faults`."""
    by_address: dict[str, list[Row]] = {}
    for row in rows:
        if row["email"]:
            by_address.setdefault(row["email"], []).append(row)
        _check_manager(row, faults)
    return {address: _wanted_of(tuple(own), known, faults) for address, own in by_address.items()}


def _check_manager(row: Row, faults: Faults) -> None:
    if row["email"] and row["email"] == row["line_manager_email"]:
        faults.add(row.line, "line_manager_email", "This is the person’s own address")


def _wanted_of(rows: tuple[Row, ...], known: Known, faults: Faults) -> Wanted:
    first = rows[0]
    for row in rows[1:]:
        if row["name"] and first["name"] and row["name"] != first["name"]:
            faults.add(row.line, "name", f"Line {first.line} gives this address another name")
    agency_ids = [_agency_id(row, known, faults) for row in rows]
    grants = [
        (row["role"], whom)
        for row in rows
        if row["role"] and row["role"] is not Role.PRACTITIONER
        for whom in [_whom(row, known, faults)]
        if whom is not None
    ]
    named = [agency_id for agency_id in agency_ids if agency_id is not None]
    return Wanted(rows, tuple(dict.fromkeys(named)), tuple(dict.fromkeys(grants)))


def _agency_id(row: Row, known: Known, faults: Faults) -> int | None:
    if not row["agency"]:
        return None
    return _look_up(row, "agency", row["agency"], known.agencies, "agency", faults)


def _whom(row: Row, known: Known, faults: Faults) -> Whom | None:
    """For whom a role is: as said, else the row's agency, or the only partnership there is."""
    if row["role"] is Role.AGENCY_LEAD:
        name = row["role_for"] or row["agency"]
        found = _look_up(row, "role_for", name, known.agencies, "agency", faults)
        return Whom(agency_id=found) if found else None
    if not row["role_for"] and len(known.partnerships) == 1:
        return Whom(partnership_id=next(iter(known.partnerships.values()))[0])
    found = _look_up(row, "role_for", row["role_for"], known.partnerships, "partnership", faults)
    return Whom(partnership_id=found) if found else None


def _look_up(
    row: Row,
    column: str,
    name: str,
    known: Mapping[str, tuple[int, str]],
    kind: str,
    faults: Faults,
) -> int | None:
    found = known.get(folded_name(name))
    if found is not None:
        return found[0]
    if not name:
        faults.add(row.line, column, f"Say for which {kind} the role is")
    else:
        hint = nearest(name, [there for _, there in known.values()])
        faults.add(row.line, column, f"There is no {kind} called {name}.{hint}")
    return None


# --- Writing --------------------------------------------------------------------------------


def _write(session: Session, wanted: Mapping[str, Wanted], today: date, now: datetime) -> Imported:
    counts: Counter[str] = Counter()
    for some in _batches(list(wanted.items())):
        there = _people_with(session, [address for address, _ in some])
        for address, facts in some:
            if address in there:
                changed = _bring_up_to_date(session, there[address], facts, today, now)
                counts["changed" if changed else "unchanged"] += 1
        new = [(address, facts) for address, facts in some if address not in there]
        _add_new(session, new, today, now)
        counts["added"] += len(new)
        session.flush()
    return Imported.counted(counts)


def _batches(items: list[tuple[str, Wanted]]) -> Iterator[list[tuple[str, Wanted]]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _people_with(session: Session, addresses: list[str]) -> dict[str, Person]:
    rows = session.execute(
        select(PersonEmail.address, Person)
        .join(Person, Person.id == PersonEmail.person_id)
        .where(PersonEmail.address.in_(addresses))
        .options(selectinload(Person.memberships), selectinload(Person.grants))
    )
    return dict(rows.all())


def _add_new(session: Session, new: list[tuple[str, Wanted]], today: date, now: datetime) -> None:
    """Add people a statement for each table, so that the writer is held briefly."""
    if not new:
        return
    ids = session.scalars(
        insert(Person).returning(Person.id, sort_by_parameter_order=True),
        [{**_facts(wanted.first), "created_at": now} for _, wanted in new],
    ).all()
    own = [
        (person_id, address, facts) for person_id, (address, facts) in zip(ids, new, strict=True)
    ]
    session.execute(
        insert(PersonEmail), [{"person_id": i, "address": address} for i, address, _ in own]
    )
    memberships = [
        {"person_id": i, "agency_id": agency_id, "started_on": today}
        for i, _, facts in own
        for agency_id in facts.agency_ids
    ]
    grants = [
        {"person_id": i, "role": role, "starts_on": today, **vars(whom)}
        for i, _, facts in own
        for role, whom in facts.grants
    ]
    for kind, rows in ((Membership, memberships), (RoleGrant, grants)):
        if rows:
            session.execute(insert(kind), rows)


def _facts(row: Row) -> dict[str, Any]:
    """The columns of a person that a row says."""
    facts = {"name": row["name"], "sort_name": sort_name(row["name"]), "job_role": row["job_role"]}
    return facts | {c: row[c] for c in ("line_manager_email", "phone") if c in row.given}


def _bring_up_to_date(
    session: Session, person: Person, wanted: Wanted, today: date, now: datetime
) -> bool:
    """Write what the file says of a person; whether anything was otherwise before."""
    facts = _facts(wanted.first)
    changed = [field for field, value in facts.items() if getattr(person, field) != value]
    for field in changed:
        setattr(person, field, facts[field])
    moved = _set_memberships(person, wanted.agency_ids, today)
    granted = _add_grants(person, wanted.grants, today)
    if granted:
        end_sessions_within(session, person.id, now)
    return bool(changed) or moved or granted


def _set_memberships(person: Person, agency_ids: tuple[int, ...], today: date) -> bool:
    if not agency_ids:
        return False
    current = [m for m in person.memberships if holds_on(m.started_on, m.ended_on, today)]
    leaving = [m for m in current if m.agency_id not in agency_ids]
    for membership in leaving:
        if membership.started_on == today:
            person.memberships.remove(membership)
        else:
            membership.ended_on = today
    there = {membership.agency_id for membership in current}
    joining = [agency_id for agency_id in agency_ids if agency_id not in there]
    person.memberships += [Membership(agency_id=i, started_on=today) for i in joining]
    return bool(leaving or joining)


def _add_grants(person: Person, grants: tuple[tuple[Role, Whom], ...], today: date) -> bool:
    held = {
        (grant.role, Whom(grant.partnership_id, grant.agency_id))
        for grant in person.grants
        if grant.ends_on is None or grant.ends_on > today
    }
    new = [grant for grant in grants if grant not in held]
    person.grants += [
        RoleGrant(
            role=role,
            partnership_id=whom.partnership_id,
            agency_id=whom.agency_id,
            starts_on=today,
        )
        for role, whom in new
    ]
    return bool(new)
