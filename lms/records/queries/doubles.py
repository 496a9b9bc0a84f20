"""Records that are likely to be one person's: proposed, never joined by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from lms.access import Viewer
from lms.accounts.models import Membership, Person, PersonEmail
from lms.accounts.queries import is_member
from lms.accounts.rules import folded
from lms.booking.models import Booking
from lms.booking.queries.known import is_known_to
from lms.db import db
from lms.records.models import KeptApart
from lms.records.rules import likeness, tells_of_both

MOST_SHOWN = 50
MOST_OF_A_NAME = 12  # a name that more people bear says nothing by itself
Pair = tuple[int, int]


@dataclass(frozen=True)
class Double:
    """Two records that look like one person's, and why; the one with more bookings is first."""

    keep: Person
    drop: Person
    why: str


@dataclass(frozen=True)
class Doubles:
    """The first of them, by surname, and how many there are."""

    shown: list[Double]
    total: int


def list_doubles(viewer: Viewer, on: date) -> Doubles:
    """Records known to the viewer that look like one person's; constant statements."""
    pairs = _likely(viewer, on)
    first = sorted(pairs, key=lambda pair: pairs[pair])[:MOST_SHOWN]
    people = _people({each for pair in first for each in pair})
    bookings = _bookings(people)
    shown = []
    for pair in first:
        keep, drop = sorted(pair, key=lambda each: (-bookings.get(each, 0), each))
        shown.append(Double(people[keep], people[drop], pairs[pair][1]))
    return Doubles(shown, len(pairs))


def _likely(viewer: Viewer, on: date) -> dict[Pair, tuple[str, str]]:
    """Each pair with the name to order it by and what makes it likely."""
    names = _candidates()
    known = _known(names, viewer)
    agencies, addresses = _agencies(known, on), _local_parts(known)
    groups: dict[str, list[int]] = defaultdict(list)
    for person_id in known:
        groups[names[person_id]].append(person_id)
        for local in addresses.get(person_id, ()):
            groups[f"{names[person_id].split(' ')[0]} {local}@"].append(person_id)
    apart = _kept_apart()
    found: dict[Pair, tuple[str, str]] = {}
    for ids in groups.values():
        if len(ids) > MOST_OF_A_NAME:
            continue
        for one, other in combinations(sorted(set(ids)), 2):
            why = likeness(
                is_same_name=names[one] == names[other],
                share_agency=bool(agencies.get(one, set()) & agencies.get(other, set())),
                share_address=any(
                    tells_of_both(local, names[one], names[other])
                    for local in addresses.get(one, set()) & addresses.get(other, set())
                ),
            )
            if why and (one, other) not in apart:
                found[one, other] = (names[one], why)
    return found


def _candidates() -> dict[int, str]:
    """Everyone who shares a surname's first word with somebody: what is looked at more closely."""
    rows = db.session.execute(
        select(Person.id, Person.sort_name).where(Person.merged_into_id.is_(None))
    ).all()
    by_surname: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for person_id, name in rows:
        by_surname[name.split(" ")[0]].append((person_id, name))
    return {
        person_id: name for same in by_surname.values() if len(same) > 1 for person_id, name in same
    }


def _known(names: dict[int, str], viewer: Viewer) -> list[int]:
    query = select(Person.id).where(is_known_to(viewer)).order_by(Person.id)
    return [person_id for person_id in db.session.scalars(query) if person_id in names]


def _agencies(known: Iterable[int], on: date) -> dict[int, set[str]]:
    """Where each works on a day: by the agency, or by its name as typed."""
    wanted = set(known)
    found: dict[int, set[str]] = defaultdict(set)
    rows = db.session.execute(
        select(Membership.person_id, Membership.agency_id, Membership.agency_typed).where(
            is_member(on)
        )
    )
    for person_id, agency_id, typed in rows:
        if person_id in wanted:
            found[person_id].add(str(agency_id) if agency_id else folded(typed))
    return found


def _local_parts(known: Iterable[int]) -> dict[int, set[str]]:
    """What stands before the @ in each address, its dots and figures aside."""
    wanted = set(known)
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, address in db.session.execute(
        select(PersonEmail.person_id, PersonEmail.address)
    ):
        if person_id in wanted:
            local = "".join(letter for letter in address.partition("@")[0] if letter.isalpha())
            found[person_id].add(local)
    return found


def _kept_apart() -> set[Pair]:
    rows = db.session.execute(select(KeptApart.first_id, KeptApart.second_id))
    return {(first, second) for first, second in rows}


def _people(ids: set[int]) -> dict[int, Person]:
    query = (
        select(Person)
        .where(Person.id.in_(ids))
        .options(
            selectinload(Person.emails),
            selectinload(Person.memberships).selectinload(Membership.agency),
        )
    )
    return {person.id: person for person in db.session.scalars(query)}


def _bookings(ids: Iterable[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Booking.person_id, func.count())
        .where(Booking.person_id.in_(list(ids)))
        .group_by(Booking.person_id)
    )
    return {person_id: many for person_id, many in rows if person_id is not None}
