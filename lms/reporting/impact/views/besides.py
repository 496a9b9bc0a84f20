"""What the impact page says besides: who answered twice, and the partnership's own questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.evaluation.rules import Stage
from lms.reporting.impact.rules import OwnFigures, OwnKind, PairFigures
from lms.reporting.impact.views.picture import STAGE_STATS, figure, interval
from lms.web.figures import Bar
from lms.web.words import signed
from lms.words import count, sentence_case

PAIRS: Mapping[tuple[Stage, ...], tuple[str, str, str]] = {
    (Stage.PRE, Stage.POST): ("before and at the end, not at eight weeks", "before", "at the end"),
    (Stage.POST, Stage.IMPACT): (
        "at the end and at eight weeks, not before",
        "at the end",
        "eight weeks later",
    ),
    (Stage.PRE, Stage.IMPACT): (
        "before and at eight weeks, not at the end",
        "before",
        "eight weeks later",
    ),
}


def pairs_in_words(pairs: Sequence[PairFigures]) -> list[tuple[str, str]]:
    """Who answered twice, and what their answers say, where that can be shown."""
    found = []
    for pair in pairs:
        if pair.first is not None and pair.change is not None:
            who, first, last = PAIRS[pair.stages]
            looked = (
                f"looking back on before {figure(pair.looking_back)}, "
                if pair.looking_back is not None
                else ""
            )
            said = (
                f"{looked}{first} {figure(pair.first)}, {last} {figure(pair.last)}: "
                f"{signed(float(pair.change.mean))} ({interval(pair.change)})"
            )
            found.append((f"{count(pair.n, 'person', 'people')} answered {who}", said))
    return found


def own_bars(own: OwnFigures) -> list[Bar]:
    """A bar for each answer that may be shown, in the form's order; the commonest dark."""
    most = max(own.counts.values(), default=0)
    return [
        Bar(label, own.counts[key], str(own.counts[key]), is_dark=own.counts[key] == most > 0)
        for key, label in own.question.options
        if key in own.counts
    ]


def own_in_words(own: OwnFigures) -> str:
    """The same as words, for whoever does not see the bars."""
    return "; ".join(f"{bar.label}: {bar.text}" for bar in own_bars(own))


def own_reading(own: OwnFigures) -> str:
    """Who answered, when, and what of it is not shown."""
    when = STAGE_STATS[own.question.stage].removeprefix("answered ")
    several = "; several answers allowed" * (own.question.kind is OwnKind.SEVERAL)
    hidden = len(own.counts) < len(own.question.options)
    return (
        f"{sentence_case(count(own.answered, 'person', 'people'))} answered it {when}{several}."
        + " Answers that would give away what a few people said are not shown." * hidden
    )
