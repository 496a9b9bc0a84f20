"""Partnerships: how they are called and look, whom to ask, and what unused places cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.agencies.models import ChargingTerms, Partnership
from lms.agencies.queries import find_partnership_by_name
from lms.agencies.rules import (
    PETROL,
    Brand,
    ChargingEntry,
    brand_faults,
    terms_fault,
)
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.words import is_address


@dataclass(frozen=True)
class PartnershipDetails:
    """What a partnership is called, whom to ask there, and when its reporting year starts."""

    name: str
    title: str
    contact_email: str
    contact_name: str = ""
    contact_phone: str = ""
    contact_days: str = ""
    strapline: str = ""
    reference_prefix: str = ""
    year_starts_month: int = 4
    brand: Brand = PETROL


def add_partnership(details: PartnershipDetails, *, by: Viewer | None, now: datetime) -> int:
    """Add a partnership. Refused where the name is taken or a colour cannot be read."""
    with transaction() as session:
        partnership = add_partnership_within(session, details)
        record_change(session, "add partnership", f"added {partnership.name}", partnership, by, now)
        return partnership.id


def add_partnership_within(session: Session, details: PartnershipDetails) -> Partnership:
    """Add a partnership in the caller's transaction."""
    partnership = Partnership()
    _write(partnership, _checked(details, None))
    session.add(partnership)
    session.flush()
    return partnership


def change_partnership(
    partnership_id: int, details: PartnershipDetails, *, by: Viewer | None, now: datetime
) -> None:
    """Change a partnership. Refused where the name is taken or a colour cannot be read."""
    with transaction() as session:
        partnership = get_within(session, partnership_id)
        _write(partnership, _checked(details, partnership_id))
        record_change(
            session, "change partnership", f"changed {partnership.name}", partnership, by, now
        )


def set_charging_terms(
    partnership_id: int, terms: ChargingEntry, *, by: Viewer | None, now: datetime
) -> None:
    """Set what unused places cost a sector from a date on; what was set for that day goes (B11).

    Raises NotFound, or Refused where the terms do not go together.
    """
    if fault := terms_fault(terms):
        raise Refused(fault.sentence, field=fault.field)
    with transaction() as session:
        partnership = get_within(session, partnership_id)
        session.execute(
            delete(ChargingTerms).where(
                ChargingTerms.partnership_id == partnership_id,
                ChargingTerms.sector.is_(None)
                if terms.sector is None
                else ChargingTerms.sector == terms.sector,
                ChargingTerms.holds_from == terms.holds_from,
            )
        )
        session.add(ChargingTerms(partnership_id=partnership_id, **vars(terms)))
        whom = terms.sector.words if terms.sector else "every sector"
        sentence = f"set charging for {whom} from {terms.holds_from}: {terms.price_words}"
        record_change(session, "set charging terms", sentence, partnership, by, now)


def get_within(session: Session, partnership_id: int) -> Partnership:
    """A partnership in the caller's transaction. Raises NotFound."""
    partnership = session.get(Partnership, partnership_id)
    if partnership is None:
        raise NotFound
    return partnership


def _checked(details: PartnershipDetails, partnership_id: int | None) -> PartnershipDetails:
    name = " ".join(details.name.split())
    if not name:
        raise Refused("Enter a short name, such as Walsall", field="name")
    namesake = find_partnership_by_name(name)
    if namesake is not None and namesake.id != partnership_id:
        raise Refused(f"There is a partnership called {namesake.name} already", field="name")
    _refuse_unless_it_can_be_answered(details.contact_email.strip().lower())
    for fault in brand_faults(details.brand):
        raise Refused(fault.sentence, field=fault.field)
    title = details.title.strip() or f"{name} Safeguarding Partnership"
    prefix = details.reference_prefix.strip().upper() or _prefix(title)
    return replace(details, name=name, title=title, reference_prefix=prefix)


def _refuse_unless_it_can_be_answered(address: str) -> None:
    """It stands in every e-mail: one that no mail server takes would stop them all."""
    is_of_this_machine = address.endswith("@localhost")  # while a service is being tried out
    if not is_address(f"{address}.test" if is_of_this_machine else address):
        raise Refused(
            "Enter an e-mail address, such as training@wsp.org.uk: answers to every e-mail of ours "
            "go there",
            field="contact_email",
        )


def _prefix(title: str) -> str:
    """'WSP' for Walsall Safeguarding Partnership."""
    initials = "".join(word[0] for word in title.split() if word[0].isascii() and word[0].isalpha())
    return initials.upper()[:4] or "LMS"


def _write(partnership: Partnership, details: PartnershipDetails) -> None:
    partnership.name = details.name
    partnership.title = details.title
    partnership.contact_email = details.contact_email.strip().lower()
    partnership.contact_name = details.contact_name.strip()
    partnership.contact_phone = details.contact_phone.strip()
    partnership.contact_days = details.contact_days.strip()
    partnership.strapline = details.strapline.strip()
    partnership.reference_prefix = details.reference_prefix
    partnership.year_starts_month = details.year_starts_month
    partnership.brand = details.brand.brand.lower()
    partnership.brand_dark = details.brand.dark.lower()
    partnership.brand_tint = details.brand.tint.lower()
    partnership.brand_line = details.brand.line.lower()


def record_change(
    session: Session,
    act: str,
    sentence: str,
    partnership: Partnership,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Write a change of a partnership into the trail, in the caller's transaction."""
    about = ("partnership", partnership.id)
    audit.record(session, act, sentence, by=by, now=now, about=about, partnership_id=partnership.id)
