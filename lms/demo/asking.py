"""What this partnership asks beside the core: in force at the end, a draft eight weeks after."""

from __future__ import annotations

from datetime import datetime

from lms.catalogue.rules import Stage
from lms.demo.foundations import Foundations
from lms.evaluation.commands import add_question, put_in_force
from lms.evaluation.queries import Scope, get_ready

AT_THE_END = ("learning-can-do", "reaction-mix", "reaction-change-one-thing")
EIGHT_WEEKS_AFTER = ("behaviour-used", "behaviour-manager-asked", "outcome-decision")


def ask_more(here: Foundations, now: datetime) -> None:
    """Take ready questions, and put them in force at the end of every event."""
    at_the_end = Scope(here.partnership_id, Stage.POST)
    for key in AT_THE_END:
        _take(here, at_the_end, key, now)
    put_in_force(at_the_end, by=here.coordinator, now=now)


def ask_next(here: Foundations, now: datetime) -> None:
    """A draft for eight weeks after, which nobody is asked yet."""
    for key in EIGHT_WEEKS_AFTER:
        _take(here, Scope(here.partnership_id, Stage.IMPACT), key, now)


def _take(here: Foundations, scope: Scope, key: str, now: datetime) -> None:
    words = get_ready(key).words
    add_question(scope, words, library_key=key, by=here.coordinator, now=now)
