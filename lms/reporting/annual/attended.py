"""Who attended: each sector with its agencies."""

from __future__ import annotations

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
from lms.reporting.annual.facts import AnnualFacts
from lms.reporting.attendance.finding import attendance_finding, share_caption
from lms.reporting.attendance.queries import AttendanceRow
from lms.reporting.rules import share_of_total
from lms.reporting.rules.said import SAID_OF_SECTOR, as_said
from lms.words import count, listed, percent, sentence_case

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
