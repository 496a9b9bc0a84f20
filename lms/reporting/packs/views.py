"""Asking for no packs by e-mail, from the link in one: a page with one button, no sign-in."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires
from lms.reporting.packs.commands import resume_packs, stop_packs
from lms.reporting.packs.queries import is_stopped
from lms.reporting.views.blueprint import blueprint
from lms.web import held_links
from lms.web.pages import done, now, see

LINK = "pack"


@blueprint.get("/packs/<token>")
@requires(Permission.HOLD_LINK)
def pack_link(token: str) -> Response:
    return held_links.exchange(LINK, token, f"/packs/{held_links.subject_of(LINK, token)}")


@blueprint.get("/packs/<int:person_id>")
@requires(Permission.HOLD_LINK)
def packs(person_id: int) -> str:
    held_links.must_be_held(LINK, str(person_id))
    return render_template(
        "reporting/packs.html", is_stopped=is_stopped(person_id), here=f"/packs/{person_id}"
    )


@blueprint.post("/packs/<int:person_id>/stop")
@requires(Permission.HOLD_LINK)
def stop(person_id: int) -> Response:
    held_links.must_be_held(LINK, str(person_id))
    stop_packs(person_id, now=now())
    done("No more figures are sent to you by e-mail.")
    return see(f"/packs/{person_id}")


@blueprint.post("/packs/<int:person_id>/again")
@requires(Permission.HOLD_LINK)
def again(person_id: int) -> Response:
    held_links.must_be_held(LINK, str(person_id))
    resume_packs(person_id)
    done("They are sent again, from the next one on.")
    return see(f"/packs/{person_id}")
