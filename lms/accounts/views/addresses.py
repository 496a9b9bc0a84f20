"""One's own e-mail addresses: each of them signs in, the primary one is written to."""

from __future__ import annotations

from flask import make_response, render_template, session
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts import commands
from lms.accounts.commands import NotAdded
from lms.accounts.forms import AddressForm, CodeForm
from lms.accounts.queries import Attempt, find_attempt, get_person
from lms.accounts.views.blueprint import blueprint
from lms.accounts.views.sign_in import send_code, wrong_code_words
from lms.errors import Refused
from lms.web.held_links import keys
from lms.web.pages import done, now, see

PATH = "/account/addresses"
BROWSER_KEY = "add_address"
NOT_ONES_OWN = (
    "This address cannot be added: it is shared, or stands in another account. "
    "Go back and use one that only you read"
)


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def addresses() -> Response:
    form = AddressForm()
    if not form.validate_on_submit():
        return _addresses_page(form, 422 if form.has_errors else 200)
    refused = send_code(form, BROWSER_KEY, adds_to_id=the_viewer().person_id)
    return _addresses_page(form, refused) if refused else see(f"{PATH}/code")


def _addresses_page(form: AddressForm, status: int) -> Response:
    person = get_person(the_viewer().person_id)
    page = render_template("accounts/addresses.html", form=form, person=person)
    return make_response(page, status)


@blueprint.route(f"{PATH}/code", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def address_code() -> Response:
    own = the_viewer()
    browser_key = session.get(BROWSER_KEY)
    attempt = find_attempt(browser_key, now(), adds_to_id=own.person_id) if browser_key else None
    if attempt is None:
        return see(PATH)
    form = CodeForm()
    if not form.validate_on_submit():
        return _code_page(form, attempt, 422 if form.has_errors else 200)
    came = commands.add_address(attempt.id, form.code.data or "", by=own, keys=keys(), now=now())
    if isinstance(came, str):
        session.pop(BROWSER_KEY)
        done(f"{came} is added. You can sign in with it from now on.")
        return see(PATH)
    said = NOT_ONES_OWN if isinstance(came, NotAdded) else wrong_code_words(came)
    form.refuse(Refused(said, field="code"))
    return _code_page(form, attempt, 422)


def _code_page(form: CodeForm, attempt: Attempt, status: int) -> Response:
    page = render_template("accounts/address_code.html", form=form, attempt=attempt)
    return make_response(page, status)


@blueprint.post(f"{PATH}/<int:email_id>/primary")
@requires(Permission.BE_A_PRACTITIONER)
def make_primary(email_id: int) -> Response:
    address = commands.make_primary(email_id, by=the_viewer(), now=now())
    done(f"We write to {address} from now on. We have told the address before.")
    return see(PATH)


@blueprint.post(f"{PATH}/<int:email_id>/remove")
@requires(Permission.BE_A_PRACTITIONER)
def remove_address(email_id: int) -> Response:
    try:
        address = commands.remove_address(email_id, by=the_viewer(), now=now())
    except Refused as refusal:
        form = AddressForm(formdata=None)
        form.refuse(refusal)
        return _addresses_page(form, 409)
    done(f"{address} is removed, and signs in no longer.")
    return see(PATH)
