"""A year of answers, published and attacked: what the attacker finds out that is withheld."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lms.reporting.disclosure.groups import (
    FEWEST_REPLIES,
    Disclosure,
    Family,
    Withheld,
    decide_over_time,
)
from lms.reporting.disclosure.settled import Published, counts_of
from tests.support.attacker import Attacker
from tests.support.years_of_answers import YearOfAnswers

Rule = Callable[[Sequence[Family]], Sequence[Disclosure]]
Found = list[object]


def only_too_few(families: Sequence[Family]) -> list[Disclosure]:
    """Plain primary suppression: what has too few replies is withheld, and nothing else."""
    found = []
    for month, family in enumerate(families):
        sizes = {group.key: family.size(group) for group in family.groups}
        found.append(
            Disclosure(
                {key: month for key, n in sizes.items() if n >= FEWEST_REPLIES},
                {key: Withheld.TOO_FEW for key, n in sizes.items() if 0 < n < FEWEST_REPLIES},
            )
        )
    return found


@dataclass(frozen=True)
class Attacked:
    """What came of it: groups withheld, groups with enough replies and how many of those are shown,
    and what the attacker recovered."""

    withheld: int
    enough: int
    shown: int
    recovered: Found
    small_sets: Found
    settled: Found
    without_count: int


def _without_count(
    year: YearOfAnswers, families: Sequence[Family], disclosures: Sequence[Disclosure]
) -> frozenset[object]:
    said_no = {cell: n - year.said_yes[cell] for cell, n in year.replies.items()}
    counts = counts_of({"yes": year.said_yes, "no": said_no})
    return Published(families, disclosures).held_back(counts)["yes"]


def attacked(
    year: YearOfAnswers, months: int, rule: Rule = decide_over_time, *, bounds: bool = True
) -> Attacked:
    """Publishes a year month by month and lets the attacker read every month of it."""
    families = [year.family(month) for month in range(months)]
    disclosures = rule(families)
    lacking: Sequence[frozenset[object]] = [frozenset()] * months
    if rule is decide_over_time:
        lacking = [
            _without_count(year, families[: month + 1], disclosures[: month + 1])
            for month in range(months)
        ]
    published = [
        (group.parts, group.key in lacks)
        for month, (family, found, lacks) in enumerate(
            zip(families, disclosures, lacking, strict=True)
        )
        for group in family.groups
        if found.as_at.get(group.key) == month
    ]
    last, family = disclosures[-1], families[-1]
    withheld = [group for group in family.groups if group.key in last.withheld]
    enough = [group for group in family.groups if family.size(group) >= FEWEST_REPLIES]
    attacker = Attacker(family.replies, [parts for parts, _ in published])
    counted = [parts for parts, lacks in published if not lacks]
    counting = Attacker(family.replies, counted)
    counts = [sum(year.said_yes[cell] for cell in parts) for parts in counted]
    ranges = {group.key: counting.range_of(group.parts, counts) for group in withheld if bounds}
    return Attacked(
        withheld=len(withheld),
        enough=len(enough),
        shown=sum(group.key in last.as_at for group in enough),
        recovered=[group.key for group in withheld if attacker.recovers(group.parts)],
        small_sets=list(attacker.small_sets(FEWEST_REPLIES)),
        settled=[key for key, (least, most) in ranges.items() if most <= least],
        without_count=len(lacking[-1]),
    )
