"""What was told to whom, in what words, what became of it; and telling it again."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.desk import outbox
from lms.desk.queries import find_address
from lms.desk.views.blueprint import blueprint
from lms.messaging import commands, queries
from lms.web.pages import done, now, see


@blueprint.get("/manage/messages")
@requires(Permission.RUN_PROGRAMME)
def messages() -> str:
    return render_template(
        "desk/messages.html", page=outbox.list_page(the_viewer(), request.args, now())
    )


@blueprint.get("/manage/messages/<int:message_id>")
@requires(Permission.RUN_PROGRAMME)
def message(message_id: int) -> str:
    found = queries.get_message(message_id, the_viewer())
    return render_template("desk/message.html", message=found, shown=outbox.shown(found, now()))


@blueprint.post("/manage/messages/<int:message_id>/send-again")
@requires(Permission.RUN_PROGRAMME)
def send_message_again(message_id: int) -> Response:
    found = queries.get_message(message_id, the_viewer())
    address = find_address(found.person_id)
    commands.send_again(message_id, to_address=address, by=the_viewer(), now=now())
    done("The message is in the queue again. It leaves within a minute.")
    return see(f"/manage/messages/{message_id}")
