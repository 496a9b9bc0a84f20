"""What was told to whom, in what words, what became of it; and seeing to what went wrong."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.desk import outbox
from lms.desk.commands import note_messages_file
from lms.desk.message_page import message_page
from lms.desk.views.blueprint import blueprint
from lms.messaging import commands
from lms.tables import csv_lines
from lms.web.pages import done, file_response, local_or, now, see
from lms.words import count, sentence_case

PATH = outbox.PATH


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def messages() -> str:
    listed = outbox.list_page(the_viewer(), request.args, now())
    return render_template("desk/messages.html", listed=listed)


@blueprint.post(f"{PATH}.csv")
@requires(Permission.RUN_PROGRAMME)
def messages_file() -> Response:
    rows = outbox.count_rows(the_viewer(), request.form, now())
    note_messages_file(rows, by=the_viewer(), now=now())
    found = outbox.file_rows(the_viewer(), request.form, now())
    lines = (line.encode() for line in csv_lines(outbox.HEADER, found))
    return file_response("messages.csv", lines, "text/csv; charset=utf-8")


@blueprint.get(f"{PATH}/<int:message_id>")
@requires(Permission.RUN_PROGRAMME)
def message(message_id: int) -> str:
    return render_template("desk/message.html", page=message_page(message_id, the_viewer(), now()))


@blueprint.post(f"{PATH}/<int:message_id>/send-again")
@requires(Permission.RUN_PROGRAMME)
def send_message_again(message_id: int) -> Response:
    to_address = message_page(message_id, the_viewer(), now()).goes_to
    commands.send_again(message_id, to_address=to_address, by=the_viewer(), now=now())
    done("The message is in the queue again. It leaves within a minute.")
    return see(f"{PATH}/{message_id}")


@blueprint.post(f"{PATH}/<int:message_id>/settle")
@requires(Permission.RUN_PROGRAMME)
def settle_message(message_id: int) -> Response:
    here = f"{PATH}/{message_id}"
    commands.settle(message_id, by=the_viewer(), now=now())
    done("Dealt with: it no longer stands among what went wrong.", undo=f"{here}/unsettle")
    return see(local_or(here))


@blueprint.post(f"{PATH}/<int:message_id>/unsettle")
@requires(Permission.RUN_PROGRAMME)
def unsettle_message(message_id: int) -> Response:
    commands.unsettle(message_id, by=the_viewer(), now=now())
    done("It stands among what went wrong again.")
    return see(f"{PATH}/{message_id}")


@blueprint.post(f"{PATH}/settle")
@requires(Permission.RUN_PROGRAMME)
def settle_address() -> Response:
    address = request.form.get("address", "")
    settled = commands.settle_address(address, by=the_viewer(), now=now())
    if settled:
        is_dealt_with = sentence_case(count(settled, "message"))
        done(
            f"{is_dealt_with} to {address} no longer {'stands' if settled == 1 else 'stand'} among"
            " what went wrong."
        )
    return see(local_or(f"{PATH}?state=failed"))
