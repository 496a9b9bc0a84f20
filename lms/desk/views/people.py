"""People, found and put right; their roles; agency names that match nothing."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, Role, requires, the_viewer
from lms.accounts import commands
from lms.accounts.queries import primary_address
from lms.agencies.queries import list_agencies_seen_by
from lms.clock import london_date
from lms.desk import people as queries
from lms.desk import people_list
from lms.desk.commands import note_people_file
from lms.desk.forms import NewPersonForm, PersonForm, RoleForm
from lms.desk.matching import count_unmatched_names
from lms.desk.people import PersonPage
from lms.desk.views.blueprint import blueprint
from lms.errors import Refused
from lms.records.queries.pairs import find_joined_into, get_known
from lms.tables import csv_lines
from lms.web.pages import done, file_response, now, see

PATH = "/manage/people"
COLUMNS = ("email", "name", "agency", "job_role", "line_manager_email", "phone")


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def people() -> str:
    return render_template(
        "desk/people.html",
        listed=people_list.list_people(the_viewer(), request.args.to_dict(), now()),
        unmatched=count_unmatched_names(the_viewer()),
        today=london_date(now()),
    )


@blueprint.post(f"{PATH}.csv")
@requires(Permission.RUN_PROGRAMME)
def people_csv() -> Response:
    wanted = request.form.to_dict()
    found = people_list.everyone_found(the_viewer(), wanted, now())
    rows = [
        (
            primary_address(person),
            person.name,
            [m.agency.name if m.agency else m.agency_typed for m in person.memberships],
            person.job_role,
            person.line_manager_email,
            person.phone,
        )
        for person in found
    ]
    about = people_list.words_of(wanted, the_viewer(), now())
    note_people_file(len(found), about, by=the_viewer(), now=now())
    lines = (line.encode() for line in csv_lines(COLUMNS, rows))
    return file_response("people.csv", lines, "text/csv")


@blueprint.route(f"{PATH}/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def add_person() -> str | Response:
    form = NewPersonForm()
    form.offer(list_agencies_seen_by(the_viewer()), "Choose an agency")
    if form.validate_on_submit():
        try:
            person_id = commands.add_person(form.details(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.name.data} is added and can sign in with {form.email.data}.")
            return see(f"{PATH}/{person_id}")
    page = render_template("desk/person_form.html", form=form, person=None)
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.get(f"{PATH}/<int:person_id>")
@requires(Permission.RUN_PROGRAMME)
def person(person_id: int) -> str | Response:
    kept_id = find_joined_into(person_id)
    if kept_id is not None:
        return see(f"{PATH}/{get_known(kept_id, the_viewer()).id}")
    return _person_page(queries.get_page(person_id, the_viewer()), _role_form())


def _person_page(page: PersonPage, form: RoleForm) -> str:
    return render_template("desk/person.html", page=page, form=form, today=london_date(now()))


def _role_form(**given: None) -> RoleForm:
    form = RoleForm(**given)
    own = queries.partnerships_administered_by(the_viewer())
    form.offer(own, list_agencies_seen_by(the_viewer()) if own else [])
    return form


@blueprint.route(f"{PATH}/<int:person_id>/change", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_person(person_id: int) -> str | Response:
    found = queries.get_page(person_id, the_viewer()).person
    form = PersonForm(obj=found, data={"agency": _agency_now(found.id)})
    form.offer(list_agencies_seen_by(the_viewer()), "As it is")
    if form.validate_on_submit():
        try:
            details = form.details()
            queries.refuse_to_move_from_elsewhere(person_id, details.agency_id, the_viewer())
            commands.change_person(person_id, details, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.name.data} is saved.")
            return see(f"{PATH}/{person_id}")
    found = queries.get_page(person_id, the_viewer()).person
    page = render_template("desk/person_form.html", form=form, person=found)
    return make_response(page, 422 if form.has_errors else 200)


def _agency_now(person_id: int) -> str:
    for membership in queries.get_page(person_id, the_viewer()).memberships:
        if membership.ended_on is None and membership.agency_id:
            return str(membership.agency_id)
    return ""


@blueprint.post(f"{PATH}/<int:person_id>/roles")
@requires(Permission.ADMINISTER)
def grant_role(person_id: int) -> str | Response:
    page = queries.get_page(person_id, the_viewer())
    form = _role_form()
    if form.validate():
        try:
            commands.grant_role(
                person_id,
                Role(form.role.data),
                partnership_id=form.chosen(form.partnership),
                agency_id=form.chosen(form.agency),
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                by=the_viewer(),
                now=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done("The role is given. They are signed out, and have it when they sign in again.")
            return see(f"{PATH}/{person_id}")
    page = queries.get_page(person_id, the_viewer())
    return make_response(_person_page(page, form), 422)


@blueprint.post(f"{PATH}/<int:person_id>/roles/<int:grant_id>/end")
@requires(Permission.ADMINISTER)
def end_role(person_id: int, grant_id: int) -> Response:
    grant = queries.get_grant_to_end(person_id, grant_id, the_viewer())
    try:
        commands.end_role(grant.id, by=the_viewer(), now=now())
    except Refused as refusal:
        form = _role_form(formdata=None)
        form.refuse(refusal)
        page = _person_page(queries.get_page(person_id, the_viewer()), form)
        return make_response(page, 409)
    if person_id == the_viewer().person_id:
        return see("/")
    done("The role has ended, and they are signed out.")
    return see(f"{PATH}/{person_id}")
