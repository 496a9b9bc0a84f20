"""Everyone whom those who run a programme know, searched and narrowed by plain links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    select,
    union,
    union_all,
)

from lms.access import Role, Viewer
from lms.accounts.models import Membership, Person, PersonEmail, RoleGrant
from lms.accounts.queries import bears, is_held, is_member, people
from lms.accounts.rules import folded
from lms.agencies.models import Agency
from lms.agencies.queries import list_agencies_seen_by
from lms.booking.models import Booking
from lms.booking.queries.known import is_known_to
from lms.clock import london_date
from lms.db import db
from lms.web.addresses import row_id_in
from lms.web.filters import Chip, Group, Narrowed, address
from lms.web.long_lists import Page, counted_group, page_asked
from lms.words import sentence_case

PATH = "/manage/people"
A_PAGE = 100
MOST_OPTIONS = 10
MOST_AT_ONCE = 5_000
MOST_COUNTED = MOST_AT_ONCE  # of more, a search comes first: counting them all takes too long
SHORTEST_REFERENCE = 5
STANDINGS = (
    ("left", "Left every agency"),
    ("match", "Agency to match"),
    ("bounced", "Mail comes back"),
    ("unsigned", "Never signed in"),
)
HEADINGS = {"role": "Role", "agency": "Works for", "is": "To see to"}
NAMES = ("q", *HEADINGS)


# --- What is searched --------------------------------------------------------------------------


def is_found_by(text: str, viewer: Viewer) -> ColumnElement[bool]:
    """A condition: each word stands in a name, an address, an agency's name or a job role, or
    begins the reference of a booking; accents, apostrophes and capitals aside."""
    agencies = [(folded(agency.name), agency.id) for agency in list_agencies_seen_by(viewer)]
    return and_(*(_stands(word, agencies) for word in text.split()))


def _stands(word: str, agencies: Sequence[tuple[str, int]]) -> ColumnElement[bool]:
    """Each place where a word may stand is looked through once, whoever is found there."""
    at = [agency_id for name, agency_id in agencies if folded(word) in name]
    works_there = Membership.agency_typed.icontains(word, autoescape=True)
    if at:
        works_there |= Membership.agency_id.in_(at)
    is_called_so = bears(word) | Person.job_role.icontains(word, autoescape=True)
    places: list[Select[Any]] = [
        select(Person.id).where(is_called_so),
        select(Membership.person_id).where(works_there),
    ]
    if len(word) >= SHORTEST_REFERENCE:
        booked = Booking.reference.startswith(word.upper(), autoescape=True)
        has_person = Booking.person_id.is_not(None)
        places.append(select(Booking.person_id).where(booked, has_person))
    return Person.id.in_(union(*places))


def _conditions(
    query: Mapping[str, str], viewer: Viewer, today: date
) -> dict[str, ColumnElement[bool]]:
    """A condition for each part of the query that can be read; what cannot is left out."""
    found: dict[str, ColumnElement[bool]] = {}
    if query.get("q", "").strip():
        found["q"] = is_found_by(query["q"], viewer)
    if query.get("role") in {role.value for role in Role}:
        held = select(RoleGrant.person_id).where(
            RoleGrant.role == Role(query["role"]), is_held(today)
        )
        found["role"] = Person.id.in_(held)
    agency_id = row_id_in(query.get("agency"))
    if agency_id is not None:
        there = select(Membership.person_id).where(
            Membership.agency_id == agency_id, is_member(today)
        )
        found["agency"] = Person.id.in_(there)
    standing = _standings(today).get(query.get("is", ""))
    if standing is not None:
        found["is"] = standing
    return found


def _standings(today: date) -> dict[str, ColumnElement[bool]]:
    return {
        "left": ~Person.memberships.any(is_member(today)),
        "match": Person.memberships.any(Membership.agency_id.is_(None) & is_member(today)),
        "bounced": Person.emails.any(PersonEmail.bounced_at.is_not(None)),
        "unsigned": ~Person.emails.any(PersonEmail.verified_at.is_not(None)),
    }


# --- One page of it ----------------------------------------------------------------------------


@dataclass(frozen=True)
class PeopleList:
    """A page of people by surname, and the ways to narrow them."""

    narrowed: Narrowed[Person]
    page: Page

    @property
    def people(self) -> tuple[Person, ...]:
        return self.narrowed.things


def list_people(viewer: Viewer, query: Mapping[str, str], now: datetime) -> PeopleList:
    """What the query asks for, of the people whom the viewer knows; constant statements."""
    today = london_date(now)
    chosen = _conditions(query, viewer, today)
    kept = {name: query[name] for name in NAMES if name in chosen}
    known = is_known_to(viewer)
    everyone = and_(known, *chosen.values())
    ids = _in_order(everyone) if "q" in chosen else None
    found = _count(everyone) if ids is None else len(ids)
    page = Page(PATH, kept, page_asked(query), A_PAGE, found)
    if ids is None:
        listed = people(everyone).limit(page.size).offset(page.offset)
    else:
        listed = people(Person.id.in_(ids[page.offset : page.offset + page.size]))
        everyone = Person.id.in_(ids) if found <= MOST_AT_ONCE else everyone
    counted = _counted(everyone, today, narrowly=found <= MOST_COUNTED)
    groups = tuple(
        _group(name, counted, _without(name, known, chosen, found), kept) for name in HEADINGS
    )
    return PeopleList(
        Narrowed(
            tuple(db.session.scalars(listed)),
            tuple(group for group in groups if len(group.options) > 1),
            _chips(groups, kept),
            PATH,
            _count(known) if chosen else found,
        ),
        page,
    )


def _in_order(everyone: ColumnElement[bool]) -> list[int]:
    """The ids of all who are found, by surname: looked for once, and put in order here, since
    PostgreSQL would go through everybody by name and ask of each."""
    rows = db.session.execute(select(Person.sort_name, Person.id).where(everyone)).all()
    return [row.id for row in sorted(rows, key=lambda row: (row.sort_name, row.id))]


def everyone_found(viewer: Viewer, query: Mapping[str, str], now: datetime) -> list[Person]:
    """All of them, by surname, for the file."""
    chosen = _conditions(query, viewer, london_date(now))
    return list(db.session.scalars(people(and_(is_known_to(viewer), *chosen.values()))))


def words_of(query: Mapping[str, str], viewer: Viewer, now: datetime) -> str:
    """What a file was narrowed to, for the trail."""
    chosen = _conditions(query, viewer, london_date(now))
    return ", ".join(query[name] for name in NAMES if name in chosen)


def _count(condition: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(Person.id)).where(condition)) or 0


# --- Narrowing ---------------------------------------------------------------------------------

Counted = dict[tuple[str, str], tuple[str, int]]
"""By facet and value: its words, and how many people."""


def _counted(everyone: ColumnElement[bool], today: date, *, narrowly: bool) -> Counted:
    """How many of those found are what, asked of them once; of very many, their roles alone."""
    found = select(Person.id).where(everyone).cte("found").prefix_with("MATERIALIZED")
    standings = [
        select(literal("is"), literal(name), literal(text), func.count())
        .select_from(Person)
        .join(found, found.c.id == Person.id)
        .where(_standings(today)[name])
        for name, text in STANDINGS
    ]
    people_of = func.count(RoleGrant.person_id.distinct())
    roles = (
        select(literal("role"), cast(RoleGrant.role, String), literal(""), people_of)
        .join(found, found.c.id == RoleGrant.person_id)
        .where(is_held(today))
        .group_by(RoleGrant.role)
    )
    agencies = (
        select(
            literal("agency"),
            cast(Agency.id, String),
            Agency.name,
            func.count(Membership.person_id.distinct()),
        )
        .join(Membership, Membership.agency_id == Agency.id)
        .join(found, found.c.id == Membership.person_id)
        .where(is_member(today))
        .group_by(Agency.id, Agency.name)
    )
    rows = db.session.execute(union_all(roles, agencies, *standings) if narrowly else roles)
    return {(facet, value): (text, many) for facet, value, text, many in rows}


def _without(
    name: str,
    known: ColumnElement[bool],
    chosen: Mapping[str, ColumnElement[bool]],
    found: int,
) -> int:
    """How many there would be without a facet's choice."""
    if name not in chosen:
        return found
    return _count(and_(known, *(each for other, each in chosen.items() if other != name)))


def _group(name: str, counted: Counted, without: int, kept: Mapping[str, str]) -> Group:
    """The commonest of a facet's values; whatever is chosen stays among them."""
    of_it = [(value, *said) for (facet, value), said in counted.items() if facet == name]
    if name == "agency":
        of_it.sort(key=lambda each: (-each[2], each[1]))
    words = {role.value: sentence_case(role.words) for role in Role}
    named = [(value, text or words.get(value, value), many) for value, text, many in of_it if many]
    heading = HEADINGS[name]
    return counted_group(heading, name, named, PATH, kept, everything=without, most=MOST_OPTIONS)


def _chips(groups: tuple[Group, ...], kept: Mapping[str, str]) -> tuple[Chip, ...]:
    chips = [Chip(f"“{kept['q']}”", address(PATH, kept, q=None))] if "q" in kept else []
    for name, heading in HEADINGS.items():
        if name in kept:
            group = next((group for group in groups if group.heading == heading), None)
            chosen = next((o.text for o in group.options if o.is_chosen), "") if group else ""
            chips.append(Chip(chosen or "Narrowed", address(PATH, kept, **{name: None})))
    return tuple(chips)
