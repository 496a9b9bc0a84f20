"""A partnership's name, contact, colours and logo, as its coordinator keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies import commands, queries
from lms.agencies.forms import LogoForm, PartnershipForm, partnership_data
from lms.agencies.look import brand_css, look_of, show_partnership
from lms.agencies.models import Partnership
from lms.agencies.rules import PETROL, Brand, brand_faults, is_colour
from lms.agencies.views.blueprint import blueprint
from lms.errors import NotFound, Refused
from lms.files import LARGEST_PICTURE
from lms.web import checking
from lms.web.addresses import row_id
from lms.web.pages import done, now, see
from lms.web.uploads import takes_files, the_file

PATH = "/manage/partnership"
SEE = "see"  # the button that shows the look before it is saved


def chosen_partnership() -> Partnership:
    """The partnership that the query names, among those that the viewer runs; its look is worn."""
    wanted = request.args.get("partnership", type=row_id)
    found = queries.partnership_chosen(the_viewer(), wanted)
    show_partnership(found.id)
    return found


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def manage_partnership() -> str | Response:
    chosen = chosen_partnership()
    form = PartnershipForm(data=partnership_data(chosen))
    if not checking.goes_back() and form.validate_on_submit():
        try:
            details, before = form.details(chosen.reference_prefix), chosen.year_starts_month
            if SEE in request.form:
                return _preview(chosen, details)
            commands.change_partnership(chosen.id, details, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.title.data} is saved.{_of_the_year(before, details)}")
            return see(f"{PATH}?partnership={request.args.get('partnership', chosen.id)}")
    page = render_template(
        "agencies/manage_partnership.html",
        form=form,
        chosen=chosen_partnership(),
        partnerships=queries.partnerships_run_by(the_viewer()),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _of_the_year(before: int, details: commands.PartnershipDetails) -> str:
    """What another reporting year does to the reports; nothing where it is the same."""
    if details.year_starts_month == before:
        return ""
    return f" Reports now go by years from {date(2000, details.year_starts_month, 1):%B} on."


# --- Seen before it is saved ------------------------------------------------------------------


def _preview(chosen: Partnership, details: commands.PartnershipDetails) -> str:
    """A page that wears the name and colours that were typed. Raises Refused as saving would."""
    for fault in brand_faults(details.brand):
        raise Refused(fault.sentence, field=fault.field)
    g.partnership = replace(
        look_of(chosen),
        title=details.title,
        strapline=details.strapline,
        contact_name=details.contact_name,
        contact_email=details.contact_email,
        contact_phone=details.contact_phone,
        contact_days=details.contact_days,
        brand_href=f"{PATH}/look.css?{urlencode(vars(details.brand))}",
    )
    return render_template(
        "agencies/preview_look.html",
        chosen=chosen,
        sent=checking.sent(without=SEE),
    )


@blueprint.get(f"{PATH}/look.css")
@requires(Permission.RUN_PROGRAMME)
def preview_look() -> Response:
    """The colours of a preview, as they stand in its address."""
    colours = {field: request.args.get(field, "") for field in vars(PETROL)}
    if not all(is_colour(colour) for colour in colours.values()):
        raise NotFound
    return make_response(brand_css(Brand(**colours)), 200, {"Content-Type": "text/css"})


# --- The logo ---------------------------------------------------------------------------------


@blueprint.route(f"{PATH}/logo", methods=["GET", "POST"])
@takes_files(LARGEST_PICTURE)
@requires(Permission.RUN_PROGRAMME)
def manage_logo() -> Response:
    chosen, form = chosen_partnership(), LogoForm()
    if form.validate_on_submit():
        try:
            commands.set_logo(chosen.id, the_file("file"), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
            chosen = chosen_partnership()
        else:
            done("The logo is set. It stands at the head of every page and on new certificates.")
            return see(f"{PATH}/logo?partnership={chosen.id}")
    page = render_template(
        "agencies/manage_logo.html",
        form=form,
        chosen=chosen,
        partnerships=queries.partnerships_run_by(the_viewer()),
        has_own=bool(chosen.mark_svg or chosen.logo_file_id),
        most=LARGEST_PICTURE,
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post(f"{PATH}/logo/remove")
@requires(Permission.RUN_PROGRAMME)
def remove_logo() -> Response:
    chosen = chosen_partnership()
    address = f"{PATH}/logo?partnership={chosen.id}"
    commands.remove_logo(chosen.id, by=the_viewer(), now=now())
    done("The logo is taken away. The two arches stand in its place.")
    return see(address)
