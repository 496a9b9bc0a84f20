"""Agency names that match nothing: which agency each means, said once for all who typed it (R1)."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.commands import AgencyDetails, add_agency
from lms.agencies.queries import get_agency, list_agencies_seen_by
from lms.booking.commands import match_agency_name, unmatch_agency_name
from lms.booking.queries.known import are_matched_here
from lms.desk import matching as queries
from lms.desk.matching_forms import MatchForm, MatchOneForm
from lms.desk.views.blueprint import blueprint
from lms.errors import NotFound, Refused
from lms.web.addresses import row_id
from lms.web.pages import done, now, see
from lms.words import listed

PATH = "/manage/people/unmatched"


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def unmatched_agencies() -> str | Response:
    form = MatchForm()
    if form.validate_on_submit():
        try:
            return _match([form.name.data or ""], form.agency_id())
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template(
        "desk/unmatched_agencies.html",
        form=form,
        names=queries.list_unmatched_names(the_viewer()),
        agencies=list_agencies_seen_by(the_viewer()),
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.route(f"{PATH}/match", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def match_agency() -> Response:
    found = queries.get_matching(request.args.get("name", ""), the_viewer())
    form = MatchOneForm()
    form.offer(found)
    if form.validate_on_submit():
        try:
            agency_id = form.agency_id()
            if agency_id is None:
                agency_id = _add(form)
            return _match([found.name.name, *(form.same.data or [])], agency_id)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("desk/match_agency.html", form=form, found=found)
    return make_response(page, 422 if form.has_errors else 200)


def _add(form: MatchOneForm) -> int:
    own = frozenset(the_viewer().partnerships(Permission.RUN_PROGRAMME))
    details = AgencyDetails(form.new_name.data or "", form.new_sector, own)
    return add_agency(details, by=the_viewer(), now=now())


def _match(names: list[str], agency_id: int) -> Response:
    if not queries.may_match(names, the_viewer()):
        raise NotFound
    agency = get_agency(agency_id, the_viewer())
    match_agency_name(names, agency.id, by=the_viewer(), now=now())
    quoted = listed([f"“{name}”" for name in names])
    undo = urlencode({"name": names, "agency": agency.id}, doseq=True)
    done(
        f"{quoted}: matched to {agency.name} for everyone who typed it, in their bookings too.",
        undo=f"{PATH}/undo?{undo}",
    )
    return see(PATH)


@blueprint.post(f"{PATH}/undo")
@requires(Permission.RUN_PROGRAMME)
def unmatch_agency() -> Response:
    try:
        agency = get_agency(row_id(request.args.get("agency", "")), the_viewer())
    except ValueError:
        raise NotFound from None
    names = request.args.getlist("name")
    if not are_matched_here(names, agency.id, the_viewer()):
        raise NotFound
    unmatch_agency_name(names, agency.id, by=the_viewer(), now=now())
    done(f"{listed([f'“{name}”' for name in names])}: matched to nothing again.")
    return see(PATH)
