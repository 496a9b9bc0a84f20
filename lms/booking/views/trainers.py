"""The pool of trainers, and which courses each can give."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.queries import partnerships_run_by
from lms.booking.forms.trainers import TrainerForm
from lms.booking.queries.trainers import get_trainer, pool_of_trainers
from lms.booking.views.blueprint import blueprint
from lms.catalogue import commands
from lms.catalogue.queries import list_courses
from lms.web.pages import done, now, see

PATH = "/manage/trainers"


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def manage_trainers() -> str:
    return render_template(
        "booking/manage_trainers.html", trainers=pool_of_trainers(the_viewer(), now())
    )


@blueprint.route(f"{PATH}/<int:trainer_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_trainer(trainer_id: int) -> str | Response:
    trainer = get_trainer(trainer_id, the_viewer(), now())
    run = partnerships_run_by(the_viewer())
    courses = list_courses([partnership.id for partnership in run])
    form = TrainerForm(data={"courses": [course.id for course in trainer.courses]})
    form.offer(courses)
    if form.validate_on_submit():
        chosen = set(form.courses.data or ())
        for partnership in run:
            own = {course.id for course in courses if course.partnership_id == partnership.id}
            commands.set_courses_given(
                trainer_id, partnership.id, chosen & own, by=the_viewer(), now=now()
            )
        done(f"What {trainer.name} can give is saved.")
        return see(PATH)
    return render_template("booking/trainer.html", form=form, trainer=trainer)
