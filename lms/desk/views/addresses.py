"""An address from which mail comes back: put right, or said to be right."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts import commands
from lms.accounts.models import PersonEmail
from lms.desk.forms import AddressForm
from lms.desk.people import get_page
from lms.desk.views.blueprint import blueprint
from lms.errors import NotFound, Refused
from lms.messaging.commands import send_all_again
from lms.messaging.queries import count_failed_to
from lms.web.pages import done, now, see
from lms.words import count, sentence_case

PATH = "/manage/people/<int:person_id>/address"


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def correct_address(person_id: int) -> Response:
    by, form = the_viewer(), AddressForm()
    email = _email(person_id)
    if form.validate_on_submit():
        try:
            typed = form.email.data or ""
            new = commands.correct_address(person_id, email.id, typed, by=by, now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            again, untrue = send_all_again(person_id, new, by=by, now=now())
            done(_said(new, again, untrue))
            return see(f"/manage/people/{person_id}")
    page = render_template(
        "desk/correct_address.html",
        person=get_page(person_id, by).person,
        email=_email(person_id),
        failed=count_failed_to(person_id, by),
        form=form,
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post(f"{PATH}/right")
@requires(Permission.RUN_PROGRAMME)
def keep_address(person_id: int) -> Response:
    kept = commands.keep_address(person_id, _email(person_id).id, by=the_viewer(), now=now())
    done(f"{kept} counts as right. What had come back is dealt with; the next e-mail will tell.")
    return see(f"/manage/people/{person_id}")


def _email(person_id: int) -> PersonEmail:
    """The address to be put right: one that mail came back from, else the one written to."""
    emails = get_page(person_id, the_viewer()).person.emails
    if not emails:
        raise NotFound
    return next((email for email in emails if email.bounced_at), emails[0])


def _said(address: str, again: int, untrue: int) -> str:
    said = [f"We write to {address} from now on."]
    if again:
        verb = "is" if again == 1 else "are"
        said.append(f"{sentence_case(count(again, 'message'))} {verb} on the way there again.")
    if untrue:
        verb = "was" if untrue == 1 else "were"
        said.append(f"{sentence_case(count(untrue, 'other'))} {verb} no longer true.")
    return " ".join(said)
