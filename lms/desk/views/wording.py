"""What messages say, in the partnership's own words where it has some."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.desk.forms import WordingForm
from lms.desk.views.blueprint import blueprint
from lms.desk.wording import WordingPage, wording_list, wording_page
from lms.errors import Refused
from lms.messaging import commands
from lms.messaging.templates import OwnWords
from lms.web.pages import done, now, see

PATH = "/manage/wording"


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def list_wording() -> str:
    page = wording_list(the_viewer(), request.args)
    show_partnership(page.chosen.id)
    return render_template("desk/list_wording.html", page=page)


@blueprint.route(f"{PATH}/<kind>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_wording(kind: str) -> Response:
    page = wording_page(kind, the_viewer(), request.args)
    show_partnership(page.chosen.id)
    form = WordingForm(obj=page.start)
    form.subject.description = f"Leave it empty for ours: {page.our_subject}"
    words = OwnWords(form.subject.data or "", form.body.data or "")
    if form.validate_on_submit():
        try:
            if form.preview.data:
                form.check(page, words)
            else:
                partnership = page.chosen.id
                commands.set_words(page.example, partnership, words, by=the_viewer(), now=now())
                done(f"“{page.kind.title}” is said in these words from now on.")
                return see(f"{PATH}?partnership={partnership}")
        except Refused as refusal:
            form.refuse(refusal)
    return _page(kind, form, words)


def _page(kind: str, form: WordingForm, words: OwnWords) -> Response:
    page = wording_page(kind, the_viewer(), request.args)
    subject, text = page.preview(words)
    answer = render_template(
        "desk/change_wording.html", page=page, form=form, subject=subject, text=text
    )
    return make_response(answer, 422 if form.has_errors else 200)


@blueprint.post(f"{PATH}/<kind>/ours")
@requires(Permission.RUN_PROGRAMME)
def bring_back_our_words(kind: str) -> Response:
    page: WordingPage = wording_page(kind, the_viewer(), request.args)
    commands.bring_back_ours(page.kind, page.chosen.id, by=the_viewer(), now=now())
    done(f"“{page.kind.title}” is said in our words again. Yours are kept below.")
    return see(f"{PATH}/{kind}?partnership={page.chosen.id}")
