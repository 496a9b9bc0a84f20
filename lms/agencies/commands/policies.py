"""The dated policies of a partnership are set, and taken back while they are still to come."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.agencies.commands.partnerships import get_within, record_change
from lms.agencies.models import Policy
from lms.agencies.queries import policies_of
from lms.agencies.rules import POLICIES, PolicyKey, policies_fault, policy_fault
from lms.clock import london_date
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.words import day_and_year


def set_policy(
    partnership_id: int,
    key: PolicyKey,
    value: int,
    holds_from: date,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Set a policy's figure from a date on; one set before for that very date is overwritten.

    Refused where it is out of bounds, or contradicts another from any day on.
    """
    fault = policy_fault(key, value)
    if fault:
        raise Refused(fault, field="value")
    with transaction() as session:
        partnership = get_within(session, partnership_id)
        policy = _set_for(session, partnership_id, key, holds_from) or Policy(
            partnership_id=partnership_id, key=key, holds_from=holds_from
        )
        policy.value = value
        session.add(policy)
        session.flush()
        if fault := policies_fault(policies_of(partnership_id)):
            raise Refused(fault, field="value")
        said = f"set a policy from {day_and_year(holds_from)} on: {POLICIES[key].says(value)}"
        record_change(session, "set policy", said, partnership, by, now)


def withdraw_policy(
    partnership_id: int, key: PolicyKey, holds_from: date, *, by: Viewer | None, now: datetime
) -> None:
    """Take back a figure that has not come into force; what held before goes on.

    Raises NotFound where none was set for that day, Refused where it holds already.
    """
    with transaction() as session:
        partnership = get_within(session, partnership_id)
        policy = _set_for(session, partnership_id, key, holds_from)
        if policy is None:
            raise NotFound
        if holds_from <= london_date(now):
            raise Refused(
                "That holds already.", way_out="Set another figure, from today or a later day."
            )
        session.delete(policy)
        session.flush()
        if fault := policies_fault(policies_of(partnership_id)):
            raise Refused(fault)
        said = (
            f"took back what was to hold from {day_and_year(holds_from)} on: "
            f"{POLICIES[key].says(policy.value)}"
        )
        record_change(session, "withdraw policy", said, partnership, by, now)


def _set_for(
    session: Session, partnership_id: int, key: PolicyKey, holds_from: date
) -> Policy | None:
    return session.scalars(
        select(Policy).where(
            Policy.partnership_id == partnership_id,
            Policy.key == key,
            Policy.holds_from == holds_from,
        )
    ).one_or_none()
