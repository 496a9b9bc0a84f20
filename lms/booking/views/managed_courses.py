"""Courses, as those who run the programme keep them."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.queries import names_to_tell_apart, partnerships_run_by
from lms.agencies.views import show_partnership
from lms.booking.queries.demand import count_wanted
from lms.booking.views.blueprint import blueprint
from lms.catalogue import commands, queries
from lms.catalogue.forms.course import CourseForm, course_data
from lms.clock import london_date
from lms.errors import Refused
from lms.web.pages import done, now, see

PATH = "/manage/courses"


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def manage_courses() -> str:
    run = partnerships_run_by(the_viewer())
    ids = [partnership.id for partnership in run]
    retired = queries.list_courses(ids, retired=True)
    shows_retired = "retired" in request.args
    courses = retired if shows_retired else queries.list_courses(ids)
    return render_template(
        "booking/manage_courses.html",
        courses=courses,
        wanted=count_wanted([course.id for course in courses]),
        retired=len(retired),
        shows_retired=shows_retired,
        names=names_to_tell_apart(run),
    )


@blueprint.route(f"{PATH}/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def add_course() -> str | Response:
    form = _form({})
    if _is_sent(form):
        try:
            commands.add_course(form.details(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.title.data} is added. An event can be made of it now.")
            return see(PATH)
    return render_template("booking/course_form.html", form=form, course=None, wanted=0)


@blueprint.route(f"{PATH}/<int:course_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_course(course_id: int) -> str | Response:
    course = queries.get_course(course_id, the_viewer())
    show_partnership(course.partnership_id)
    form = _form(course_data(course), course_id)
    if _is_sent(form):
        try:
            commands.change_course(course_id, form.details(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.title.data} is saved.")
            return see(f"{PATH}/{course_id}")
    return render_template(
        "booking/course_form.html",
        form=form,
        course=queries.get_course(course_id, the_viewer()),
        wanted=count_wanted([course_id])[course_id],
    )


@blueprint.post(f"{PATH}/<int:course_id>/retire")
@requires(Permission.RUN_PROGRAMME)
def retire_course(course_id: int) -> Response:
    title = queries.get_course(course_id, the_viewer()).title
    commands.retire_course(course_id, by=the_viewer(), now=now())
    done(f"{title} is retired.", undo=f"{PATH}/{course_id}/bring-back")
    return see(PATH)


@blueprint.post(f"{PATH}/<int:course_id>/bring-back")
@requires(Permission.RUN_PROGRAMME)
def bring_back_course(course_id: int) -> Response:
    title = queries.get_course(course_id, the_viewer()).title
    commands.bring_back_course(course_id, by=the_viewer(), now=now())
    done(f"{title} is offered again.")
    return see(PATH)


def _form(data: dict[str, object], course_id: int | None = None) -> CourseForm:
    run = partnerships_run_by(the_viewer())
    ids = [partnership.id for partnership in run]
    form = CourseForm(data=data)
    priorities = queries.list_priorities(ids, london_date(now()))
    courses = [each for each in queries.course_choices(ids) if each.id != course_id]
    form.offer(run, priorities, queries.list_themes(ids), courses)
    return form


def _is_sent(form: CourseForm) -> bool:
    """Whether the form was sent to be kept, not only for another row, and is sound."""
    adds = form.add_outcome.data or form.add_prerequisite.data
    return not adds and bool(form.validate_on_submit())
