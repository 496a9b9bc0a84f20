"""R4: an attacker reads all views of random years and recovers nothing that is withheld.

A thousand years take minutes: `python -m bench --only disclosure`, with its result in
docs/security.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from lms.reporting.disclosure.groups import decide, decide_over_time
from lms.reporting.impact.rules import ImpactFacts, Shown, decide_shown
from tests.support.attacks import attacked, only_too_few
from tests.support.impact_years import Rule, random_facts, sheets_of
from tests.support.years_of_answers import year_of_answers


def test_R4_plain_suppression_is_broken_by_the_attacker() -> None:
    """Else the attacker proves nothing: withholding what has too few replies is not enough."""
    found = [attacked(year_of_answers(seed), 1, only_too_few, bounds=False) for seed in range(4)]
    assert sum(bool(one.recovered) for one in found) >= 2
    assert sum(bool(one.small_sets) for one in found) >= 2
    late = [attacked(year_of_answers(seed, months=6), 6, only_too_few) for seed in (5, 6)]
    assert all(one.recovered and one.settled for one in late)


@pytest.mark.parametrize("months", [1, 6])
def test_R4_nothing_withheld_can_be_recovered(months: int) -> None:
    """Neither by adding and subtracting nor by bounds; nor any set of so few, named or not."""
    shown = enough = 0
    for seed in range(100, 106 if months == 1 else 102):
        found = attacked(year_of_answers(seed, events=20, months=months), months)
        assert found.recovered == found.small_sets == found.settled == []
        shown, enough = shown + found.shown, enough + found.enough
    assert shown > enough * 0.6, "it hides far more than it must"


@pytest.mark.parametrize("seed", range(6))
def test_R4_if_one_cell_of_a_shown_total_is_withheld_so_is_another(seed: int) -> None:
    family = year_of_answers(seed).family(0)
    found = decide(family)
    sizes = {group.key: family.size(group) for group in family.groups}
    for breakdown in family.breakdowns:
        cells = [key for key in breakdown.cells if sizes[key]]
        withheld = [key for key in cells if key in found.withheld]
        if breakdown.total in found.as_at and len(cells) > 1:
            assert len(withheld) != 1, (breakdown.total, withheld)


def test_R4_what_an_earlier_month_said_does_not_hang_on_later_ones() -> None:
    """The same months give the same answer, so that it is worked out anew rather than stored."""
    year = year_of_answers(3, events=20, months=6)
    families = [year.family(month) for month in range(6)]
    whole = decide_over_time(families)
    assert decide_over_time(families[:3]) == whole[:3]
    for before, after in pairwise(whole):
        assert before.as_at.keys() <= after.as_at.keys()


# --- All that the impact report publishes --------------------------------------------------------


def _with_every_figure(facts: ImpactFacts, until: date, fewest: int) -> Shown:
    """Groups are withheld, but no figure is held back of those that are shown."""
    found = decide_shown(facts, until, fewest)
    return Shown(
        matched=replace(found.matched, lacks={}),
        pairs={key: replace(one, lacks={}) for key, one in found.pairs.items()},
        commitments=replace(found.commitments, lacks={}),
        reasons=replace(found.reasons, lacks={}),
        managers=replace(found.managers, lacks={}),
        own={key: replace(one, lacks={}) for key, one in found.own.items()},
    )


def _recovered(seed: int, rule: Rule = decide_shown) -> tuple[int, set[str]]:
    sheets = sheets_of(random_facts(seed, events=6), rule)
    broken = {name for name, sheet in sheets.items() if any(True for _ in sheet.recovered())}
    return sum(len(sheet.rows) for sheet in sheets.values()), broken


def test_R4_without_holding_back_the_attacker_reads_withheld_answers_off_the_report() -> None:
    found = set.union(*(_recovered(seed, _with_every_figure)[1] for seed in (3, 4)))
    assert {"commitments", "managers"} <= found


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_R4_nothing_withheld_can_be_read_off_the_whole_report(seed: int) -> None:
    """Confidence, intervals, who moved, commitments, reasons, managers, own questions, of every
    view in every quarter: no figure of a withheld group is known to less than one answer."""
    read, broken = _recovered(seed)
    assert broken == set()
    assert read > 150, "hardly anything is shown"
