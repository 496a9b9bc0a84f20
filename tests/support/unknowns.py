"""What is published of some unknown numbers, and what follows from it (scipy)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog

ALMOST = 1e-6
AT_ONCE = 5
Weights = dict[Hashable, float]
Form = tuple[tuple[int, float], ...]


@dataclass
class System:
    """Unknown numbers, each with its bounds and its truth, and what is known of sums of them.

    `wanted` are sums that nobody may know to less than a unit; or, of distances from a value that
    are nothing in truth, be sure that they are nothing (`of_distances`).
    """

    of_distances: bool = False
    at: dict[Hashable, int] = field(default_factory=dict)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    truth: list[float] = field(default_factory=list)
    rows: dict[Form, float] = field(default_factory=dict)
    wanted: dict[Form, Hashable] = field(default_factory=dict)

    def add(self, unknown: Hashable, truth: float, least: float, most: float) -> None:
        """One person's share in an unknown."""
        place = self.at.setdefault(unknown, len(self.at))
        if place == len(self.truth):
            self.truth.append(0)
            self.least.append(0)
            self.most.append(0)
        self.truth[place] += truth
        self.least[place] += least
        self.most[place] += most

    def _form(self, weights: Weights) -> Form:
        return tuple(sorted((self.at[one], weight) for one, weight in weights.items()))

    def read(self, weights: Weights, total: Any, within: float = ALMOST) -> None:
        """A published sum; what is read off a file is rounded, so the truth stands for it."""
        form = self._form(weights)
        truth = sum(weight * self.truth[at] for at, weight in form)
        assert abs(truth - float(total)) < within, (truth, total)
        self.rows[form] = truth

    def want(self, name: Hashable, weights: Weights) -> None:
        """A sum that is withheld."""
        if weights:
            self.wanted[self._form(weights)] = name

    def recovered(self) -> Iterator[Hashable]:
        """What is wanted and known. Each set of answers that was found to fit is kept, for it opens
        most of what is asked next; some are sought for many at once."""
        if not self.wanted:
            return
        answers = _Answers(self)
        lot = np.random.default_rng(7)
        closed = answers.closed(list(self.wanted))
        for _ in range(AT_ONCE):
            if len(closed) < AT_ONCE:
                break
            signs = lot.choice([-1, 1], size=len(closed))
            answers.seek(
                sum(s * answers.vector(form) for s, form in zip(signs, closed, strict=True))
            )
            closed = answers.closed(closed)
        for form in closed:
            for sign in (-1, 1):
                if answers.closed([form]):
                    answers.seek(sign * answers.vector(form))
            if answers.closed([form]):
                yield self.wanted[form]


class _Answers:
    """The answers that fit all that is known of a system, as far as they were sought."""

    def __init__(self, system: System) -> None:
        self._system, self._n = system, len(system.at)
        matrix = np.array([self.vector(form) for form in system.rows]).reshape(-1, self._n)
        sums = np.array(list(system.rows.values()))
        self._known = {"A_eq": matrix, "b_eq": sums} if system.rows else {}
        self._bounds = np.array([system.least, system.most]).T
        self._fitting = np.array([system.truth])
        for one in self._bounds.T:
            if np.abs(matrix @ one - sums).max(initial=0) < ALMOST:
                self._fitting = np.vstack([self._fitting, one])

    def vector(self, form: Form) -> Any:
        """The sum as a vector over all unknowns."""
        vector = np.zeros(self._n)
        for at, weight in form:
            vector[at] = weight
        return vector

    def seek(self, wanted: Any) -> None:
        """Answers for which that is greatest."""
        found = linprog(-wanted, bounds=self._bounds, method="highs", **self._known)
        assert found.success, found.message
        self._fitting = np.vstack([self._fitting, found.x])

    def closed(self, forms: list[Form]) -> list[Form]:
        """Those that all answers found so far agree on; of distances, where there are none."""
        found = []
        for form in forms:
            places, weights = zip(*form, strict=True)
            sums = self._fitting[:, places] @ np.array(weights)
            if self._system.of_distances:
                if sums.max() <= ALMOST:
                    found.append(form)
            elif sums.max() - sums.min() < 1 - ALMOST:
                found.append(form)
        return found
