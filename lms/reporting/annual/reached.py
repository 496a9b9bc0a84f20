"""How far the workforce was reached: by sector, role and course, and the cohorts that were named.

The figures and sentences are those of the report on reach; nothing is worked out anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from lms.reporting.annual.document import Block, Head, Paragraph, Row, Section, Table
from lms.reporting.annual.facts import AnnualFacts
from lms.reporting.reach.queries import OF_NOTHING, ReachReport, ReachRow, reach_of
from lms.reporting.reach.rules import (
    MORE_THAN_COUNTED,
    ReachCounts,
    nobody_from,
    reach_finding,
    reach_in_words,
    small_sectors_sentence,
)
from lms.words import number, sentence_case, short_day

MOST_ROLES = 12
ONCE = "Each person counts once in a row and once in the total, however often they came."


def reach_section(facts: AnnualFacts) -> Section | None:
    """Distinct people of the workforce; what is unknown is said to be."""
    sectors, agencies = reach_of(facts.sectors), reach_of(facts.agencies)
    rows = [row for row in sectors.rows if row.sector is not None]
    if not rows or not facts.attended:
        return None
    own = facts.reach.own
    unknown = sum(row.counts.workforce is None for row in agencies.rows if row.label in own)
    said = [
        small_sectors_sentence({row.sector: row.counts for row in rows if row.sector}),
        nobody_from(facts.reach.silent),
    ]
    blocks: list[Block] = [
        Paragraph(reach_finding(sectors.total, unknown, len(own)), "finding"),
        *(Paragraph(words) for words in said if words),
        _by_sector(rows, sectors.total),
        *_cohorts(facts.reach.cohorts),
        *_by_role(facts.reach.roles),
        _by_course(facts.reach.courses),
    ]
    return Section("reach", "Reach", tuple(blocks))


def _by_sector(rows: Sequence[ReachRow], total: ReachCounts) -> Table:
    heads = (
        Head("Sector", is_numeric=False),
        Head("People", "each once"),
        Head("Workforce", "headcount"),
        Head("Reach", "people ÷ workforce"),
    )
    ordered = sorted(rows, key=lambda row: (-row.counts.people, row.label))
    shown = [_row(row.label, row.counts) for row in ordered]
    unknown = "A sector is unknown where one of its agencies has given no headcount."
    whole = _row("All sectors", total, "total")
    return Table("Reach by sector", heads, (*shown, whole), f"{ONCE} {unknown}")


def _row(label: str, counts: ReachCounts, kind: str = "plain") -> Row:
    workforce = f"{counts.workforce:,}" if counts.workforce is not None else "unknown"
    people = f"{counts.people:,}"
    return Row((sentence_case(label), people, workforce, reach_in_words(counts)), kind)


def _cohorts(rows: Sequence[ReachRow]) -> list[Block]:
    """The named cohorts, where there are any; no names of people."""
    if not rows:
        return []
    heads = (
        Head("Cohort", is_numeric=False),
        Head("As of", is_numeric=False),
        Head("In it", "people"),
        Head("Came", "people"),
        Head("Reach", "came ÷ in it"),
        Head("Did not come", "people"),
    )
    note = MORE_THAN_COUNTED if any(row.counts.is_over for row in rows) else ""
    return [Table("Named cohorts", heads, tuple(map(_cohort, rows)), note)]


def _cohort(row: ReachRow) -> Row:
    on = row.cohort.counted_on if row.cohort else None
    counts = row.counts
    return Row(
        (
            row.label,
            f"{short_day(on)} {on.year}" if on else "",
            f"{counts.workforce:,}" if counts.workforce is not None else "unknown",
            f"{counts.people:,}",
            reach_in_words(counts),
            f"{counts.not_reached:,}" if counts.not_reached is not None else "unknown",
        )
    )


def _by_role(rows: Sequence[ReachRow]) -> list[Block]:
    """The roles of which most came; of how many, where a cohort counts just that role."""
    if all(row.label in OF_NOTHING for row in rows):
        return []
    shown, left = rows[:MOST_ROLES], len(rows) - MOST_ROLES
    is_known = any(row.counts.workforce is not None for row in shown)
    heads = [Head("Job role", is_numeric=False), Head("People", "each once")]
    if is_known:
        heads += [Head("In that role", "headcount"), Head("Reach", "people ÷ headcount")]
    cells = [_row(row.label, row.counts).cells for row in shown]
    rest = f" The {number(left)} other roles are left out." if left > 0 else ""
    note = f"How many there are of a role is known where a named cohort counts it.{rest}"
    width = len(heads)
    return [Table("People by job role", tuple(heads), tuple(Row(c[:width]) for c in cells), note)]


def _by_course(report: ReachReport) -> Table:
    heads = [Head("Course", is_numeric=False), Head("People", "each once")]
    if report.total.workforce is not None:
        heads.append(Head("Reach", f"of {report.total.workforce:,}"))
    rows = [
        Row(_of_everybody(row.label, row.counts, len(heads)))
        for row in sorted(report.rows, key=lambda row: (-row.counts.people, row.label.casefold()))
        if row.counts.people
    ]
    whole = Row(_of_everybody("All courses and events", report.total, len(heads)), "total")
    return Table("People by course", tuple(heads), (*rows, whole))


def _of_everybody(label: str, counts: ReachCounts, width: int) -> tuple[str, ...]:
    return (label, f"{counts.people:,}", reach_in_words(counts))[:width]
