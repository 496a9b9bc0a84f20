"""The line manager's one question, by their link; and the delegate's way to withdraw it (E8)."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, viewer
from lms.agencies.look import show_partnership
from lms.evaluation import commands
from lms.evaluation.commands import NotAsked
from lms.evaluation.queries import (
    ManagerAsked,
    Sheet,
    get_partnership_of,
    outcomes_of,
    read_manager_asked,
    read_manager_asked_about,
)
from lms.evaluation.queries.managers import TO_MANAGER
from lms.evaluation.rules import SEEN, RequestState, Seen, Stage
from lms.evaluation.views.blueprint import blueprint
from lms.evaluation.views.holding import address_of, held_sheet
from lms.web import held_links
from lms.web.held_links import NotHeld
from lms.web.pages import done, now, see
from lms.words import day

GONE = 410
ENDED = {
    RequestState.ANSWERED: (
        "This has been answered",
        (
            "The answer that came first stands. It is kept without your name and without the "
            "delegate’s, so nobody can change it or take it out."
        ),
    ),
    RequestState.WITHDRAWN: (
        "This question is no longer asked",
        "The delegate has withdrawn it, or did not come after all. Nothing was kept of you.",
    ),
    RequestState.CLOSED: (
        "This question has closed",
        "It was open for four weeks. We do not ask again.",
    ),
}


# --- The manager ----------------------------------------------------------------------------


@blueprint.get("/corroborations/<token>")
@requires(Permission.HOLD_LINK)
def open_corroboration_link(token: str) -> BaseResponse:
    request_id = held_links.subject_of(TO_MANAGER, token)
    return held_links.exchange(TO_MANAGER, token, _address(int(request_id)))


@blueprint.get("/corroborations/<int:request_id>")
@requires(Permission.HOLD_LINK)
def corroboration(request_id: int) -> Response:
    asked = _held(request_id)
    state = asked.state(now())
    if state is not RequestState.OPEN:
        return _ended(asked, state)
    return _question(asked)


@blueprint.post("/corroborations/<int:request_id>")
@requires(Permission.HOLD_LINK)
def corroborate(request_id: int) -> BaseResponse:
    asked = _held(request_id)
    try:
        commands.corroborate(request_id, Seen(request.form.get("seen", "")), now=now())
    except ValueError:
        return _question(asked, 422)
    except NotAsked as refusal:
        return _ended(asked, refusal.state)
    return see(f"{_address(request_id)}/answered")


@blueprint.get("/corroborations/<int:request_id>/answered")
@requires(Permission.HOLD_LINK)
def corroborated(request_id: int) -> BaseResponse:
    asked = _held(request_id)
    if asked.state(now()) is not RequestState.ANSWERED:
        return see(_address(request_id))
    return make_response(render_template("evaluation/corroborated.html", asked=asked))


def _held(request_id: int) -> ManagerAsked:
    held_links.must_be_held(TO_MANAGER, str(request_id))
    asked = read_manager_asked(request_id)
    show_partnership(asked.booking.partnership_id)
    return asked


def _address(request_id: int) -> str:
    return f"/corroborations/{request_id}"


def _question(asked: ManagerAsked, status: int = 200) -> Response:
    page = render_template(
        "evaluation/corroborate.html",
        asked=asked,
        address=_address(asked.id),
        answers=[(seen.value, words) for seen, words in SEEN.items()],
        outcomes=outcomes_of(asked.booking.event_id),
    )
    return make_response(page, status)


def _ended(asked: ManagerAsked, state: RequestState) -> Response:
    title, what_happened = ENDED[state]
    page = render_template(
        "evaluation/corroboration_ended.html",
        asked=asked,
        title=title,
        what_happened=what_happened,
        host=get_partnership_of(asked.booking.event_id),
    )
    return make_response(page, GONE)


# --- The delegate ---------------------------------------------------------------------------


@blueprint.get("/evaluations/<int:booking_id>/<stage>/manager")
@requires(Permission.HOLD_LINK)
def manager_asked(booking_id: int, stage: str) -> Response:
    sheet, asked = _own(booking_id, stage)
    return make_response(
        render_template(
            "evaluation/manager_asked.html",
            sheet=sheet,
            asked=asked,
            is_open=asked.state(now()) is RequestState.OPEN,
            standing=_standing(asked, asked.state(now())),
            address=_manager_address(booking_id),
            back=("My learning", "/my-learning") if viewer() else None,
        )
    )


@blueprint.post("/evaluations/<int:booking_id>/<stage>/manager")
@requires(Permission.HOLD_LINK)
def withdraw(booking_id: int, stage: str) -> BaseResponse:
    _own(booking_id, stage)
    try:
        commands.withdraw_consent(booking_id, now=now())
    except NotAsked:
        return see(_manager_address(booking_id))
    done("We do not ask your line manager.")
    return see(_manager_address(booking_id))


def _own(booking_id: int, stage: str) -> tuple[Sheet, ManagerAsked]:
    """The form and the request, for the delegate alone. Raises NotHeld, or NotFound where the
    delegate named nobody."""
    if stage != Stage.IMPACT.value:
        raise NotHeld
    sheet = held_sheet(booking_id, stage)
    return sheet, read_manager_asked_about(booking_id)


def _manager_address(booking_id: int) -> str:
    return f"{address_of(booking_id, Stage.IMPACT)}/manager"


def _standing(asked: ManagerAsked, state: RequestState) -> tuple[str, str]:
    """The h1 and the sentence under it."""
    return {
        RequestState.OPEN: (
            "We ask your line manager one question",
            (
                f"You agreed that we write to {asked.address}. They can answer until "
                f"{day(asked.closes_at)}."
            ),
        ),
        RequestState.ANSWERED: (
            "Your line manager has answered",
            (
                "What they said is kept without your name and theirs. Nobody can find it, so it "
                "cannot be taken out."
            ),
        ),
        RequestState.WITHDRAWN: (
            "We do not ask your line manager",
            "You have withdrawn it: nothing more is sent, and a link that was sent opens nothing.",
        ),
        RequestState.CLOSED: (
            "Your line manager did not answer",
            "The question has closed, and we do not ask again.",
        ),
    }[state]
