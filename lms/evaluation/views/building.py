"""The pages on which a partnership puts its own questions together."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.agencies.queries import partnership_chosen, partnerships_run_by, policy_of
from lms.agencies.rules import PolicyKey
from lms.catalogue.queries import course_choices, get_course
from lms.clock import london_date
from lms.errors import NotFound, Refused
from lms.evaluation import commands, queries
from lms.evaluation.builder_forms import (
    KINDS,
    MEASURES,
    WHAT_IS_MEASURED,
    QuestionForm,
    question_data,
)
from lms.evaluation.commands import Misworded
from lms.evaluation.forms import build_form, lay_out
from lms.evaluation.queries import Preview, Scope
from lms.evaluation.rules import MOST_QUESTIONS, OF_TEXT, Stage, why_fixed
from lms.evaluation.views import wording
from lms.evaluation.views.blueprint import blueprint
from lms.evaluation.views.managing import STAGES
from lms.web.addresses import row_id, row_id_in
from lms.web.pages import done, now, see
from lms.words import count, sentence_case

PATH = "/manage/questionnaires"
STAGE_PATH = f"{PATH}/<int:partnership_id>/<stage>"
QUESTION_PATH = f"{STAGE_PATH}/questions/<int:question_id>"


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def list_questionnaires() -> str:
    wanted = request.args.get("partnership", type=row_id)
    chosen = partnership_chosen(the_viewer(), wanted)
    show_partnership(chosen)
    return render_template(
        "evaluation/list_questionnaires.html",
        chosen=chosen,
        partnerships=partnerships_run_by(the_viewer()),
        courses=course_choices([chosen.id]),
        standings=queries.list_standings(chosen.id),
        stages=STAGES,
        path=f"{PATH}/{chosen.id}",
    )


@blueprint.get(STAGE_PATH)
@requires(Permission.RUN_PROGRAMME)
def show_questionnaire(partnership_id: int, stage: str) -> str:
    scope = _scope(partnership_id, stage)
    asked = queries.get_asked(scope)
    form = _preview(scope)
    return render_template(
        "evaluation/questionnaire.html",
        asked=asked,
        core=[(section, why_fixed(section)) for section in form.core + form.end],
        reach=queries.reach_of(scope, now()),
        sources=_sources(scope),
        most=MOST_QUESTIONS,
        **_facts(scope),
    )


@blueprint.get(f"{STAGE_PATH}/preview")
@requires(Permission.RUN_PROGRAMME)
def preview_questionnaire(partnership_id: int, stage: str) -> str:
    scope = _scope(partnership_id, stage)
    sections = _preview(scope).sections
    form = build_form(sections, {}, "")
    return render_template(
        "evaluation/preview_questionnaire.html",
        blocks=lay_out(sections, form),
        heading=wording.heading_of(scope.stage, sections),
        first_words=wording.FIRST_WORDS[scope.stage],
        is_narrow=request.args.get("width") == "phone",
        widths=[
            (text, _address(scope, "/preview", **query), bool(query) == _is_narrow())
            for text, query in (("Wide", {}), ("As on a phone", {"width": "phone"}))
        ],
        shown=queries.get_asked(scope),
        **_facts(scope),
    )


@blueprint.get(f"{STAGE_PATH}/answers")
@requires(Permission.RUN_PROGRAMME)
def show_answers(partnership_id: int, stage: str) -> str:
    scope = _scope(partnership_id, stage)
    return render_template(
        "evaluation/own_answers.html",
        results=queries.own_results(partnership_id, scope.stage, now()),
        fewest=policy_of(partnership_id, PolicyKey.WITHHOLD_BELOW, london_date(now())),
        texts=OF_TEXT,
        **_facts(scope),
    )


# --- Questions ------------------------------------------------------------------------------


@blueprint.route(f"{STAGE_PATH}/questions/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def add_question(partnership_id: int, stage: str) -> str | Response:
    scope = _scope(partnership_id, stage)
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            commands.add_question(
                scope, form.words(), is_required=form.is_required.data, by=the_viewer(), now=now()
            )
        except Misworded as wrong:
            form.point_out(wrong.faults)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _done(scope, "The question is added to the draft. Nobody is asked it yet.")
    return _question_page(scope, form)


@blueprint.route(QUESTION_PATH, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_question(partnership_id: int, stage: str, question_id: int) -> str | Response:
    scope = _scope(partnership_id, stage)
    line = queries.find_line(queries.get_asked(scope), question_id)
    form = QuestionForm(data=question_data(line.words, is_required=line.is_required))
    if form.validate_on_submit():
        try:
            commands.change_question(
                scope,
                question_id,
                form.words(line.words.options),
                is_required=form.is_required.data,
                by=the_viewer(),
                now=now(),
            )
        except Misworded as wrong:
            form.point_out(wrong.faults)
        else:
            return _done(scope, "The question is changed in the draft. Nobody is asked it yet.")
    return _question_page(scope, form, question_id)


@blueprint.post(f"{QUESTION_PATH}/move")
@requires(Permission.RUN_PROGRAMME)
def move_question(partnership_id: int, stage: str, question_id: int) -> Response:
    scope = _scope(partnership_id, stage)
    up = request.form.get("to") != "down"
    commands.move_question(scope, question_id, up=up, by=the_viewer(), now=now())
    return _done(scope, f"The question is moved {'up' if up else 'down'} in the draft.")


@blueprint.post(f"{QUESTION_PATH}/retire")
@requires(Permission.RUN_PROGRAMME)
def retire_question(partnership_id: int, stage: str, question_id: int) -> Response:
    scope = _scope(partnership_id, stage)
    commands.retire_question(scope, question_id, by=the_viewer(), now=now())
    return _done(scope, "The question is out of the draft. You find it under ready questions.")


# --- Ready questions ------------------------------------------------------------------------


@blueprint.get(f"{STAGE_PATH}/ready")
@requires(Permission.RUN_PROGRAMME)
def list_ready_questions(partnership_id: int, stage: str) -> str:
    scope = _scope(partnership_id, stage)
    ready = [one for one in queries.list_ready() if scope.stage in one.stages]
    shown = queries.get_asked(scope).shown
    return render_template(
        "evaluation/ready_questions.html",
        groups=[
            (measure, [one for one in ready if one.words.measures is measure])
            for measure in MEASURES
        ],
        earlier=queries.list_earlier_questions(scope),
        asked={line.words.wording for line in shown},
        **_facts(scope),
    )


@blueprint.post(f"{STAGE_PATH}/ready")
@requires(Permission.RUN_PROGRAMME)
def take_ready_question(partnership_id: int, stage: str) -> Response:
    scope = _scope(partnership_id, stage)
    key, earlier = request.form.get("key"), row_id_in(request.form.get("question"))
    if earlier is not None:
        commands.ask_again(scope, earlier, by=the_viewer(), now=now())
    else:
        ready = queries.get_ready(key or "")
        commands.add_question(scope, ready.words, library_key=ready.key, by=the_viewer(), now=now())
    done("The question is added to the draft, at its end. Nobody is asked it yet.")
    return see(_address(scope, "/ready"))


@blueprint.post(f"{STAGE_PATH}/copy")
@requires(Permission.RUN_PROGRAMME)
def copy_questions(partnership_id: int, stage: str) -> Response:
    scope = _scope(partnership_id, stage)
    chosen = row_id_in(request.form.get("from"))
    source = get_course(chosen, the_viewer()).id if chosen is not None else None
    new = commands.copy_questions(scope, source, by=the_viewer(), now=now())
    said = sentence_case(count(new, "question is", "questions are"))
    return _done(scope, f"{said} copied to the draft. Nobody is asked them yet.")


# --- In force -------------------------------------------------------------------------------


@blueprint.post(f"{STAGE_PATH}/in-force")
@requires(Permission.RUN_PROGRAMME)
def put_in_force(partnership_id: int, stage: str) -> Response:
    scope = _scope(partnership_id, stage)
    number = commands.put_in_force(scope, by=the_viewer(), now=now())
    return _done(scope, f"Version {number} is asked on every form that is opened from now on.")


@blueprint.post(f"{STAGE_PATH}/discard")
@requires(Permission.RUN_PROGRAMME)
def discard_draft(partnership_id: int, stage: str) -> Response:
    scope = _scope(partnership_id, stage)
    commands.discard_draft(scope, by=the_viewer(), now=now())
    return _done(scope, "The draft is thrown away. What was asked before is asked still.")


@blueprint.post(f"{STAGE_PATH}/as-everywhere")
@requires(Permission.RUN_PROGRAMME)
def ask_as_everywhere(partnership_id: int, stage: str) -> Response:
    scope = _scope(partnership_id, stage)
    commands.ask_as_everywhere(scope, by=the_viewer(), now=now())
    return _done(scope, "This course asks again what every event is asked.")


# --- What the pages share -------------------------------------------------------------------


def _scope(partnership_id: int, stage: str) -> Scope:
    """The scope of an address, if the viewer runs its programme. Raises NotFound."""
    if not the_viewer().can(Permission.RUN_PROGRAMME, partnership_id):
        raise NotFound
    if stage not in {one.value for one in Stage}:
        raise NotFound
    show_partnership(partnership_id)
    if "course" not in request.args:
        return Scope(partnership_id, Stage(stage))
    course = get_course(row_id_in(request.args["course"]) or 0, the_viewer())
    if course.partnership_id != partnership_id:
        raise NotFound
    return Scope(partnership_id, Stage(stage), course.id)


def _address(scope: Scope, suffix: str = "", **query: str) -> str:
    """A page of a scope."""
    course = {"course": str(scope.course_id)} if scope.course_id else {}
    asked = urlencode({**course, **query})
    path = f"{PATH}/{scope.partnership_id}/{scope.stage.value}{suffix}"
    return f"{path}?{asked}" if asked else path


def _done(scope: Scope, sentence: str) -> Response:
    done(sentence)
    return see(_address(scope))


def _facts(scope: Scope) -> dict[str, Any]:
    course = get_course(scope.course_id, the_viewer()) if scope.course_id else None
    return {
        "scope": scope,
        "course": course,
        "stage_name": STAGES[scope.stage],
        "address": lambda suffix="": _address(scope, suffix),
        "kinds": KINDS,
        "measures": MEASURES,
        "what_is_measured": WHAT_IS_MEASURED,
    }


def _question_page(scope: Scope, form: QuestionForm, question_id: int | None = None) -> str:
    return render_template(
        "evaluation/question_form.html",
        form=form,
        question_id=question_id,
        hints={measure.value: said for measure, said in WHAT_IS_MEASURED.items()},
        **_facts(scope),
    )


def _preview(scope: Scope) -> Preview:
    return queries.preview_of(queries.get_asked(scope), now())


def _is_narrow() -> bool:
    return request.args.get("width") == "phone"


def _sources(scope: Scope) -> list[tuple[str, str]]:
    """Whose questions can be copied: courses with their own, and what every event is asked."""
    standings = queries.list_standings(scope.partnership_id)
    own = {
        course
        for (course, stage), one in standings.items()
        if stage is scope.stage and one.questions
    }
    found = [
        (str(course.id), course.name)
        for course in course_choices([scope.partnership_id])
        if course.id in own - {scope.course_id}
    ]
    shared = [("", "What every event is asked")] if scope.course_id and None in own else []
    return shared + found
