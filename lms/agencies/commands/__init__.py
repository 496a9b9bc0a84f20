"""Verbs of this slice."""

from __future__ import annotations

from lms.agencies.commands.agencies import (
    AgencyDetails,
    add_agency,
    change_agency,
    set_headcount,
    set_headcount_within,
    write_agency_within,
)
from lms.agencies.commands.importing import import_agencies
from lms.agencies.commands.partnerships import (
    PartnershipDetails,
    add_partnership,
    add_partnership_within,
    change_partnership,
    set_charging_terms,
    set_mark,
    set_policy,
)

__all__ = [
    "AgencyDetails",
    "PartnershipDetails",
    "add_agency",
    "add_partnership",
    "add_partnership_within",
    "change_agency",
    "change_partnership",
    "import_agencies",
    "set_charging_terms",
    "set_headcount",
    "set_headcount_within",
    "set_mark",
    "set_policy",
    "write_agency_within",
]
