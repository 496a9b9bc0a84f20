"""For a safeguarding lead: texts that show somebody at risk, and who wrote them (E10)."""

from __future__ import annotations

from flask import Response, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.errors import Refused
from lms.evaluation.commands import concerns
from lms.evaluation.forms_of_texts import RevealForm
from lms.evaluation.queries.concerns import get_concern, list_concerns
from lms.evaluation.views.blueprint import blueprint
from lms.web.pages import done, now, see

PATH = "/manage/concerns"
ONE = f"{PATH}/<int:statement_id>"


@blueprint.get(PATH)
@requires(Permission.REVEAL_WRITERS)
def list_at_risk() -> str:
    found = list_concerns(the_viewer())
    return render_template(
        "evaluation/list_concerns.html",
        open=[each for each in found if each.settled_at is None],
        settled=[each for each in found if each.settled_at is not None],
    )


@blueprint.route(ONE, methods=["GET", "POST"])
@requires(Permission.REVEAL_WRITERS)
def show_concern(statement_id: int) -> Response | BaseResponse:
    concern = get_concern(statement_id, the_viewer())
    show_partnership(concern.partnership_id)
    form = RevealForm()
    if form.validate_on_submit():
        try:
            concerns.reveal_writer(statement_id, form.reason.data or "", by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
            concern = get_concern(statement_id, the_viewer())
        else:
            return see(f"{PATH}/{statement_id}")
    page = render_template("evaluation/show_concern.html", concern=concern, form=form)
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post(f"{ONE}/seen-to")
@requires(Permission.REVEAL_WRITERS)
def settle_concern(statement_id: int) -> BaseResponse:
    concerns.settle_concern(statement_id, by=the_viewer(), now=now())
    done(
        "It is seen to. The name of whoever wrote it is shown no more.",
        undo=f"{PATH}/{statement_id}/open-again",
    )
    return see(PATH)


@blueprint.post(f"{ONE}/open-again")
@requires(Permission.REVEAL_WRITERS)
def open_concern_again(statement_id: int) -> BaseResponse:
    concerns.open_concern_again(statement_id, by=the_viewer(), now=now())
    done("It is open again.")
    return see(f"{PATH}/{statement_id}")
