"""What the impact page says besides: who answered twice, own questions, and what was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.evaluation.queries.statements import Released
from lms.evaluation.rules import Stage
from lms.reporting.impact.rules import OwnFigures, OwnKind, PairFigures
from lms.reporting.impact.views.picture import STAGE_STATS, figure, interval
from lms.web.figures import Bar
from lms.web.words import signed
from lms.words import count, number, sentence_case

MOST_QUOTES = 6
PAIRS: Mapping[tuple[Stage, ...], str] = {
    (Stage.PRE, Stage.POST): "Before and at the end",
    (Stage.POST, Stage.IMPACT): "At the end and at eight weeks",
    (Stage.PRE, Stage.IMPACT): "Before and at eight weeks",
}


@dataclass(frozen=True)
class PairRow:
    """Those who answered two of the three times, in words; '' where they did not answer."""

    who: str
    before: str
    end: str
    later: str
    change: str
    n: int
    is_looking_back: bool


def pair_rows(pairs: Sequence[PairFigures]) -> list[PairRow]:
    """Who answered twice, and what their answers say, where that can be shown."""
    found = []
    for pair in pairs:
        if pair.first is None or pair.change is None:
            continue
        said = dict(zip(pair.stages, (figure(pair.first), figure(pair.last)), strict=True))
        found.append(
            PairRow(
                PAIRS[pair.stages],
                said.get(Stage.PRE, figure(pair.looking_back)),
                said.get(Stage.POST, ""),
                said.get(Stage.IMPACT, ""),
                f"{signed(float(pair.change.mean))} ({interval(pair.change)})",
                pair.n,
                pair.looking_back is not None,
            )
        )
    return found


@dataclass(frozen=True)
class Quotes:
    """Released texts under a heading: some at once, the rest folded away."""

    heading: str
    first: Sequence[tuple[str, str]]
    rest: Sequence[tuple[str, str]]


def quotes_by_subject(released: Sequence[Released]) -> list[Quotes]:
    """What difference it made to people, and what else was said; nothing where nothing was."""
    headings = {
        True: "What difference it made to a child, an adult or a family",
        False: "In their words",
    }
    found = []
    for is_difference, heading in headings.items():
        quotes = [
            (one.words, f"{one.role or 'Someone who attended'}, {one.title}")
            for one in released
            if one.question_key.startswith("difference") is is_difference
        ]
        if quotes:
            found.append(Quotes(heading, quotes[:MOST_QUOTES], quotes[MOST_QUOTES:]))
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
    answered = f"{sentence_case(count(own.answered, 'person', 'people'))} answered it {when}"
    return f"{answered}{several}.{_not_told_apart(own)}"


def _not_told_apart(own: OwnFigures) -> str:
    if len(own.counts) == len(own.question.options):
        return ""
    others = own.answered - sum(own.counts.values())
    if own.question.kind is OwnKind.SEVERAL or not own.counts:
        return " Answers that would give away what a few people said are not shown."
    return (
        f" The other {number(others)} answered something else, not told apart here, for that would"
        " give away what a few people said."
    )
