"""Reads of partnerships and agencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session, selectinload

from lms.access import Permission, Viewer
from lms.agencies.models import (
    Agency,
    AgencyDomain,
    ChargingTerms,
    Headcount,
    Partnership,
    Policy,
)
from lms.agencies.rules import (
    AgencyDomains,
    PolicyEntry,
    PolicyKey,
    folded_name,
    policy_at,
    suggested_agencies,
)
from lms.db import db
from lms.errors import NotFound

# --- Partnerships ---------------------------------------------------------------------------


def list_partnerships() -> list[Partnership]:
    """Every partnership of this installation, by name."""
    return list(db.session.scalars(select(Partnership).order_by(Partnership.name)))


def default_partnership() -> Partnership | None:
    """The only or the first one made, whose look is worn where nothing else decides."""
    return db.session.scalars(select(Partnership).order_by(Partnership.id).limit(1)).first()


def find_partnership_by_name(name: str) -> Partnership | None:
    """The partnership of that name, however its capitals and spaces are written."""
    wanted = folded_name(name)
    return next((p for p in list_partnerships() if folded_name(p.name) == wanted), None)


def partnerships_run_by(viewer: Viewer) -> list[Partnership]:
    """The partnerships whose programme the viewer runs, by name."""
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    return [partnership for partnership in list_partnerships() if partnership.id in own]


def names_to_tell_apart(partnerships: Sequence[Partnership]) -> dict[int, str]:
    """Their names by id, for a list of what several have; nothing where there is only one."""
    return {one.id: one.name for one in partnerships} if len(partnerships) > 1 else {}


def partnership_chosen(viewer: Viewer, wanted: int | None) -> Partnership:
    """That partnership, of those that the viewer runs; None: the first of them. Raises NotFound."""
    run = partnerships_run_by(viewer)
    found = next((each for each in run if wanted in (None, each.id)), None)
    if found is None:
        raise NotFound
    return found


def policies_of(partnership_id: int) -> tuple[PolicyEntry, ...]:
    """Every figure that this partnership ever set, for `rules.policy_at`."""
    rows = db.session.scalars(
        select(Policy)
        .where(Policy.partnership_id == partnership_id)
        .order_by(Policy.holds_from, Policy.id)
    )
    return tuple(PolicyEntry(row.key, row.holds_from, row.value) for row in rows)


def dated_policies(session: Session, *keys: PolicyKey) -> dict[int, list[PolicyEntry]]:
    """Every figure of these policies that any partnership ever set, by partnership."""
    found: dict[int, list[PolicyEntry]] = {}
    for partnership_id, key, holds_from, figure in session.execute(_figures(), {"keys": keys}):
        entry = PolicyEntry(key, holds_from, figure)
        found.setdefault(partnership_id, []).append(entry)
    return found


@cache
def _figures() -> Select[*tuple[Any, ...]]:
    """Written once: it is asked for every message just before it is sent."""
    return (
        select(Policy.partnership_id, Policy.key, Policy.holds_from, Policy.value)
        .where(Policy.key.in_(bindparam("keys", expanding=True)))
        .order_by(Policy.id)
    )


def policy_of(partnership_id: int, key: PolicyKey, on: date) -> int:
    """The figure of one policy in force at a partnership on a date."""
    return policy_at(policies_of(partnership_id), key, on)


def list_charging_terms(partnership_id: int) -> list[ChargingTerms]:
    """Every terms that this partnership ever set, the latest first."""
    rows = select(ChargingTerms).where(ChargingTerms.partnership_id == partnership_id)
    for_all_first = ChargingTerms.sector.is_not(None)
    latest = rows.order_by(ChargingTerms.holds_from.desc(), for_all_first, ChargingTerms.sector)
    return list(db.session.scalars(latest))


# --- Agencies -------------------------------------------------------------------------------


def list_agencies(partnership_id: int | None = None, *, on: date | None = None) -> list[Agency]:
    """Agencies by name: of one partnership if one is given, open on a date if one is given."""
    query = _agencies()
    if partnership_id is not None:
        query = query.where(Agency.partnerships.any(Partnership.id == partnership_id))
    if on is not None:
        query = query.where(is_open(on))
    return list(db.session.scalars(query))


def list_agencies_seen_by(viewer: Viewer) -> list[Agency]:
    """Agencies of the partnerships whose programme the viewer runs, by name."""
    return list(db.session.scalars(_agencies().where(_is_seen_by(viewer))))


def get_agency(agency_id: int, viewer: Viewer) -> Agency:
    """One agency of a partnership whose programme the viewer runs. Raises NotFound."""
    query = _agencies().where(Agency.id == agency_id, _is_seen_by(viewer))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_agencies_led_by(viewer: Viewer) -> list[Agency]:
    """The agencies that the viewer leads, and all that are part of them, by name."""
    own = ids_under(viewer.agencies(Permission.LEAD_AGENCY))
    return list(db.session.scalars(_agencies().where(Agency.id.in_(own))))


def list_parts(agency_id: int) -> list[Agency]:
    """The agencies that are part of one, directly, by name."""
    query = select(Agency).where(Agency.parent_id == agency_id).order_by(Agency.name)
    return list(db.session.scalars(query))


def _agencies() -> Select[Agency]:
    return (
        select(Agency)
        .options(
            selectinload(Agency.partnerships),
            selectinload(Agency.domains),
            selectinload(Agency.parent),
            selectinload(Agency.successor),
        )
        .order_by(Agency.name)
    )


def _is_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    return Agency.partnerships.any(Partnership.id.in_(own))


def is_open(on: date) -> ColumnElement[bool]:
    """A condition: the agency had opened and had not closed on that date."""
    return or_(Agency.opened_on.is_(None), Agency.opened_on <= on) & or_(
        Agency.closed_on.is_(None), Agency.closed_on > on
    )


def find_agency_by_name(name: str) -> Agency | None:
    """The agency of that name, however its capitals, spaces and apostrophes are written."""
    agency_id = agency_ids_by_name().get(folded_name(name))
    return db.session.get(Agency, agency_id) if agency_id else None


def agency_ids_by_name() -> dict[str, int]:
    """Every agency's id by its folded name (`rules.folded_name`): for imports and matching."""
    rows = db.session.execute(select(Agency.name, Agency.id).order_by(Agency.id))
    return {folded_name(name): agency_id for name, agency_id in rows}


def suggest_agencies(address: str, on: date) -> list[Agency]:
    """The agencies open on a date that an e-mail address speaks for: none, one or several."""
    rows = db.session.execute(
        select(Agency.id, Agency.name, AgencyDomain.domain)
        .join(AgencyDomain.agency)
        .where(is_open(on), AgencyDomain.domain.in_(_parent_domains(address)))
    )
    found: dict[tuple[int, str], set[str]] = {}
    for agency_id, name, domain in rows:
        found.setdefault((agency_id, name), set()).add(domain)
    known = [AgencyDomains(i, name, frozenset(domains)) for (i, name), domains in found.items()]
    chosen = suggested_agencies(address, known)
    by_id = {a.id: a for a in db.session.scalars(select(Agency).where(Agency.id.in_(chosen)))}
    return [by_id[agency_id] for agency_id in chosen]


def _parent_domains(address: str) -> list[str]:
    labels = address.rpartition("@")[2].strip().lower().split(".")
    return [".".join(labels[place:]) for place in range(len(labels))]


def lineages() -> dict[int, tuple[int, ...]]:
    """For every agency, itself and its ancestors, nearest first, in one statement."""
    rows = db.session.execute(select(Agency.id, Agency.parent_id))
    parents = dict(rows.all())
    return {agency_id: _lineage(agency_id, parents) for agency_id in parents}


def lineage(agency_id: int) -> tuple[int, ...]:
    """The agency itself and its ancestors, nearest first; empty where there is no such agency."""
    return lineages().get(agency_id, ())


def ids_above(agency_ids: Select[int | None]) -> Select[int]:
    """The agencies of a statement, and all that they are part of."""
    line = select(Agency.id, Agency.parent_id).where(Agency.id.in_(agency_ids)).cte(recursive=True)
    above = select(Agency.id, Agency.parent_id).join(line, Agency.id == line.c.parent_id)
    return select(line.union(above).c.id)


def ids_under(agency_ids: Iterable[int]) -> Select[int]:
    """Those agencies, and all that are part of them."""
    found = select(Agency.id).where(Agency.id.in_(agency_ids)).cte(recursive=True)
    parts = select(Agency.id).join(found, Agency.parent_id == found.c.id)
    return select(found.union(parts).c.id)


def _lineage(agency_id: int, parents: dict[int, int | None]) -> tuple[int, ...]:
    line = [agency_id]
    while (parent := parents.get(line[-1])) is not None and parent not in line:
        line.append(parent)
    return tuple(line)


# --- Headcounts -----------------------------------------------------------------------------


def headcounts(partnership_id: int, year: int) -> dict[int, int]:
    """People by agency in a partnership's area, for the reporting year that starts in `year`."""
    rows = db.session.execute(
        select(Headcount.agency_id, Headcount.people).where(
            Headcount.partnership_id == partnership_id, Headcount.year == year
        )
    )
    return dict(rows.all())


def list_headcounts(agency_id: int, partnership_ids: Iterable[int]) -> list[Headcount]:
    """An agency's headcounts at those partnerships, the newest year first."""
    return list(
        db.session.scalars(
            select(Headcount)
            .where(
                Headcount.agency_id == agency_id,
                Headcount.partnership_id.in_(list(partnership_ids)),
            )
            .order_by(Headcount.year.desc(), Headcount.partnership_id)
        )
    )
