"""Charges for places that were not used: the list, what is decided about each, finance's file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.forms import AmountForm, ReasonForm
from lms.booking.models import Charge
from lms.booking.queries.charges import get_charge, list_charges
from lms.booking.rules import ChargeReason, ChargeState
from lms.booking.views.blueprint import blueprint
from lms.clock import london, london_date
from lms.errors import Refused
from lms.tables import Value, csv_lines
from lms.web.addresses import row_id
from lms.web.filters import Facet, Narrowed, narrow
from lms.web.pages import done, file_response, now, see
from lms.words import count, pounds, sentence_case

PATH = "/manage/charges"
UNKNOWN_AGENCY = "No agency"
HEADER = (
    *("reference", "agency", "sector", "event_reference", "event", "date", "person"),
    *("reason", "amount", "state", "why", "decided_by", "decided_at"),
)


class Total(NamedTuple):
    """What one agency is to pay by what is proposed, and by what is confirmed, in pence."""

    agency: str
    proposed: int
    confirmed: int


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def manage_charges() -> Response:
    return _list_page(_narrowed(request.args))


def _narrowed(query: Mapping[str, str]) -> Narrowed[Charge]:
    charges = list_charges(the_viewer())
    agencies = sorted({_agency(charge) for charge in charges})
    facets = [
        Facet[Charge](
            "state",
            "What became of it",
            [(state.value, state.label) for state in ChargeState],
            lambda charge: {charge.state.value},
        ),
        Facet[Charge](
            "reason",
            "What for",
            [(reason.value, reason.label) for reason in ChargeReason],
            lambda charge: {charge.reason.value},
        ),
        Facet[Charge](
            "agency",
            "Agency",
            [(name, name) for name in agencies],
            lambda charge: {_agency(charge)},
        ),
    ]
    return narrow(charges, facets, PATH, {name: query[name] for name in query if name in KEPT})


KEPT = frozenset({"state", "reason", "agency"})


def _agency(charge: Charge) -> str:
    return charge.booking.agency_name or UNKNOWN_AGENCY


def _list_page(
    narrowed: Narrowed[Charge], refusal: Refused | None = None, ticked: Sequence[int] = ()
) -> Response:
    to_decide = [each for each in narrowed.things if each.state is ChargeState.PROPOSED]
    page = render_template(
        "booking/charges.html",
        narrowed=narrowed,
        kept={name: request.values[name] for name in KEPT if request.values.get(name)},
        to_decide=to_decide,
        decided=[each for each in narrowed.things if each not in to_decide],
        totals=_totals(narrowed.things),
        lead=_lead(to_decide),
        refusal=refusal,
        ticked=ticked,
    )
    return make_response(page, 409 if refusal else 200)


def _lead(to_decide: Sequence[Charge]) -> str:
    if not to_decide:
        return "Nothing waits to be confirmed or waived."
    waits = "waits" if len(to_decide) == 1 else "wait"
    said = f"{sentence_case(count(len(to_decide), 'charge'))} {waits} for you"
    total = sum(charge.pence or 0 for charge in to_decide)
    unknown = sum(charge.pence is None for charge in to_decide)
    without = f", and {count(unknown, 'amount')} to be entered" if unknown else ""
    return f"{said}: {pounds(total)}{without}."


def _totals(charges: Sequence[Charge]) -> list[Total]:
    sums: Counter[tuple[str, ChargeState]] = Counter()
    for charge in charges:
        sums[_agency(charge), charge.state] += charge.pence or 0
    names = sorted({agency for agency, _ in sums})
    rows = [Total(a, sums[a, ChargeState.PROPOSED], sums[a, ChargeState.CONFIRMED]) for a in names]
    return [row for row in rows if row.proposed or row.confirmed]


@blueprint.post(f"{PATH}/confirm")
@requires(Permission.RUN_PROGRAMME)
def confirm_charges() -> Response:
    chosen = request.form.getlist("charge", type=row_id)
    try:
        confirmed = commands.confirm_charges(chosen, by=the_viewer(), now=now())
    except Refused as refusal:
        return _list_page(_narrowed(request.form), refusal, chosen)
    are = "is" if confirmed == 1 else "are"
    done(f"{sentence_case(count(confirmed, 'charge'))} {are} confirmed.")
    return see(PATH)


# --- One charge -----------------------------------------------------------------------------


@blueprint.get(f"{PATH}/<int:charge_id>")
@requires(Permission.RUN_PROGRAMME)
def show_charge(charge_id: int) -> Response:
    return _page(get_charge(charge_id, the_viewer()))


@blueprint.post(f"{PATH}/<int:charge_id>/waive")
@requires(Permission.RUN_PROGRAMME)
def waive_charge(charge_id: int) -> Response:
    charge, form = get_charge(charge_id, the_viewer()), ReasonForm()
    if not form.validate_on_submit():
        return _page(charge, waive=form)
    try:
        reason = form.reason.data or ""
        commands.waive_charge(charge_id, reason=reason, by=the_viewer(), now=now())
    except Refused as refusal:
        form.refuse(refusal)
        return _page(get_charge(charge_id, the_viewer()), waive=form)
    done("The charge is waived.")
    return see(PATH)


@blueprint.post(f"{PATH}/<int:charge_id>/amount")
@requires(Permission.RUN_PROGRAMME)
def amend_charge(charge_id: int) -> Response:
    charge, form = get_charge(charge_id, the_viewer()), AmountForm()
    if not form.validate_on_submit():
        return _page(charge, amend=form)
    try:
        commands.amend_charge(
            charge_id, form.pence(), reason=form.note.data or "", by=the_viewer(), now=now()
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _page(get_charge(charge_id, the_viewer()), amend=form)
    done(f"The amount is {pounds(form.pence())} now.")
    return see(f"{PATH}/{charge_id}")


def _page(
    charge: Charge, *, waive: ReasonForm | None = None, amend: AmountForm | None = None
) -> Response:
    show_partnership(charge.booking.event.partnership_id)
    faulty = waive or amend
    page = render_template(
        "booking/charge.html",
        charge=charge,
        form=faulty,
        waive=waive or ReasonForm(None),
        amend=amend or AmountForm(None),
        is_open=charge.state in (ChargeState.PROPOSED, ChargeState.CONFIRMED),
    )
    return make_response(page, 422 if faulty and faulty.has_errors else 200)


# --- The file for finance -------------------------------------------------------------------


@blueprint.post(f"{PATH}.csv")
@requires(Permission.RUN_PROGRAMME)
def charges_file() -> Response:
    charges = _narrowed(request.form).things
    lines = csv_lines(HEADER, list(_file_rows(charges)))
    partnerships = {charge.booking.event.partnership_id for charge in charges}
    commands.record_file_of_charges(partnerships, len(charges), by=the_viewer(), now=now())
    name = f"charges-{london_date(now()).isoformat()}.csv"
    return file_response(name, "".join(lines).encode(), "text/csv; charset=utf-8")


def _file_rows(charges: Sequence[Charge]) -> Iterator[tuple[Value, ...]]:
    for charge in charges:
        booking = charge.booking
        starts_at, decided_at = booking.event.starts_at, charge.decided_at
        yield (
            booking.reference,
            booking.agency_name,
            booking.sector.words if booking.sector else "",
            booking.event.reference,
            booking.event.title,
            london_date(starts_at).isoformat() if starts_at else "",
            booking.name,
            charge.reason.words,
            "" if charge.pence is None else f"{charge.pence / 100:.2f}",
            charge.state.words,
            charge.why,
            charge.decided_by.name if charge.decided_by else "",
            f"{london(decided_at):%Y-%m-%dT%H:%M}" if decided_at else "",
        )
