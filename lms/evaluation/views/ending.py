"""What the pages of one form share: whose it is, who hosts, and what is said once it has ended."""

from __future__ import annotations

from flask import Response, make_response, render_template

from lms.access import viewer
from lms.evaluation.queries import Sheet, get_partnership_of, may_withdraw
from lms.evaluation.rules import LinkState, Stage
from lms.evaluation.views import wording
from lms.evaluation.views.holding import address_of
from lms.web.pages import now

GONE = 410


def ended(sheet: Sheet) -> Response:
    """The page of a form that cannot be answered now: why, and what to do."""
    status = 200 if sheet.state is LinkState.NOT_OPEN else GONE
    return make_response(
        render_template("evaluation/ended.html", ending=wording.ending(sheet), **facts_of(sheet)),
        status,
    )


def facts_of(sheet: Sheet) -> dict[str, object]:
    """What every page about one form needs beside its own."""
    return {
        "sheet": sheet,
        "host": get_partnership_of(sheet.booking.event_id),
        "manager_page": _manager_page(sheet),
        "back": ("My learning", "/my-learning") if viewer() else None,
    }


def _manager_page(sheet: Sheet) -> str:
    """Where the delegate withdraws what they agreed to; empty where nobody is asked."""
    booking_id = sheet.booking.booking_id
    if sheet.stage is not Stage.IMPACT or not may_withdraw(booking_id, now()):
        return ""
    return f"{address_of(booking_id, sheet.stage)}/manager"
