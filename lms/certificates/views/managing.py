"""For those who run the programme: who has a certificate, who waits for what, and what to do."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.certificates import commands, printing
from lms.certificates.forms import AnewForm, RevokeForm, waive_form
from lms.certificates.queries import EventCertificates, get_event_certificates, partnership_of
from lms.certificates.rules import MAY_BE_WAIVED, Standing
from lms.certificates.views.blueprint import blueprint
from lms.errors import NotFound, Refused
from lms.pdf import undrawable
from lms.web.addresses import row_id_in
from lms.web.pages import done, file_response, now, see, settings
from lms.words import count, slug

CERTIFICATES = "/manage/events/<int:event_id>/certificates"


@blueprint.get(CERTIFICATES)
@requires(Permission.RUN_PROGRAMME)
def list_certificates(event_id: int) -> str:
    known = _known(event_id)
    return render_template(
        "certificates/list_certificates.html",
        known=known,
        event=known.event,
        here=_address(event_id),
        issued=known.of(Standing.ISSUED),
        due=known.of(Standing.DUE),
        waiting=known.of(*MAY_BE_WAIVED),
        to_revoke=known.of(Standing.TO_REVOKE),
        revoked=known.of(Standing.REVOKED),
        without=known.of(Standing.NOT_EARNED),
        undrawable={line.booking_id: undrawable(line.name) for line in known.lines},
    )


@blueprint.post(f"{CERTIFICATES}/issue")
@requires(Permission.RUN_PROGRAMME)
def issue_due(event_id: int) -> Response:
    issued = commands.issue_due(event_id, by=the_viewer(), now=now())
    if issued:
        done(f"{count(issued, 'certificate').capitalize()} issued. Everyone who can be is told.")
    else:
        done("No certificate is due: those that were have been issued.")
    return see(_address(event_id))


@blueprint.route(f"{CERTIFICATES}/waive", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def waive(event_id: int) -> str | Response:
    known = _known(event_id)
    lines = known.of(*MAY_BE_WAIVED)
    if not lines:
        done("Nobody waits for the evaluation any more.")
        return see(_address(event_id))
    form = waive_form(lines, row_id_in(request.args.get("booking", "")))
    if form.validate_on_submit():
        people, reason = form.people.data or [], form.reason.data or ""
        waived = commands.waive(event_id, people, reason, by=the_viewer(), now=now())
        done(f"{count(waived, 'certificate').capitalize()} issued without the evaluation.")
        return see(_address(event_id))
    return render_template(
        "certificates/waive.html", form=form, known=known, here=_address(event_id)
    )


@blueprint.route(f"{CERTIFICATES}/<int:booking_id>/revoke", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def revoke(event_id: int, booking_id: int) -> str | Response:
    known = _known(event_id)
    line = known.line(booking_id)
    if not line.facts.is_in_force:
        raise Refused(f"{line.name} has no certificate that is in force.")
    form = RevokeForm(data={"reason": _proposed_reason(line.standing)})
    if form.validate_on_submit():
        reason = form.reason.data or ""
        commands.revoke(event_id, booking_id, reason, by=the_viewer(), now=now())
        done(f"The certificate of {line.name} is revoked.")
        return see(_address(event_id))
    return render_template(
        "certificates/revoke.html", form=form, known=known, line=line, here=_address(event_id)
    )


@blueprint.route(f"{CERTIFICATES}/<int:booking_id>/anew", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def issue_anew(event_id: int, booking_id: int) -> str | Response:
    known = _known(event_id)
    line = known.line(booking_id)
    if not line.may_issue_anew:
        raise Refused(f"{line.name} has no certificate that could be issued anew.")
    form = AnewForm(data={"instead_of": line.certificate.code if line.certificate else ""})
    if form.validate_on_submit():
        reason = form.reason.data or ""
        seen, by = form.instead_of.data, the_viewer()
        commands.issue_anew(event_id, booking_id, reason, instead_of=seen, by=by, now=now())
        done(f"{line.name} has a new certificate, and is told.")
        return see(_address(event_id))
    return render_template(
        "certificates/issue_anew.html", form=form, known=known, line=line, here=_address(event_id)
    )


@blueprint.post(f"{CERTIFICATES}.<form>")
@requires(Permission.RUN_PROGRAMME)
def certificates_file(event_id: int, form: str) -> Response:
    """All that are in force, as one PDF or as an archive of PDFs; that it was asked for is kept."""
    if form not in {"pdf", "zip"}:
        raise NotFound
    found = commands.hand_out(event_id, form.upper(), by=the_viewer(), now=now())
    partnership = partnership_of(found[0].partnership_id)
    make = printing.certificates_pdf if form == "pdf" else printing.certificates_zip
    made = make(found, partnership, base_url=settings().base_url, now=now())
    return file_response(
        f"certificates-{slug(found[0].title)[:60]}.{form}", made, f"application/{form}"
    )


def _known(event_id: int) -> EventCertificates:
    return get_event_certificates(event_id, the_viewer(), now())


def _address(event_id: int) -> str:
    return f"/manage/events/{event_id}/certificates"


def _proposed_reason(standing: Standing) -> str:
    if standing is Standing.TO_REVOKE:
        return "The register was corrected: it no longer says that you attended throughout."
    return ""
