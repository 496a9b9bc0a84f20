"""R4: an attacker reads all views of random years and recovers nothing that is withheld.

A thousand years take minutes: `python -m bench --only disclosure`, with its result in
docs/security.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from lms.evaluation.rules import Stage
from lms.reporting.disclosure.groups import decide, decide_over_time
from lms.reporting.impact.rules import ImpactFacts, Shown, decide_shown
from tests.support.attacks import attacked, only_too_few
from tests.support.impact_read import sheets_of
from tests.support.impact_years import random_facts
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


def test_R4_without_holding_back_the_attacker_reads_withheld_answers_off_the_report() -> None:
    """Off every kind of figure, or it proves nothing that they find none."""
    found = set.union(
        *(
            sheets_of(random_facts(seed, events=6), _with_every_figure).recovered()
            for seed in (4, 12)
        )
    )
    kinds = {name if isinstance(name, str) else name[0] for name in found}
    assert {"commitments", "managers", "reasons", "moved", "How?", "Which?"} <= kinds
    thrice = tuple(Stage)
    assert (thrice, Stage.IMPACT) in found, "means"
    assert (thrice, Stage.POST, "apart from", 2) in found, "intervals"


def test_R4_of_a_single_outcome_nothing_is_read_where_all_have_their_figures() -> None:
    """Groups that are withheld by outcome alone: their figures must be known where they stand."""

    def of_all_that_is_shown_by_group(facts: ImpactFacts, until: date, fewest: int) -> Shown:
        found = decide_shown(facts, until, fewest)
        by_outcome = {key: until for key in found.matched.withheld if key[1] is not None}
        matched = replace(found.matched, as_of=found.matched.as_of | by_outcome, lacks={})
        return replace(found, matched=matched)

    found = sheets_of(random_facts(6), of_all_that_is_shown_by_group).recovered()
    assert (tuple(Stage), Stage.PRE) in found


def test_R4_those_who_changed_alike_do_not_follow_from_intervals_of_groups_that_overlap() -> None:
    """In this year two groups less a third were a few people, all of whom had gained two steps."""
    assert sheets_of(random_facts(17)).recovered() == set()


@pytest.mark.parametrize("seed", [3, 6])
def test_R4_nothing_withheld_can_be_read_off_the_whole_report(seed: int) -> None:
    """Confidence by outcome and of all, intervals, who moved, commitments, reasons, managers, own
    questions, of every view in every quarter: no figure of a withheld group is known to less than
    one answer."""
    sheets = sheets_of(random_facts(seed, events=8))
    assert sheets.recovered() == set()
    assert sheets.read > 100, "hardly anything is shown"
