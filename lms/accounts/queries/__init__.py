"""Reads of this slice: people; who is signed in."""

from __future__ import annotations

from lms.accounts.queries.feeds import feed_path, get_person_of_feed
from lms.accounts.queries.people import (
    addresses_of,
    agency_leads_of,
    coordinators_of,
    find_person_by_address,
    get_person,
    grants_on,
    is_called,
    is_held,
    is_member,
    leads_of,
    list_memberships,
    list_role_grants,
    memberships_on,
    people,
    primary_address,
    works_where,
)
from lms.accounts.queries.sessions import (
    Attempt,
    Kept,
    SignedIn,
    find_attempt,
    find_signed_in,
    get_kept_form,
    is_code_wanted,
    is_link_good,
)

__all__ = [
    "Attempt",
    "Kept",
    "SignedIn",
    "addresses_of",
    "agency_leads_of",
    "coordinators_of",
    "feed_path",
    "find_attempt",
    "find_person_by_address",
    "find_signed_in",
    "get_kept_form",
    "get_person",
    "get_person_of_feed",
    "grants_on",
    "is_called",
    "is_code_wanted",
    "is_held",
    "is_link_good",
    "is_member",
    "leads_of",
    "list_memberships",
    "list_role_grants",
    "memberships_on",
    "people",
    "primary_address",
    "works_where",
]
