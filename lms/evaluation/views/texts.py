"""Free texts: a coordinator reads one at a time, redacts it, and releases it or holds it back."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.catalogue.queries import list_themes
from lms.errors import Refused
from lms.evaluation.commands import concerns, statements
from lms.evaluation.forms_of_texts import TextForm
from lms.evaluation.queries.concerns import without_a_lead
from lms.evaluation.queries.statements import (
    Text,
    count_texts,
    count_unquoted,
    get_text,
    list_texts,
    list_unquoted,
)
from lms.evaluation.rules import StatementState
from lms.evaluation.rules.statements import worth_a_look
from lms.evaluation.views.blueprint import blueprint
from lms.web.filters import Facet, narrow
from lms.web.pages import done, now, see

PATH = "/manage/statements"
ONE = f"{PATH}/<int:statement_id>"
VIEWS = {
    "to-read": ("To read", StatementState.WAITING),
    "released": ("Released", StatementState.RELEASED),
    "held-back": ("Held back", StatementState.HELD_BACK),
}
UNQUOTED = "not-for-quoting"


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def list_statements() -> str:
    shown = request.args.get("show", "")
    shown = shown if shown in (*VIEWS, UNQUOTED) else "to-read"
    texts = _shown(shown)
    return render_template(
        "evaluation/list_statements.html",
        shown=shown,
        views=[(text, f"{PATH}?show={name}", name == shown) for name, text in _tabs()],
        narrowed=narrow(texts, _facets(texts), PATH, request.args),
        without_a_lead=without_a_lead(the_viewer(), now()),
    )


def _shown(view: str) -> list[Text]:
    if view == UNQUOTED:
        return list_unquoted(the_viewer())
    return list_texts(the_viewer(), VIEWS[view][1])


def _tabs() -> list[tuple[str, str]]:
    counts = count_texts(the_viewer())
    tabs = [(name, f"{text} ({counts[state]})") for name, (text, state) in VIEWS.items()]
    return [*tabs[:1], (UNQUOTED, f"Not for quoting ({count_unquoted(the_viewer())})"), *tabs[1:]]


def _facets(texts: list[Text]) -> list[Facet[Text]]:
    titles = sorted({text.course_title or text.title for text in texts} - {""})
    themes = sorted({theme for text in texts for theme in text.themes})
    return [
        Facet(
            "course",
            "Course or event",
            [(title, title) for title in titles],
            lambda text: {text.course_title or text.title},
        ),
        Facet("theme", "Theme", [(theme, theme) for theme in themes], lambda text: text.themes),
    ]


@blueprint.route(ONE, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def read_statement(statement_id: int) -> Response | BaseResponse:
    text = get_text(statement_id, the_viewer())
    show_partnership(text.partnership_id)
    if request.form.get("decision") == "hold back":
        return _hold_back(statement_id)
    if not text.may_be_quoted:
        return make_response(_unquoted_page(text))
    form = TextForm(data={"words": text.words, "themes": list(text.theme_ids)})
    themes = list_themes([text.partnership_id])
    form.offer(themes)
    if text.state is StatementState.WAITING and form.validate_on_submit():
        if _release(statement_id, form):
            return _on("The text is released: it may be quoted.", _again(statement_id))
        text = get_text(statement_id, the_viewer())
    left = [each.id for each in list_texts(the_viewer(), StatementState.WAITING)]
    page = render_template(
        "evaluation/read_statement.html",
        text=text,
        form=form,
        has_themes=bool(themes),
        looks=worth_a_look(text.original),
        left=len(left),
        skip=_after(statement_id, left),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _release(statement_id: int, form: TextForm) -> bool:
    """Whether it could be; else the form says why not."""
    words, themes = form.words.data or "", form.themes.data or ()
    try:
        statements.release_text(statement_id, words, themes, by=the_viewer(), now=now())
    except Refused as refusal:
        form.refuse(refusal)
        return False
    return True


def _unquoted_page(text: Text) -> str:
    left = [each.id for each in list_unquoted(the_viewer())]
    return render_template(
        "evaluation/read_unquoted.html", text=text, left=len(left), skip=_after(text.id, left)
    )


@blueprint.post(f"{ONE}/read")
@requires(Permission.RUN_PROGRAMME)
def tick_off(statement_id: int) -> BaseResponse:
    get_text(statement_id, the_viewer())
    statements.tick_off_text(statement_id, by=the_viewer(), now=now())
    sentence = "You have read it. It leaves the list, and nobody quotes it."
    return _on(sentence, _again(statement_id), UNQUOTED)


def _again(statement_id: int) -> str:
    return f"{PATH}/{statement_id}/again"


def _after(statement_id: int, waiting: list[int]) -> str:
    """The next text in the list, round to the first; nothing where there is no other."""
    others = [each for each in waiting if each != statement_id]
    if not others:
        return ""
    at = waiting.index(statement_id) if statement_id in waiting else -1
    return f"{PATH}/{waiting[(at + 1) % len(waiting)]}"


def _hold_back(statement_id: int) -> BaseResponse:
    statements.hold_back_text(statement_id, by=the_viewer(), now=now())
    return _on("The text is held back: nobody quotes it.", _again(statement_id))


@blueprint.post(f"{ONE}/again")
@requires(Permission.RUN_PROGRAMME)
def read_again(statement_id: int) -> BaseResponse:
    get_text(statement_id, the_viewer())
    statements.read_text_again(statement_id, by=the_viewer(), now=now())
    done("The text waits to be read once more. Meanwhile nobody quotes it.")
    return see(f"{PATH}/{statement_id}")


@blueprint.post(f"{ONE}/at-risk")
@requires(Permission.RUN_PROGRAMME)
def send_to_lead(statement_id: int) -> BaseResponse:
    text = get_text(statement_id, the_viewer())
    concerns.send_to_lead(statement_id, by=the_viewer(), now=now())
    return _on(
        "The text is sent to the safeguarding lead, who is told by e-mail. Nobody quotes it.",
        f"{PATH}/{statement_id}/at-risk/undo",
        "to-read" if text.may_be_quoted else UNQUOTED,
    )


@blueprint.post(f"{ONE}/at-risk/undo")
@requires(Permission.RUN_PROGRAMME)
def take_back_from_lead(statement_id: int) -> BaseResponse:
    get_text(statement_id, the_viewer())
    concerns.take_back_from_lead(statement_id, by=the_viewer(), now=now())
    done("It is taken back from the safeguarding lead.")
    return see(f"{PATH}/{statement_id}")


def _on(sentence: str, undo: str, view: str = "to-read") -> BaseResponse:
    """Say what was done and go on to the next text of that list, or to the list."""
    done(sentence, undo=undo)
    left = _shown(view)
    return see(f"{PATH}/{left[0].id}" if left else f"{PATH}?show={view}")
