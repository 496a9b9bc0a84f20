"""Writing to the people of an event: choose, write, see it as they will, send it once."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.rules.announcing import Audience
from lms.desk.announcing import (
    Chosen,
    Composing,
    booking_shown_in_trial,
    composing,
    event_messages,
    preview,
)
from lms.desk.forms import AnnouncementForm
from lms.desk.views.blueprint import blueprint
from lms.errors import Refused
from lms.tokens import new_secret
from lms.web import checking
from lms.web.pages import done, now, see
from lms.web.words import counted
from lms.words import count, sentence_case

PATH = "/manage/events/<int:event_id>"
SEND, TEST = "send", "test"


@blueprint.get(f"{PATH}/messages")
@requires(Permission.RUN_PROGRAMME)
def messages_of_event(event_id: int) -> str:
    page = event_messages(event_id, the_viewer())
    show_partnership(page.event.partnership_id)
    return render_template("desk/messages_of_event.html", page=page)


@blueprint.route(f"{PATH}/message", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def write_message(event_id: int) -> Response:
    page = composing(event_id, the_viewer(), now())
    show_partnership(page.event.partnership_id)
    form = _form(page)
    if checking.goes_back() or not form.validate_on_submit():
        return _compose(page, form)
    try:
        chosen = form.chosen(page)
        if checking.confirmed() == SEND:
            return _send(event_id, form, chosen)
        if checking.confirmed() == TEST:
            to_oneself = booking_shown_in_trial(chosen)
            by = the_viewer()
            commands.send_trial(event_id, form.written(), to_oneself, by=by, now=now())
            done(f"A copy is on its way to {by.email}. Nobody else has it yet.")
        return _preview(event_id, form)
    except Refused as refusal:
        form.refuse(refusal)
        return _compose(composing(event_id, the_viewer(), now()), form)


def _form(page: Composing) -> AnnouncementForm:
    wanted = request.args.get("to", Audience.CONFIRMED.value)
    offered = [each.value for each, _ in page.audiences]
    form = AnnouncementForm(
        data={
            "audience": wanted if wanted in offered else next(iter(offered), None),
            "answers_to": page.event.partnership.contact_email,
            "form_key": new_secret(),
        }
    )
    form.offer(page, the_viewer().email)
    return form


def _compose(page: Composing, form: AnnouncementForm) -> Response:
    answer = render_template("desk/write_message.html", page=page, form=form)
    return make_response(answer, 422 if form.has_errors else 200)


def _preview(event_id: int, form: AnnouncementForm) -> Response:
    page = composing(event_id, the_viewer(), now())
    chosen = form.chosen(page)
    written = commands.checked_announcement(page.event, form.written(), now())
    return make_response(
        render_template(
            "desk/check_message.html",
            page=page,
            form=None,
            sent=checking.sent(),
            verbs=[
                (f"Send it to {counted(len(chosen.reached), 'person', 'people')}", SEND, "primary"),
                ("Send a copy to me first", TEST, "secondary"),
            ],
            chosen=chosen,
            is_for_later=form.is_for_later.data,
            shown=preview(page, chosen.reached[0], written),
            own_address=the_viewer().email,
        )
    )


def _send(event_id: int, form: AnnouncementForm, chosen: Chosen) -> Response:
    sent = commands.announce(
        event_id,
        form.written(),
        chosen.to,
        form_key=form.form_key.data or new_secret(),
        is_for_later=bool(form.is_for_later.data),
        by=the_viewer(),
        now=now(),
    )
    people = sentence_case(count(sent.people, "person", "people"))
    had_it = f" {sentence_case(count(sent.had_it, 'other'))} had had it." if sent.had_it else ""
    done(f"{people} {'has' if sent.people == 1 else 'have'} it within a minute.{had_it}")
    return see(f"/manage/events/{event_id}/messages")
