"""Answering for a booking: the page of a line manager's link, of a lead and of a coordinator."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, Viewer, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.forms import ApprovalForm
from lms.booking.models import Approval
from lms.booking.queries.approvals import (
    asked_of,
    get_approval,
    get_approval_of_led,
    get_approval_run_by,
)
from lms.booking.rules import BookingState
from lms.booking.views.approval_words import ended
from lms.booking.views.blueprint import blueprint
from lms.errors import Gone, Refused
from lms.web import held_links
from lms.web.pages import done, now, see

LINK = "approval"
OF_LEAD, OF_COORDINATOR = "/my-agency/approvals", "/manage/approvals"
GONE = 410
AFTER = {
    BookingState.CONFIRMED: "{} has a place, and is told by e-mail.",
    BookingState.WAITING: "{} is approved, waits for a place, and is told by e-mail.",
    BookingState.REQUESTED: "That is noted. Another approval is still asked for {}.",
    BookingState.DECLINED: "{} is told by e-mail, with the reason.",
}


# --- By link, without an account ------------------------------------------------------------


@blueprint.get("/approvals/<token>")
@requires(Permission.HOLD_LINK)
def open_approval_link(token: str) -> Response:
    return held_links.exchange(LINK, token, f"/approvals/{held_links.subject_of(LINK, token)}")


@blueprint.route("/approvals/<int:approval_id>", methods=["GET", "POST"])
@requires(Permission.HOLD_LINK)
def approval_link(approval_id: int) -> Response:
    held_links.must_be_held(LINK, str(approval_id))
    approval = get_approval(approval_id)
    show_partnership(approval.booking.event.partnership_id)
    return _page(approval, None, f"/approvals/{approval_id}", root="")


# --- Signed in ------------------------------------------------------------------------------


@blueprint.route(f"{OF_LEAD}/<int:approval_id>", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def approval_of_led(approval_id: int) -> Response:
    approval = get_approval_of_led(approval_id, the_viewer())
    show_partnership(approval.booking.event.partnership_id)
    return _page(approval, the_viewer(), OF_LEAD, root=OF_LEAD)


@blueprint.route(f"{OF_COORDINATOR}/<int:approval_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def approval_run_by(approval_id: int) -> Response:
    approval = get_approval_run_by(approval_id, the_viewer())
    show_partnership(approval.booking.event.partnership_id)
    back = f"/manage/events/{approval.booking.event_id}"
    return _page(approval, the_viewer(), back, root=OF_COORDINATOR)


# --- The page -------------------------------------------------------------------------------


def _page(approval: Approval, by: Viewer | None, back: str, *, root: str) -> Response:
    """The question, the answer to it, or what has become of it; `by` None is the link's holder."""
    form = ApprovalForm()
    asked = asked_of(approval, now())
    if asked is None:
        return _told(approval, back if root else "")
    if form.validate_on_submit():
        try:
            return _answer(approval, form, by, back)
        except Gone:
            return _told(get_approval(approval.id), back if root else "")
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template(
        "booking/approval.html",
        asked=asked,
        form=form,
        address=f"{root or '/approvals'}/{approval.id}",
        back=(_name_of(back, approval), back) if root else None,
        is_by_link=not root,
    )
    return make_response(page, 422 if form.has_errors else 200)


def _name_of(back: str, approval: Approval) -> str:
    return "Approvals" if back == OF_LEAD else approval.booking.event.title


def _answer(approval: Approval, form: ApprovalForm, by: Viewer | None, back: str) -> Response:
    is_given = request.form.get("answer") == "approve"
    name = approval.booking.name
    result = commands.answer_approval(
        approval.id, is_given=is_given, why=form.why.data or "", by=by, now=now()
    )
    if by is not None:
        done(AFTER[result.state].format(name))
    return see(back)


def _told(approval: Approval, back: str) -> Response:
    booking = approval.booking
    page = render_template(
        "booking/approval_told.html",
        booking=booking,
        saying=ended(approval),
        back=(_name_of(back, approval), back) if back else None,
        is_by_link=not back,
    )
    return make_response(page, GONE if approval.is_given is None else 200)
