"""The people of the demonstration: all invented, spread over the real agencies.

How likely each agency is to send people follows what the annual reports say: the statutory
agencies take part well, the voluntary, community and faith sectors poorly.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path

NAMES = Path(__file__).parent / "data" / "names.toml"


@dataclass(frozen=True)
class Team:
    """People of one agency: how many there are, what they do, how often they come."""

    agency: str
    people: int
    weight: int
    roles: tuple[str, ...]
    headcount: int | None = None


TEAMS = (
    Team(
        "Walsall Council Children's Social Care",
        62,
        24,
        ("Social worker", "Senior social worker", "Team manager", "Family time worker"),
        310,
    ),
    Team("Walsall Council Early Help", 44, 16, ("Family support worker", "Early help lead"), 190),
    Team(
        "Walsall Council Adult Social Care", 26, 8, ("Social worker", "Safeguarding adviser"), 420
    ),
    Team("Walsall Council Public Health", 10, 3, ("Public health officer",), 64),
    Team("Walsall Council", 8, 3, ("Licensing officer", "Elected member")),
    Team("Youth Justice Service", 14, 5, ("Youth justice officer",), 58),
    Team(
        "Walsall Healthcare NHS Trust",
        46,
        16,
        ("Health visitor", "School nurse", "Midwife", "Named nurse"),
        1850,
    ),
    Team("Black Country Integrated Care Board", 9, 3, ("Designated nurse", "Named GP"), 130),
    Team(
        "Dudley and Walsall Mental Health Partnership Trust",
        17,
        6,
        ("Community psychiatric nurse", "Psychologist"),
        640,
    ),
    Team("West Midlands Police", 34, 12, ("Neighbourhood officer", "Detective constable"), 520),
    Team(
        "Walsall Schools",
        48,
        15,
        ("Designated safeguarding lead", "Teacher", "Pastoral lead"),
        3900,
    ),
    Team("Pool Hayes Academy", 6, 2, ("Pastoral lead", "Head of year"), 98),
    Team("Walsall College", 10, 3, ("Learner support officer",), 410),
    Team("Early Years Settings", 26, 8, ("Nursery manager", "Childminder")),
    Team("Walsall Housing Group", 10, 3, ("Housing officer",), 320),
    Team("Probation Service", 8, 3, ("Probation officer",), 90),
    Team("West Midlands Fire Service", 5, 1, ("Safe and well officer",), 150),
    Team("CAFCASS", 4, 1, ("Family court adviser",), 46),
    Team("Black Country Women's Aid", 7, 2, ("Independent domestic violence adviser",), 60),
    Team("Street Teams", 4, 1, ("Youth worker",), 22),
    Team("MindKind Projects", 3, 1, ("Project worker",)),
    Team("Walsall Faith Groups", 3, 1, ("Safeguarding co-ordinator",)),
)


@dataclass(frozen=True)
class Character:
    """One invented person."""

    name: str
    email: str
    agency: str
    job_role: str
    weight: int


def cast_of(dice: random.Random, domains: dict[str, str]) -> list[Character]:
    """Everyone who might book, no name twice; `domains` gives an agency's e-mail domain."""
    names = _names()
    dice.shuffle(names)
    people: list[Character] = []
    for team in TEAMS:
        domain = domains.get(team.agency) or f"{_slug(team.agency)}.example"
        for _ in range(team.people):
            name = names.pop()
            first, last = name.lower().split(" ")
            people.append(
                Character(
                    name=name,
                    email=f"{first[0]}.{last}{len(people)}@{domain}",
                    agency=team.agency,
                    job_role=dice.choice(team.roles),
                    weight=max(1, round(100 * team.weight / team.people)),
                )
            )
    return people


def _names() -> list[str]:
    told = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    return [f"{first} {last}" for first in told["first"] for last in told["last"]]


def _slug(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
