"""What other systems hold, what the figures cannot say, and how they are counted."""

from __future__ import annotations

from lms.clock import london_date
from lms.reporting.annual.document import Block, Head, Paragraph, Points, Row, Section, Table
from lms.reporting.annual.facts import AnnualFacts
from lms.reporting.elsewhere.queries import FigureLine
from lms.reporting.elsewhere.rules import Measure
from lms.words import number


def elsewhere_section(facts: AnnualFacts) -> Section | None:
    """As entered, with who and when; None where nothing was."""
    lines = [line for line in facts.outside if line.now.value is not None]
    if not lines:
        return None
    blocks: list[Block] = [
        Paragraph(
            "These figures are held by other systems. They stand here as they were entered, and "
            "are not added to the partnership’s own."
        )
    ]
    counted = [line for line in lines if line.figure.measure is not Measure.OWN_TRAINING]
    own = [line for line in lines if line.figure.measure is Measure.OWN_TRAINING]
    if counted:
        heads = (*_heads("What", "Of"), Head("Figure"), *_heads("Entered by"))
        rows = tuple(_counted_row(line) for line in counted)
        blocks.append(Table("E-learning and videos", heads, rows))
    if own:
        heads = (*_heads("Agency", "Course"), Head("People"), Head("Of its staff"))
        rows = tuple(_own_row(line) for line in own)
        caption = "Training that agencies gave their own staff"
        blocks.append(Table(caption, (*heads, *_heads("Entered by")), rows))
    return Section("elsewhere", "Learning that others report", tuple(blocks))


def _heads(*names: str) -> tuple[Head, ...]:
    return tuple(Head(name, is_numeric=False) for name in names)


def _counted_row(line: FigureLine) -> Row:
    return Row(
        (line.figure.measure.called, line.agency or "the partnership", _figure(line), _who(line))
    )


def _own_row(line: FigureLine) -> Row:
    share = f"{line.now.share}%" if line.now.share is not None else "unknown"
    return Row((line.agency, line.figure.course, _figure(line), share, _who(line)))


def _figure(line: FigureLine) -> str:
    return f"{line.now.value:,}" if line.now.value is not None else "taken out"


def _who(line: FigureLine) -> str:
    on = london_date(line.now.entered_at)
    return f"{line.now.entered_by.name}, {on.day} {on:%B %Y}"


CANNOT = (
    (
        "That training caused a change. There is no group to compare with, and people learn at "
        "work too."
    ),
    (
        "What those think who did not answer. The range shows what would follow if they had not "
        "changed, and if they were like the others."
    ),
    (
        "How well people practise. Confidence and commitments are what people say of themselves; "
        "only managers’ answers and statements come nearer."
    ),
    (
        "Whether somebody learnt elsewhere. What other systems hold stands apart, and cannot be "
        "matched with the people counted here."
    ),
)


def cannot_section(facts: AnnualFacts) -> Section:
    fewest = number(facts.impact.fewest)
    figures = facts.impact.whole.figures
    of_few = f"Anything of groups with fewer than {fewest} answers, or that would give away a few."
    points = [*CANNOT, of_few]
    unknown = [row.label for row in facts.agencies.rows if row.sector and not row.counts.workforce]
    if unknown:
        many = "one agency has" if len(unknown) == 1 else f"{number(len(unknown))} agencies have"
        points.append(f"How far every workforce was reached: {many} given no headcount.")
    if facts.is_running:
        points.append("How the year ends: it is still running, and its figures will grow.")
    if not any(replies.asked for replies in figures.replies.values()):
        points.append("What came of the training: nobody was asked for an evaluation.")
    return Section("cannot", "What these figures cannot say", (Points(tuple(points)),))


COUNTED = (
    (
        "An event counts by the London date of its first session. Planned are all that were "
        "published; run are those that were held."
    ),
    (
        "Attended is attended, part attended and walk-ins together: who came to three events is "
        "counted three times. People are counted once each."
    ),
    "Each booking counts for the agency that it recorded when it was made.",
    (
        "The attendance rate is attended and part attended, without walk-ins, of those who had a "
        "place when the first session began."
    ),
    "Reach is different people who attended, of the headcount that agencies gave.",
    (
        "Evaluations completed are forms at the end and eight weeks after, by the day on which "
        "they were answered. Impact belongs to the year of its event."
    ),
)


def counted_section(facts: AnnualFacts) -> Section:
    del facts
    return Section("counted", "How the figures are counted", (Points(COUNTED),))
