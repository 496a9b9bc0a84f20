"""B10: which approvals a booking needs, who may give one, until when, and what follows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.agencies.rules import AgencyDomains, suggested_agencies
from lms.booking.rules.facts import EventSnapshot
from lms.booking.rules.opening import closing_at
from lms.booking.rules.states import BookingState
from lms.catalogue.rules import ApprovedBy
from lms.clock import add_wall_clock_hours_on_working_days
from lms.words import Word, listed

HOURS_OF_A_DAY = 24
REMINDED_AFTER = 2 * HOURS_OF_A_DAY  # hours of working days, since it was asked
WARNED_AFTER = 4 * HOURS_OF_A_DAY
LAPSES_AFTER = 5 * HOURS_OF_A_DAY


class ApprovalKind(Word):
    """Who is asked: the line manager or agency lead about the booking, whoever checks learning
    done elsewhere about the declaration."""

    LINE_MANAGER = "line_manager"
    AGENCY_LEAD = "agency_lead"
    PRIOR_LEARNING = "prior_learning"


def approvals_needed(
    approved_by: ApprovedBy, *, has_agency: bool, is_booked_by_lead: bool, declares: bool
) -> tuple[ApprovalKind, ...]:
    """What a booking needs before it counts.

    A lead who books a colleague has approved by that. Where nobody knows the agency, no address
    proves a line manager: the coordinator decides, as for every agency without a lead.
    """
    needed = []
    if approved_by is ApprovedBy.LINE_MANAGER and has_agency:
        needed.append(ApprovalKind.LINE_MANAGER)
    elif approved_by is not ApprovedBy.NOBODY and not is_booked_by_lead:
        needed.append(ApprovalKind.AGENCY_LEAD)
    return (*needed, ApprovalKind.PRIOR_LEARNING) if declares else tuple(needed)


def asked_of_whom(asked: Iterable[tuple[ApprovalKind, str]]) -> str:
    """'your line manager (boss@school.example)', to the delegate; each with its address, if any."""
    said = [WHOM.get(kind, DECIDER).format(address) for kind, address in asked]
    return listed(list(dict.fromkeys(said)))


DECIDER = "your agency’s lead or the training coordinator"
WHOM = {ApprovalKind.LINE_MANAGER: "your line manager ({})"}


class Decider(Word):
    """Who is to answer."""

    LINE_MANAGER = "line_manager"
    LEADS = "leads"
    COORDINATORS = "coordinators"


def decider(kind: ApprovalKind, leads: Collection[int], delegate_id: int | None) -> Decider:
    """Who answers for a booking of an agency that has these leads: never its own delegate.

    Where no other lead is left, a coordinator of the event's partnership does.
    """
    if kind is ApprovalKind.LINE_MANAGER:
        return Decider.LINE_MANAGER
    return Decider.LEADS if set(leads) - {delegate_id} else Decider.COORDINATORS


# --- Who may approve ------------------------------------------------------------------------


class NoApprover(Word):
    """Why an address cannot approve."""

    OWN = "own"
    UNKNOWN = "unknown"


def why_no_approver(
    address: str, own: Collection[str], domains: Collection[str], known: Collection[str]
) -> NoApprover | None:
    """Why a line manager's address cannot approve; None where it can.

    `domains` are those of the agency and of the agencies above it; `known` are the addresses of
    its leads and those that a lead or a coordinator has vouched for. Nobody approves themselves.
    """
    if is_among(address, own):
        return NoApprover.OWN
    if is_among(address, known):
        return None
    agency = AgencyDomains(0, "", frozenset(domains))
    return None if suggested_agencies(address, [agency]) else NoApprover.UNKNOWN


def is_among(address: str, others: Iterable[str]) -> bool:
    """Whether mail to an address arrives where mail to one of the others does."""
    return mailbox(address) in {mailbox(each) for each in others}


def mailbox(address: str) -> str:
    """Where mail to an address arrives: letter case and a +tag make no other mailbox."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def no_approver_sentence(why: NoApprover, address: str, agency: str) -> str:
    """What is said beside the field."""
    if why is NoApprover.OWN:
        return "This is your own address, and nobody approves their own booking"
    return f"We cannot tell that {address} is of {agency}"


def approver_way_out(why: NoApprover, domains: Collection[str], whom: Iterable[str]) -> str:
    """What can be done instead; `whom` are those who can vouch for an address."""
    if why is NoApprover.OWN:
        return "Enter your line manager’s address."
    ask = f"ask {listed(list(whom))} to confirm this one, then book again."
    if not domains:
        return f"{ask[0].upper()}{ask[1:]}"
    endings = " or ".join(f"@{domain}" for domain in sorted(domains))
    return f"Enter one that ends in {endings}, or {ask}"


# --- Until when -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Deadlines:
    """When an approval that is not answered is reminded of, the coordinator warned, and it ends."""

    reminder_at: datetime
    warning_at: datetime
    lapses_at: datetime

    def is_to_be_reminded(self, now: datetime) -> bool:
        """Whether the reminder is due and still of use."""
        return self.reminder_at <= now < self.lapses_at

    def is_to_be_warned_of(self, now: datetime) -> bool:
        """Whether the coordinator is to know that nobody has answered."""
        return self.warning_at <= now < self.lapses_at

    def have_passed(self, now: datetime) -> bool:
        """Whether it has run out; at its very end it has."""
        return now >= self.lapses_at


def deadlines(asked_at: datetime, snapshot: EventSnapshot) -> Deadlines:
    """After two, four and five working days, but never later than bookings close.

    One that a coordinator let ask after closing has until the event starts.
    """
    closes_at = closing_at(snapshot)
    latest = closes_at if asked_at < closes_at else snapshot.starts_at
    after = (REMINDED_AFTER, WARNED_AFTER, LAPSES_AFTER)
    reminded, warned, lapses = (
        add_wall_clock_hours_on_working_days(asked_at, hours) for hours in after
    )
    return Deadlines(reminded, warned, min(lapses, latest))


# --- What follows ---------------------------------------------------------------------------


def after_answers(
    state: BookingState, answers: Iterable[bool | None], *, is_hindered: bool = False
) -> BookingState:
    """The state of a `requested` or `waiting` booking once its approvals stand so (None: open).

    One refusal ends it. All given: what holds a place is confirmed, unless the person has taken
    another meanwhile that stands in the way (`is_hindered`, B8): then it waits.
    """
    given = list(answers)
    if False in given:
        return BookingState.DECLINED
    if None in given or state is not BookingState.REQUESTED:
        return state
    return BookingState.WAITING if is_hindered else BookingState.CONFIRMED
