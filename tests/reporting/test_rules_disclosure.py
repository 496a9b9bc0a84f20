"""R4: which groups are shown, by example."""

from __future__ import annotations

from lms.reporting.rules.disclosure import (
    Breakdown,
    Disclosure,
    Family,
    Group,
    Withheld,
    decide,
    decide_over_time,
)
from lms.reporting.rules.settled import Figure, held_back


def _course(**events: int) -> Family:
    """A course as a total of its events, each a part of its own."""
    groups = [Group("course", frozenset(events))]
    groups += [Group(name, frozenset([name]), tier=1) for name in events]
    return Family(events, tuple(groups), (Breakdown("course", tuple(events)),))


def _shown(found: Disclosure) -> str:
    return " ".join(sorted(str(key) for key in found.as_at))


def test_R4_fewer_than_five_replies_are_withheld_and_so_is_the_next_smallest() -> None:
    found = decide(_course(may=2, june=9, july=6, august=0))
    assert _shown(found) == "course june"
    assert found.withheld == {"may": Withheld.TOO_FEW, "july": Withheld.PROTECTS_OTHERS}


def test_R4_two_that_are_too_few_together_hide_each_other_only_from_five_replies_on() -> None:
    assert _shown(decide(_course(may=2, june=9, july=3))) == "course june"
    assert _shown(decide(_course(may=2, june=9, july=2, august=6))) == "course june"


def test_R4_a_total_that_leaves_nothing_else_is_the_cell_itself() -> None:
    assert decide(_course(may=4)).withheld == {
        "course": Withheld.TOO_FEW,
        "may": Withheld.TOO_FEW,
    }
    assert _shown(decide(_course(may=5))) == "course may"


def test_R4_what_two_views_leave_over_is_withheld_though_no_view_names_it() -> None:
    """Priority and course differ by three replies: one of the two has to go, the later one."""
    found = decide(
        Family(
            {"a": 9, "b": 3, "c": 8},
            (
                Group("year", frozenset("abc")),
                Group("course", frozenset("a"), tier=1),
                Group("priority", frozenset("ab"), tier=1),
            ),
        )
    )
    assert _shown(found) == "priority year"
    assert found.withheld == {"course": Withheld.PROTECTS_OTHERS}


def test_R4_two_late_replies_do_not_stand_alone_between_two_months() -> None:
    """The course stays as it was until enough have come since."""
    months = [{"may": 8}, {"may": 8, "june": 2}, {"may": 8, "june": 2, "july": 3}]
    first, second, third = decide_over_time([_course(**month) for month in months])
    assert first.as_at == {"course": 0, "may": 0}
    assert second.as_at == {"course": 0, "may": 1}
    assert third.as_at == {"course": 2, "may": 2}
    assert set(third.withheld) == {"june", "july"}


def _yes(family: Family, **said: int) -> list[str]:
    """The groups that are shown without the count of those who said yes."""
    found = decide_over_time([family])
    return sorted(map(str, held_back([family], found, Figure(said))[0]))


def test_R4_a_count_that_leaves_nobody_or_everybody_over_is_held_back() -> None:
    """May and July are withheld: if all of their eight said yes, all of May did."""
    course = _course(may=2, june=9, july=6)
    assert _yes(course, may=1, june=7, july=6) == []
    assert _yes(course, may=2, june=7, july=6) == ["june"]
    assert _yes(course, may=0, june=7, july=0) == ["june"]
    assert _yes(course, may=2, june=9, july=6) == ["course"]


def test_R4_an_interval_that_leaves_all_alike_over_is_held_back() -> None:
    """Every one of May and July went up by one: the mean and its interval would say so."""
    course = _course(may=2, june=9, july=6)
    change, squares = {"may": 2, "june": 9, "july": 6}, {"may": 2, "june": 15, "july": 6}
    found = decide_over_time([course])
    interval = Figure(change, -4, 4, squares)
    assert held_back([course], found, interval) == (frozenset({"june"}),)
    assert held_back([course], found, Figure(change, -4, 4)) == (frozenset(),)


def test_R4_figures_that_add_up_are_held_back_together() -> None:
    """Without June's count of the improved, those the same and worse would give it away."""
    course = _course(may=2, june=9, july=6)
    improved = Figure({"may": 2, "june": 7, "july": 6})
    same = Figure({"may": 0, "june": 1, "july": 0})
    worse = Figure({"may": 0, "june": 1, "july": 0})
    found = decide_over_time([course])
    assert held_back([course], found, improved, same, worse) == (frozenset({"june"}),)


def test_R4_a_count_once_shown_stays_and_the_next_one_is_held_back() -> None:
    """Month by month: what June's replies would settle of May's is kept from June's figures."""
    months = [_course(may=8), _course(may=8, june=2, july=6)]
    said = {"may": 3, "june": 2, "july": 6}
    first, second = held_back(months, decide_over_time(months), Figure(said))
    assert first == frozenset()
    assert second == frozenset({"course"})


def test_R4_a_family_without_replies_shows_and_withholds_nothing() -> None:
    assert decide(Family({}, ())) == Disclosure()
    assert decide(_course(may=0)) == Disclosure()


def test_every_reason_to_withhold_has_its_sentence() -> None:
    assert all(why.sentence.endswith(".") for why in Withheld)
