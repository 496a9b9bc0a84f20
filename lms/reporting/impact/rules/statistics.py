"""What answers add up to and how sure one may be: means, shares, intervals, bounds; no p-values.

R5  Change in confidence is reported from matched answers, with n, the reply rate, and a range:
    from "those silent did not change" to "those silent are like those who answered".

Sums are exact; what needs a root or a quantile is a float. Nothing is rounded here: that is done
where a figure is shown. Where a figure cannot be had it is None, and the reason has a word.

Source: docs/domain.md, Reports.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import exp, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

from lms.words import Word

CONFIDENCE = 0.95

# --- Change from one answer to the next, person by person (E5, R5) ---------------------------


@dataclass(frozen=True)
class Changes:
    """Matched answers as sums, so that those of two groups add up to those of both.

    `total` and `squares` are the sums of the changes and of their squares; `before` and `after`
    those of the answers themselves.
    """

    n: int = 0
    before: int = 0
    after: int = 0
    total: int = 0
    squares: int = 0
    improved: int = 0
    worse: int = 0

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> "Changes":
        """Of each person's answer before and after, on the same scale."""
        known = list(pairs)
        moved = [after - before for before, after in known]
        return cls(
            n=len(known),
            before=sum(before for before, _ in known),
            after=sum(after for _, after in known),
            total=sum(moved),
            squares=sum(change * change for change in moved),
            improved=sum(change > 0 for change in moved),
            worse=sum(change < 0 for change in moved),
        )

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            n=self.n + other.n,
            before=self.before + other.before,
            after=self.after + other.after,
            total=self.total + other.total,
            squares=self.squares + other.squares,
            improved=self.improved + other.improved,
            worse=self.worse + other.worse,
        )

    @property
    def same(self) -> int:
        """How many gave the same answer twice."""
        return self.n - self.improved - self.worse


class NoInterval(Word):
    """Why there is no interval for a mean."""

    NOBODY = "nobody"
    ONE_ANSWER = "one_answer"
    ALL_ALIKE = "all_alike"

    @property
    def sentence(self) -> str:
        """As a page says it in the place of an interval."""
        return _NO_INTERVAL[self]


_NO_INTERVAL: Mapping[NoInterval, str] = {
    NoInterval.NOBODY: "Nobody answered both times.",
    NoInterval.ONE_ANSWER: "One person answered both times: that says nothing about the others.",
    NoInterval.ALL_ALIKE: "All changed alike: the answers do not show how much others may differ.",
}


@dataclass(frozen=True)
class Interval:
    """From low to high, both inside."""

    low: float
    high: float


@dataclass(frozen=True)
class PairedChange:
    """Mean change of the same people, with its interval, and how many moved which way.

    Means and shares are None where nobody answered both times; `interval` is an Interval, or the
    reason why there is none. An interval is that of the mean, as if those who answered had been
    drawn by lot; it says nothing about those silent: see `NonResponse`.
    """

    n: int
    mean_before: Fraction | None
    mean_after: Fraction | None
    mean: Fraction | None
    interval: Interval | NoInterval
    improved: "Share"
    same: "Share"
    worse: "Share"


def paired_change(changes: Changes, confidence: float = CONFIDENCE) -> PairedChange:
    """The mean change with its t interval, and the shares improved, same and worse (R5)."""
    return PairedChange(
        n=changes.n,
        mean_before=mean(changes.before, changes.n),
        mean_after=mean(changes.after, changes.n),
        mean=mean(changes.total, changes.n),
        interval=_interval_of_mean(changes, confidence),
        improved=share(changes.improved, changes.n, confidence),
        same=share(changes.same, changes.n, confidence),
        worse=share(changes.worse, changes.n, confidence),
    )


def mean(total: int, n: int) -> Fraction | None:
    """The mean of n whole numbers with that sum; None where there is none."""
    return Fraction(total, n) if n else None


def _interval_of_mean(changes: Changes, confidence: float) -> Interval | NoInterval:
    n = changes.n
    if n == 0:
        return NoInterval.NOBODY
    if n == 1:
        return NoInterval.ONE_ANSWER
    spread = n * changes.squares - changes.total**2  # n (n - 1) times the sample's variance
    if spread == 0:
        return NoInterval.ALL_ALIKE
    middle = changes.total / n
    reach = student_t(confidence, n - 1) * sqrt(Fraction(spread, n * n * (n - 1)))
    return Interval(middle - reach, middle + reach)


# --- Shares ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """A part of those who answered, with its Wilson interval; both None where nobody did."""

    part: int
    n: int
    share: Fraction | None
    interval: Interval | None


def share(part: int, n: int, confidence: float = CONFIDENCE) -> Share:
    """A share with its Wilson score interval (Wilson 1927; without correction for continuity).

    At none and at all of few the interval still has a width: 5 of 5 is "57% to 100%".
    """
    if not 0 <= part <= n:
        raise ValueError(f"{part} is no part of {n}")
    if n == 0:
        return Share(part, n, None, None)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (part + z * z / 2) / (n + z * z)
    reach = z * sqrt(part * (n - part) / n + z * z / 4) / (n + z * z)
    low = 0.0 if part == 0 else middle - reach
    high = 1.0 if part == n else middle + reach
    return Share(part, n, Fraction(part, n), Interval(low, high))


# --- Those who did not answer (R5) ------------------------------------------------------------


@dataclass(frozen=True)
class NonResponse:
    """A figure under the two assumptions about those silent, and how many there are.

    `if_unchanged`: those silent did not change; `if_alike`: they are like those who answered.
    Both are None where nobody answered, `reply_rate` where nobody was asked.
    """

    answered: int
    asked: int
    reply_rate: Fraction | None
    if_unchanged: Fraction | None
    if_alike: Fraction | None

    @property
    def silent(self) -> int:
        """How many were asked and did not answer."""
        return self.asked - self.answered

    @property
    def low(self) -> Fraction | None:
        """The smaller of the two: where confidence fell, that of those alike."""
        known = self._both
        return min(known) if known else None

    @property
    def high(self) -> Fraction | None:
        """The larger of the two."""
        known = self._both
        return max(known) if known else None

    @property
    def _both(self) -> tuple[Fraction, Fraction] | None:
        if self.if_unchanged is None or self.if_alike is None:
            return None
        return self.if_unchanged, self.if_alike


def with_those_silent(total: int, answered: int, asked: int) -> NonResponse:
    """The range of a mean change, or of a share, over all who were asked (R5).

    `total` is the sum of the changes of those who answered, or how many of them improved (no
    change is no improvement); raises ValueError where more answered than were asked.
    """
    if not 0 <= answered <= asked:
        raise ValueError(f"{answered} answered of {asked} asked")
    return NonResponse(
        answered=answered,
        asked=asked,
        reply_rate=mean(answered, asked),
        if_unchanged=Fraction(total, asked) if answered else None,
        if_alike=mean(total, answered),
    )


# --- Student's t ------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def student_t(confidence: float, degrees: int) -> float:
    """How many standard errors either side hold that share of Student's t: 12.706 at 95% and 1.

    Newton's method on the two tails, from the normal quantile, which lies below: the tails are
    convex there, so that it climbs to the root without passing it. Relative error below 1e-10 for
    1 to 1,000,000 degrees of freedom and confidence from 50% to 99.9%.
    """
    if degrees < 1 or not 0 < confidence < 1:
        raise ValueError(f"no quantile at {confidence} with {degrees} degrees of freedom")
    tails = 1 - confidence
    t = NormalDist().inv_cdf((1 + confidence) / 2)
    for _ in range(200):
        step = (_both_tails(t, degrees) - tails) / (2 * _density(t, degrees))
        t += step
        if step <= 1e-13 * t:  # below what a float can tell apart
            break
    return t


def _density(t: float, degrees: int) -> float:
    half = degrees / 2
    scale = exp(_log_gamma_step(half)) / sqrt(degrees * pi)
    return scale * exp(-(half + 0.5) * log1p(t * t / degrees))


def _both_tails(t: float, degrees: int) -> float:
    """P(|T| > t), by the regularised incomplete beta function (Abramowitz and Stegun 26.7.1)."""
    half, ratio = degrees / 2, t * t / degrees
    outer, inner = 1 / (1 + ratio), ratio / (1 + ratio)
    front = exp(_log_gamma_step(half) - half * log1p(ratio)) * sqrt(inner / pi)
    if outer < (half + 1) / (half + 2.5):
        return front * _beta_fraction(half, 0.5, outer) / half
    return 1 - front * _beta_fraction(0.5, half, inner) / 0.5


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method.

    Press and others, Numerical Recipes, 3rd edition, 6.4.
    """
    c, d = 1.0, 1 / _never_zero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, 1_000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _never_zero(1 + step * d)
            c = _never_zero(1 + step / c)
            found *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return found


def _never_zero(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300


def _log_gamma_step(a: float) -> float:
    """log Γ(a + ½) - log Γ(a), without the loss of digits where both are large.

    From 20 on by the asymptotic series (Abramowitz and Stegun 6.1.47).
    """
    if a < 20:
        return lgamma(a + 0.5) - lgamma(a)
    inverse = 1 / a
    square = inverse * inverse
    series = 1 / 8 - square * (1 / 192 - square * (1 / 640 - square * 17 / 14336))
    return log(a) / 2 - inverse * series
