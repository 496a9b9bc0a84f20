"""You said, we did: kept by those who run a course, shown on its page and in reports."""

from __future__ import annotations

from flask import Response, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.catalogue import queries
from lms.catalogue.commands import improvements as commands
from lms.catalogue.forms.improvement import ImprovementForm, improvement_data
from lms.catalogue.models import Course
from lms.catalogue.views.blueprint import blueprint
from lms.clock import london_date
from lms.errors import Refused
from lms.web.pages import done, now, see

PATH = "/manage/courses/<int:course_id>/improvements"
ONE = f"{PATH}/<int:improvement_id>"


def _course(course_id: int) -> Course:
    """Raises NotFound for a course of others."""
    course = queries.get_course(course_id, the_viewer())
    show_partnership(course.partnership_id)
    return course


def _address(course_id: int) -> str:
    return f"/manage/courses/{course_id}/improvements"


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def manage_improvements(course_id: int) -> Response | BaseResponse:
    course = _course(course_id)
    form = ImprovementForm(data={"changed_on": london_date(now())})
    if form.validate_on_submit():
        try:
            commands.add_improvement(course_id, form.details(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
            course = _course(course_id)
        else:
            done("It stands on the course’s page now.")
            return see(_address(course_id))
    page = render_template(
        "catalogue/manage_improvements.html",
        course=course,
        form=form,
        improvements=queries.list_improvements([course_id]),
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.route(ONE, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_improvement(course_id: int, improvement_id: int) -> Response | BaseResponse:
    course = _course(course_id)
    improvement = queries.get_improvement(course_id, improvement_id)
    form = ImprovementForm(data=improvement_data(improvement))
    if form.validate_on_submit():
        try:
            commands.change_improvement(
                course_id, improvement_id, form.details(), by=the_viewer(), now=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
            course = _course(course_id)
        else:
            done("Saved.")
            return see(_address(course_id))
    page = render_template("catalogue/change_improvement.html", course=course, form=form)
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post(f"{ONE}/remove")
@requires(Permission.RUN_PROGRAMME)
def remove_improvement(course_id: int, improvement_id: int) -> BaseResponse:
    commands.remove_improvement(course_id, improvement_id, by=the_viewer(), now=now())
    address = _address(course_id)
    done(
        "It is taken off the course’s page, and out of the reports.",
        undo=f"{address}/{improvement_id}/put-back",
    )
    return see(address)


@blueprint.post(f"{ONE}/put-back")
@requires(Permission.RUN_PROGRAMME)
def put_back_improvement(course_id: int, improvement_id: int) -> BaseResponse:
    commands.put_back_improvement(course_id, improvement_id, by=the_viewer(), now=now())
    done("It is back on the course’s page.")
    return see(_address(course_id))
