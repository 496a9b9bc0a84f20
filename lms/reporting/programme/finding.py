"""What the report on the programme says of its figures, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from lms.catalogue.rules import CancelReason
from lms.reporting.programme.rules import ProgrammeCounts
from lms.reporting.rules.periods import EventCounts
from lms.words import count, listed, number, percent, pounds, sentence_case


def programme_finding(total: ProgrammeCounts) -> str:
    """The lead of the programme's report."""
    if not total.events.planned:
        return "No event was planned in this period."
    parts = [f"{_fate(total.events)}."]
    if total.fill_rate is not None:
        parts.append(f"{percent(total.fill_rate)} of the places were taken{_unmet(total)}.")
    elif total.waiting.unmet:
        parts.append(f"{sentence_case(_without_a_place(total.waiting.unmet))}.")
    return " ".join(parts)


def programme_before(before: EventCounts, than: str) -> str:
    """What was planned and ran in the period that it is compared with; empty where nothing was."""
    if not before.planned:
        return ""
    verb = "was" if before.planned == 1 else "were"
    all_ran = "and all of them ran" if before.planned > 1 else "and it ran"
    ran = all_ran if before.run == before.planned else f"and {number(before.run)} ran"
    return sentence_case(f"{than}, {count(before.planned, 'event')} {verb} planned {ran}.")


def _fate(events: EventCounts) -> str:
    verb = "was" if events.planned == 1 else "were"
    fates = [
        f"{number(n)} {one if n == 1 else many}".strip()
        for n, one, many in (
            (events.run, "ran", "ran"),
            (events.cancelled, "was cancelled", "were cancelled"),
            (events.postponed, "was postponed", "were postponed"),
            (events.to_come, "is to come", "are to come"),
        )
        if n
    ]
    return f"{sentence_case(count(events.planned, 'event'))} {verb} planned: {listed(fates)}"


def _unmet(total: ProgrammeCounts) -> str:
    unmet = total.waiting.unmet
    return f"; {_without_a_place(unmet)}" if unmet else ""


def _without_a_place(unmet: int) -> str:
    return f"{count(unmet, 'person', 'people')} waited for a place and never had one"


def events_caption(events: EventCounts) -> str:
    """What became of the events that were planned: the caption of their picture."""
    if events.run == events.planned:
        return "Every event that was planned ran"
    if not events.run:
        return "No event has run"
    return f"{events.run:,} of the {events.planned:,} events that were planned ran"


WHY = {
    CancelReason.TRAINER_ILL: "the trainer was ill",
    CancelReason.TOO_FEW: "too few had booked",
    CancelReason.VENUE: "of the venue",
    CancelReason.OTHER: "of something else",
}


def reasons_sentence(total: ProgrammeCounts) -> str:
    """'Cancelled: two because the trainer was ill and one because of the venue.'"""
    said = [
        f"{number(total.reasons[reason])} because {WHY[reason]}"
        for reason in sorted(total.reasons, key=lambda reason: -total.reasons[reason])
        if total.reasons[reason]
    ]
    return f"Cancelled: {listed(said)}." if said else ""


def filled_caption(rates: Mapping[str, Fraction]) -> str:
    """Which rows filled best and least: the caption of the fill rates."""
    if not rates:
        return "How full events were is unknown"
    names = sorted(rates, key=str.casefold)
    best = max(names, key=lambda name: rates[name])
    least = min(names, key=lambda name: rates[name])
    if rates[best] == rates[least]:
        return f"{percent(rates[best])} of the places were taken"
    return (
        f"{best} filled best, at {percent(rates[best])}; {least} least, at {percent(rates[least])}"
    )


def nothing_about(names: Iterable[str], of: int, one: str, many: str) -> str:
    """Which priorities, or themes, no event that ran was about; empty where there is none."""
    missing = list(names)
    if not missing:
        return ""
    if len(missing) == of:
        return f"No event that ran was about any of the {many}."
    first = number(len(missing)).capitalize()
    return f"{first} of the {count(of, one, many)} had no event that ran: {listed(missing)}."


def money_sentence(total: ProgrammeCounts) -> str:
    """What the events that ran cost and brought in, as far as it is known."""
    ran = total.events.run
    if not ran:
        return ""
    if total.cost is None:
        spent = "What the events cost is unknown: none that ran says so"
    else:
        of = ran - total.without_cost
        but = (
            "" if not total.without_cost else f", at the {number(of)} of {number(ran)} that say so"
        )
        spent = f"The events that ran cost {pounds(round(total.cost * 100))}{but}"
    if total.income_pence is None:
        return f"{spent}; what they brought in is unknown."
    if not total.income_pence:
        return f"{spent}; nothing is due for places."
    if total.charges_pence == total.income_pence:
        return f"{spent}; {pounds(total.charges_pence)} is due for places that were not used."
    charges = ""
    if total.charges_pence:
        charges = f", {pounds(total.charges_pence)} of it charges for places that were not used"
    return f"{spent}; {pounds(total.income_pence)} is due for places{charges}."
