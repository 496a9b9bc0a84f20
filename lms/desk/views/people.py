"""People, found and put right; their roles; agency names that match nothing."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, Role, requires, the_viewer
from lms.accounts import commands
from lms.accounts.queries import primary_address
from lms.agencies.queries import get_agency, list_agencies_seen_by
from lms.booking.commands import match_agency_name
from lms.clock import london_date
from lms.desk import people as queries
from lms.desk.commands import note_people_file
from lms.desk.forms import MatchForm, NewPersonForm, PersonForm, RoleForm
from lms.desk.people import PersonPage
from lms.desk.views.blueprint import blueprint
from lms.errors import NotFound, Refused
from lms.tables import csv_lines
from lms.web.pages import done, file_response, now, see

PATH = "/manage/people"
COLUMNS = ("email", "name", "agency", "job_role", "line_manager_email", "phone")


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def people() -> str:
    text = request.args.get("q", "").strip()
    return render_template(
        "desk/people.html",
        page=queries.search(text, the_viewer()),
        search=text,
        unmatched=queries.count_unmatched_names(the_viewer()),
        today=london_date(now()),
    )


@blueprint.post(f"{PATH}.csv")
@requires(Permission.RUN_PROGRAMME)
def people_csv() -> Response:
    text = request.form.get("q", "").strip()
    total = queries.search(text, the_viewer(), limit=0).total
    note_people_file(total, text, by=the_viewer(), now=now())
    rows = [
        (
            primary_address(person),
            person.name,
            [m.agency.name if m.agency else m.agency_typed for m in person.memberships],
            person.job_role,
            person.line_manager_email,
            person.phone,
        )
        for person in queries.search(text, the_viewer(), limit=None).found
    ]
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
def person(person_id: int) -> str:
    return _person_page(queries.get_page(person_id, the_viewer()), _role_form())


def _person_page(page: PersonPage, form: RoleForm) -> str:
    return render_template("desk/person.html", page=page, form=form, today=london_date(now()))


def _role_form() -> RoleForm:
    form = RoleForm()
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
            commands.change_person(person_id, form.details(), by=the_viewer(), now=now())
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
    commands.end_role(grant.id, by=the_viewer(), now=now())
    done("The role has ended, and they are signed out.")
    return see(f"{PATH}/{person_id}")


@blueprint.route(f"{PATH}/unmatched", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def unmatched_agencies() -> str | Response:
    form = MatchForm()
    if form.validate_on_submit():
        name = form.name.data or ""
        if not queries.may_match(name, the_viewer()):
            raise NotFound
        try:
            agency = get_agency(form.agency_id(), the_viewer())
            match_agency_name(name, agency.id, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"“{name}” is matched for everyone who typed it, in their bookings too.")
            return see(f"{PATH}/unmatched")
    page = render_template(
        "desk/unmatched_agencies.html",
        form=form,
        names=queries.list_unmatched_names(the_viewer()),
        agencies=list_agencies_seen_by(the_viewer()),
    )
    return make_response(page, 422 if form.has_errors else 200)
