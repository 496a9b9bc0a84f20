"""One's own texts: whether they may be quoted, what is quoted now, and taking it back (E10)."""

from __future__ import annotations

from flask import Response, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires
from lms.evaluation.commands.statements import set_quote_consent, take_back_quote
from lms.evaluation.forms_of_texts import QuotingForm
from lms.evaluation.queries import Sheet
from lms.evaluation.queries.concerns import get_quoting
from lms.evaluation.rules import LinkState, QuoteConsent, Stage
from lms.evaluation.views.blueprint import blueprint
from lms.evaluation.views.ending import facts_of
from lms.evaluation.views.holding import address_of, held_sheet
from lms.web.held_links import NotHeld
from lms.web.pages import done, now, see
from lms.words import count

OF_ONE = "/evaluations/<int:booking_id>/<stage>/quoting"


@blueprint.route(OF_ONE, methods=["GET", "POST"])
@requires(Permission.HOLD_LINK)
def quoting(booking_id: int, stage: str) -> Response | BaseResponse:
    sheet = _answered(booking_id, stage)
    kept = get_quoting(booking_id)
    form = QuotingForm(data={"consent": kept.consent.value})
    if form.validate_on_submit():
        ended = set_quote_consent(booking_id, form.chosen, now=now())
        done(_said(form.chosen, ended))
        return see(f"{address_of(booking_id, sheet.stage)}/quoting")
    page = render_template(
        "evaluation/quoting.html",
        kept=kept,
        form=form,
        address=address_of(booking_id, sheet.stage),
        **facts_of(sheet),
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post(f"{OF_ONE}/<int:statement_id>/take-back")
@requires(Permission.HOLD_LINK)
def take_back(booking_id: int, stage: str, statement_id: int) -> BaseResponse:
    sheet = _answered(booking_id, stage)
    take_back_quote(booking_id, statement_id, now=now())
    done("It is taken back. Nobody quotes it any more.")
    return see(f"{address_of(booking_id, sheet.stage)}/quoting")


def _answered(booking_id: int, stage: str) -> Sheet:
    """The form, once it was answered, for whoever answered it. Raises NotHeld for any other."""
    sheet = held_sheet(booking_id, stage)
    if sheet.stage is Stage.PRE or sheet.state is not LinkState.ANSWERED:
        raise NotHeld
    return sheet


def _said(consent: QuoteConsent, ended: int) -> str:
    if consent is QuoteConsent.NO:
        gone = f" {count(ended, 'quote').capitalize()} of yours disappeared." if ended else ""
        return f"You are not quoted any more, from now on.{gone}"
    role = "with your job role" if consent is QuoteConsent.WITH_JOB_ROLE else "without name or role"
    return f"You may be quoted {role}, once a coordinator has read what you wrote."
