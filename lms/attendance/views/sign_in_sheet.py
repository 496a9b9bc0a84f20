"""On paper: a sheet to sign for each session, and apart from it the needs of those who come."""

from __future__ import annotations

from flask import render_template, request

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.attendance import queries
from lms.attendance.views.blueprint import REGISTER, blueprint, register_address
from lms.attendance.views.shown import session_name, when_and_where
from lms.clock import london_date
from lms.web.addresses import row_id
from lms.web.pages import now

FIRST_PAGE, FURTHER_PAGE = 23, 28  # rows of A4, 9 mm high
FEWEST_BLANK, MOST_BLANK = 3, 12


@blueprint.get(f"{REGISTER}/sheet")
@requires(Permission.TAKE_REGISTER)
def sign_in_sheet(event_id: int) -> str:
    """It lies open on a table, so nothing but names and agencies stands on it (P1)."""
    picture = queries.get_register(event_id, the_viewer())
    show_partnership(picture.partnership_id)
    asked = request.args.get("session", type=row_id)
    chosen = [s for s in picture.sessions if s.id == asked] or picture.sessions
    return render_template(
        "attendance/sign_in_sheet.html",
        picture=picture,
        address=register_address(event_id),
        sheets=[(s.id, when_and_where(picture, s)) for s in chosen],
        links=[(s.id, session_name(s, picture.sessions)) for s in picture.sessions],
        is_one_of_several=len(chosen) < len(picture.sessions),
        blank_rows=blank_rows(len(picture.lines)),
        has_needs=any(line.needs for line in picture.lines),
        today=london_date(now()),
    )


@blueprint.get(f"{REGISTER}/needs")
@requires(Permission.TAKE_REGISTER)
def needs_sheet(event_id: int) -> str:
    """For those who run the event, on a sheet of its own that nobody passes round (P1)."""
    picture = queries.get_register(event_id, the_viewer())
    show_partnership(picture.partnership_id)
    return render_template(
        "attendance/needs_sheet.html",
        picture=picture,
        address=register_address(event_id),
        lines=[line for line in picture.lines if line.needs],
        when=when_and_where(picture, picture.session_now(now())),
    )


def blank_rows(names: int) -> int:
    """How many rows are left for walk-ins: what fills the page, from three to twelve."""
    page = FIRST_PAGE if names <= FIRST_PAGE - FEWEST_BLANK else FIRST_PAGE + FURTHER_PAGE
    fills = page - names if names <= page else -(names - FIRST_PAGE) % FURTHER_PAGE
    return min(max(fills, FEWEST_BLANK), MOST_BLANK)
