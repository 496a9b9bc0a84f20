"""Pages of meetings' files: sending one, looking at it, importing it, and names without a match."""

from __future__ import annotations

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.attendance.meetings import commands
from lms.attendance.meetings.forms import CHOOSE_A_FILE, MeetingFileForm, confirming_form
from lms.attendance.meetings.preview import get_preview
from lms.attendance.meetings.queries import get_files
from lms.attendance.meetings.reading import LARGEST_FILE
from lms.attendance.queries import coordinates
from lms.attendance.rules import RowState
from lms.attendance.views.blueprint import REGISTER, blueprint, register_address
from lms.attendance.views.meetings_shown import (
    ShownPreview,
    file_title,
    files_address,
    row_note,
    when,
)
from lms.errors import Refused
from lms.web.addresses import row_id_in
from lms.web.pages import done, now, see
from lms.web.uploads import takes_files, the_file
from lms.words import count

FILES = f"{REGISTER}/files"
FILE = f"{FILES}/<int:file_id>"
NAME = f"{FILES}/names/<int:row_id>"
REGISTER_CHANGED = "The register has changed since you looked. Nothing was imported."


@blueprint.route(FILES, methods=["GET", "POST"])
@takes_files(LARGEST_FILE)
@requires(Permission.TAKE_REGISTER)
def meeting_files(event_id: int) -> str | Response:
    picture = get_files(event_id, the_viewer())
    show_partnership(picture.partnership_id)
    form = MeetingFileForm()
    if form.validate_on_submit():
        try:
            return _staged(event_id)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template(
        "attendance/meeting_files.html",
        form=form,
        picture=picture,
        unmatched=picture.in_state(RowState.UNMATCHED),
        aside=picture.in_state(RowState.SET_ASIDE),
        address=files_address(event_id),
        register=register_address(event_id),
        can_correct=coordinates(the_viewer(), picture.partnership_id),
        file_title=file_title,
        row_note=row_note,
        when=when,
    )


def _staged(event_id: int) -> Response:
    sent = the_file("file", otherwise=CHOOSE_A_FILE)
    content = sent.content.read(LARGEST_FILE + 1)  # of a larger one, enough to be refused
    staged = commands.stage_meeting_file(event_id, sent.name, content, by=the_viewer(), now=now())
    if not staged.is_new:
        done("This file is here already. Nothing was changed.")
    return see(f"{files_address(event_id)}/{staged.file_id}")


@blueprint.get(FILE)
@requires(Permission.TAKE_REGISTER)
def meeting_file(event_id: int, file_id: int) -> str:
    asked = request.args.get("session")
    session_id = row_id_in(asked) if asked else None
    if asked and session_id is None:
        abort(404)
    preview = get_preview(event_id, file_id, session_id, the_viewer())
    show_partnership(preview.picture.partnership_id)
    shown = ShownPreview(preview)
    return render_template(
        "attendance/meeting_file.html",
        shown=shown,
        asking=confirming_form(row for row in shown.open_rows if row.match.proposals)(),
        row_note=row_note,
    )


@blueprint.post(f"{FILE}/import")
@requires(Permission.TAKE_REGISTER)
def import_meeting(event_id: int, file_id: int) -> Response:
    chosen = request.form.get("session", "")
    session_id = row_id_in(chosen) if chosen else None
    preview = get_preview(event_id, file_id, session_id, the_viewer())
    form = confirming_form(row for row in preview.open_rows() if row.match.proposals)()
    if not form.validate():
        raise Refused(REGISTER_CHANGED, way_out="Go back and look at the file once more.")
    changed = commands.import_meeting_file(
        event_id,
        file_id,
        session_id=session_id,
        confirmed=form.confirmed(),
        by=the_viewer(),
        now=now(),
    )
    made = f"{count(changed, 'mark')} made" if changed else "no mark changed"
    done(f"The file is imported: {made}.")
    return see(files_address(event_id))


@blueprint.post(f"{FILE}/remove")
@requires(Permission.TAKE_REGISTER)
def take_meeting_back(event_id: int, file_id: int) -> Response:
    changed = commands.take_file_back(event_id, file_id, by=the_viewer(), now=now())
    said = f"{count(changed, 'mark')} changed" if changed else "no mark changed"
    done(f"The file is taken away: {said}.")
    return see(files_address(event_id))


@blueprint.post(f"{NAME}/match")
@requires(Permission.TAKE_REGISTER)
def match_name(event_id: int, row_id: int) -> Response:
    booking_id = row_id_in(request.form.get("booking", ""))
    name = commands.match_row(event_id, row_id, booking_id, by=the_viewer(), now=now())
    return _back_to_names(event_id, f"{name} is matched.")


@blueprint.post(f"{NAME}/walk-in")
@requires(Permission.TAKE_REGISTER)
def add_name_as_walk_in(event_id: int, row_id: int) -> Response:
    name = commands.add_row_as_walk_in(event_id, row_id, by=the_viewer(), now=now())
    return _back_to_names(event_id, f"{name} is on the register as a walk-in.")


@blueprint.post(f"{NAME}/set-aside")
@requires(Permission.TAKE_REGISTER)
def set_name_aside(event_id: int, row_id: int) -> Response:
    name = commands.set_row_aside(event_id, row_id, by=the_viewer(), now=now())
    return _back_to_names(event_id, f"{name} is set aside.", undo=_name(event_id, row_id, "back"))


@blueprint.post(f"{NAME}/back")
@requires(Permission.TAKE_REGISTER)
def bring_name_back(event_id: int, row_id: int) -> Response:
    name = commands.bring_row_back(event_id, row_id, by=the_viewer(), now=now())
    return _back_to_names(event_id, f"{name} is back among the names to match.")


def _name(event_id: int, row_id: int, act: str) -> str:
    return f"{files_address(event_id)}/names/{row_id}/{act}"


def _back_to_names(event_id: int, said: str, *, undo: str | None = None) -> Response:
    done(said, undo=undo)
    return see(files_address(event_id))
