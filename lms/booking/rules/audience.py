"""B1: whom an event is for."""

from dataclasses import dataclass
from datetime import datetime

from lms.catalogue.rules import EventState


@dataclass(frozen=True)
class Audience:
    """Whom an event is for: everyone, or by invitation those of some agencies and addresses."""

    is_by_invitation: bool = False
    agency_ids: frozenset[int] = frozenset()
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Somebody:
    """A person as an audience looks at them.

    `agency_ids` are those at which they work on the day, with all above them: whoever invites an
    agency invites its teams. `addresses` are in lower case.
    """

    agency_ids: frozenset[int] = frozenset()
    addresses: frozenset[str] = frozenset()


def is_for(audience: Audience, somebody: Somebody) -> bool:
    """Whether a person is among those an event is for (B1)."""
    if not audience.is_by_invitation:
        return True
    is_of_an_agency = not audience.agency_ids.isdisjoint(somebody.agency_ids)
    return is_of_an_agency or not audience.addresses.isdisjoint(somebody.addresses)


def may_invite(state: EventState, starts_at: datetime | None, now: datetime) -> bool:
    """Whether those invited can be told: they could go and book."""
    return state is EventState.PUBLISHED and starts_at is not None and now < starts_at
