"""What stands before the first event: the partnership, its agencies, people, roles and courses."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import datetime

from lms.access import Grant, Role, Viewer
from lms.accounts.commands import PersonDetails, add_person, grant_role, set_weekdays
from lms.agencies.commands import (
    AgencyDetails,
    PartnershipDetails,
    add_agency,
    add_partnership,
    set_headcount,
)
from lms.agencies.rules import Sector
from lms.catalogue.commands import (
    PriorityDetails,
    ThemeDetails,
    add_course,
    add_venue,
    keep_priorities,
    set_courses_given,
)
from lms.catalogue.queries import list_priorities, list_themes
from lms.catalogue.rules import CourseDetails, OutcomeDetails, VenueDetails
from lms.clock import london_date
from lms.demo.cast import TEAMS, Character, cast_of
from lms.demo.programme import DATA, PRIORITIES, ROOMS, Teaching

HOST = "Walsall"


@dataclass(frozen=True)
class Somebody:
    """A character who is now a person of the database."""

    id: int
    character: Character
    agency_id: int


@dataclass(frozen=True)
class Foundations:
    """Ids of all that later acts refer to."""

    partnership_id: int
    partnership_ids: dict[str, int]
    people: list[Somebody]
    coordinator: Viewer
    lead: Viewer
    trainer_ids: tuple[int, ...]
    course_ids: dict[str, int]
    priority_ids: dict[str, int]
    theme_ids: dict[str, int]
    venue_ids: tuple[int, ...]  # of the rooms, in their order
    guests: dict[str, int]  # whom a visitor may be: role → person
    practitioner: Somebody  # one of those guests, who takes part in events too


def lay(
    teachings: dict[str, Teaching], first_year: int, dice: random.Random, now: datetime
) -> Foundations:
    """Make everything that stands still, through the slices' own commands."""
    partnerships = _add_partnerships(now)
    agencies, domains = _add_agencies(partnerships, now)
    host = partnerships[HOST]
    for team in TEAMS:
        if team.headcount is not None:
            for year in (first_year, first_year + 1):
                set_headcount(agencies[team.agency], host, year, team.headcount, by=None, now=now)
    people = [
        Somebody(_add(character, agencies, now), character, agencies[character.agency])
        for character in cast_of(dice, domains)
    ]
    priority_ids, theme_ids = _add_priorities(host, teachings, now)
    officials = _add_officials(host, agencies, now)
    course_ids = {
        teaching.title: _add_course(teaching, host, priority_ids, theme_ids, now)
        for teaching in teachings.values()
        if teaching.is_course
    }
    trainer_ids = (officials["trainer"], officials["second trainer"])
    _say_who_gives_what(host, trainer_ids, list(course_ids.values()), now)
    return Foundations(
        partnership_id=host,
        partnership_ids=partnerships,
        people=people,
        coordinator=_viewer("coordinator", officials, Grant(Role.COORDINATOR, host)),
        lead=_viewer("agency lead", officials, _leading(agencies)),
        trainer_ids=trainer_ids,
        course_ids=course_ids,
        priority_ids=priority_ids,
        theme_ids=theme_ids,
        venue_ids=_add_venues(host, now),
        guests={role: officials[role] for role in GUESTS},
        practitioner=_practitioner(officials["practitioner"], agencies),
    )


def _add_partnerships(now: datetime) -> dict[str, int]:
    names = ["Walsall", "Sandwell", "Worcestershire", "Dudley", "Wolverhampton"]
    return {name: add_partnership(_partnership(name), by=None, now=now) for name in names}


def _partnership(name: str) -> PartnershipDetails:
    if name == HOST:
        return PartnershipDetails(
            name=name,
            title="Walsall Safeguarding Partnership",
            contact_name="Idris Larkspur",
            contact_email="training@wsp.example",
            contact_phone="01632 960 417",
            contact_days="Mondays and Thursdays",
            strapline="Safeguarding training for everyone who works or volunteers with children, "
            "adults and families in Walsall.",
            reference_prefix="WSP",
        )
    slug = name.lower()
    return PartnershipDetails(
        name=name,
        title=f"{name} Safeguarding Partnership",
        contact_email=f"training@{slug}.example",
    )


def _add_agencies(
    partnerships: dict[str, int], now: datetime
) -> tuple[dict[str, int], dict[str, str]]:
    agencies: dict[str, int] = {}
    domains: dict[str, str] = {}
    with (DATA / "agencies.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):  # parents stand before their children
            domain = row["email_domains"]
            areas = row["partnerships"].split(";")
            details = AgencyDetails(
                name=row["name"],
                sector=Sector(row["sector"]),
                partnership_ids=frozenset(partnerships[area] for area in areas),
                parent_id=agencies.get(row["parent"]),
                domains=(domain,) if domain else (),
            )
            agencies[row["name"]] = add_agency(details, by=None, now=now)
            domains[row["name"]] = domain or domains.get(row["parent"], "")
    return agencies, domains


def _add(character: Character, agencies: dict[str, int], now: datetime) -> int:
    details = PersonDetails(
        name=character.name,
        email=character.email,
        agency_id=agencies[character.agency],
        job_role=character.job_role,
        is_proven=True,
    )
    return add_person(details, by=None, now=now)


# role held: name, address, agency, job role
OFFICIALS = {
    "coordinator": ("Idris Larkspur", "training@wsp.example", "Training coordinator", None),
    "trainer": ("Juniper Oakes", "j.oakes@wsp.example", "Trainer", None),
    "second trainer": ("Tamsin Quillfeather", "t.quillfeather@wsp.example", "Trainer", None),
    "PLD member": ("Rosalind Yarrowby", "r.yarrowby@icb.example", "Designated nurse", None),
    "administrator": ("Wilf Harker", "w.harker@wsp.example", "Business manager", None),
    "safeguarding lead": (
        "Saffron Meadowes",
        "s.meadowes@wsp.example",
        "Head of safeguarding",
        None,
    ),
    "agency lead": (
        "Hector Bramblewick",
        "h.bramblewick@walsall-nhs.example",
        "Head of safeguarding",
        "Walsall Healthcare NHS Trust",
    ),
    "practitioner": (
        "Marigold Pettifer",
        "m.pettifer@pool-hayes.example",
        "Pastoral lead",
        "Pool Hayes Academy",
    ),
}
GUESTS = (
    *("practitioner", "agency lead", "trainer", "coordinator"),
    *("PLD member", "safeguarding lead", "administrator"),
)
ROLES = {
    "coordinator": Role.COORDINATOR,
    "trainer": Role.TRAINER,
    "second trainer": Role.TRAINER,
    "PLD member": Role.PLD_MEMBER,
    "administrator": Role.ADMINISTRATOR,
    "safeguarding lead": Role.SAFEGUARDING_LEAD,
    "agency lead": Role.AGENCY_LEAD,
}
HOST_AGENCY = "Walsall Council"
COORDINATOR_WORKS_ON = (0, 3)  # Monday and Thursday, as the foot of every page says
OWN_AGENCY = {"PLD member": "Black Country Integrated Care Board"}


def _add_officials(host: int, agencies: dict[str, int], now: datetime) -> dict[str, int]:
    ids = {}
    for part, (name, address, job_role, agency) in OFFICIALS.items():
        agency_id = agencies[agency or OWN_AGENCY.get(part, HOST_AGENCY)]
        details = PersonDetails(
            name=name, email=address, agency_id=agency_id, job_role=job_role, is_proven=True
        )
        ids[part] = add_person(details, by=None, now=now)
        if part in ROLES:
            _grant(ids[part], ROLES[part], host, agency_id, now)
    set_weekdays(ids["coordinator"], COORDINATOR_WORKS_ON)
    return ids


def _practitioner(person_id: int, agencies: dict[str, int]) -> Somebody:
    name, address, job_role, own_agency = OFFICIALS["practitioner"]
    agency = own_agency or HOST_AGENCY
    character = Character(name, address, agency, job_role, weight=1)
    return Somebody(person_id, character, agencies[agency])


def _leading(agencies: dict[str, int]) -> Grant:
    agency = OFFICIALS["agency lead"][3]
    return Grant(Role.AGENCY_LEAD, agency_id=agencies[agency or HOST_AGENCY])


def _viewer(part: str, officials: dict[str, int], grant: Grant) -> Viewer:
    """An official as signed in: whoever acts in the programme's or in an agency's name."""
    name, address, _, _ = OFFICIALS[part]
    return Viewer(
        person_id=officials[part], name=name, session_key="", email=address, grants=(grant,)
    )


def _grant(person_id: int, role: Role, host: int, agency_id: int, now: datetime) -> None:
    leads = role is Role.AGENCY_LEAD
    grant_role(
        person_id,
        role,
        partnership_id=None if leads else host,
        agency_id=agency_id if leads else None,
        starts_on=london_date(now),
        by=None,
        now=now,
    )


def _add_priorities(
    host: int, teachings: dict[str, Teaching], now: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    themes = sorted({theme for teaching in teachings.values() for theme in teaching.themes})
    keep_priorities(
        host,
        [PriorityDetails(name) for name in PRIORITIES],
        [ThemeDetails(name) for name in themes],
        by=None,
        now=now,
    )
    return (
        {priority.name: priority.id for priority in list_priorities([host])},
        {theme.name: theme.id for theme in list_themes([host])},
    )


def _add_venues(host: int, now: datetime) -> tuple[int, ...]:
    return tuple(
        add_venue(VenueDetails(host, name, access=access, seats=seats), by=None, now=now)
        for name, access, seats in ROOMS
    )


def _say_who_gives_what(
    host: int, trainer_ids: tuple[int, ...], course_ids: list[int], now: datetime
) -> None:
    """The first gives every course, the second every other one."""
    first, second = trainer_ids
    set_courses_given(first, host, course_ids, by=None, now=now)
    set_courses_given(second, host, course_ids[::2], by=None, now=now)


def _add_course(
    teaching: Teaching,
    host: int,
    priority_ids: dict[str, int],
    theme_ids: dict[str, int],
    now: datetime,
) -> int:
    details = course_details(teaching, host, priority_ids, theme_ids)
    return add_course(details, by=None, now=now)


def course_details(
    teaching: Teaching, host: int, priority_ids: dict[str, int], theme_ids: dict[str, int]
) -> CourseDetails:
    """A course as the programme tells it."""
    return CourseDetails(
        partnership_id=host,
        title=teaching.title,
        code=teaching.code,
        level=teaching.level,
        remit=teaching.remit,
        aims=teaching.aims,
        audience=teaching.audience,
        minutes=teaching.minutes,
        outcomes=tuple(OutcomeDetails(text) for text in teaching.outcomes),
        priority_ids=tuple(priority_ids[name] for name in teaching.priorities),
        theme_ids=tuple(theme_ids[name] for name in teaching.themes),
    )
