"""Signing in by a code or by a printed link, and signing out."""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template, request, session
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, viewer
from lms.accounts import commands
from lms.accounts.commands import Tried, WrongCode
from lms.accounts.forms import AddressForm, CodeForm, LinkForm, SignInForm
from lms.accounts.queries import Attempt, find_attempt, find_signed_in, is_link_good
from lms.accounts.rules import CODES_PER_ADDRESS, Limit, TooMany
from lms.accounts.views import signed_in
from lms.accounts.views.blueprint import blueprint
from lms.errors import Refused
from lms.tokens import KeyRing, new_secret
from lms.web.navigation import home_of
from lms.web.pages import local_or, now, see
from lms.words import clock_time, count, sentence_case

BROWSER_KEY = "sign_in"
CODE_ENDED = "This code works no longer. Ask for a new one."


@blueprint.route("/sign-in", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def sign_in() -> str | BaseResponse:
    if request.method == "GET" and viewer() is not None:
        return see(local_or("/"))
    form = SignInForm()
    if not form.validate_on_submit():
        form.next.data = local_or("/")
        return _shown(form, 422 if form.has_errors else 200)
    refused = send_code(form, BROWSER_KEY, next_address=local_or("/"))
    return _shown(form, refused) if refused else see("/sign-in/code")


def send_code(
    form: SignInForm | AddressForm,
    kept_as: str,
    *,
    next_address: str = "/",
    adds_to_id: int | None = None,
) -> int:
    """Send a code to the address typed, for this browser, which keeps its key under `kept_as`.

    Returns 0, or the status of the page that says on the form why none was sent.
    """
    browser_key = new_secret()
    try:
        too_many = commands.ask_for_code(
            form.email.data or "",
            browser_key=browser_key,
            network_address=request.remote_addr or "",
            next_address=next_address,
            adds_to_id=adds_to_id,
            now=now(),
        )
    except Refused as refusal:
        form.refuse(refusal)
        return 422
    if too_many:
        form.refuse(Refused(wait_words(too_many), field="email"))
        return 429
    session[kept_as] = browser_key
    return 0


def _shown(form: SignInForm, status: int) -> BaseResponse:
    return make_response(render_template("accounts/sign_in.html", form=form), status)


def wait_words(too_many: TooMany) -> str:
    """Why no code is sent now, and from when on one is."""
    if too_many.limit is Limit.ADDRESS:
        codes = sentence_case(count(CODES_PER_ADDRESS, "code"))
        said = f"{codes} have gone to this address within an hour."
    else:
        said = "Many codes have been asked for from your network within an hour."
    return f"{said} Use the newest, or ask again after {clock_time(too_many.until)}"


def attempt_of_browser() -> Attempt | None:
    """The newest code asked for from this browser, if it asked for any."""
    browser_key = session.get(BROWSER_KEY)
    return find_attempt(browser_key, now()) if browser_key else None


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def sign_in_code() -> str | BaseResponse:
    attempt = attempt_of_browser()
    if attempt is None:
        return see("/sign-in")
    form = CodeForm()
    if not form.validate_on_submit():
        return _code_page(form, attempt, 422 if form.has_errors else 200)
    keys: KeyRing = current_app.extensions["lms.keys"]
    tried = commands.try_code(attempt.id, form.code.data or "", keys=keys, now=now())
    if tried.outcome is Tried.SIGNED_IN:
        return _welcome(tried.session_key, tried.next_address)
    if tried.outcome is Tried.NEW_HERE:
        return see("/sign-up")
    form.refuse(Refused(wrong_code_words(WrongCode(tried.left)), field="code"))
    return _code_page(form, attempt, 422)


def wrong_code_words(wrong: WrongCode) -> str:
    """What to do after a code that was not the one."""
    if not wrong.left:
        return CODE_ENDED
    return f"Enter the code as it stands in the e-mail: {count(wrong.left, 'try', 'tries')} left"


def _code_page(form: CodeForm, attempt: Attempt, status: int) -> Response:
    page = render_template("accounts/sign_in_code.html", form=form, attempt=attempt)
    return make_response(page, status)


@blueprint.route("/sign-in/<token>", methods=["GET", "POST"])
@requires(Permission.HOLD_LINK)
def sign_in_link(token: str) -> str | BaseResponse:
    form = LinkForm()
    if form.validate_on_submit():
        return _welcome(commands.use_sign_in_link(token, now=now()))
    if not is_link_good(token, now()):
        raise commands.LinkEnded
    return render_template("accounts/sign_in_link.html", form=form)


def _welcome(session_key: str, wanted: str = "/") -> BaseResponse:
    """Sign this browser in, and go where the person wished to, else where their work begins."""
    signed_in.begin(session_key)
    found = find_signed_in(session_key, now())
    return see(home_of(found.viewer) if found and wanted == "/" else wanted)


@blueprint.post("/sign-out")
@requires(Permission.PUBLIC)
def sign_out() -> BaseResponse:
    signed_in.end()
    return see("/")
