"""What training changed, from the impact report's own figures; what people said; what was done.

Nothing here is worked out anew: what the impact report withholds is withheld here (R4).
"""

from __future__ import annotations

from fractions import Fraction

from lms.evaluation.queries.statements import Released
from lms.evaluation.rules import BARRIERS, HELPS, Stage
from lms.reporting.annual.document import (
    Block,
    Head,
    Paragraph,
    PartOf,
    Points,
    Quotation,
    Quotations,
    Row,
    Section,
    Stack,
    Table,
)
from lms.reporting.annual.facts import AnnualFacts
from lms.reporting.disclosure.groups import Withheld
from lms.reporting.impact.queries import ImpactReport, ImpactRow
from lms.reporting.impact.rules import (
    ConfidenceFigures,
    ImpactFigures,
    commitments_caption,
    confidence_caption,
    impact_finding,
    managers_caption,
    reasons_caption,
    which_answers_count,
)
from lms.web.words import one_decimal, signed
from lms.words import number, percent, sentence_case

MOST_QUOTES = 8
STAGES = {
    Stage.PRE: "before",
    Stage.POST: "at the end",
    Stage.IMPACT: "eight weeks after",
}


def impact_section(facts: AnnualFacts) -> Section | None:
    """None where nobody was asked anything."""
    report = facts.impact
    figures = report.whole.figures
    if not any(figures.replies[stage].asked for stage in Stage):
        return None
    blocks: list[Block] = [
        Paragraph(impact_finding(figures), "finding"),
        Paragraph(_who_answered(figures)),
        *_confidence(report),
        *_commitments(figures, report.fewest),
    ]
    said = [*_reasons(figures), *_managers(figures)]
    if said:
        blocks.append(Points(tuple(said)))
    blocks.append(
        Paragraph(
            f"{which_answers_count(report.closes, report.until)} "
            f"Groups of fewer than {number(report.fewest)} answers are withheld.",
            "note",
        )
    )
    return Section("impact", "What training changed", tuple(blocks))


def _who_answered(figures: ImpactFigures) -> str:
    said = [
        f"{replies.answered:,} of {replies.asked:,} answered {when} ({percent(replies.rate)})"
        for stage, when in STAGES.items()
        if (replies := figures.replies[stage]).asked
    ]
    return f"{'; '.join(said)}."


def _confidence(report: ImpactReport) -> list[Block]:
    """Confidence of the same people, course by course; a row that is withheld says so."""
    rows = [row for row in report.rows if row.figures.overall.n or row.figures.overall.withheld]
    if not rows and not report.whole.figures.overall.n:
        return []
    heads = (
        Head("Course", is_numeric=False),
        Head("Before"),
        Head("At the end"),
        Head("Eight weeks"),
        Head("Change", "before to eight weeks"),
        Head("Range", "with those silent"),
        Head("People", "all three times"),
    )
    caption = confidence_caption([row.figures.overall for row in rows], "course", "courses")
    shown = [_confidence_row(row, report.fewest) for row in rows]
    whole = ImpactRow("All courses together", report.whole.figures)
    return [
        Table(
            caption,
            heads,
            (*shown, _confidence_row(whole, report.fewest, "total")),
            "Mean confidence, 1 (not at all) to 5 (completely), of the same people all three "
            "times. The range goes from “those silent did not change” to “those silent are like "
            "those who answered”.",
        )
    ]


def _confidence_row(row: ImpactRow, fewest: int, kind: str = "plain") -> Row:
    one = row.figures.overall
    label = sentence_case(row.label)
    if one.before is None or one.eight_weeks_on is None or one.silent is None:
        return Row((label, _why_not(one, fewest)), kind)
    moved = one.eight_weeks_on.mean or 0
    low, high = one.silent.low or 0, one.silent.high or 0
    cells = (
        label,
        *(one_decimal(float(value or 0)) for value in (one.before, one.end, one.later)),
        signed(float(moved)),
        f"{signed(float(low))} to {signed(float(high))}",
        f"{one.n:,}",
    )
    return Row(cells, kind)


def _why_not(one: ConfidenceFigures, fewest: int) -> str:
    """What stands in the place of six figures."""
    if one.withheld is None:
        return "nobody has answered all three times"
    if one.withheld is Withheld.TOO_FEW:
        return f"too few to say: fewer than {number(fewest)} answered all three times"
    return "not shown: the answers of a few would follow from it"


def _commitments(figures: ImpactFigures, fewest: int) -> list[Block]:
    one = figures.commitments
    if one.results is None:
        if one.withheld:
            return [Paragraph(f"What became of commitments: fewer than {number(fewest)} people.")]
        return []
    if not one.total:
        return []
    parts = tuple(
        PartOf(result.label, n, percent(Fraction(n, one.total)))
        for result, n in one.results.items()
    )
    people = f"{one.people:,} people" if one.people != 1 else "one person"
    return [Stack(commitments_caption(one), f"Asked eight weeks after, of {people}.", parts)]


def _reasons(figures: ImpactFigures) -> list[str]:
    reasons = figures.reasons
    found = []
    for given, labels, what, asked in (
        (reasons.barriers, BARRIERS, "barrier", "What got in the way"),
        (reasons.helps, HELPS, "help", "What helped"),
    ):
        if given:
            words = {str(code): label for code, label in labels.items()}
            first = list(given.items())[:3]
            most = ", ".join(f"{words[code].lower()} ({n:,})" for code, n in first)
            caption = reasons_caption(given, words, what)
            found.append(f"{asked}, of {reasons.people:,} who answered: {caption}; {most}.")
    return found


def _managers(figures: ImpactFigures) -> list[str]:
    if figures.managers.seen is None or not figures.managers.answered:
        return []
    return [f"{managers_caption(figures.managers)}."]


# --- Words --------------------------------------------------------------------------------------


def who_said(one: Released) -> str:
    """Under a quote: the job role, where one may stand, and the course."""
    return f"{sentence_case(one.role or 'Someone who attended')}, {one.title}"


def quotes_section(facts: AnnualFacts) -> Section | None:
    """Some of the statements that were released, no two of them alike, with role and course."""
    quotes = facts.impact.quotes
    if not quotes:
        return None
    chosen = [Quotation(one.words, who_said(one), one.id) for one in quotes[:MOST_QUOTES]]
    note = (
        f"{len(chosen)} of {len(quotes)} statements that may be quoted. Each was read and released "
        "by the coordinator, with its writer’s consent."
    )
    return Section("words", "In their words", (Quotations(tuple(chosen)), Paragraph(note, "note")))


def improvements_section(facts: AnnualFacts) -> Section | None:
    improvements = facts.impact.improvements
    if not improvements:
        return None
    heads = tuple(Head(name, is_numeric=False) for name in ("Course", "You said", "We did"))
    rows = tuple(Row((one.course, one.you_said, one.we_did)) for one in improvements)
    table = Table("What changed in courses because of what people said", heads, rows)
    return Section("improvements", "You said, we did", (table,))
