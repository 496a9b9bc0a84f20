"""A partnership's name, contact, colours and policies, as its coordinator keeps them."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies import commands, queries
from lms.agencies.forms import POLICY_WORDS, PartnershipForm, PolicyForm, partnership_data
from lms.agencies.look import show_partnership
from lms.agencies.models import Partnership
from lms.agencies.rules import PolicyKey, policy_at
from lms.agencies.views.blueprint import blueprint
from lms.clock import london_date
from lms.errors import NotFound, Refused
from lms.web.pages import done, now, see

PATH = "/manage/partnership"


def chosen_partnership() -> Partnership:
    """The partnership that the query names, among those that the viewer runs; else the first."""
    run = queries.partnerships_run_by(the_viewer())
    wanted = request.args.get("partnership")
    found = [p for p in run if wanted in (None, str(p.id))]
    if not found:
        raise NotFound
    show_partnership(found[0].id)
    return found[0]


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def manage_partnership() -> str | Response:
    chosen = chosen_partnership()
    form = PartnershipForm(data=partnership_data(chosen))
    if form.validate_on_submit():
        try:
            details = form.details(chosen.reference_prefix)
            commands.change_partnership(chosen.id, details, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.title.data} is saved.")
            return see(f"{PATH}?partnership={request.args.get('partnership', chosen.id)}")
    page = render_template(
        "agencies/manage_partnership.html",
        form=form,
        chosen=chosen_partnership(),
        partnerships=queries.partnerships_run_by(the_viewer()),
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.route(f"{PATH}/policies", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def manage_policies() -> str | Response:
    chosen = chosen_partnership()
    form = PolicyForm()
    if form.validate_on_submit():
        try:
            key = PolicyKey(form.key.data)
            commands.set_policy(
                chosen.id, key, form.value.data or 0, form.day(), by=the_viewer(), now=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done("The policy is set. What was booked before keeps the figure of its time.")
            return see(f"{PATH}/policies?partnership={chosen.id}")
    return make_response(
        _policies_page(form, chosen_partnership()), 422 if form.has_errors else 200
    )


def _policies_page(form: PolicyForm, chosen: Partnership) -> str:
    entries = queries.policies_of(chosen.id)
    today = london_date(now())
    return render_template(
        "agencies/manage_policies.html",
        form=form,
        chosen=chosen,
        partnerships=queries.partnerships_run_by(the_viewer()),
        in_force=[(words, policy_at(entries, key, today)) for key, words in POLICY_WORDS.items()],
        to_come=[
            (POLICY_WORDS[entry.key], entry.figure, entry.holds_from)
            for entry in entries
            if entry.holds_from > today
        ],
    )
