"""The mailbox page, there in a demonstration and nowhere else."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, render_template, request

from lms.access import Permission, requires
from lms.demo import mailbox
from lms.web.pages import settings

blueprint = Blueprint("demo", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/demo/mailbox")
@requires(Permission.PUBLIC)
def folder() -> str:
    address = request.args.get("to", "").strip()
    page = max(request.args.get("page", 1, type=int), 1)
    keys = current_app.extensions["lms.keys"]
    found = mailbox.open_folder(settings(), keys, address, page)
    return render_template("demo/folder.html", folder=found, address=address)


@blueprint.get("/demo/mailbox/<int:message_id>")
@requires(Permission.PUBLIC)
def email(message_id: int) -> str:
    keys = current_app.extensions["lms.keys"]
    found = mailbox.open_email(message_id, settings(), keys)
    return render_template("demo/email.html", email=found)
