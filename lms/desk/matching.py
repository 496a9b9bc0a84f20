"""Agency names as typed that match nothing yet, and which agencies they may mean (R1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from sqlalchemy import func, select

from lms.access import Viewer
from lms.agencies.models import Agency
from lms.agencies.queries import list_agencies_seen_by
from lms.agencies.rules import folded_name
from lms.booking.models import Booking
from lms.booking.queries.known import unmatched_in_bookings, unmatched_memberships
from lms.booking.rules import LIVE
from lms.db import db
from lms.errors import NotFound

LIKE_ENOUGH = 0.6
NEARLY = 0.45
MOST_PROPOSED = 3


@dataclass(frozen=True)
class UnmatchedName:
    """An agency's name as typed, with how many people and bookings bear it, and what is like it."""

    name: str
    people: int
    bookings: int
    like_it: int | None


def list_unmatched_names(viewer: Viewer) -> list[UnmatchedName]:
    """Agency names that match nothing, by name; spellings that mean the same are one.

    Those typed by people whom the viewer knows, or in bookings with them (R1).
    """
    memberships, bookings = Counter[str](), Counter[str]()
    shown: dict[str, str] = {}
    for counter, typed in (
        (memberships, unmatched_memberships(viewer)),
        (bookings, unmatched_in_bookings(viewer)),
    ):
        for name, count in typed:
            counter[folded_name(name)] += count
            shown.setdefault(folded_name(name), name)
    known = {folded_name(agency.name): agency.id for agency in list_agencies_seen_by(viewer)}
    return [
        UnmatchedName(shown[key], memberships[key], bookings[key], _like(key, known))
        for key in sorted(shown)
    ]


def _like(key: str, known: dict[str, int]) -> int | None:
    close = get_close_matches(key, known, n=1, cutoff=LIKE_ENOUGH)
    return known[close[0]] if close else None


def count_unmatched_names(viewer: Viewer) -> int:
    """How many agency names wait to be matched."""
    return len(list_unmatched_names(viewer))


def may_match(names: list[str], viewer: Viewer) -> bool:
    """Whether typed names are all among those that the viewer has to match."""
    there = {folded_name(each.name) for each in list_unmatched_names(viewer)}
    return bool(names) and all(folded_name(name) in there for name in names)


@dataclass(frozen=True)
class Matching:
    """One name to match: agencies that are like it, the rest, and names that may be the same."""

    name: UnmatchedName
    nearest: list[Agency]
    others: list[Agency]
    alike: list[UnmatchedName]
    live: int

    @property
    def agencies(self) -> list[Agency]:
        return [*self.nearest, *self.others]


def get_matching(name: str, viewer: Viewer) -> Matching:
    """What there is to know before a name is matched. Raises NotFound."""
    names = list_unmatched_names(viewer)
    found = next((each for each in names if folded_name(each.name) == folded_name(name)), None)
    if found is None:
        raise NotFound
    agencies = list_agencies_seen_by(viewer)
    ratio = {agency.id: _ratio(found.name, agency.name) for agency in agencies}
    ranked = sorted(agencies, key=lambda agency: -ratio[agency.id])
    nearest = [agency for agency in ranked[:MOST_PROPOSED] if ratio[agency.id] >= NEARLY]
    others = [agency for agency in agencies if agency not in nearest]
    alike = [each for each in names if each is not found and _ratio(each.name, name) >= NEARLY]
    alike.sort(key=lambda each: -_ratio(each.name, name))
    return Matching(found, nearest, others, alike, _live(found.name))


def _ratio(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; words in another order count as well."""
    left, right = folded_name(one), folded_name(other)
    in_order = SequenceMatcher(None, left, right).ratio()
    by_words = SequenceMatcher(
        None, " ".join(sorted(left.split())), " ".join(sorted(right.split()))
    ).ratio()
    return max(in_order, by_words)


def _live(name: str) -> int:
    """How many live bookings bear a name: an agency may have its share of the places there."""
    rows = db.session.execute(
        select(Booking.agency_typed, func.count())
        .where(Booking.agency_id.is_(None), Booking.agency_typed != "", Booking.state.in_(LIVE))
        .group_by(Booking.agency_typed)
    )
    return sum(count for typed, count in rows if folded_name(typed) == folded_name(name))
