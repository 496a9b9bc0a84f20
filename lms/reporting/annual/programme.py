"""What was planned and run: the courses, the priorities and themes, those with no event too."""

from __future__ import annotations

from collections.abc import Iterable

from lms.reporting.annual.courses import CourseLine
from lms.reporting.annual.document import Block, Head, Paragraph, Row, Section, Table
from lms.reporting.annual.facts import AnnualFacts
from lms.reporting.programme.finding import nothing_about, programme_finding, reasons_sentence
from lms.reporting.programme.queries.rows import ProgrammeReport, ProgrammeRow
from lms.words import percent, sentence_case


def courses_section(facts: AnnualFacts) -> Section | None:
    if not facts.courses:
        return None
    blocks: list[Block] = [Paragraph(programme_finding(facts.programme), "finding")]
    reasons = reasons_sentence(facts.programme)
    if reasons:
        blocks.append(Paragraph(reasons))
    return Section("courses", "Courses planned and run", (*blocks, _courses(facts)))


def _courses(facts: AnnualFacts) -> Table:
    """A column that no row has anything to say in is left out."""
    is_known = any(line.counts.fill_rate is not None for line in facts.courses)
    heads = (
        Head("Course or event", is_numeric=False),
        Head("Level"),
        Head("Planned", "events"),
        Head("Run", "events"),
        Head("Cancelled", "events"),
        *((Head("Postponed", "events"),) if facts.events.postponed else ()),
        *((Head("Fill rate", "of places"),) if is_known else ()),
        Head("Attended", "with walk-ins"),
    )
    whole = CourseLine("", "All courses and events", None, facts.programme, facts.attended)
    rows = [_course_row(line, facts, is_known) for line in facts.courses]
    rows.append(_course_row(whole, facts, is_known, "total"))
    filled = "The fill rate is confirmed at the start, of the places, at the events that ran. "
    note = f"{filled if is_known else ''}{_fullest(facts.courses)}".strip()
    return Table("Courses planned and run", heads, tuple(rows), note)


def _course_row(
    line: CourseLine, facts: AnnualFacts, has_fill_rate: bool, kind: str = "plain"
) -> Row:
    events = line.counts.events
    level = str(line.level) if line.level else "none"
    cells = (
        line.title,
        "" if kind == "total" else level,
        *_counts(events.planned, events.run, events.cancelled),
        *(_counts(events.postponed) if facts.events.postponed else ()),
        *((_filled(line),) if has_fill_rate else ()),
        f"{line.attended:,}",
    )
    return Row(cells, kind)


def _filled(line: CourseLine) -> str:
    return percent(line.counts.fill_rate) if line.counts.events.run else "none ran"


def _counts(*figures: int) -> tuple[str, ...]:
    return tuple(f"{figure:,}" for figure in figures)


def _fullest(courses: Iterable[CourseLine]) -> str:
    """Which course drew most, where one did."""
    ranked = sorted(courses, key=lambda line: -line.attended)
    if not ranked or not ranked[0].attended:
        return ""
    if len(ranked) > 1 and ranked[1].attended == ranked[0].attended:
        return ""
    return f"Most attended: {ranked[0].title}, {ranked[0].attended:,}."


# --- Priorities and themes ----------------------------------------------------------------------


def priorities_section(facts: AnnualFacts) -> Section | None:
    """Each priority and theme, those of no event above all; None where none are kept."""
    if not facts.courses:
        return None
    blocks = [
        block
        for report, one, many in (
            (facts.priorities, "priority", "priorities"),
            (facts.themes, "theme", "themes"),
        )
        for block in _tags(report, one, many)
    ]
    if not blocks:
        return None
    if any(isinstance(block, Table) for block in blocks):
        blocks.append(Paragraph("An event of several stands in each of their rows.", "note"))
    return Section("priorities", "Priorities and themes", tuple(blocks))


def _tags(report: ProgrammeReport, one: str, many: str) -> tuple[Block, ...]:
    kept = [row for row in report.rows if row.key is not None]
    if not kept:
        return ()
    if not any(row.counts.events.planned for row in kept):
        return (Paragraph(f"No event says which {one} it was about."),)
    missing = [row.label for row in kept if not row.counts.events.run]
    said = nothing_about(missing, len(kept), one, many)
    heads = (
        Head(sentence_case(one), is_numeric=False),
        Head("Planned", "events"),
        Head("Run", "events"),
    )
    rows = tuple(_tag_row(row) for row in report.rows)
    table = Table(f"Events by {one}", heads, rows)
    return (Paragraph(said), table) if said else (table,)


def _tag_row(row: ProgrammeRow) -> Row:
    events = row.counts.events
    return Row((sentence_case(row.label), *_counts(events.planned, events.run)))
