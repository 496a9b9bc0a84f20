"""What the pages of a form say around its questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lms.booking.rules import Outcome
from lms.evaluation.queries import Sheet
from lms.evaluation.rules import LinkState, Section, Stage, played_back_on
from lms.words import day, moment

KEPT = "You said you would…"
FIRST_WORDS = {
    Stage.PRE: "Under a minute. We ask the same again afterwards, to see what changed.",
    Stage.POST: "Two minutes.",
    Stage.IMPACT: "“Not yet” is as useful to us as “done”. One page, as confidential as before.",
}


class Ending(NamedTuple):
    """Why a form cannot be answered now, and what to do."""

    title: str
    what_happened: str
    what_to_do: str


def heading(sheet: Sheet) -> str:
    """The h1 of a form."""
    return heading_of(sheet.stage, sheet.sections)


def heading_of(stage: Stage, sections: Sequence[Section]) -> str:
    """The h1 of a form; the impact form opens with the delegate's own words where there are any."""
    if stage is Stage.IMPACT:
        return KEPT if sections[0].heading == KEPT else "What came of it?"
    return {Stage.PRE: "Before you come", Stage.POST: "How was it?"}[stage]


def lead(sheet: Sheet) -> str:
    """How long it takes and what it is for."""
    first_words = FIRST_WORDS[sheet.stage]
    if sheet.stage is Stage.PRE:
        return first_words
    if sheet.stage is Stage.POST:
        return f"{first_words} {_certificate(sheet)}".strip()
    return f"Hello {sheet.first_name}. {first_words}"


def what_next(sheet: Sheet) -> str:
    """What follows once the answers are in."""
    if sheet.stage is Stage.PRE:
        return f"We look forward to seeing you: {moment(sheet.booking.facts.starts_at)}."
    on = played_back_on(sheet.booking.facts)
    if sheet.stage is Stage.POST and on is not None:
        asked = f"On {day(on)} we ask what came of it, if you were there."
        return f"{_certificate(sheet)} {asked}".strip()
    if sheet.stage is Stage.POST:
        return f"{_certificate(sheet)} That was the last question about this event.".strip()
    return "That was the last question about this event."


def _certificate(sheet: Sheet) -> str:
    """When the certificate follows, for all that is known; nothing where the register denies it."""
    facts = sheet.booking.facts
    if facts.outcome not in {None, Outcome.ATTENDED}:
        return ""
    if facts.register_closed_at is None:
        return "Your certificate follows once the register is closed, if you attended."
    return "Your certificate follows by e-mail."


def ending(sheet: Sheet) -> Ending:
    """Why a form that is not open cannot be answered, and what to do."""
    opens_at, closes_at = sheet.window or (None, None)
    if sheet.state is LinkState.ANSWERED:
        return Ending(
            "You have answered this",
            "The answers that came first stand. Nobody can change them.",
            "Nothing more is needed.",
        )
    if sheet.state is LinkState.NOT_OPEN and opens_at:
        return Ending(
            "This form is not open yet",
            f"It opens on {moment(opens_at)}.",
            "Come back then: the same link opens it.",
        )
    if sheet.state is LinkState.CLOSED and closes_at:
        return Ending(
            "This form has closed",
            f"It was open until {moment(closes_at)}, so its link no longer works.",
            "If you have something to tell us, reply to the e-mail that brought you here.",
        )
    return Ending(
        "There is nothing to answer here",
        "We ask only those who had a place and came. Yours was given up, or the event was "
        "cancelled, or the register says that you were not there.",
        "If that is wrong, reply to the e-mail that brought you here.",
    )
