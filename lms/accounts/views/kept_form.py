"""A form sent after an idle sign-out: kept, and offered again to its writer once signed in."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, current_app, render_template, request, session
from werkzeug.wrappers import Response as BaseResponse

from lms.access import OPEN_TO_ALL, Permission, requires, the_viewer, viewer
from lms.accounts.commands import keep_form
from lms.accounts.queries import get_kept_form
from lms.accounts.views.blueprint import blueprint
from lms.accounts.views.signed_in import KEY
from lms.web.pages import now, see

NOT_TYPED = frozenset({"csrf_token"})


def install(app: Flask) -> None:
    """After the form's protection was checked, and before `requires` sends to sign in."""
    app.before_request(_keep_what_was_typed)


def _keep_what_was_typed() -> BaseResponse | None:
    if request.method != "POST" or KEY not in session or not _needs_sign_in():
        return None
    if viewer() is not None or request.files:
        return None
    typed = [
        (name, value)
        for name, values in request.form.lists()
        if name not in NOT_TYPED
        for value in values
    ]
    kept_id = keep_form(session[KEY], request.path, typed, now=now()) if typed else None
    if kept_id is None:
        return None
    return see(f"/sign-in?{urlencode({'next': f'/account/kept/{kept_id}'})}")


def _needs_sign_in() -> bool:
    """A view may admit somebody who is not signed in all the same, and says so by `admits`."""
    view = current_app.view_functions.get(request.endpoint or "")
    admits = getattr(view, "admits", None)
    if admits is not None and admits(**(request.view_args or {})):
        return False
    return getattr(view, "permission", Permission.PUBLIC) not in OPEN_TO_ALL


@blueprint.get("/account/kept/<int:kept_id>")
@requires(Permission.BE_A_PRACTITIONER)
def kept_form(kept_id: int) -> str:
    kept = get_kept_form(kept_id, the_viewer(), now())
    return render_template("accounts/kept_form.html", kept=kept)
