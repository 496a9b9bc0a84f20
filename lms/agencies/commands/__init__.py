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
from lms.agencies.commands.marks import remove_logo, set_logo, set_mark
from lms.agencies.commands.partnerships import (
    PartnershipDetails,
    add_partnership,
    add_partnership_within,
    change_partnership,
    set_charging_terms,
)
from lms.agencies.commands.policies import set_policy, withdraw_policy

__all__ = [
    "AgencyDetails",
    "PartnershipDetails",
    "add_agency",
    "add_partnership",
    "add_partnership_within",
    "change_agency",
    "change_partnership",
    "import_agencies",
    "remove_logo",
    "set_charging_terms",
    "set_headcount",
    "set_headcount_within",
    "set_logo",
    "set_mark",
    "set_policy",
    "withdraw_policy",
    "write_agency_within",
]
