"""What becomes of a mark once a file has something to say of a person at a session."""

from __future__ import annotations

from dataclasses import dataclass

from lms.attendance.rules import Mark, MarkKind, MarkSource
from lms.catalogue.rules import EventMode
from lms.words import Word

BY_HAND = frozenset({MarkSource.TRAINER, MarkSource.COORDINATOR})


class Step(Word):
    """What an import does with one person at one session."""

    MARK = "mark"
    SAME = "same"  # the file's mark stands already
    KEPT = "kept"  # made by hand: it stands
    NOTHING = "nothing"  # the file does not speak of them


@dataclass(frozen=True)
class Standing:
    """The mark that stands now, and who made it."""

    mark: Mark
    source: MarkSource


def step_for(standing: Standing | None, wanted: Mark | None, *, is_listed: bool) -> Step:
    """Whether the file's mark is made. `is_listed`: the file names the person at all."""
    if wanted is None:
        return Step.NOTHING
    if standing is None:
        return Step.MARK
    if standing.source in BY_HAND:
        return Step.SAME if _says_the_same(standing.mark, wanted) else Step.KEPT
    if standing.source is MarkSource.SELF_CHECK_IN and not is_listed:
        return Step.KEPT
    is_same = standing.mark == wanted and standing.source is MarkSource.IMPORT
    return Step.SAME if is_same else Step.MARK


def _says_the_same(by_hand: Mark, wanted: Mark) -> bool:
    """Whether there is nothing to tell: a mark by hand that the file bears out."""
    return by_hand == wanted or (
        by_hand.kind is wanted.kind and by_hand.kind in (MarkKind.PRESENT, MarkKind.ABSENT)
    )


def is_expected_online(event_mode: EventMode, takes_part: EventMode) -> bool:
    """Whether somebody whom the meeting's file does not name was not there.

    In the room of a hybrid event, or at one that is held in a room, it says nothing of them.
    """
    return event_mode is not EventMode.IN_PERSON and takes_part is EventMode.ONLINE
