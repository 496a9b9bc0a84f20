"""R4: which groups are shown, by example."""

from __future__ import annotations

from lms.reporting.disclosure.groups import (
    Breakdown,
    Disclosure,
    Family,
    Group,
    Withheld,
    decide,
    decide_over_time,
)
from lms.reporting.disclosure.settled import Change, Figures, Published, counts_of, sum_of, together


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


def _without(family: Family, figures: Figures) -> dict[str, str]:
    """The groups that are shown without a figure, by the figure's name."""
    held = Published([family], decide_over_time([family])).held_back(figures)
    return {str(name): " ".join(sorted(map(str, keys))) for name, keys in held.items()}


def _yes(family: Family, **said: int) -> str:
    no = {part: family.replies[part] - n for part, n in said.items()}
    return _without(family, counts_of({"yes": said, "no": no}))["yes"]


def test_R4_a_count_that_leaves_nobody_or_everybody_over_is_held_back() -> None:
    """May and July are withheld: if all of their eight said yes, all of May did."""
    course = _course(may=2, june=9, july=6)
    assert _yes(course, may=1, june=7, july=6) == ""
    assert _yes(course, may=2, june=7, july=6) == "june"
    assert _yes(course, may=0, june=7, july=0) == "june"
    assert _yes(course, may=2, june=9, july=6) == "course"


def test_R4_an_interval_that_leaves_all_alike_over_is_held_back() -> None:
    """Every one of May and July went up by one: the mean and its interval would say so."""
    course = _course(may=2, june=9, july=6)
    change = {"may": 2, "june": 9, "july": 6}
    up = sum_of(
        "sum", {part: n + 4 * course.replies[part] for part, n in change.items()}, course.replies, 8
    )  # type: ignore[arg-type]
    apart_from_one = Change(
        "apart", {"may": 0, "june": 6, "july": 0}, {"may": 9, "june": 9, "july": 9}
    )
    assert _without(course, up) == {"sum": ""}
    assert _without(course, together([up, Figures((apart_from_one,))])) == {"sum": "june"}


def test_R4_of_figures_that_add_up_never_a_single_one_is_held_back() -> None:
    """Nobody of May and July got worse. Without that count of June, improved and same would give
    it away: so one of them goes too."""
    course = _course(may=2, june=9, july=6)
    held = _without(
        course,
        counts_of(
            {
                "improved": {"may": 1, "june": 5, "july": 3},
                "same": {"may": 1, "june": 3, "july": 3},
                "worse": {"may": 0, "june": 1, "july": 0},
            }
        ),
    )
    assert held == {"improved": "", "same": "june", "worse": "june"}


def test_R4_a_count_once_shown_stays_and_the_next_one_is_held_back() -> None:
    """Month by month: what June's replies would settle of June's is kept from the course."""
    months = [_course(may=8), _course(may=8, june=2, july=6)]
    yes, no = {"may": 3, "june": 2, "july": 6}, {"may": 5, "june": 0, "july": 0}
    found = decide_over_time(months)
    counts = counts_of({"yes": yes, "no": no})
    assert Published(months[:1], found[:1]).held_back(counts)["yes"] == frozenset()
    assert Published(months, found).held_back(counts)["yes"] == {"course"}


def test_R4_what_was_too_few_once_stays_open_when_the_group_has_grown() -> None:
    """Two said yes in May; that all seven did by June would say so of the two."""
    before = [
        Family({"may": 2}, (Group("may", frozenset(["may"])),)),
        Family({"may": 2, "june": 5}, (Group("may", frozenset(["may", "june"])),)),
    ]
    counts = counts_of({"yes": {"may": 2, "june": 5}, "no": {"may": 0, "june": 0}})
    assert Published(before, decide_over_time(before)).held_back(counts)["yes"] == {"may"}


def test_R4_a_family_without_replies_shows_and_withholds_nothing() -> None:
    assert decide(Family({}, ())) == Disclosure()
    assert decide(_course(may=0)) == Disclosure()


def test_every_reason_to_withhold_has_its_sentence() -> None:
    assert all(why.sentence.endswith(".") for why in Withheld)
