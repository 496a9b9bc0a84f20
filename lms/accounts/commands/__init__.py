"""Verbs of this slice: people and their roles; signing in and out."""

from __future__ import annotations

from lms.accounts.commands.people import (
    PersonDetails,
    add_membership,
    add_person,
    add_person_within,
    change_person,
    end_membership,
    end_role,
    end_sessions_within,
    grant_role,
    grant_role_within,
    set_needs,
)

__all__ = [
    "PersonDetails",
    "add_membership",
    "add_person",
    "add_person_within",
    "change_person",
    "end_membership",
    "end_role",
    "end_sessions_within",
    "grant_role",
    "grant_role_within",
    "set_needs",
]
