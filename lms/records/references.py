"""Every column that says which person, and what becomes of it when two records are made one.

A test holds this list against the tables: a new column that points at a person has no place until
somebody has said here what merging does with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Column, Table

from lms.db import Base


class Becomes(Enum):
    """What merging does with a column that names the record that goes."""

    KEPT = "names the one that is kept"
    STAYS = "goes on naming the one that went: it says what was, or is of no more use"


@dataclass(frozen=True)
class Reference:
    """A column that names a person. `one` and `many` are the words in which a page counts it;
    without words it is among what that person did in the records of others."""

    table: str
    column: str
    becomes: Becomes = Becomes.KEPT
    one: str = ""
    many: str = ""

    @property
    def row(self) -> Table:
        return Base.metadata.tables[self.table]

    @property
    def names(self) -> Column[int]:
        return self.row.c[self.column]

    @property
    def is_part_of_key(self) -> bool:
        """Whether the row is known by it, so that the kept one may have its like already."""
        return bool(self.names.primary_key)


_STAYS = Becomes.STAYS
REFERENCES = (
    Reference("booking", "person_id", one="booking", many="bookings"),
    Reference("person_email", "person_id", one="e-mail address", many="e-mail addresses"),
    Reference("membership", "person_id", one="agency worked for", many="agencies worked for"),
    Reference("role_grant", "person_id", one="role", many="roles"),
    Reference("demand", "person_id", one="wish for a course", many="wishes for courses"),
    Reference(
        "prior_learning",
        "person_id",
        one="course learnt elsewhere",
        many="courses learnt elsewhere",
    ),
    Reference(
        "event_trainer", "person_id", one="event given as trainer", many="events given as trainer"
    ),
    Reference(
        "course_trainer", "person_id", one="course they can give", many="courses they can give"
    ),
    Reference(
        "name_alias", "person_id", one="name in meetings’ files", many="names in meetings’ files"
    ),
    Reference("message", "person_id", one="message to them", many="messages to them"),
    Reference(
        "cohort_member",
        "person_id",
        one="list of a cohort they stand on",
        many="lists of cohorts they stand on",
    ),
    Reference("time_away", "person_id", one="time away", many="times away"),
    Reference("sign_in_link", "person_id"),
    Reference("sign_in_attempt", "adds_to_id"),
    Reference("kept_form", "person_id"),
    Reference("register_pass", "person_id"),
    # what they did in the records of others
    Reference("booking", "booked_by_id"),
    Reference("booking_move", "by_person_id"),
    Reference("approval", "answered_by_id"),
    Reference("prior_learning", "answered_by_id"),
    Reference("known_approver", "known_to_id"),
    Reference("charge", "decided_by_id"),
    Reference("announcement", "sent_by_person_id"),
    Reference("material", "added_by_person_id"),
    Reference("register", "closed_by_person_id"),
    Reference("mark", "made_by_person_id"),
    Reference("attendance_file", "read_by_person_id"),
    Reference("name_alias", "confirmed_by_person_id"),
    Reference("evaluation", "keyed_in_by_person_id"),
    Reference("questionnaire", "made_by_person_id"),
    Reference("statement", "decided_by_person_id"),
    Reference("statement", "flagged_by_person_id"),
    Reference("statement", "settled_by_person_id"),
    Reference("reveal", "by_person_id"),
    Reference("improvement", "made_by_person_id"),
    Reference("cohort", "changed_by_person_id"),
    Reference("certificate", "revoked_by_person_id"),
    Reference("evaluation_waiver", "waived_by_person_id"),
    Reference("outside_entry", "entered_by_person_id"),
    Reference("frozen_year", "frozen_by_person_id"),
    Reference("message", "settled_by_person_id"),
    Reference("wording", "changed_by_person_id"),
    Reference("person", "merged_into_id"),  # one that was joined with the one that goes now
    # what is left as it is
    Reference("sign_in_session", "person_id", _STAYS),  # ended with the record
    Reference("pack_stop", "person_id", _STAYS),  # it holds for whoever it was joined with
    Reference("audit_entry", "by_person_id", _STAYS),  # the trail is never changed
    Reference("merge", "kept_id", _STAYS),
    Reference("merge", "dropped_id", _STAYS),
    Reference("merge", "merged_by_person_id", _STAYS),
    Reference("merge", "undone_by_person_id", _STAYS),
    Reference("kept_apart", "first_id", _STAYS),
    Reference("kept_apart", "second_id", _STAYS),
    Reference("kept_apart", "said_by_person_id", _STAYS),
)
REPOINTED = tuple(each for each in REFERENCES if each.becomes is Becomes.KEPT)
COUNTED = tuple(each for each in REPOINTED if each.one)
ACTS = tuple(each for each in REPOINTED if not each.one)
