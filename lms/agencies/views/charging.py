"""What a place that is not used costs, by sector and date, as the coordinator keeps it."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies import commands, queries
from lms.agencies.forms import ChargingForm
from lms.agencies.models import ChargingTerms
from lms.agencies.rules import DayKind, Sector, terms_at
from lms.agencies.views.blueprint import blueprint
from lms.agencies.views.partnership import PATH, chosen_partnership
from lms.clock import london_date
from lms.errors import Refused
from lms.web.pages import done, now, see
from lms.words import count, sentence_case

EVERYONE = "Every sector without terms of its own"


@blueprint.route(f"{PATH}/charging", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def manage_charging() -> Response:
    chosen = chosen_partnership()
    form = ChargingForm()
    if form.validate_on_submit():
        try:
            commands.set_charging_terms(chosen.id, form.terms(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done("The terms are set. What was booked before keeps the cut-off of its time.")
            return see(f"{PATH}/charging?partnership={chosen.id}")
    chosen = chosen_partnership()
    terms = queries.list_charging_terms(chosen.id)
    page = render_template(
        "agencies/manage_charging.html",
        form=form,
        chosen=chosen,
        partnerships=queries.partnerships_run_by(the_viewer()),
        in_force=[_line(row) for row in _in_force(terms)],
        others=[_line(row) for row in terms if row not in _in_force(terms)],
    )
    return make_response(page, 422 if form.has_errors else 200)


def _in_force(terms: list[ChargingTerms]) -> list[ChargingTerms]:
    """For all first, then each sector that has terms of its own."""
    today = london_date(now())
    entries = {row.entry: row for row in terms}
    found = [terms_at(entries, sector, today) for sector in (None, *Sector)]
    return [entries[entry] for entry in dict.fromkeys(found) if entry is not None]


def _line(row: ChargingTerms) -> tuple[str, ChargingTerms, str, str]:
    """Whom it is for, the row, from when on giving up is late, and what it costs."""
    whom = row.sector.label if row.sector else EVERYONE
    return whom, row, _cut_off(row.days, row.day_kind), sentence_case(row.entry.price_words)


def _cut_off(days: int | None, kind: DayKind | None) -> str:
    if days is None or kind is None:
        return "As the policy says"
    return f"5pm, {count(days, f'{kind.words} day')} before" if days else "5pm on the day itself"
