"""Verbs of this slice: people and their roles; signing in and out."""

from __future__ import annotations

from lms.accounts.commands.addresses import (
    NotAdded,
    add_address,
    make_primary,
    remove_address,
)
from lms.accounts.commands.bounces import correct_address, keep_address, note_bounced_addresses
from lms.accounts.commands.codes import WrongCode, ask_for_code
from lms.accounts.commands.feeds import renew_feed_address
from lms.accounts.commands.importing import import_people
from lms.accounts.commands.kept_forms import forget_kept_forms, keep_form
from lms.accounts.commands.memberships import add_membership, end_membership, move_agency
from lms.accounts.commands.people import (
    PersonDetails,
    add_person,
    add_person_within,
    change_person,
    set_needs,
)
from lms.accounts.commands.roles import (
    end_role,
    end_sessions_within,
    grant_role,
    grant_role_within,
)
from lms.accounts.commands.signing_in import (
    LinkEnded,
    Tried,
    TriedCode,
    forget_sign_ins,
    make_sign_in_link,
    note_seen,
    sign_out,
    sign_up,
    try_code,
    use_sign_in_link,
)
from lms.accounts.commands.working_week import mark_away, set_weekdays, unmark_away

__all__ = [
    "LinkEnded",
    "NotAdded",
    "PersonDetails",
    "Tried",
    "TriedCode",
    "WrongCode",
    "add_address",
    "add_membership",
    "add_person",
    "add_person_within",
    "ask_for_code",
    "change_person",
    "correct_address",
    "end_membership",
    "end_role",
    "end_sessions_within",
    "forget_kept_forms",
    "forget_sign_ins",
    "grant_role",
    "grant_role_within",
    "import_people",
    "keep_address",
    "keep_form",
    "make_primary",
    "make_sign_in_link",
    "mark_away",
    "move_agency",
    "note_bounced_addresses",
    "note_seen",
    "remove_address",
    "renew_feed_address",
    "set_needs",
    "set_weekdays",
    "sign_out",
    "sign_up",
    "try_code",
    "unmark_away",
    "use_sign_in_link",
]
