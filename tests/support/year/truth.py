"""How sure people are, as it is: a model whose means are known without a lot being drawn."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from lms.catalogue.rules import Stage


@dataclass(frozen=True)
class Truth:
    """How sure people are before, what the event gives, what eight weeks take: independent lots."""

    before: Mapping[int, float]
    gain: Mapping[int, float]
    fade: Mapping[int, float]

    def draw(self, dice: random.Random) -> dict[Stage, int]:
        parts = (self.before, self.gain, self.fade)
        return _said(*(dice.choices([*one], [*one.values()])[0] for one in parts))

    def mean_change(self, first: Stage, last: Stage) -> float:
        """By adding up over every case: no lot is drawn."""
        total = 0.0
        parts = (self.before, self.gain, self.fade)
        for case in product(*(one.items() for one in parts)):
            said = _said(*(value for value, _ in case))
            chance = case[0][1] * case[1][1] * case[2][1]
            total += chance * (said[last] - said[first])
        return total


def _said(before: int, gain: int, fade: int) -> dict[Stage, int]:
    end = min(5, before + gain)
    return {Stage.PRE: before, Stage.POST: end, Stage.IMPACT: max(1, end - fade)}


def truth_of(course: int) -> Truth:
    """What is true of a course: some give much, some little."""
    much = 0.1 + 0.03 * course
    return Truth(
        before={1: 0.15, 2: 0.3, 3: 0.35, 4: 0.15, 5: 0.05},
        gain={0: 0.6 - much, 1: 0.4, 2: much},
        fade={0: 0.55, 1: 0.35, 2: 0.1},
    )
