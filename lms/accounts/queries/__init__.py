"""Reads of this slice: people; who is signed in."""

from __future__ import annotations

from lms.accounts.queries.people import (
    addresses_of,
    coordinators_of,
    find_person_by_address,
    get_person,
    grants_on,
    is_called,
    is_held,
    is_known_to,
    is_member,
    list_memberships,
    list_role_grants,
    list_unmatched_memberships,
    memberships_on,
    people,
    primary_address,
    search_people,
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
    "coordinators_of",
    "find_attempt",
    "find_person_by_address",
    "find_signed_in",
    "get_kept_form",
    "get_person",
    "grants_on",
    "is_called",
    "is_code_wanted",
    "is_held",
    "is_known_to",
    "is_link_good",
    "is_member",
    "list_memberships",
    "list_role_grants",
    "list_unmatched_memberships",
    "memberships_on",
    "people",
    "primary_address",
    "search_people",
]
