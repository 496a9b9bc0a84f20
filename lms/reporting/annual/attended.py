"""Who attended, what was planned and run, and how far the workforce was reached."""

from __future__ import annotations

from collections.abc import Iterable

from lms.reporting.annual.document import (
    BarOf,
    Bars,
    Block,
    Head,
    Paragraph,
    Row,
    Section,
    Table,
)
from lms.reporting.annual.facts import AnnualFacts, CourseLine
from lms.reporting.queries import AttendanceRow
from lms.reporting.rules import attendance_finding, share_caption, share_of_total
from lms.reporting.rules.said import SAID_OF_SECTOR, as_said
from lms.words import count, listed, number, percent, sentence_case

MOST_NAMED = 6


def attendance_section(facts: AnnualFacts) -> Section:
    groups = as_said({row.label: row.counts.attended for row in facts.sectors.rows})
    before = as_said(facts.before.by_sector) if facts.before else {}
    was = facts.before.attended if facts.before else None
    finding = attendance_finding(facts.attended, was or None, groups, before)
    blocks: list[Block] = [Paragraph(finding, "finding")]
    if facts.attended:
        blocks += [_chart(facts, groups, before, finding), _agencies(facts)]
    return Section("attendance", "Attendance by agency", tuple(blocks))


def _chart(
    facts: AnnualFacts, groups: dict[str, int], before: dict[str, int], finding: str
) -> Bars:
    was = facts.before.attended if facts.before else 0
    caption = share_caption(groups, before, "Attendance by sector")
    rows = sorted(facts.sectors.rows, key=lambda row: (-row.counts.attended, row.label))
    bars = tuple(
        _bar(row, facts, was, f"{finding} {caption}") for row in rows if row.counts.attended
    )
    reading = f"Share of the {facts.attended:,} who attended"
    if was and facts.before:
        reading = (
            f"Thick bar: share of the {facts.attended:,} who attended in {facts.year.label}. "
            f"Thin bar: share of the {was:,} in {facts.before.label}"
        )
    dark = "; dark where the words above name it" if any(bar.is_dark for bar in bars) else ""
    return Bars(caption, f"{reading}{dark}. Walk-ins are counted too.", bars)


def _bar(row: AttendanceRow, facts: AnnualFacts, was: int, named_in: str) -> BarOf:
    share = share_of_total(row.counts.attended, facts.attended)
    own = facts.before.by_sector.get(row.label, 0) if facts.before else 0
    before = share_of_total(own, was)
    return BarOf(
        sentence_case(row.label),
        float(share or 0),
        percent(share),
        float(before) if before is not None else None,
        f"was {percent(before)}" if before is not None else "",
        is_dark=SAID_OF_SECTOR.get(row.label, row.label).lower() in named_in.lower(),
    )


def _agencies(facts: AnnualFacts) -> Table:
    """Each sector with its agencies inside, in order of size."""
    heads = [
        Head("Sector and agency", is_numeric=False),
        Head("Attended", "with walk-ins"),
        Head("Share", f"of {facts.attended:,}"),
        Head("Attendance rate", "of confirmed"),
    ]
    if facts.before and facts.before.attended:
        heads.insert(3, Head(facts.before.label, f"share of {facts.before.attended:,}"))
    rows: list[Row] = []
    for sector in sorted(facts.sectors.rows, key=_by_size):
        if not sector.counts.attended and not _was(sector.label, facts, of_sector=True):
            continue
        members = [row for row in facts.agencies.rows if row.sector is sector.sector]
        members = [row for row in members if row.counts.attended or _was(row.label, facts)]
        if len(members) == 1 and sector.sector is not None:
            only = members[0]
            rows.append(_row(only, facts, "plain", f"{sentence_case(sector.label)}: {only.label}"))
            continue
        rows.append(_row(sector, facts, "group", of_sector=True))
        rows += [_row(row, facts, "inside") for row in sorted(members, key=_by_size)]
    total = AttendanceRow("All agencies", facts.agencies.total)
    rows.append(_row(total, facts, "total"))
    return Table("Attendance of each agency", tuple(heads), tuple(rows), _silent(facts))


def _by_size(row: AttendanceRow) -> tuple[bool, int, str]:
    return row.sector is None, -row.counts.attended, row.label.casefold()


def _was(label: str, facts: AnnualFacts, *, of_sector: bool = False) -> int:
    if facts.before is None:
        return 0
    known = facts.before.by_sector if of_sector else facts.before.by_agency
    return known.get(label, 0)


def _row(
    row: AttendanceRow,
    facts: AnnualFacts,
    kind: str,
    called: str = "",
    *,
    of_sector: bool = False,
) -> Row:
    label = "No agency given" if row.sector is None and kind == "group" else row.label
    cells = [
        called or sentence_case(label),
        f"{row.counts.attended:,}",
        percent(share_of_total(row.counts.attended, facts.attended)),
        percent(row.counts.attendance_rate),
    ]
    if facts.before and facts.before.attended:
        total = facts.before.attended
        was = total if kind == "total" else _was(row.label, facts, of_sector=of_sector)
        cells.insert(3, percent(share_of_total(was, total)))
    return Row(tuple(cells), kind)


def _silent(facts: AnnualFacts) -> str:
    """Who was never there; and what a rate is unknown for."""
    silent = [row.label for row in facts.agencies.rows if row.sector and not row.counts.attended]
    said = "The attendance rate leaves walk-ins out, and is unknown for past years imported."
    if not silent:
        return f"{said} Every agency of the partnership took part."
    is_short = len(silent) <= MOST_NAMED
    named = listed(silent) if is_short else count(len(silent), "agency", "agencies")
    return f"{said} Nobody attended from {named}."


# --- Courses ------------------------------------------------------------------------------------


def courses_section(facts: AnnualFacts) -> Section | None:
    if not facts.courses:
        return None
    events = facts.events
    said = f"Of {count(events.planned, 'planned event')}, {number(events.run)} ran"
    fates = [
        f"{number(n)} {'was' if n == 1 else 'were'} {what}"
        for n, what in ((events.cancelled, "cancelled"), (events.postponed, "postponed"))
        if n
    ]
    ahead = events.planned - events.run - events.cancelled - events.postponed
    if ahead:
        fates.append(f"{number(ahead)} {'is' if ahead == 1 else 'are'} still to come")
    finding = "".join([said, *(f"; {fate}" for fate in fates), "."])
    whole = CourseLine("All courses and events", None, events, facts.attended)
    rows = [_course_row(line, facts) for line in facts.courses]
    rows.append(_course_row(whole, facts, "total"))
    heads = (
        Head("Course or event", is_numeric=False),
        Head("Level"),
        Head("Planned", "events"),
        Head("Run", "events"),
        Head("Cancelled", "events"),
        *((Head("Postponed", "events"),) if events.postponed else ()),
        Head("Attended", "with walk-ins"),
    )
    table = Table("Courses planned and run", heads, tuple(rows), _fullest(facts.courses))
    return Section("courses", "Courses planned and run", (Paragraph(finding, "finding"), table))


def _course_row(line: CourseLine, facts: AnnualFacts, kind: str = "plain") -> Row:
    events = line.events
    level = str(line.level) if line.level else "none"
    cells = (
        line.title,
        "" if kind == "total" else level,
        *_counts(events.planned, events.run, events.cancelled),
        *(_counts(events.postponed) if facts.events.postponed else ()),
        f"{line.attended:,}",
    )
    return Row(cells, kind)


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


# --- Reach --------------------------------------------------------------------------------------


def reach_section(facts: AnnualFacts) -> Section | None:
    """Distinct people of the workforce, by sector; what is unknown is said to be."""
    rows = [row for row in facts.sectors.rows if row.sector is not None]
    if not rows or not facts.attended:
        return None
    known = [row for row in rows if row.counts.workforce]
    total = facts.agencies.total
    people = f"{total.people:,} different people attended"
    if total.reach is not None:
        finding = f"{people}: {percent(total.reach)} of a workforce of {total.workforce:,}."
    elif known:
        unknown = count(len(rows) - len(known), "sector")
        finding = f"{people}. What part of the workforce that is, is unknown for {unknown}."
    else:
        finding = f"{people}. What part of the workforce that is, is unknown for every sector."
    heads = (
        Head("Sector", is_numeric=False),
        Head("People", "each once"),
        Head("Workforce", "headcount"),
        Head("Reach", "people ÷ workforce"),
    )
    table = Table(
        "Reach by sector",
        heads,
        (
            *(_reach_row(row) for row in sorted(rows, key=_by_size)),
            _reach_row(AttendanceRow("All sectors", total), "total"),
        ),
        "Each person counts once in a row and once in the total, however often they came. A sector "
        "is unknown where one of its agencies has given no headcount.",
    )
    return Section("reach", "Reach", (Paragraph(finding, "finding"), table))


def _reach_row(row: AttendanceRow, kind: str = "plain") -> Row:
    counts = row.counts
    workforce = f"{counts.workforce:,}" if counts.workforce is not None else "unknown"
    cells = (sentence_case(row.label), f"{counts.people:,}", workforce, percent(counts.reach))
    return Row(cells, kind)
