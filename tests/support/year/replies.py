"""Who answers which form, and when: drawn by lot, and by nothing that they would say."""

from __future__ import annotations

import random
from collections.abc import Sequence

from lms.catalogue.rules import Stage
from tests.support.year.cast import (
    AT_THE_DOOR,
    COMPLETED,
    DAY,
    HOUR,
    MINUTE,
    OPTS_OUT,
    OTHERS_REPLY,
    OUTCOMES,
    Delegate,
    Presence,
    impact_due_at,
)
from tests.support.year.truth import truth_of


def plan_replies(delegates: Sequence[Delegate], replies: float, dice: random.Random) -> None:
    """Whether somebody answers has nothing to do with what they would say.

    Exactly 920 answers at the end and later, where the year is whole.
    """
    for one in delegates:
        truth = truth_of(one.event.course)
        said = [truth.draw(dice) for _ in OUTCOMES]
        one.confidence = {stage: [each[stage] for each in said] for stage in Stage}
        one.promises = dice.choice((0, 1, 1, 2))
    may = [one for one in delegates if one.person is not None and not one.event.off_at]
    for one in may:
        _plan_pre(one, is_keen := dice.random() < replies, dice)
        if one.attends:
            _plan_later(one, 0.93 if is_keen else OTHERS_REPLY, dice)
    for one in [one for one in may if one.presence is Presence.ABSENT]:
        ended_at = one.event.ends(one.event.closed_at)
        if dice.random() < 0.1 and one.event.closed_at - ended_at > 2 * HOUR:
            one.answers[Stage.POST] = ended_at + HOUR  # and is voided
    _trim(may, dice)


def _plan_pre(one: Delegate, is_keen: bool, dice: random.Random) -> None:
    if Stage.PRE not in one.event.stages or one.confirmed_at is None:
        return
    if one.presence in AT_THE_DOOR or dice.random() > (0.95 if is_keen else 0.2):
        return
    starts_at = one.event.starts(one.event.closed_at)
    at = starts_at - dice.choice((1, 20, 21, 40)) * HOUR + dice.randrange(1, 50) * MINUTE
    if dice.random() < 0.04:
        at = starts_at + 45 * MINUTE  # kept, and no baseline
    if at > one.confirmed_at and (one.gave_up_at is None or at < one.gave_up_at):
        one.answers[Stage.PRE] = at


def _plan_later(one: Delegate, chance: float, dice: random.Random) -> None:
    ends_at = one.event.ends(one.event.closed_at)
    due_at = impact_due_at(one.event)
    begins = {Stage.POST: ends_at, Stage.IMPACT: due_at}
    for stage in (stage for stage in begins if stage in one.event.stages):
        first = begins[stage]
        if dice.random() < chance:
            days = dice.choice((0, 0, 1, 1.5, 3, 5, 8, 13, 20))
            one.answers[stage] = first + days * DAY + dice.randrange(3, 600) * MINUTE
        elif dice.random() < OPTS_OUT:
            one.opted_out[stage] = first + dice.choice((1, 3, 8)) * DAY + 7 * MINUTE
        elif dice.random() < 0.01:
            one.late[stage] = first + 28 * DAY + 2 * HOUR
    if Stage.POST in one.event.stages and dice.random() < 0.02:
        one.answers.setdefault(Stage.POST, ends_at - 10 * MINUTE)  # the doors are still shut
        one.opted_out.pop(Stage.POST, None)
        one.late.pop(Stage.POST, None)


def _trim(delegates: Sequence[Delegate], dice: random.Random) -> None:
    given = [
        (one, stage)
        for one in delegates
        if one.attends
        for stage in (Stage.POST, Stage.IMPACT)
        if stage in one.answers
    ]
    for one, stage in dice.sample(given, max(0, len(given) - COMPLETED)):
        del one.answers[stage]
