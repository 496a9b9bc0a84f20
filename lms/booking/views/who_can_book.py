"""Who can book an event and on what terms: one page for drafts and published events."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.agencies.models import Partnership
from lms.agencies.queries import list_partnerships
from lms.booking import commands
from lms.booking.commands import Following
from lms.booking.forms.who_can_book import WhoCanBookForm, terms_data
from lms.booking.queries.who_can_book import Groups, frame_of, groups_for, terms_of
from lms.booking.rules import WhoCanBook, who_can_book_faults
from lms.booking.views import terms_words
from lms.booking.views.blueprint import blueprint
from lms.catalogue.models import Event
from lms.catalogue.queries import get_event
from lms.catalogue.rules import EventMode, EventState
from lms.clock import london_date
from lms.errors import DomainError
from lms.web import checking
from lms.web.pages import done, now, see


@blueprint.route("/manage/events/<int:event_id>/who-can-book", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def who_can_book(event_id: int) -> Response:
    event = get_event(event_id, the_viewer())
    show_partnership(event.partnership_id)
    known, groups = terms_of(event), groups_for(event, now())
    partners = [p for p in list_partnerships() if p.id != event.partnership_id]
    form = _form(event, known, groups, partners)
    terms = _terms(form, event, known)
    if terms is None:
        return _page(event, form)
    try:
        return _save(event, known, terms, form)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(get_event(event_id, the_viewer()), form)


def _form(
    event: Event, known: WhoCanBook, groups: Groups, partners: list[Partnership]
) -> WhoCanBookForm:
    form = WhoCanBookForm(data=terms_data(known, groups.agency_names, partners))
    form.prepare(groups, partners, is_hybrid=event.mode is EventMode.HYBRID)
    return form


def _terms(form: WhoCanBookForm, event: Event, known: WhoCanBook) -> WhoCanBook | None:
    """What was sent, where it was sent to be saved and can be."""
    if form.asks_for_rows or checking.goes_back() or not form.validate_on_submit():
        return None
    terms = form.terms()
    if terms is None:
        return None
    frame = frame_of(event, now())
    faults = who_can_book_faults(terms, frame, london_date(now()), known)
    for fault in faults:
        form.show(fault)
    return None if faults else terms


def _save(event: Event, known: WhoCanBook, terms: WhoCanBook, form: WhoCanBookForm) -> Response:
    is_draft = event.state is EventState.DRAFT
    if not is_draft and not checking.confirmed():
        following = commands.what_would_follow(event.id, terms, now=now())
        return _check(get_event(event.id, the_viewer()), known, terms, following, form)
    commands.set_who_can_book(event.id, terms, by=the_viewer(), now=now())
    done("Who can book is saved.")
    return see(f"/manage/events/{event.id}{'/preview' if is_draft else ''}")


def _check(
    event: Event,
    known: WhoCanBook,
    terms: WhoCanBook,
    following: Following,
    form: WhoCanBookForm,
) -> Response:
    """Before the terms of a published event are saved: what changes, and what that does to whom."""
    names = form.groups.agency_names, {int(k): v for k, v in form.partner_names.items()}
    page = render_template(
        "booking/check_who_can_book.html",
        event=event,
        heading="Check what this does",
        changes=terms_words.what_changes(known, terms, *names),
        effects=terms_words.what_follows(following),
        address=f"/manage/events/{event.id}/who-can-book",
        sent=checking.sent(),
        verbs=[("Save who can book", "yes", "primary")],
    )
    return make_response(page)


def _page(event: Event, form: WhoCanBookForm) -> Response:
    page = render_template("booking/who_can_book.html", event=event, form=form)
    return make_response(page, 422 if form.has_errors else 200)
