"""Being told when a course runs: one tap on, one tap off; and who asked, for those who plan."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.views import show_partnership
from lms.booking import commands
from lms.booking.queries.demand import wanted_by_agency, wants
from lms.booking.queries.programme import events_of_course
from lms.booking.views.blueprint import blueprint
from lms.booking.views.rows import row_of
from lms.catalogue.queries import get_course_by_slug
from lms.web.pages import done, now, see


@blueprint.get("/courses/<slug>/tell-me")
@requires(Permission.BE_A_PRACTITIONER)
def tell_me_page(slug: str) -> str:
    course = get_course_by_slug(slug)
    show_partnership(course.partnership)
    return render_template(
        "booking/tell_me.html",
        course=course,
        wants=wants(course.id, the_viewer().person_id),
        rows=[row_of(event) for event in events_of_course(course.id, now(), the_viewer(), now())],
    )


@blueprint.post("/courses/<slug>/tell-me")
@requires(Permission.BE_A_PRACTITIONER)
def tell_me(slug: str) -> Response:
    course = get_course_by_slug(slug)
    commands.ask_to_be_told(course.id, the_viewer().person_id, now=now())
    done("We e\u2011mail you when a new date is published.", undo=f"/courses/{slug}/tell-me/end")
    return see(f"/courses/{slug}")


@blueprint.post("/courses/<slug>/tell-me/end")
@requires(Permission.BE_A_PRACTITIONER)
def stop_telling_me(slug: str) -> Response:
    course = get_course_by_slug(slug)
    commands.stop_telling(course.id, the_viewer().person_id, now=now())
    done(f"You are no longer told when {course.title} runs.", undo=f"/courses/{slug}/tell-me")
    return see(f"/courses/{slug}")


@blueprint.get("/manage/courses/<int:course_id>/demand")
@requires(Permission.RUN_PROGRAMME)
def show_demand(course_id: int) -> str:
    course, groups = wanted_by_agency(course_id, the_viewer(), now())
    show_partnership(course.partnership_id)
    return render_template(
        "booking/demand.html",
        course=course,
        groups=groups,
        total=sum(len(group.demands) for group in groups),
    )
