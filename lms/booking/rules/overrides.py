"""B14: a coordinator may lift B1, B3, B8 and B9, with a reason, and it is recorded."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.booking.rules.facts import OVERRIDABLE, Rule
from lms.errors import Refused
from lms.words import of_them


@dataclass(frozen=True)
class Refusal:
    """Why a booking is not taken: the rule, what is said, and what could be done instead.

    `field` is the one in which the answer stands that is to be put right.
    """

    rule: Rule
    sentence: str
    way_out: str | None = None
    is_overridable: bool = True
    field: str | None = None

    @property
    def note(self) -> str:
        """The sentence as said to a coordinator, of the person for whom they book."""
        return of_them(self.sentence)


@dataclass(frozen=True)
class Override:
    """A coordinator's decision to lift rules for one booking, with the reason for it."""

    rules: frozenset[Rule]
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise Refused("Say why the rule is lifted", field="override_reason")
        if not self.rules <= OVERRIDABLE:
            kept = ", ".join(sorted(self.rules - OVERRIDABLE))
            raise Refused(f"{kept} cannot be lifted by anyone")

    def lifts(self, rule: Rule) -> bool:
        """Whether this override lifts a rule."""
        return rule in self.rules


def not_lifted(refusals: Iterable[Refusal], override: Override | None) -> tuple[Refusal, ...]:
    """The refusals that stand after an override."""
    return tuple(
        refusal
        for refusal in refusals
        if not (override and refusal.is_overridable and override.lifts(refusal.rule))
    )
