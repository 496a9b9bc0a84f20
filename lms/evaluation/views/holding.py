"""Who may see a form: whoever came by its link, and, signed in, the delegate.

The link is exchanged at once for a cookie that goes to this one form only, so that the address
of the page, which browsers remember and show, opens nothing by itself.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import request
from werkzeug.wrappers import Response

from lms.access import viewer
from lms.agencies.look import show_partnership
from lms.errors import NotFound
from lms.evaluation.queries import PURPOSE, Sheet, read_sheet
from lms.evaluation.rules import Stage
from lms.web import held_links
from lms.web.held_links import NotHeld, keys
from lms.web.pages import now

OPENED = "evaluation-opened"


def subject_of(booking_id: int, stage: Stage) -> str:
    return f"{booking_id}-{stage.value}"


def address_of(booking_id: int, stage: Stage) -> str:
    """Where a form is: an address without its token."""
    return f"/evaluations/{booking_id}/{stage.value}"


def stopping_address(sheet: Sheet) -> str:
    """Where the reminders of a form are stopped, and asked for again."""
    return f"{address_of(sheet.booking.booking_id, sheet.stage)}/reminders"


def exchange(token: str) -> Response:
    """Swap a link for its cookie and go on to the form. Raises NotFound for an altered one."""
    booking_id, _, stage = held_links.subject_of(PURPOSE, token).partition("-")
    return held_links.exchange(PURPOSE, token, address_of(int(booking_id), Stage(stage)))


def held_sheet(booking_id: int, stage: str) -> Sheet:
    """The form, for one who may see it. Raises NotHeld, whether or not there is such a form."""
    try:
        at = moment_of_opening(booking_id, Stage(stage))
        sheet = read_sheet(booking_id, Stage(stage), now(), at)
    except (NotFound, ValueError):
        raise NotHeld from None
    if not (_has_link(sheet) or _is_own(sheet)):
        raise NotHeld
    show_partnership(sheet.booking.partnership_id)
    return sheet


def _has_link(sheet: Sheet) -> bool:
    return held_links.is_held(PURPOSE, subject_of(sheet.booking.booking_id, sheet.stage))


def _is_own(sheet: Sheet) -> bool:
    reader = viewer()
    return reader is not None and reader.person_id == sheet.booking.person_id


# --- When the form was first opened ---------------------------------------------------------


def opening_mark(sheet: Sheet) -> str:
    """The moment at which the page was first opened, signed, to come back with the form.

    A GET changes nothing, so the moment travels in the page until something is kept or sent.
    """
    booking_id = sheet.booking.booking_id
    seconds = int(moment_of_opening(booking_id, sheet.stage).timestamp())
    return keys().token(OPENED, f"{subject_of(booking_id, sheet.stage)}-{seconds}")


def opened_at(sheet: Sheet) -> datetime:
    """When the form that was sent had first been opened; now, where its mark was altered."""
    return moment_of_opening(sheet.booking.booking_id, sheet.stage)


def moment_of_opening(booking_id: int, stage: Stage) -> datetime:
    """What the mark of the form that was sent says; without one, this second."""
    subject, _, seconds = (keys().read(OPENED, request.form.get("opened", "")) or "").rpartition(
        "-"
    )
    if subject != subject_of(booking_id, stage):
        return now().replace(microsecond=0)
    return datetime.fromtimestamp(int(seconds), UTC)
