"""The six highlights, and what changed in them since the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.reporting.annual.document import (
    Head,
    Highlight,
    Highlights,
    Points,
    Row,
    Section,
    Table,
)
from lms.reporting.annual.facts import AnnualFacts
from lms.reporting.attendance.finding import NOTICEABLE
from lms.reporting.elsewhere.rules import Known, Measure, figure_of_year
from lms.reporting.rules import EventCounts, share_of_total
from lms.reporting.rules.said import as_said
from lms.words import count, listed, number, percent, sentence_case

NOT_ENTERED = "not entered"
OUTSIDE = {
    Measure.VIDEOS: "videos or webinars added",
    Measure.VIEWS: "views of video recordings",
    Measure.E_LEARNING: "e-learning modules completed",
}


@dataclass(frozen=True)
class Key:
    """A highlight as a number, None where nobody entered it, now and the year before."""

    name: str
    label: str
    now: int | None
    before: int | None
    note: str = ""


def key_figures(facts: AnnualFacts) -> list[Key]:
    """The six figures that the learning section of an annual report prints."""
    was = facts.before
    return [
        Key(
            "events",
            "events, face to face or online",
            facts.events.run,
            was.events.run if was else None,
            _of_planned(facts.events),
        ),
        Key("attended", "attended", facts.attended, was.attended if was else None),
        Key(
            "completed",
            "evaluations completed",
            facts.completed,
            was.completed if was else None,
            "at the end or eight weeks after",
        ),
        *(_outside(measure, facts) for measure in OUTSIDE),
    ]


def _of_planned(events: EventCounts) -> str:
    """'of 28 planned; one cancelled', empty where all ran."""
    fates = [
        f"{number(n)} {what}"
        for n, what in ((events.cancelled, "cancelled"), (events.postponed, "postponed"))
        if n
    ]
    if events.run == events.planned:
        return ""
    return "; ".join([f"of {events.planned:,} planned", *([listed(fates)] if fates else [])])


def _outside(measure: Measure, facts: AnnualFacts) -> Key:
    now = figure_of_year(measure, facts.known)
    before = _value(measure, facts.before.outside) if facts.before else None
    note = "from another system"
    if now is None:
        note = "nobody has entered it"
    elif now.agencies:
        note = f"from {count(now.agencies, 'agency', 'agencies')}, added up"
    return Key(measure.value, OUTSIDE[measure], now.value if now else None, before, note)


def _value(measure: Measure, known: Sequence[Known]) -> int | None:
    found = figure_of_year(measure, known)
    return found.value if found else None


def highlights_section(facts: AnnualFacts) -> Section:
    items = tuple(
        Highlight(f"{key.now:,}" if key.now is not None else NOT_ENTERED, key.label, key.note)
        for key in key_figures(facts)
    )
    return Section("highlights", "The year in six figures", (Highlights(items),))


# --- What changed since -------------------------------------------------------------------------


def since_section(facts: AnnualFacts) -> Section | None:
    """Compared with the year before; None where there is nothing to compare with."""
    if facts.before is None:
        return None
    keys = [key for key in key_figures(facts) if key.now is not None and key.before is not None]
    rows = tuple(
        Row((sentence_case(key.label), f"{key.before:,}", f"{key.now:,}", _difference(key)))
        for key in keys
    )
    heads = (
        Head("Figure", is_numeric=False),
        Head(facts.before.label),
        Head(facts.year.label, "so far" if facts.is_running else ""),
        Head("Change"),
    )
    table = Table(f"{facts.year.label} beside {facts.before.label}", heads, rows)
    return Section(
        "since",
        f"What changed since {facts.before.label}",
        (Points(tuple(_changes(facts, keys))), table),
    )


def _difference(key: Key) -> str:
    now, before = key.now or 0, key.before or 0
    if now == before:
        return "as many"
    return f"{abs(now - before):,} {'more' if now > before else 'fewer'}"


def _changes(facts: AnnualFacts, keys: Sequence[Key]) -> list[str]:
    before = facts.before
    if before is None:
        return []
    said = [f"{_sentence(key)}." for key in keys[:3]]
    groups = as_said({row.label: row.counts.attended for row in facts.sectors.rows})
    moved = _moved(groups, as_said(before.by_sector))
    if moved:
        said.append(moved)
    new = _names(facts, before.by_agency)
    if new:
        said.append(new)
    return said


def _sentence(key: Key) -> str:
    now, before = key.now or 0, key.before or 0
    if now == before:
        return f"{sentence_case(key.label)}: {now:,}, as many as the year before"
    if not before:
        return f"{sentence_case(key.label)}: {now:,}, and none the year before"
    way = "more" if now > before else "fewer"
    share = share_of_total(abs(now - before), before)
    by = f" ({percent(share)})" if share is not None and share < 1 else ""
    return f"{sentence_case(key.label)}: {now:,}, {abs(now - before):,} {way} than {before:,}{by}"


def _moved(now: dict[str, int], before: dict[str, int]) -> str:
    """Whose share grew and whose fell, where that can be noticed."""
    total, total_before = sum(now.values()), sum(before.values())
    if not total or not total_before:
        return ""
    shares = {
        name: (share_of_total(now.get(name, 0), total), share_of_total(was, total_before))
        for name, was in {**dict.fromkeys(now, 0), **before}.items()
    }
    phrases = [
        f"{name} from {percent(was)} to {percent(is_now)}"
        for name, (is_now, was) in sorted(
            shares.items(), key=lambda item: (-abs((item[1][0] or 0) - (item[1][1] or 0)), item[0])
        )
        if is_now is not None and was is not None and abs(is_now - was) >= NOTICEABLE
    ][:3]
    return f"Shares of attendance that moved most: {listed(phrases)}." if phrases else ""


def _names(facts: AnnualFacts, before: dict[str, int]) -> str:
    """Agencies that came and had not, and that had and did not."""
    now = {row.label: row.counts.attended for row in facts.agencies.rows if row.sector}
    came = sorted(name for name, n in now.items() if n and not before.get(name))
    gone = sorted(name for name, n in now.items() if not n and before.get(name))
    parts = []
    if came:
        parts.append(f"{listed(came)} took part, and had not the year before.")
    if gone:
        parts.append(f"{listed(gone)} had taken part, and did not this year.")
    return " ".join(parts)
