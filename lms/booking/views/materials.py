"""Materials: kept by those who run a course or an event, opened by those who have a place."""

from __future__ import annotations

from typing import NamedTuple

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking.forms.materials import MaterialForm, NewMaterialForm, material_data
from lms.booking.queries.materials import (
    count_who_may_open,
    event_with_materials,
    get_material_shown,
)
from lms.booking.views.blueprint import blueprint
from lms.catalogue import commands, queries
from lms.catalogue.commands import Shelf
from lms.catalogue.models import Course, Event, Material
from lms.errors import Refused
from lms.files import LARGEST_FILE
from lms.web.pages import done, now, see
from lms.web.uploads import download, takes_files, the_file

OF_EVENT = "/manage/events/<int:event_id>/materials"
OF_COURSE = "/manage/courses/<int:course_id>/materials"
ONE = "/<int:material_id>"


class Place(NamedTuple):
    """Whose materials a page is about, among those that the viewer runs."""

    shelf: Shelf
    owner: Event | Course
    address: str

    @property
    def event(self) -> Event | None:
        return self.owner if isinstance(self.owner, Event) else None


def _place(event_id: int | None, course_id: int | None) -> Place:
    """Raises NotFound for an event or a course of others."""
    owner: Event | Course
    if event_id is not None:
        owner, kind = queries.get_event(event_id, the_viewer()), "events"
    else:
        owner, kind = queries.get_course(course_id or 0, the_viewer()), "courses"
    show_partnership(owner.partnership_id)
    shelf = Shelf(event_id=event_id, course_id=course_id)
    return Place(shelf, owner, f"/manage/{kind}/{owner.id}/materials")


@blueprint.route(OF_EVENT, methods=["GET", "POST"])
@blueprint.route(OF_COURSE, methods=["GET", "POST"])
@takes_files(LARGEST_FILE)
@requires(Permission.RUN_PROGRAMME)
def manage_materials(
    event_id: int | None = None, course_id: int | None = None
) -> Response | BaseResponse:
    place = _place(event_id, course_id)
    form = NewMaterialForm()
    if form.validate_on_submit():
        try:
            _add(place, form)
        except Refused as refusal:
            form.refuse(refusal)
            place = _place(event_id, course_id)
        else:
            return see(place.address)
    page = render_template(
        "booking/manage_materials.html",
        form=form,
        place=place,
        event=place.event,
        materials=queries.list_materials(place.shelf.owner),
        of_course=_of_its_course(place),
        people=count_who_may_open(place.shelf.owner, now()),
        most=LARGEST_FILE,
    )
    return make_response(page, 422 if form.has_errors else 200)


def _add(place: Place, form: NewMaterialForm) -> None:
    sent = the_file("file")
    commands.add_material(
        place.shelf,
        sent,
        form.title.data or "",
        is_after=form.is_after,
        by=the_viewer(),
        now=now(),
    )
    done("The file is added.")


def _of_its_course(place: Place) -> list[Material]:
    event = place.event
    if event is None or event.course_id is None:
        return []
    return queries.list_materials({"course_id": event.course_id})


@blueprint.route(OF_EVENT + ONE, methods=["GET", "POST"])
@blueprint.route(OF_COURSE + ONE, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_material(
    material_id: int, event_id: int | None = None, course_id: int | None = None
) -> Response | BaseResponse:
    place = _place(event_id, course_id)
    material = queries.get_material(place.shelf.owner, material_id)
    form = MaterialForm(data=material_data(material))
    if form.validate_on_submit():
        try:
            commands.change_material(
                place.shelf,
                material_id,
                form.title.data or "",
                is_after=form.is_after,
                by=the_viewer(),
                now=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
            place = _place(event_id, course_id)
            material = queries.get_material(place.shelf.owner, material_id)
        else:
            done("Saved.")
            return see(place.address)
    page = render_template(
        "booking/change_material.html", form=form, place=place, material=material
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post(f"{OF_EVENT}{ONE}/move")
@blueprint.post(f"{OF_COURSE}{ONE}/move")
@requires(Permission.RUN_PROGRAMME)
def move_material(
    material_id: int, event_id: int | None = None, course_id: int | None = None
) -> BaseResponse:
    place = _place(event_id, course_id)
    places = -1 if request.form.get("where") == "up" else 1
    commands.move_material(place.shelf, material_id, places, by=the_viewer(), now=now())
    return see(place.address)


@blueprint.post(f"{OF_EVENT}{ONE}/remove")
@blueprint.post(f"{OF_COURSE}{ONE}/remove")
@requires(Permission.RUN_PROGRAMME)
def remove_material(
    material_id: int, event_id: int | None = None, course_id: int | None = None
) -> BaseResponse:
    place = _place(event_id, course_id)
    title, address = queries.get_material(place.shelf.owner, material_id).title, place.address
    commands.remove_material(place.shelf, material_id, by=the_viewer(), now=now())
    done(
        f"“{title}” is taken away. Nobody can open it any more.",
        undo=f"{address}/{material_id}/put-back",
    )
    return see(address)


@blueprint.post(f"{OF_EVENT}{ONE}/put-back")
@blueprint.post(f"{OF_COURSE}{ONE}/put-back")
@requires(Permission.RUN_PROGRAMME)
def put_back_material(
    material_id: int, event_id: int | None = None, course_id: int | None = None
) -> BaseResponse:
    place = _place(event_id, course_id)
    commands.put_back_material(place.shelf, material_id, by=the_viewer(), now=now())
    done("It is back in its place.")
    return see(place.address)


@blueprint.get(f"{OF_EVENT}{ONE}/file")
@blueprint.get(f"{OF_COURSE}{ONE}/file")
@requires(Permission.RUN_PROGRAMME)
def try_material(
    material_id: int, event_id: int | None = None, course_id: int | None = None
) -> Response:
    """As those booked will have it; of a draft's too."""
    place = _place(event_id, course_id)
    return download(queries.get_material(place.shelf.owner, material_id).file)


# --- For those who have a place ---------------------------------------------------------------


@blueprint.get("/events/<int:event_id>/materials")
@requires(Permission.BE_A_PRACTITIONER)
def show_materials(event_id: int) -> str:
    event, papers = event_with_materials(event_id, the_viewer(), now())
    show_partnership(event.partnership)
    return render_template("booking/show_materials.html", event=event, materials=papers)


@blueprint.get("/events/<int:event_id>/materials/<int:material_id>")
@requires(Permission.BE_A_PRACTITIONER)
def open_material(event_id: int, material_id: int) -> Response:
    return download(get_material_shown(event_id, material_id, the_viewer(), now()).file)
