"""Agencies from a file: all or nothing, all faults at once; the same file twice changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lms import audit
from lms.access import Viewer
from lms.agencies.commands.agencies import set_headcount_within
from lms.agencies.commands.partnerships import PartnershipDetails, add_partnership_within
from lms.agencies.models import Agency, AgencyDomain, Partnership
from lms.agencies.queries import list_partnerships
from lms.agencies.rules import Sector, agency_fault, domain_fault, folded_name
from lms.db import transaction
from lms.tables import (
    LONGEST_CELL,
    Column,
    Faults,
    Imported,
    Row,
    day,
    nearest,
    of_text,
    one_of,
    read_rows,
    several,
    text,
    whole_number,
)


def reporting_year_start(written: str) -> int:
    """2026 from '2026' or '2026-27'."""
    year, _, end = written.partition("-")
    if not (len(year) == 4 and year.isdigit() and end in {"", f"{(int(year) + 1) % 100:02}"}):
        raise ValueError("Write the reporting year as 2026-27")
    return int(year)


COLUMNS = (
    Column("name", of_text(lambda written: " ".join(written.split())), is_filled=True),
    Column("sector", one_of(Sector), is_filled=True),
    Column("parent", text, empty=""),
    Column("partnerships", several(text), is_filled=True, empty=(), longest=LONGEST_CELL),
    Column("email_domains", several(of_text(str.lower)), empty=(), longest=LONGEST_CELL),
    Column("workforce", several(whole_number), is_needed=False, empty=(), longest=LONGEST_CELL),
    Column("workforce_year", of_text(reporting_year_start), is_needed=False),
    Column("opened_on", day, is_needed=False),
    Column("closed_on", day, is_needed=False),
    Column("successor", text, is_needed=False, empty=""),
)


@dataclass(frozen=True)
class Known:
    """What is there before the file; agencies and partnerships by folded name."""

    agencies: Mapping[str, Agency]
    partnerships: dict[str, Partnership]
    may_make_partnerships: bool


def import_agencies(
    file: BinaryIO,
    name: str,
    *,
    contact_email: str,
    by: Viewer | None,
    now: datetime,
    is_dry_run: bool = False,
) -> Imported:
    """Add the file's agencies and bring those there up to date. Raises FaultyFile.

    Where there is no partnership at all, those that the file names are made; `contact_email` is
    whom to ask there until somebody says better.
    """
    faults = Faults()
    rows = list(read_rows(file, name, COLUMNS, faults))
    with transaction() as session:
        known = _known(session)
        _check(rows, known, faults)
        faults.refuse_any()
        _make_partnerships(session, rows, known, contact_email)
        imported = _write(session, rows, known)
        audit.record(
            session,
            "import agencies",
            f"imported {len(rows)} agencies from {name}",
            by=by,
            now=now,
            about=("agency", None),
        )
        if is_dry_run:
            session.rollback()
    return imported


def _known(session: Session) -> Known:
    agencies = session.scalars(
        select(Agency).options(
            selectinload(Agency.partnerships),
            selectinload(Agency.domains),
            selectinload(Agency.parent),
        )
    )
    partnerships = list_partnerships()
    return Known(
        agencies={folded_name(agency.name): agency for agency in agencies},
        partnerships={folded_name(p.name): p for p in partnerships},
        may_make_partnerships=not partnerships,
    )


# --- Checking -------------------------------------------------------------------------------


def _check(rows: list[Row], known: Known, faults: Faults) -> None:
    names = {key: agency.name for key, agency in known.agencies.items()}
    first_lines: dict[str, int] = {}
    for row in rows:
        key = folded_name(row["name"] or "")
        if key and key in first_lines:
            faults.add(row.line, "name", f"Line {first_lines[key]} has this agency already")
        elif key:
            first_lines[key] = row.line
            names.setdefault(key, row["name"])
    parents = _parents(rows, known)
    for row in rows:
        _check_names(row, names, known, faults)
        _check_workforce(row, faults)
        _check_facts(row, parents, faults)


def _parents(rows: list[Row], known: Known) -> dict[str, str]:
    """Who is part of whom once the file is in, by folded names."""
    before = {k: folded_name(a.parent.name) for k, a in known.agencies.items() if a.parent}
    said = {folded_name(row["name"]): folded_name(row["parent"]) for row in rows if row["name"]}
    return {**before, **said}


def _check_names(row: Row, names: Mapping[str, str], known: Known, faults: Faults) -> None:
    for column in ("parent", "successor"):
        if row[column] and folded_name(row[column]) not in names:
            hint = nearest(row[column], names.values())
            faults.add(row.line, column, f"There is no agency called {row[column]}.{hint}")
    if known.may_make_partnerships:
        return
    there = [p.name for p in known.partnerships.values()]
    for partnership in row["partnerships"]:
        if folded_name(partnership) not in known.partnerships:
            hint = nearest(partnership, there)
            faults.add(
                row.line, "partnerships", f"There is no partnership called {partnership}.{hint}"
            )


def _check_workforce(row: Row, faults: Faults) -> None:
    if not row["workforce"] or "workforce_year" in row.faulty:
        return
    if row["workforce_year"] is None:
        faults.add(row.line, "workforce_year", "Say of which reporting year, such as 2026-27")
    if len(row["workforce"]) != len(row["partnerships"]):
        faults.add(
            row.line, "workforce", "Write one number for each of the partnerships, with ; between"
        )


FIELD_COLUMNS = {"domains": "email_domains"}


def _check_facts(row: Row, parents: Mapping[str, str], faults: Faults) -> None:
    if not row["name"] or not row["partnerships"]:
        return
    own = folded_name(row["name"])
    found = [
        agency_fault(
            agency_id=own,
            ancestors=_ancestors(own, parents),
            successor_id=folded_name(row["successor"]) if row["successor"] else None,
            partnership_ids=row["partnerships"],
            opened_on=row["opened_on"],
            closed_on=row["closed_on"],
        ),
        *map(domain_fault, row["email_domains"]),
    ]
    for fault in filter(None, found):
        faults.add(row.line, FIELD_COLUMNS.get(fault.field, fault.field), fault.sentence)


def _ancestors(own: str, parents: Mapping[str, str]) -> list[str]:
    """The parent and those above it, up to where the line ends or comes round again."""
    line: list[str] = []
    above = parents.get(own, "")
    while above and above not in line:
        line.append(above)
        above = parents.get(above, "")
    return line


# --- Writing --------------------------------------------------------------------------------


def _make_partnerships(session: Session, rows: list[Row], known: Known, contact_email: str) -> None:
    if not known.may_make_partnerships:
        return
    for name in dict.fromkeys(name for row in rows for name in row["partnerships"]):
        details = PartnershipDetails(name=name, title="", contact_email=contact_email)
        known.partnerships.setdefault(folded_name(name), add_partnership_within(session, details))


def _write(session: Session, rows: list[Row], known: Known) -> Imported:
    agencies = dict(known.agencies)
    counts: Counter[str] = Counter()
    for row in rows:
        key = folded_name(row["name"])
        if key not in agencies:
            agencies[key] = Agency(name=row["name"], sector=row["sector"])
            session.add(agencies[key])
    session.flush()
    for row in rows:
        agency = agencies[folded_name(row["name"])]
        is_new = folded_name(row["name"]) not in known.agencies
        was_changed = _bring_up_to_date(session, agency, row, agencies, known)
        counts["added" if is_new else "changed" if was_changed else "unchanged"] += 1
    session.flush()
    return Imported.counted(counts)


def _bring_up_to_date(
    session: Session, agency: Agency, row: Row, agencies: Mapping[str, Agency], known: Known
) -> bool:
    """Write what the file says of an agency; whether anything was otherwise before."""
    facts: dict[str, Any] = {
        "name": row["name"],
        "sector": row["sector"],
        "parent_id": _id_of(row["parent"], agencies),
        **{column: row[column] for column in ("opened_on", "closed_on") if column in row.given},
    }
    if "successor" in row.given:
        facts["successor_id"] = _id_of(row["successor"], agencies)
    changed = [field for field, value in facts.items() if getattr(agency, field) != value]
    for field in changed:
        setattr(agency, field, facts[field])
    partnerships = [known.partnerships[folded_name(name)] for name in row["partnerships"]]
    if {p.id for p in agency.partnerships} != {p.id for p in partnerships}:
        agency.partnerships = partnerships
        changed.append("partnerships")
    if {row.domain for row in agency.domains} != set(row["email_domains"]):
        there = {row.domain: row for row in agency.domains}
        agency.domains = [there.get(d) or AgencyDomain(domain=d) for d in row["email_domains"]]
        changed.append("domains")
    for partnership, people in zip(partnerships, row["workforce"], strict=False):
        if set_headcount_within(session, agency.id, partnership.id, row["workforce_year"], people):
            changed.append("workforce")
    return bool(changed)


def _id_of(name: str, agencies: Mapping[str, Agency]) -> int | None:
    return agencies[folded_name(name)].id if name else None
