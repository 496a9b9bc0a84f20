"""What a coordinator decides about charges: confirm, waive, amend; and the file for finance."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.booking.commands.recording import record_act
from lms.booking.messages.charges import tell_leads
from lms.booking.models import Charge
from lms.booking.queries.charges import charges_within
from lms.booking.rules import ChargeState
from lms.db import transaction
from lms.errors import Refused
from lms.words import count, pounds

MOST_PENCE = 10_000_000


def confirm_charges(charge_ids: Collection[int], *, by: Viewer, now: datetime) -> int:
    """Confirm charges, all or none; their agencies' leads are told. Returns how many were new.

    Raises NotFound, or Refused where there is none, one has no amount yet or was withdrawn.
    """
    if not charge_ids:
        raise Refused("Tick the charges that you confirm.")
    with transaction() as session:
        charges = charges_within(session, charge_ids, by)
        to_confirm = [each for each in charges if each.state is not ChargeState.CONFIRMED]
        for charge in to_confirm:
            _refuse_withdrawn(charge)
            if charge.pence is None:
                raise Refused(
                    f"The charge for {charge.booking.name} has no amount yet.",
                    way_out="Enter the amount first: the event does not say what a place costs.",
                )
            _decide(charge, ChargeState.CONFIRMED, "", by, now)
            _record(session, "confirm charge", charge, f"confirmed {_named(charge)}", by, now)
            tell_leads(session, charge, now)
        return len(to_confirm)


def waive_charge(charge_id: int, *, reason: str, by: Viewer, now: datetime) -> None:
    """Waive a charge, also one that was confirmed: then the leads who were told are told.

    Raises NotFound, or Refused without a reason or where it was withdrawn.
    """
    if not reason.strip():
        raise Refused("Say why nothing is charged", field="reason")
    with transaction() as session:
        [charge] = charges_within(session, [charge_id], by)
        _refuse_withdrawn(charge)
        was_confirmed = charge.state is ChargeState.CONFIRMED
        _decide(charge, ChargeState.WAIVED, reason.strip(), by, now)
        _record(session, "waive charge", charge, f"waived {_named(charge)}", by, now)
        if was_confirmed:
            tell_leads(session, charge, now)


def amend_charge(charge_id: int, pence: int, *, reason: str, by: Viewer, now: datetime) -> None:
    """Change what a proposed charge amounts to. A reason is needed where it had an amount.

    Raises NotFound, or Refused where it is decided already or the amount cannot be.
    """
    if not 0 < pence <= MOST_PENCE:
        raise Refused("Enter an amount in pounds, such as 45 or 45.50", field="amount")
    with transaction() as session:
        [charge] = charges_within(session, [charge_id], by)
        if charge.state is not ChargeState.PROPOSED:
            raise Refused(f"This charge is {charge.state.words}: its amount stays as it is.")
        if charge.pence is not None and not reason.strip():
            raise Refused("Say why the amount is another", field="note")
        before = _named(charge)
        charge.pence = pence
        sentence = f"set {before} to {pounds(pence)}"
        charge.why = reason.strip()
        _record(session, "amend charge", charge, sentence, by, now)


def record_file_of_charges(
    partnership_ids: Collection[int], how_many: int, *, by: Viewer, now: datetime
) -> None:
    """Note that somebody takes charges with names away as a file (P3)."""
    with transaction() as session:
        for partnership_id in sorted(partnership_ids):
            audit.record(
                session,
                "download",
                f"took a file of {count(how_many, 'charge')} for finance",
                by=by,
                now=now,
                about=("partnership", partnership_id),
                partnership_id=partnership_id,
            )


def _refuse_withdrawn(charge: Charge) -> None:
    if charge.state is ChargeState.WITHDRAWN:
        raise Refused(f"The charge for {charge.booking.name} was withdrawn. {charge.why}".strip())


def _decide(charge: Charge, state: ChargeState, why: str, by: Viewer, now: datetime) -> None:
    charge.state, charge.decided_at, charge.decided_by_id = state, now, by.person_id
    charge.why = why or charge.why


def _named(charge: Charge) -> str:
    amount = "a charge without an amount" if charge.pence is None else pounds(charge.pence)
    booking = charge.booking
    return f"{amount} for {booking.name} at {booking.event.title} ({charge.reason.words})"


def _record(
    session: Session, act: str, charge: Charge, sentence: str, by: Viewer, now: datetime
) -> None:
    record_act(session, charge.booking, act, sentence, by, now, charge.why)
