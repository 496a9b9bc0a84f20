"""Who may what: one list of permissions, one table of roles, readable on one screen.

Every view carries `@requires(...)`, public ones too. Which rows a person sees is decided by the
query, which takes the viewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlencode

from flask import abort, current_app, g, redirect, request
from flask_login import current_user


class Role(StrEnum):
    PRACTITIONER = "practitioner"
    AGENCY_LEAD = "agency_lead"
    TRAINER = "trainer"
    COORDINATOR = "coordinator"
    PLD_MEMBER = "pld_member"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        """As it stands inside a sentence: 'agency lead', 'PLD member'."""
        return self.value.replace("_", " ").replace("pld", "PLD")


class Permission(StrEnum):
    PUBLIC = auto()  # anyone, signed in or not
    HOLD_LINK = auto()  # whoever holds an unguessable link: the view itself reads the token
    SIGN_UP = auto()  # an address was proven, but there is no person yet
    BE_A_PRACTITIONER = auto()
    LEAD_AGENCY = auto()
    LIST_EVENTS = auto()  # the events that one runs or gives
    TAKE_REGISTER = auto()
    RUN_PROGRAMME = auto()
    READ_REPORTS = auto()
    REVEAL_WRITERS = auto()  # of what shows somebody at risk, with a reason
    ADMINISTER = auto()


OPEN_TO_ALL = frozenset({Permission.PUBLIC, Permission.HOLD_LINK, Permission.SIGN_UP})
EVERYONE = frozenset({Permission.BE_A_PRACTITIONER})
ROLES: dict[Role, frozenset[Permission]] = {
    Role.PRACTITIONER: EVERYONE,
    Role.AGENCY_LEAD: EVERYONE | {Permission.LEAD_AGENCY},
    Role.TRAINER: EVERYONE | {Permission.LIST_EVENTS, Permission.TAKE_REGISTER},
    Role.COORDINATOR: EVERYONE
    | {Permission.LIST_EVENTS, Permission.TAKE_REGISTER}
    | {Permission.RUN_PROGRAMME, Permission.READ_REPORTS},
    Role.PLD_MEMBER: EVERYONE | {Permission.READ_REPORTS},
    Role.SAFEGUARDING_LEAD: EVERYONE | {Permission.REVEAL_WRITERS},
    Role.ADMINISTRATOR: EVERYONE
    | {Permission.LIST_EVENTS, Permission.RUN_PROGRAMME, Permission.READ_REPORTS}
    | {Permission.ADMINISTER},
}


@dataclass(frozen=True)
class Grant:
    """A role that holds today, for a partnership or for an agency."""

    role: Role
    partnership_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, as much as pages may know: never a database row."""

    person_id: int
    name: str
    session_key: str
    email: str
    grants: tuple[Grant, ...] = ()
    agency_ids: tuple[int, ...] = ()

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.session_key

    def can(self, permission: Permission, partnership_id: int | None = None) -> bool:
        """Whether any role held gives `permission`, at `partnership_id` if one is named."""
        if permission in OPEN_TO_ALL or permission in EVERYONE:
            return True
        return any(
            permission in ROLES[grant.role] and partnership_id in (None, grant.partnership_id)
            for grant in self.grants
        )

    def partnerships(self, permission: Permission) -> frozenset[int]:
        """The partnerships at which this viewer has `permission`."""
        return frozenset(
            grant.partnership_id
            for grant in self.grants
            if grant.partnership_id is not None and permission in ROLES[grant.role]
        )

    def agencies(self, permission: Permission) -> frozenset[int]:
        """The agencies for which this viewer has `permission`; those under them have it too."""
        return frozenset(
            grant.agency_id
            for grant in self.grants
            if grant.agency_id is not None and permission in ROLES[grant.role]
        )


P = ParamSpec("P")
R = TypeVar("R")


def viewer() -> Viewer | None:
    """Who is signed in for this request, if anyone."""
    found = current_user._get_current_object()
    return found if isinstance(found, Viewer) else None


def the_viewer() -> Viewer:
    """Who is signed in, in a view that requires it."""
    found = viewer()
    if found is None:
        abort(401)
    return found


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view be seen only with `permission`; without sign-in, send there and back; else 404."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            g.permission = permission
            if permission in OPEN_TO_ALL:
                return current_app.ensure_sync(view)(*args, **kwargs)
            seen_by = viewer()
            if seen_by is None:
                return redirect(sign_in_address(), 303)
            if not seen_by.can(permission):
                abort(404)
            return current_app.ensure_sync(view)(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def sign_in_address() -> str:
    """Where one signs in and comes back to the page that is asked for."""
    return f"/sign-in?{urlencode({'next': _return_address()})}"


def _return_address() -> str:
    if request.method not in {"GET", "HEAD"}:
        return request.path
    return request.full_path.rstrip("?")
