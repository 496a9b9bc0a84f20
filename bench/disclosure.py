"""A thousand random years of answers, published and attacked; and a region's ten years judged."""

from __future__ import annotations

import sys
import time
from collections import Counter

from bench.figures import Figure
from lms.reporting.disclosure.groups import Family, decide, decide_over_time
from lms.reporting.disclosure.settled import Published, counts_of
from tests.support.attacks import Attacked, attacked, only_too_few
from tests.support.impact_read import sheets_of
from tests.support.impact_years import random_facts
from tests.support.years_of_answers import year_of_answers

YEARS = 1_000
MONTHS = (1, 1, 6, 12)  # how often a year is published, in turn
PLAIN = 50  # years that are attacked without the rule, to see that the attacker can
REGION_YEARS, REGION_EVENTS, REGION_COURSES = 10, 300, 40
TARGET_SECONDS = 5
MOST_SECONDS_A_YEAR = 0.6


def measure_disclosure(kind: str) -> list[Figure]:
    """The attack, and the time that it takes to decide; neither needs a database."""
    return [_attack(), *measure_reports(0, YEARS), _time()] if kind == "sqlite" else []


def _attack() -> Figure:
    found = [_published(seed) for seed in range(YEARS)]
    plain = [
        attacked(year_of_answers(seed, months=months), months, only_too_few, bounds=False)
        for seed, months in ((seed, MONTHS[seed % 4]) for seed in range(PLAIN))
    ]
    broken = sum(bool(one.recovered or one.small_sets) for one in plain)
    total = Counter[str]()
    for one in found:
        total.update(
            withheld=one.withheld,
            shown=one.shown,
            enough=one.enough,
            without=one.without_count,
            broken=bool(one.recovered or one.small_sets or one.settled),
        )
    return Figure(
        what=f"{YEARS:,} random years of answers attacked: {total['withheld']:,} groups withheld",
        database="none",
        measured=f"{total['broken']} broken; of {total['enough']:,} groups with five replies"
        f" {total['shown']:,} shown, {total['without']:,} of them without a count",
        target="0 broken",
        yardstick=f"plain suppression: {broken} of {PLAIN} years broken",
        is_met=not total["broken"],
    )


def measure_reports(first: int, last: int) -> list[Figure]:
    """Every figure of every view of the impact report, quarter by quarter, read and attacked: the
    random years from `first` up to, not with, `last`."""
    broken, withheld, read = [], 0, 0
    began = time.process_time()
    for seed in range(first, last):
        sheets = sheets_of(random_facts(seed))
        withheld += sum(len(system.wanted) for system in sheets.systems.values())
        read += sheets.read
        if found := sheets.recovered():
            broken.append(seed)
            print(f"impact report of year {seed}: {found}", file=sys.stderr)
        if seed % 50 == 49:
            print(f"reports up to year {seed} attacked", file=sys.stderr)
    took = (time.process_time() - began) / max(last - first, 1)
    return [
        Figure(
            what=f"impact reports of random years {first} to {last - 1} attacked: {withheld:,}"
            " figures withheld",
            database="none",
            measured=f"{len(broken)} broken; {read:,} figures read; {took:.2f} s of CPU a year",
            target="0 broken; 0.6 s a year",
            yardstick="linear programmes within 0 to all, 1 to 5",
            is_met=not broken and took <= MOST_SECONDS_A_YEAR,
        )
    ]


def _published(seed: int) -> Attacked:
    months = MONTHS[seed % len(MONTHS)]
    found = attacked(year_of_answers(seed, months=months), months)
    if found.recovered or found.small_sets or found.settled:
        print(f"year {seed} in {months} months: {found}", file=sys.stderr)
    if seed % 50 == 49:
        print(f"{seed + 1} years attacked", file=sys.stderr)
    return found


def _time() -> Figure:
    years = [
        year_of_answers(seed, events=REGION_EVENTS, courses=REGION_COURSES, months=12)
        for seed in range(REGION_YEARS)
    ]
    families = [year.family(11) for year in years]
    ten = Family(
        {part: n for family in families for part, n in family.replies.items()},
        tuple(group for family in families for group in family.groups),
        tuple(one for family in families for one in family.breakdowns),
    )
    began = time.perf_counter()
    decide(ten)
    took = time.perf_counter() - began
    began = time.perf_counter()
    months = [years[0].family(month) for month in range(12)]
    decide_over_time(months)
    monthly = time.perf_counter() - began
    began = time.perf_counter()
    said_no = {cell: n - years[0].said_yes[cell] for cell, n in years[0].replies.items()}
    counts = counts_of({"yes": years[0].said_yes, "no": said_no})
    Published([families[0]], [decide(families[0])]).held_back(counts)
    count = time.perf_counter() - began
    return Figure(
        what=f"A region's ten years: {len(ten.groups):,} groups,"
        f" {sum(ten.replies.values()):,} replies judged at once",
        database="none",
        measured=f"{took:.1f} s; one year month by month {monthly:.1f} s; one count of it"
        f" {count:.1f} s",
        target=f"< {TARGET_SECONDS} s",
        yardstick="kept by the caller until the month turns",
        is_met=took < TARGET_SECONDS,
    )
