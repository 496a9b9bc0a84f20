"""The dated figures of partnerships that booking goes by: policies, and what unused places cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    CompoundSelect,
    Integer,
    String,
    bindparam,
    cast,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.agencies.models import ChargingTerms, Policy
from lms.agencies.rules import (
    ChargingEntry,
    DayKind,
    PolicyEntry,
    PolicyKey,
    Sector,
    policy_at,
    terms_at,
)
from lms.booking.rules import BookingPolicy, Lateness, late_after, owed, with_terms
from lms.booking.rules.facts import Period
from lms.catalogue.models import Event
from lms.clock import london_date


@dataclass(frozen=True)
class Figures:
    """Everything that one partnership ever set."""

    policies: tuple[PolicyEntry, ...] = ()
    terms: tuple[ChargingEntry, ...] = ()

    @property
    def differs_by_sector(self) -> bool:
        """Whether any sector has terms of its own, so that it matters who asks."""
        return any(entry.sector for entry in self.terms)

    def policy_on(self, on: date) -> BookingPolicy:
        """The figures as they stood on a day, for everybody alike."""
        return _policy_on(self.policies, on)

    def policy_for(self, sector: Sector | None, on: date) -> BookingPolicy:
        """The same, with the cut-off of a sector's own terms of that day (B11)."""
        return with_terms(self.policy_on(on), self.terms_for(sector, on))

    def terms_for(self, sector: Sector | None, on: date) -> ChargingEntry | None:
        """What an unused place costs a sector as of a day."""
        return terms_at(self.terms, sector, on)

    def lateness(
        self,
        event: Event,
        sessions: Sequence[Period],
        sector: Sector | None,
        booked_at: datetime,
    ) -> Lateness:
        """When giving up a place at an event is late, for one of a sector who booked then.

        The cut-off is as it stood that day, the charge as of the first session (B11).
        """
        starts_at = min(start for start, _ in sessions)
        policy = self.policy_for(sector, london_date(booked_at))
        terms = self.terms_for(sector, london_date(starts_at))
        return Lateness(late_after(starts_at, policy), owed(terms, sessions, event.price))


def figures_of(session: Session, partnership_ids: Collection[int]) -> Mapping[int, Figures]:
    """The figures of partnerships, in one statement: it is asked under an event's lock."""
    policies: dict[int, list[PolicyEntry]] = defaultdict(list)
    terms: dict[int, list[ChargingEntry]] = defaultdict(list)
    wanted = {"partnership_ids": list(partnership_ids)}
    for partnership_id, key, figure, *said in session.execute(_both(), wanted):
        holds_from = said[1]
        if key:
            policies[partnership_id].append(PolicyEntry(PolicyKey(key), holds_from, figure))
        else:
            terms[partnership_id].append(ChargingEntry(*said))
    return {i: Figures(tuple(policies[i]), tuple(terms[i])) for i in partnership_ids}


def policies_in_force(
    session: Session, events: Collection[Event], now: datetime
) -> Mapping[int, BookingPolicy]:
    """The figures that hold for each of some events, by its id, in one statement.

    As of its first session; of one without a date, as of today.
    """
    figures = figures_of(session, {event.partnership_id for event in events})
    return {
        event.id: figures[event.partnership_id].policy_on(london_date(event.starts_at or now))
        for event in events
    }


def policy_in_force(session: Session, event: Event, now: datetime) -> BookingPolicy:
    """The figures that hold for one event."""
    return policies_in_force(session, [event], now)[event.id]


@cache
def _both() -> CompoundSelect[Any]:
    """Terms and policies below one another; what the one has and the other has not is empty.

    Written once, with `partnership_ids` to be filled in: it is asked for at every request.
    """
    partnership_ids: BindParameter[Any] = bindparam("partnership_ids", expanding=True)
    nothing = cast(null(), String)
    number = cast(null(), Integer)
    terms = select(
        ChargingTerms.partnership_id,
        nothing.label("key"),
        number.label("figure"),
        ChargingTerms.sector,
        ChargingTerms.holds_from,
        ChargingTerms.days,
        ChargingTerms.day_kind,
        ChargingTerms.half_day_pence,
        ChargingTerms.full_day_pence,
        ChargingTerms.is_full_cost,
    ).where(ChargingTerms.partnership_id.in_(partnership_ids))
    policies = select(
        *(Policy.partnership_id, cast(Policy.key, String), Policy.value),
        *(nothing, Policy.holds_from, number, nothing, number, number, cast(null(), Boolean)),
    ).where(Policy.partnership_id.in_(partnership_ids))
    return union_all(terms, policies)


def _policy_on(entries: Sequence[PolicyEntry], on: date) -> BookingPolicy:
    if not entries:
        return BookingPolicy()
    return BookingPolicy(
        closing_working_days=policy_at(entries, PolicyKey.CLOSING_WORKING_DAYS, on),
        late_cancel_days=policy_at(entries, PolicyKey.LATE_CANCEL_DAYS, on),
        late_cancel_day_kind=DayKind.from_figure(
            policy_at(entries, PolicyKey.LATE_CANCEL_DAY_KIND, on)
        ),
        offer_hours=policy_at(entries, PolicyKey.OFFER_HOURS, on),
        tick_working_days=policy_at(entries, PolicyKey.TICK_WORKING_DAYS, on),
        naming_working_days=policy_at(entries, PolicyKey.NAMING_WORKING_DAYS, on),
        offers_from_hour=policy_at(entries, PolicyKey.OFFERS_FROM_HOUR, on),
        offers_until_hour=policy_at(entries, PolicyKey.OFFERS_UNTIL_HOUR, on),
        first_reminder_days=policy_at(entries, PolicyKey.FIRST_REMINDER_DAYS, on),
        last_reminder_working_days=policy_at(entries, PolicyKey.LAST_REMINDER_WORKING_DAYS, on),
    )
