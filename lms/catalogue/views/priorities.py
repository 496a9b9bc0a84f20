"""A partnership's priorities and themes."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.queries import partnership_chosen, partnerships_run_by
from lms.agencies.views import show_partnership
from lms.catalogue import commands, queries
from lms.catalogue.forms.priorities import PrioritiesForm, priorities_data
from lms.catalogue.views.blueprint import blueprint
from lms.errors import Refused
from lms.web.addresses import row_id
from lms.web.pages import done, now, see

PATH = "/manage/priorities"


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def manage_priorities() -> str | Response:
    wanted = request.args.get("partnership", type=row_id)
    partnership = partnership_chosen(the_viewer(), wanted)
    show_partnership(partnership.id)
    known = queries.list_priorities([partnership.id]), queries.list_themes([partnership.id])
    form = PrioritiesForm(data=priorities_data(*known))
    if form.validate_on_submit():
        try:
            commands.keep_priorities(
                partnership.id,
                form.priority_details(),
                form.theme_details(),
                by=the_viewer(),
                now=now(),
            )
        except Refused as refusal:
            form.show_refusal(refusal)
        else:
            done("The priorities and themes are saved.")
            return see(f"{PATH}?partnership={partnership.id}")
    return render_template(
        "catalogue/manage_priorities.html",
        form=form,
        partnerships=partnerships_run_by(the_viewer()),
        chosen=partnership,
    )
