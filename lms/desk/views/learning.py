"""My learning: one person's own page."""

from __future__ import annotations

from flask import render_template, request

from lms.access import Permission, requires, the_viewer
from lms.desk.learning import learning_of
from lms.desk.views.blueprint import blueprint
from lms.web.pages import now


@blueprint.get("/my-learning")
@requires(Permission.BE_A_PRACTITIONER)
def my_learning() -> str:
    shows_all = request.args.get("attended") == "all"
    learning = learning_of(the_viewer().person_id, now(), shows_all=shows_all)
    return render_template("desk/my_learning.html", learning=learning)
