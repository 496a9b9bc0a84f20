"""What the impact report says in sentences: each true of the figures beside it, unrounded."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from lms.evaluation.rules import Seen
from lms.reporting.impact.rules.confidence import ConfidenceFigures, MeanChange
from lms.reporting.impact.rules.figures import CommitmentFigures, ImpactFigures, ManagerFigures
from lms.reporting.impact.rules.statistics import NoInterval
from lms.words import count, number, percent, sentence_case, short_day

NEARLY_ALL = Fraction(9, 10)
MOST = Fraction(1, 2)


def impact_finding(figures: ImpactFigures) -> str:
    """The lead of the report: what changed, whether it lasted, what became of commitments."""
    return " ".join(
        sentence
        for sentence in (_confidence(figures.overall), _commitments(figures.commitments))
        if sentence
    )


def _confidence(one: ConfidenceFigures) -> str:
    if one.before is None or one.end is None or one.later is None:
        if one.withheld:
            return "Too few people have answered all three times to say what changed."
        return "Nobody has answered all three times yet, so nothing can be said of what changed."
    at_end, later = _direction(one.at_the_end), _direction(one.eight_weeks_on)
    if at_end > 0:
        return f"People left more confident. {_lasted(one.before, one.end, one.later, later)}"
    if later > 0:
        return "People were more confident eight weeks later than before."
    if at_end < 0 or later < 0:
        when = "at the end" if at_end < 0 else "eight weeks later"
        return f"People were less confident {when} than before."
    return "Whether confidence changed cannot be told from the answers."


def _lasted(before: Fraction, end: Fraction, later: Fraction, direction: int) -> str:
    if direction <= 0:
        return "Whether any of it had lasted eight weeks later cannot be told from the answers."
    lasted = (later - before) / (end - before)
    if lasted > 1:
        return "Eight weeks later they were more confident still."
    part = "nearly all" if lasted >= NEARLY_ALL else "most" if lasted > MOST else "half or less"
    return f"Eight weeks later {part} of it had lasted."


def _direction(change: MeanChange | None) -> int:
    """Up, down, or 0 where the interval holds no change: then neither may be said."""
    if change is None:
        return 0
    if isinstance(change.interval, NoInterval):
        alike = change.interval is NoInterval.ALL_ALIKE
        return (change.mean > 0) - (change.mean < 0) if alike else 0
    return (change.interval.low > 0) - (change.interval.high < 0)


def _commitments(one: CommitmentFigures) -> str:
    if one.kept is None:
        return ""
    return f"{percent(Fraction(one.kept, one.total))} of commitments were kept, wholly or partly."


def confidence_caption(rows: Sequence[ConfidenceFigures], noun: str, nouns: str) -> str:
    """The caption of the picture of confidence: how many rows rose, by their intervals."""
    known = [row for row in rows if row.n]
    if not known:
        return f"Too few answers to say how confidence changed by {noun}"
    rose = sum(_direction(row.eight_weeks_on) > 0 for row in known)
    if len(known) == 1 and len(rows) == 1:
        return _of_one(known[0])
    if rose == len(known):
        told = f"all {number(rose)} {nouns}" if rose > 1 else f"the one {noun}"
        return f"Eight weeks later confidence was higher on {told} shown"
    if rose == 0:
        return f"On no {noun} shown can it be told that confidence was higher eight weeks later"
    return (
        f"Eight weeks later confidence was higher on {number(rose)} of "
        f"{count(len(known), noun, nouns)} shown"
    )


def _of_one(row: ConfidenceFigures) -> str:
    direction = _direction(row.eight_weeks_on)
    if direction == 0:
        return "Whether confidence was higher eight weeks later cannot be told"
    return f"Confidence was {'higher' if direction > 0 else 'lower'} eight weeks later than before"


def commitments_caption(one: CommitmentFigures) -> str:
    """'58 of 97 commitments were kept, wholly or partly', where that may be said."""
    if one.kept is None:
        return f"What became of {count(one.total, 'commitment')}"
    were = "was" if one.kept == 1 else "were"
    return f"{one.kept:,} of {one.total:,} commitments {were} kept, wholly or partly"


def managers_caption(one: ManagerFigures) -> str:
    """'Nine of 14 managers have seen it in practice'."""
    if Seen.IN_PRACTICE not in (one.seen or {}):
        return f"What {count(one.answered, 'manager')} said"
    seen = (one.seen or {})[Seen.IN_PRACTICE]
    has = "has" if seen == 1 else "have"
    counted = sentence_case(number(seen)) if seen else "None"
    return f"{counted} of {one.answered} managers who answered {has} seen it in practice"


def reasons_caption(reasons: Mapping[str, int], labels: Mapping[str, str], what: str) -> str:
    """'“No time” is the commonest barrier'; of several as common, none is put first."""
    if not reasons:
        return f"No {what} was named by enough people to say"
    most = max(reasons.values())
    first = [labels[code] for code, n in reasons.items() if n == most]
    if len(first) > 1:
        return f"{sentence_case(count(len(first), what))} were named most often"
    return f"“{first[0]}” is the commonest {what}"


def which_answers_count(closes: Sequence[date], until: date) -> str:
    """Of events that close on these days: whose answers are in, and when the next ones come.

    'The answers of three of five events count here, as far as they came before 1 October 2026; the
    next count from 1 January 2027.'
    """
    later = [day for day in closes if day > until]
    whose = count(len(closes), "event")
    if later and len(closes) > 1:
        whose = (
            f"{number(len(closes) - len(later)) if len(later) < len(closes) else 'none'} of {whose}"
        )
    if not later:
        return f"The answers of {whose} count here, as far as they came before {_day(until)}."
    if len(closes) == 1:
        return f"The answers of this event count here from {_day(min(later))}."
    return (
        f"The answers of {whose} count here, as far as they came before {_day(until)}; "
        f"the next count from {_day(min(later))}."
    )


def _day(on: date) -> str:
    return f"{short_day(on)} {on.year}"
