"""B3 to B6, B14 over any history: places are never oversold, the order is kept, none lies idle."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lms.agencies.rules import Sector
from lms.booking.rules import (
    BookingFact,
    BookingState,
    ConfirmNow,
    InviteAll,
    Override,
    Place,
    Rule,
    Share,
    ShareKind,
    Side,
    accept_invitation,
    after_lapse,
    eligible_in_order,
    in_order,
    may_move,
    may_switch,
    next_step,
    next_waiting,
    over_capacity,
    over_caps,
    over_reservations,
    place_for,
    to_mark_as_overrides,
    why_not_switch,
    why_waiting,
)
from lms.catalogue.rules import ListOrder
from tests.support.snapshots import (
    COUNCIL,
    HEALTH,
    POLICE,
    VOLUNTARY,
    at,
    booking,
    event,
    with_bookings,
)

SIDES = st.sampled_from(Side)
AGENCIES = st.sampled_from((POLICE, HEALTH, COUNCIL, VOLUNTARY))
OVERRIDE = Override(frozenset({Rule.B3}), "Chair of the board")

SHARES = (
    Share(ShareKind.CAP, 2, agency_id=POLICE, name="West Midlands Police"),
    Share(ShareKind.CAP, 3, sector=Sector.HEALTH, name="health"),
    Share(
        ShareKind.RESERVATION,
        2,
        sector=Sector.VOLUNTARY_AND_COMMUNITY,
        name="the voluntary sector",
        ends_on=date(2027, 1, 25),
    ),
    Share(ShareKind.CAP, 1, sector=Sector.POLICE, name="the police", side=Side.ONLINE),
    Share(ShareKind.RESERVATION, 2, agency_id=HEALTH, name="Walsall Health", side=Side.ONLINE),
)


class Booking(RuleBasedStateMachine):
    @initialize(
        capacity=st.integers(0, 6),
        online=st.one_of(st.none(), st.integers(0, 3)),
        order=st.sampled_from(list(ListOrder)),
        shares=st.sets(st.sampled_from(SHARES)),
    )
    def publish(
        self, capacity: int, online: int | None, order: ListOrder, shares: set[Share]
    ) -> None:
        self.snapshot = event(
            capacity=capacity, online_capacity=online, order=order, shares=self.possible(shares)
        )
        self.now = at("2027-01-11 10:00")
        self.ticket = 0

    # --- what people do

    @rule(agency=AGENCIES, side=SIDES, ticks=st.booleans(), is_override=st.booleans())
    def ask(self, agency: int, side: Side, ticks: bool, is_override: bool) -> None:
        self.ticket += 1
        claim = booking(self.ticket, agency, side=self.of_event(side), confirm_at_once=ticks)
        before = next_waiting(self.snapshot.side_of(claim), self.now)
        decision = place_for(self.snapshot, claim, self.now, OVERRIDE if is_override else None)
        if not isinstance(decision, Place):
            self.put(claim)
            return
        assert is_override or before is None, "nobody overtakes one who could have the place"
        confirmed = replace(claim, state=BookingState.CONFIRMED)
        self.put(replace(confirmed, is_override=decision.is_beyond_limits))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.end(data, BookingState.CANCELLED, *BookingState)

    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        self.end(data, BookingState.DECLINED, BookingState.OFFERED)

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        self.end(data, BookingState.CONFIRMED, BookingState.OFFERED)

    @rule(data=st.data())
    def lapse(self, data: st.DataObject) -> None:
        fact = self.drawn(data, BookingState.OFFERED)
        if fact is None:
            return
        after = after_lapse(fact)
        self.ticket += 1
        lapsed = replace(
            fact,
            state=after.state,
            lapses=after.lapses,
            priority=after.priority,
            ticket=self.ticket,
        )
        self.put(lapsed)
        if lapsed.state is BookingState.WAITING and self.snapshot.order is ListOrder.FIRST_COME:
            assert in_order(self.snapshot)[-1].id == lapsed.id
        assert lapsed.lapses < 2 or lapsed.state is BookingState.LAPSED

    @rule(data=st.data(), priority=st.integers(0, 2))
    def give_priority(self, data: st.DataObject, priority: int) -> None:
        fact = self.drawn(data, BookingState.WAITING)
        if fact is not None:
            self.put(replace(fact, priority=priority))

    @rule(data=st.data(), obstacle=st.sampled_from((None, "you are elsewhere")))
    def meet_or_lose_an_obstacle(self, data: st.DataObject, obstacle: str | None) -> None:
        fact = self.drawn(data, BookingState.WAITING)
        if fact is not None:
            self.put(replace(fact, obstacle=obstacle))

    @rule(capacity=st.integers(0, 8), online=st.integers(0, 4))
    def change_capacity(self, capacity: int, online: int) -> None:
        held_before = len(self.snapshot.held)
        is_hybrid = self.snapshot.online_capacity is not None
        online_capacity = online if is_hybrid else None
        self.snapshot = replace(self.snapshot, capacity=capacity, online_capacity=online_capacity)
        self.mark_those_beyond()
        assert len(self.snapshot.held) == held_before

    @rule(shares=st.sets(st.sampled_from(SHARES)))
    def change_shares(self, shares: set[Share]) -> None:
        self.snapshot = replace(self.snapshot, shares=self.possible(shares))
        self.mark_those_beyond()

    @rule(data=st.data(), side=SIDES)
    def switch(self, data: st.DataObject, side: Side) -> None:
        fact = self.drawn(data, BookingState.CONFIRMED, BookingState.WAITING)
        if fact is None or not may_switch(self.snapshot, fact.state, self.now):
            return
        if fact.side is side or why_not_switch(self.snapshot, fact, side, (), self.now):
            return
        state = BookingState.CONFIRMED
        self.put(replace(fact, side=side, state=state, is_override=False, obstacle=None))

    def mark_those_beyond(self) -> None:
        marked = to_mark_as_overrides(self.snapshot, self.now)
        self.put(*(replace(fact, is_override=True) for fact in marked))

    @rule(hours=st.integers(1, 100))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # --- what the worker does

    @rule()
    def sweep(self) -> None:
        while step := next_step(self.snapshot, self.now):
            if isinstance(step, InviteAll):
                assert step.bookings == self.eligible()
                break
            assert step.booking == self.eligible()[0], "the first who is eligible has the place"
            is_sure = isinstance(step, ConfirmNow)
            state = BookingState.CONFIRMED if is_sure else BookingState.OFFERED
            self.put(replace(step.booking, state=state))
        else:
            assert self.now >= self.last_answer or not self.eligible()

    @precondition(lambda self: isinstance(next_step(self.snapshot, self.now), InviteAll))
    @rule(data=st.data())
    def accept_an_invitation(self, data: st.DataObject) -> None:
        fact = self.drawn(data, BookingState.WAITING)
        if fact is None:
            return
        is_eligible = fact in self.eligible()
        decision = accept_invitation(self.snapshot, fact, self.now)
        assert isinstance(decision, Place) == is_eligible
        if is_eligible:
            self.put(replace(fact, state=BookingState.CONFIRMED))

    # --- what is always true

    @invariant()
    def never_over_capacity_but_by_override(self) -> None:
        assert all(over_capacity(side) == 0 for side in self.snapshot.sides())

    @invariant()
    def never_over_a_cap_but_by_override(self) -> None:
        assert over_caps(self.snapshot, self.now) == []
        assert over_reservations(self.snapshot, self.now) == 0

    @invariant()
    def the_order_holds_everyone_who_waits_by_priority_then_joining(self) -> None:
        for side in self.snapshot.sides():
            order = in_order(side)
            assert {b.id for b in order} == {b.id for b in side.waiting}
            assert [b.priority for b in order] == sorted((b.priority for b in order), reverse=True)
            if side.order is ListOrder.FIRST_COME:
                assert order == sorted(order, key=lambda b: (-b.priority, b.ticket))

    @invariant()
    def everyone_who_waits_can_be_told_why(self) -> None:
        assert all(why_waiting(self.snapshot, b, self.now).sentence for b in self.snapshot.waiting)

    # --- furniture

    def of_event(self, side: Side) -> Side:
        """That side, where the event has two."""
        return Side.ROOM if self.snapshot.online_capacity is None else side

    def possible(self, shares: set[Share]) -> tuple[Share, ...]:
        """Those chosen, in an order that does not change from run to run."""
        return tuple(share for share in SHARES if share in shares)

    @property
    def last_answer(self):
        return self.snapshot.starts_at - timedelta(hours=2)

    def eligible(self) -> tuple[BookingFact, ...]:
        return tuple(eligible_in_order(self.snapshot, self.now))

    def put(self, *facts: BookingFact) -> None:
        known = {b.id: b.state for b in self.snapshot.bookings}
        for fact in facts:
            before = known.get(fact.id)
            assert before is fact.state or may_move(before, fact.state)
        self.snapshot = with_bookings(self.snapshot, *facts)

    def drawn(self, data: st.DataObject, *states: BookingState) -> BookingFact | None:
        choice = [b for b in self.snapshot.bookings if b.state in states and b.is_live]
        return data.draw(st.sampled_from(choice)) if choice else None

    def end(self, data: st.DataObject, after: BookingState, *states: BookingState) -> None:
        fact = self.drawn(data, *states)
        if fact is not None:
            self.put(replace(fact, state=after))


def test_B3_B4_B5_B6_B14_hold_over_any_history() -> None:
    run_state_machine_as_test(
        Booking, settings=settings(max_examples=100, stateful_step_count=40, deadline=None)
    )
