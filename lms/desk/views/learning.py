"""My learning: one person's own page."""

from __future__ import annotations

from flask import Response, render_template, request

from lms.access import Permission, requires, the_viewer
from lms.accounts.queries import get_person
from lms.clock import london_date
from lms.desk.attended import record_of
from lms.desk.learning import learning_of
from lms.desk.printing import record_pdf
from lms.desk.views.blueprint import blueprint
from lms.web.pages import file_response, now, settings
from lms.words import slug


@blueprint.get("/my-learning")
@requires(Permission.BE_A_PRACTITIONER)
def my_learning() -> str:
    shows_all = request.args.get("attended") == "all"
    learning = learning_of(the_viewer().person_id, now(), shows_all=shows_all)
    return render_template("desk/my_learning.html", learning=learning)


@blueprint.get("/my-learning/record")
@requires(Permission.BE_A_PRACTITIONER)
def learning_record() -> str:
    own = the_viewer().person_id
    return render_template(
        "desk/learning_record.html",
        person=get_person(own),
        years=record_of(own, now()),
        today=london_date(now()),
    )


@blueprint.get("/my-learning/record.pdf")
@requires(Permission.BE_A_PRACTITIONER)
def record_file() -> Response:
    """One's own record, for a professional register."""
    person = get_person(the_viewer().person_id)
    made = record_pdf(person, base_url=settings().base_url, now=now())
    return file_response(f"record-of-learning-{slug(person.name)}.pdf", made, "application/pdf")
