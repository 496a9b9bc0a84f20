"""What the impact page shows: the finding, the pictures with their tables, and the links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from lms.evaluation.rules import BARRIERS, HELPS, CommitmentResult, Seen, Stage
from lms.reporting.impact.queries import ImpactReport, ImpactRow, impact_report
from lms.reporting.impact.rules import (
    ALL,
    ConfidenceFigures,
    Dimension,
    ImpactFigures,
    MeanChange,
    Moved,
    View,
    confidence_caption,
)
from lms.reporting.impact.rules.statistics import Interval
from lms.reporting.impact.views.asked import ImpactRequest
from lms.web.figures import Bar, Change, Part
from lms.web.words import one_decimal, signed
from lms.words import count, number, percent, sentence_case

MOST_IN_PICTURE = 8
NOUNS = {
    Dimension.COURSE: ("course", "courses"),
    Dimension.PRIORITY: ("priority", "priorities"),
    Dimension.LEVEL: ("level", "levels"),
    Dimension.REMIT: ("remit", "remits"),
    Dimension.SECTOR: ("sector", "sectors"),
    Dimension.QUARTER: ("quarter", "quarters"),
    Dimension.EVENT: ("event", "events"),
}
STAGE_STATS = {
    Stage.PRE: "answered before",
    Stage.POST: "answered at the end",
    Stage.IMPACT: "answered at eight weeks",
}
SEEN = {
    Seen.IN_PRACTICE: "Seen in practice",
    Seen.NOT_SEEN: "Not seen",
    Seen.TOO_EARLY: "Too early to say",
}
MOVED = {Moved.IMPROVED: "up", Moved.SAME: "same", Moved.WORSE: "down"}
BARRIER_LABELS: Mapping[str, str] = {str(code): label for code, label in BARRIERS.items()}
HELP_LABELS: Mapping[str, str] = {str(code): label for code, label in HELPS.items()}


# --- The page ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConfidenceRow:
    """A row of the table of confidence, in words; `reason` stands in place of the figures."""

    label: str
    href: str = ""
    reason: str = ""
    before: str = ""
    end: str = ""
    later: str = ""
    change: str = ""
    interval: str = ""
    range: str = ""
    moved: str = ""
    n: int = 0


@dataclass(frozen=True)
class ImpactPage:
    """All that the template writes, worked out."""

    report: ImpactReport
    request: ImpactRequest
    caption: str
    picture: Sequence[Change]
    rows: Sequence[ConfidenceRow]
    total: ConfidenceRow | None
    groups: Sequence[tuple[ImpactRow, str]]
    rows_are: str
    drawn: str

    @property
    def figures(self) -> ImpactFigures:
        return self.report.whole.figures

    @property
    def reading(self) -> str:
        """What the picture shows, under it."""
        return (
            "Means of the same people, who answered all three times. Range: from “those silent "
            f"did not change” to “those silent are like those who answered”.{self.drawn}"
        )

    @property
    def trend(self) -> list[tuple[ImpactRow, ConfidenceRow]]:
        """The years with their confidence in words."""
        fewest = self.report.fewest
        return [(row, _row(row.label, row.figures.overall, fewest)) for row in self.report.years]


def impact_page(request: ImpactRequest, now: datetime) -> ImpactPage:
    """Works out the page."""
    report = impact_report(request.by, request.view, request.scope, now)
    figures = report.whole.figures
    known: list[Known]
    if request.view == ALL:
        known = [(row.label, row.figures.overall, row.figures.view) for row in report.rows]
        nouns = NOUNS[report.by]
    elif figures.outcomes:
        known = [(report.outcomes[o.outcome or 0], o, None) for o in figures.outcomes]
        nouns = ("outcome", "outcomes")
    else:
        known = [("All outcomes together", figures.overall, None)]
        nouns = ("row", "rows")
    drawn = _drawn(known, figures.overall)
    return ImpactPage(
        report=report,
        request=request,
        caption=confidence_caption([one for _, one, _ in drawn], *nouns),
        picture=[_change(label, one, report.fewest) for label, one, _ in drawn],
        rows=[
            _row(label, one, report.fewest, request.address_of(view) if view is not None else "")
            for label, one, view in known
        ],
        total=_row("All together", figures.overall, report.fewest) if len(known) > 1 else None,
        groups=[(row, request.address_of(row.figures.view)) for row in report.rows],
        rows_are=nouns[0],
        drawn=_said_of_drawn(drawn, known, *nouns),
    )


Known = tuple[str, ConfidenceFigures, View | None]


def _drawn(known: Sequence[Known], overall: ConfidenceFigures) -> Sequence[Known]:
    """All rows, where they are few; else those with the most answers, in their order.

    Where none can be shown alone, all together; nothing where that cannot be shown either.
    """
    if not any(one.n for _, one, _ in known):
        return [("All together", overall, None)] if overall.n else []
    if len(known) <= MOST_IN_PICTURE:
        return known
    most = sorted(known, key=lambda row: -row[1].n)[:MOST_IN_PICTURE]
    return [row for row in known if row in most and row[1].n]


def _said_of_drawn(drawn: Sequence[Known], known: Sequence[Known], noun: str, nouns: str) -> str:
    """What is not in the picture, in a sentence; nothing where all is."""
    if len(known) > 1 and not any(row in known for row in drawn):
        return f" No {noun} alone can be shown."
    if len(drawn) == len(known):
        return ""
    are = "is" if len(drawn) == 1 else "are"
    of = count(len(known), noun, nouns)
    return f" {sentence_case(number(len(drawn)))} of {of} {are} drawn; all are in the table."


def _change(label: str, one: ConfidenceFigures, fewest: int) -> Change:
    if one.before is None or one.silent is None:
        return Change(sentence_case(label), too_few=why_not(one, fewest))
    low, high = one.silent.low or Fraction(0), one.silent.high or Fraction(0)
    return Change(
        sentence_case(label),
        before=float(one.before),
        end=float(one.end or 0),
        later=float(one.later or 0),
        low=float(one.before + low),
        high=float(one.before + high),
    )


def why_not(one: ConfidenceFigures, fewest: int) -> str:
    """What stands in the place of figures that are not shown."""
    if one.withheld is None:
        return "Nobody has answered all three times yet."
    if one.withheld.value == "too_few":
        return f"Too few to say: fewer than {number(fewest)} people answered all three times."
    return one.withheld.sentence


def _row(label: str, one: ConfidenceFigures, fewest: int, href: str = "") -> ConfidenceRow:
    label = sentence_case(label)
    if one.before is None or one.eight_weeks_on is None or one.silent is None:
        return ConfidenceRow(label, href, reason=why_not(one, fewest))
    moved = one.eight_weeks_on
    return ConfidenceRow(
        label,
        href,
        before=figure(one.before),
        end=figure(one.end),
        later=figure(one.later),
        change=signed(float(moved.mean)),
        interval=interval(moved),
        range=_span(one.silent.low, one.silent.high),
        moved=_moved(one),
        n=one.n,
    )


def figure(value: Fraction | None) -> str:
    """With one decimal; nothing where it is not known."""
    return one_decimal(float(value)) if value is not None else ""


def _moved(one: ConfidenceFigures) -> str:
    """'14 · 7 · 2': up, same, down; '14 up' where the others would give away how a few moved."""
    moved = one.moved or {}
    if all(way in moved for way in Moved):
        return " · ".join(str(moved[way].part) for way in Moved)
    said = [f"{moved[way].part} {MOVED[way]}" for way in Moved if way in moved]
    return f"{', '.join(said)}, else too few" if said else "too few to say"


def interval(change: MeanChange) -> str:
    """'+0.4 to +1.2', or why there is none."""
    if isinstance(change.interval, Interval):
        return _span(change.interval.low, change.interval.high)
    return "all alike" if change.n > 1 else "unknown"


def _span(low: Fraction | float | None, high: Fraction | float | None) -> str:
    return f"{signed(float(low or 0))} to {signed(float(high or 0))}"


# --- Stats, bars -------------------------------------------------------------------------


def stats_of(figures: ImpactFigures) -> list[tuple[str, str]]:
    """Who came and who answered, each as 'n of n'."""
    found = [(f"{figures.attended:,}", "attended")]
    for stage, words in STAGE_STATS.items():
        replies = figures.replies[stage]
        if replies.asked:
            found.append(
                (f"{replies.answered:,} of {replies.asked:,}", f"{words} ({percent(replies.rate)})")
            )
        else:
            found.append(("Nobody", f"was asked {words.removeprefix('answered ')}"))
    return found


def parts_of(counts: Mapping[CommitmentResult, int] | Mapping[Seen, int], whole: int) -> list[Part]:
    """One bar in parts, each with its share in the legend; what is not told apart comes last."""
    parts = [(_label(one), n) for one, n in counts.items()]
    if rest := whole - sum(counts.values()):
        parts.append(("All else, not told apart", rest))
    return [Part(n, f"{label}: {n} ({percent(Fraction(n, whole))})") for label, n in parts if whole]


def _label(one: CommitmentResult | Seen) -> str:
    return SEEN[one] if isinstance(one, Seen) else one.label


def bars_of(reasons: Mapping[str, int], labels: Mapping[str, str]) -> list[Bar]:
    """A bar for each reason, the commonest first and dark."""
    return [
        Bar(labels.get(code, code), n, str(n), is_dark=place == 0)
        for place, (code, n) in enumerate(reasons.items())
    ]


def bars_in_words(reasons: Mapping[str, int], labels: Mapping[str, str]) -> str:
    """The same as words, for whoever does not see the bars."""
    return "; ".join(f"{labels.get(code, code)}: {n}" for code, n in reasons.items())


def kept_in_words(figures: ImpactFigures) -> str:
    """'58 of 97', or why not."""
    kept = figures.commitments
    if kept.results is None:
        return "too few to say" if kept.withheld else "none asked yet"
    return f"{kept.kept:,} of {kept.total:,}" if kept.kept is not None else "too few to say"


def answered_in_words(figures: ImpactFigures) -> str:
    """'43 of 80' at eight weeks."""
    replies = figures.replies[Stage.IMPACT]
    return f"{replies.answered:,} of {replies.asked:,}" if replies.asked else "nobody asked"
