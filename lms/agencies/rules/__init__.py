"""Sectors, the dated policies of a partnership, e-mail domains and colours.

B1   Closing: 17:00, [1] working day before the first session.
B6   Offers run for [48] hours; a tick confirms at once at least [3] working days before.
B13  Unnamed places lapse [5] working days before the first session.
B11  Late after 17:00 on the nth [3rd] calendar or [working] day before, as the policy stood
     when the booking was made; every other dated policy as of the first session. What an unused
     place costs is dated too, and may differ by sector.
A3   Attended from [80]% of the event's minutes on, part attended from [25]% on.
E4   Impact is due [56] days after the last session.
R4   Results of fewer than [5] replies are withheld.
E2, E4  Invitations to evaluate go at [9] o'clock.
A6   A certificate waits for the evaluation at the end [yes].
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lms.agencies.rules.look import (
    PETROL,
    Brand,
    ColourFault,
    brand_faults,
    clean_mark,
    contrast,
    is_colour,
    nearest_readable,
)
from lms.agencies.rules.policies import (
    DEFAULT_POLICIES,
    POLICIES,
    POLICY_BOUNDS,
    POLICY_GROUPS,
    Asked,
    DayKind,
    PolicyEntry,
    PolicyKey,
    PolicyWords,
    policies_fault,
    policy_at,
    policy_fault,
)
from lms.words import Word, pounds

__all__ = [
    "DEFAULT_POLICIES",
    "DOMAINS_THAT_SAY_NOTHING",
    "PETROL",
    "POLICIES",
    "POLICY_BOUNDS",
    "POLICY_GROUPS",
    "AgencyDomains",
    "AgencyFault",
    "Asked",
    "Brand",
    "ChargingEntry",
    "ColourFault",
    "DayKind",
    "PolicyEntry",
    "PolicyKey",
    "PolicyWords",
    "Sector",
    "agency_fault",
    "brand_faults",
    "clean_mark",
    "contrast",
    "domain_fault",
    "folded_name",
    "is_colour",
    "nearest_readable",
    "policies_fault",
    "policy_at",
    "policy_fault",
    "suggested_agencies",
    "terms_at",
    "terms_fault",
]


class Sector(Word):
    LOCAL_AUTHORITY = "local_authority"
    POLICE = "police"
    HEALTH = "health"
    EDUCATION = "education"
    PROBATION = "probation"
    FIRE = "fire"
    HOUSING = "housing"
    FAMILY_JUSTICE = "family_justice"
    VOLUNTARY_AND_COMMUNITY = "voluntary_and_community"
    FAITH = "faith"
    INDEPENDENT = "independent"
    OTHER = "other"


# --- Names ----------------------------------------------------------------------------------


def folded_name(name: str) -> str:
    """A name as it is compared: capitals, spaces, `&` and the shape of apostrophes aside."""
    straight = name.replace("’", "'").replace("‘", "'").replace("&", " and ")
    return " ".join(straight.split()).casefold()


# --- Agencies -------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgencyFault:
    """What does not go together in an agency's facts, with the field where it was typed."""

    field: str
    sentence: str


def agency_fault(
    *,
    agency_id: Hashable,
    ancestors: Collection[Hashable],
    successor_id: Hashable,
    partnership_ids: Collection[Hashable],
    opened_on: date | None,
    closed_on: date | None,
) -> AgencyFault | None:
    """The first thing that cannot be so; `ancestors` are the parent chosen and those above it.

    Agencies are named by ids, or where they have none yet by their folded names; None is none.
    """
    if not partnership_ids:
        return AgencyFault("partnerships", "Choose at least one partnership")
    if agency_id is not None and agency_id in ancestors:
        return AgencyFault("parent", "Choose another parent: this one is part of the agency itself")
    if agency_id is not None and agency_id == successor_id:
        return AgencyFault("successor", "Choose another agency: none can follow itself")
    if opened_on and closed_on and closed_on <= opened_on:
        return AgencyFault("closed_on", "Enter a closing date after the opening date")
    if successor_id is not None and closed_on is None:
        return AgencyFault("closed_on", "Enter when the agency closed, since another follows it")
    return None


def domain_fault(domain: str) -> AgencyFault | None:
    """What is wrong with an e-mail domain, in lower case."""
    labels = domain.split(".")
    are_words = all(label.replace("-", "").isalnum() and label.isascii() for label in labels)
    if len(labels) < 2 or not are_words:
        return AgencyFault("domains", f"Write {domain} as a domain, such as walsall.gov.uk")
    if domain in DOMAINS_THAT_SAY_NOTHING:
        return AgencyFault("domains", f"Leave out {domain}: people of any agency write from it")
    return None


# --- Charging terms -------------------------------------------------------------------------

MOST_PENCE = 1_000_000


@dataclass(frozen=True)
class ChargingEntry:
    """What an unused place costs a sector (None: all that have no terms of their own), in pence.

    It holds from its date until the next entry of its sector. `days` and `day_kind` None: a
    cancellation is late as the policy says. `is_full_cost`: the event's price instead of a rate.
    """

    sector: Sector | None
    holds_from: date
    days: int | None = None
    day_kind: DayKind | None = None
    half_day_pence: int = 0
    full_day_pence: int = 0
    is_full_cost: bool = False

    @property
    def price_words(self) -> str:
        """'£50 a half day, £90 a full day', '£50 a day', 'the event’s full cost', 'nothing'."""
        if self.is_full_cost:
            return "the event’s full cost"
        half, full = pounds(self.half_day_pence), pounds(self.full_day_pence)
        if half != full:
            return f"{half} a half day, {full} a full day"
        return f"{full} a day" if self.full_day_pence else "nothing"


def terms_at(
    entries: Iterable[ChargingEntry], sector: Sector | None, on: date
) -> ChargingEntry | None:
    """The terms in force for a sector on a date: its own, else those for all, else none."""
    in_force = [e for e in entries if e.sector in (None, sector) and e.holds_from <= on]
    return max(in_force, key=lambda e: (e.sector is not None, e.holds_from), default=None)


def terms_fault(entry: ChargingEntry) -> AgencyFault | None:
    """What does not go together in charging terms, with the field where it was typed."""
    if (entry.days is None) != (entry.day_kind is None):
        return AgencyFault("days", "Enter how many days before, and choose which days they are")
    if entry.days is not None and (why := policy_fault(PolicyKey.LATE_CANCEL_DAYS, entry.days)):
        return AgencyFault("days", why)
    if not 0 <= entry.half_day_pence <= entry.full_day_pence <= MOST_PENCE:
        return AgencyFault("full_day", "Enter at least as much for a full day as for a half day")
    return None


# --- E-mail domains -------------------------------------------------------------------------

# Addresses that people of any agency may have, or that belong to no agency.
DOMAINS_THAT_SAY_NOTHING = frozenset(
    {
        "nhs.net",
        "nhs.uk",
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.co.uk",
        "live.co.uk",
        "icloud.com",
        "yahoo.com",
        "yahoo.co.uk",
        "btinternet.com",
        "aol.com",
    }
)


@dataclass(frozen=True)
class AgencyDomains:
    """An agency with the e-mail domains that its people write from."""

    agency_id: int
    name: str
    domains: frozenset[str]


def suggested_agencies(email: str, agencies: Sequence[AgencyDomains]) -> list[int]:
    """The agencies that an address speaks for, by name: none, one, or several to choose from.

    A domain also speaks for its sub-domains; the longest domain that matches decides.
    """
    domain = email.rpartition("@")[2].strip().lower()
    for suffix in _suffixes(domain):
        if suffix in DOMAINS_THAT_SAY_NOTHING:
            return []
        found = [agency for agency in agencies if suffix in agency.domains]
        if found:
            return [a.agency_id for a in sorted(found, key=lambda a: (a.name, a.agency_id))]
    return []


def _suffixes(domain: str) -> Iterable[str]:
    """'a.b.uk', then 'b.uk': whole labels, longest first, never a bare top level."""
    labels = domain.split(".")
    return (".".join(labels[n:]) for n in range(len(labels) - 1))
