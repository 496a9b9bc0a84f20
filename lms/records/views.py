"""Records that are one person's: found, compared, joined, and taken apart again."""

from __future__ import annotations

from flask import Blueprint, Flask, make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts.models import Person
from lms.clock import london_date
from lms.errors import NotFound, Refused
from lms.records import commands
from lms.records.forms import JoinForm, join_form
from lms.records.queries.doubles import list_doubles
from lms.records.queries.others import find_others
from lms.records.queries.pairs import (
    get_known,
    list_joined,
    refusal_of,
    what_would_join,
)
from lms.web.pages import done, now, see
from lms.words import count, sentence_case

PATH = "/manage/people"
blueprint = Blueprint("records", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get(f"{PATH}/doubles")
@requires(Permission.RUN_PROGRAMME)
def doubles() -> str:
    today = london_date(now())
    found = list_doubles(the_viewer(), today)
    return render_template("records/doubles.html", doubles=found, today=today)


@blueprint.get(f"{PATH}/<int:person_id>/join")
@requires(Permission.RUN_PROGRAMME)
def choose_other(person_id: int) -> str:
    person = get_known(person_id, the_viewer())
    text = request.args.get("q", "").strip() or person.name
    return render_template(
        "records/choose_other.html",
        person=person,
        search=text,
        others=find_others(person, text, the_viewer()),
        today=london_date(now()),
    )


@blueprint.route(f"{PATH}/<int:person_id>/join/<int:other_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def join(person_id: int, other_id: int) -> Response:
    keep, drop = get_known(person_id, the_viewer()), get_known(other_id, the_viewer())
    joining = what_would_join(keep, drop, now())
    form = join_form(joining.clashes)
    if not form.validate_on_submit():
        return _join_page(keep, drop, form, 422 if form.has_errors else 200)
    try:
        merged = commands.merge_people(keep.id, drop.id, form.chosen, by=the_viewer(), now=now())
    except Refused as refusal:
        form.refuse(refusal)
        keep, drop = get_known(person_id, the_viewer()), get_known(other_id, the_viewer())
        return _join_page(keep, drop, form, 409)
    ended = f" {sentence_case(count(merged.ended, 'booking'))} ended." if merged.ended else ""
    done(f"Joined: everything is {merged.kept}’s now.{ended}", undo=f"{PATH}/{person_id}/apart")
    return see(f"{PATH}/{person_id}")


def _join_page(keep: Person, drop: Person, form: JoinForm, status: int) -> Response:
    page = render_template(
        "records/join.html",
        joining=what_would_join(keep, drop, now()),
        refusal=refusal_of(keep.id, drop.id, the_viewer(), now()),
        form=form,
    )
    return make_response(page, status)


@blueprint.route(f"{PATH}/<int:person_id>/apart", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def take_apart(person_id: int) -> Response:
    person = get_known(person_id, the_viewer())
    refusal = None
    if request.method == "POST":
        try:
            name = commands.unmerge_people(person.id, by=the_viewer(), now=now())
        except Refused as refused:
            refusal = refused
        else:
            done(f"The record of {name} is its own again.")
            return see(f"{PATH}/{person_id}")
    person = get_known(person_id, the_viewer())
    page = render_template(
        "records/take_apart.html", person=person, joined=list_joined(person.id), refusal=refusal
    )
    return make_response(page, 409 if refusal else 200)


@blueprint.post(f"{PATH}/<int:person_id>/two-people/<int:other_id>")
@requires(Permission.RUN_PROGRAMME)
def keep_apart(person_id: int, other_id: int) -> Response:
    one, other = get_known(person_id, the_viewer()), get_known(other_id, the_viewer())
    if one.id == other.id:
        raise NotFound
    commands.keep_apart(one.id, other.id, by=the_viewer(), now=now())
    done(f"{one.name} and {other.name} are two people, and are not proposed again.")
    return see(f"{PATH}/doubles")
