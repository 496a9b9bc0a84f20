"""Reach: distinct people who came, of those who could have (R2, R3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from lms.agencies.rules import Sector
from lms.reporting.rules.figures import rate
from lms.words import Word, count, listed, number, percent, sentence_case

SMALL_SECTORS = {
    Sector.VOLUNTARY_AND_COMMUNITY: "the voluntary and community sector",
    Sector.FAITH: "the faith sector",
}
"""Those of which a sentence of its own is said: they hardly take part."""


class ReachBy(Word):
    """What the rows of the report on reach may be."""

    AGENCY = "agency"
    SECTOR = "sector"
    ROLE = "role"
    COURSE = "course"
    COHORT = "cohort"


@dataclass(frozen=True)
class ReachCounts:
    """Distinct people who came, and of how many; None where that is unknown."""

    people: int = 0
    workforce: int | None = None

    @property
    def reach(self) -> Fraction | None:
        """People of the workforce; None, which reads "unknown", where there is no such figure."""
        return rate(self.people, self.workforce)

    @property
    def not_reached(self) -> int | None:
        """How many of them did not come; never less than none."""
        return None if self.workforce is None else max(0, self.workforce - self.people)

    @property
    def is_over(self) -> bool:
        """Whether more came than were counted: people come and go, and a count is of one day."""
        return bool(self.workforce) and self.people > (self.workforce or 0)


# --- What is said ---------------------------------------------------------------------------


MORE_THAN_COUNTED = (
    "Over 100%: more came than were counted, for a count is of one day, and people come and go."
)


def reach_in_words(counts: ReachCounts) -> str:
    """'46%', 'over 100%' where more came than were counted, 'unknown'."""
    return "over 100%" if counts.is_over else percent(counts.reach)


def reach_finding(total: ReachCounts, unknown: int, agencies: int) -> str:
    """The lead: how many people, of how many; else of how many `agencies` that is unknown."""
    if not total.people:
        return "Nobody came in this period."
    came = f"{total.people:,} {'person' if total.people == 1 else 'people'} came"
    if total.is_over:
        return f"{came}: more than the {total.workforce:,} whom the agencies employ."
    if total.reach is not None:
        return (
            f"{came}: {percent(total.reach)} of the {total.workforce:,} whom the agencies employ."
        )
    if not agencies:
        return f"{came}. Of how many is unknown: no agency is in the partnership."
    lacking = f"{number(unknown)} of {count(agencies, 'agency', 'agencies')}"
    verb = "gives" if unknown == 1 else "give"
    return f"{came}. Of how many is unknown: {lacking} {verb} no workforce figure."


def small_sectors_sentence(sectors: Mapping[Sector, ReachCounts]) -> str:
    """What came of the voluntary, community and faith sectors, in a sentence of their own."""
    said = [
        f"from {name} {_came(sectors[sector])}"
        if sector in sectors
        else f"of {name} there is no agency"
        for sector, name in SMALL_SECTORS.items()
    ]
    return f"{sentence_case('; '.join(said))}."


def _came(counts: ReachCounts) -> str:
    who = f"came {count(counts.people, 'person', 'people')}" if counts.people else "came nobody"
    if counts.workforce is None:
        return f"{who}, of how many is unknown"
    if not counts.workforce:
        return who
    return f"{who}, {reach_in_words(counts)} of its {counts.workforce:,}"


def nobody_from(agencies: Iterable[str]) -> str:
    """Which agencies sent nobody; empty where each sent somebody."""
    names = list(agencies)
    if not names:
        return ""
    return f"Nobody came from {count(len(names), 'agency', 'agencies')}: {listed(names)}."


def reach_caption(rates: Mapping[str, Fraction | None]) -> str:
    """Who was reached furthest and who least: the caption of the picture by sector."""
    known = {name: rate for name, rate in rates.items() if rate is not None}
    if not known:
        return "How far each was reached is unknown"
    names = sorted(known, key=str.casefold)
    most = max(names, key=lambda name: known[name])
    least = min(names, key=lambda name: known[name])
    if known[least] > 1:
        return "More came of each than were counted"
    best = f"{most}: {percent(known[most])} were reached"
    if known[most] == known[least]:
        return best
    best = f"{best}, the most" if known[most] <= 1 else f"{most}: more came than were counted"
    if not known[least]:
        none = [name for name in names if not known[name]]
        return f"{best}; nobody of {listed(none)}"
    return f"{best}; {least}: {percent(known[least])}, the least"


def people_caption(people: Mapping[str, int]) -> str:
    """Of whom most people came: the caption where the rows have no workforce of their own."""
    if not any(people.values()):
        return "Nobody came"
    most = max(sorted(people, key=str.casefold), key=lambda name: people[name])
    return f"{most}: {count(people[most], 'person', 'people')}, the most"
