"""Pages made of every component with invented data: what tests of the furniture look at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, render_template, request
from flask_login import LoginManager
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from lms import web
from lms.clock import FixedClock
from lms.config import REPOSITORY, load_settings
from lms.errors import Busy, Gone, NotFound, Refused
from lms.web.figures import Bar, Change, Part
from lms.web.filters import Facet, narrow
from lms.web.forms import ClockTimeField, DayField, Form, choices
from lms.web.pages import done, file_response, see

HERE = Path(__file__).parent / "gallery_pages"
PAGES = sorted(path.stem for path in HERE.glob("*.html"))
PARTNERSHIP = SimpleNamespace(
    title="Walsall Safeguarding Partnership",
    name="Walsall",
    contact_name="Idris Larkspur",
    contact_email="training@wsp.example",
    contact_phone="01632 960 417",
    contact_days="Mondays and Thursdays",
    mark_svg=None,
    logo_href="",
    brand_href=None,
)
ONE_TO_FIVE = choices((str(n), str(n)) for n in range(1, 6))
FACETS = [
    Facet(
        "places",
        "Places",
        [("left", "With places left")],
        lambda event: ["left"] if event.left else [],
    ),
    Facet(
        "level",
        "Level",
        [("1", "Level 1"), ("2", "Level 2"), ("none", "No level")],
        lambda event: [event.level],
    ),
]


class AboutYou(Form):
    name = StringField("Your name", description="As it should stand on your certificates.")
    agency = SelectField(
        "Your agency",
        description="Suggested from your e-mail address.",
        choices=choices([("1", "Pool Hayes Academy (Walsall)"), ("2", "Another")]),
    )
    job_role = StringField(
        "Your job role", validators=[InputRequired("Enter your job role, such as health visitor")]
    )
    manager = StringField("Your line manager’s e-mail")
    first_day = DayField("First day", validators=[InputRequired("Enter the first day")])
    starts_at = ClockTimeField("Starts at")
    at_once = BooleanField("Confirm me at once if a place comes up")


class HowWasIt(Form):
    confidence = RadioField(
        "recognise when a family seems to cooperate and nothing changes?",
        choices=ONE_TO_FIVE,
        validators=[InputRequired("Choose a number from 1 to 5")],
    )
    kept = RadioField(
        "Did you?",
        choices=choices([("done", "Done"), ("partly", "Partly"), ("not_yet", "Not yet")]),
        validators=[Optional()],
    )
    barriers = SelectMultipleField(
        "What got in the way?",
        choices=choices([("time", "Time"), ("systems", "Our forms or systems")]),
    )
    anything = TextAreaField("Anything else?", description="Name no child, adult or family.")


def event(
    on: date, title: str, level: str, left: int, capacity: int, *parts: str, waiting: int = 0
) -> SimpleNamespace:
    return SimpleNamespace(
        on=on,
        title=title,
        level=level,
        left=left,
        left_by_side="",
        capacity=capacity,
        parts=list(parts),
        waiting=waiting,
        times="9:30am to 12:30pm",
        href="/events/1",
    )


EVENTS = [
    event(date(2027, 1, 27), "Safer Recruitment", "2", 9, 25, "Level 2", "Children", "Online"),
    event(date(2027, 1, 28), "Domestic Violence", "1", 0, 25, "Level 1", "Beacon Hall", waiting=3),
    event(date(2027, 2, 2), "Parental Mental Illness", "none", 41, 60, "Webinar", "Whole family"),
    event(date(2027, 2, 8), "Disguised Compliance", "2", 2, 30, "Level 2", "Beacon Hall, Walsall"),
]


def gallery_app() -> Flask:
    """An application with the furniture, and nothing of the trade."""
    settings = load_settings(demonstration=True, base_url="http://127.0.0.1:8000")
    app = Flask("lms", root_path=str(REPOSITORY))
    app.config.update(SECRET_KEY="x" * 40, TESTING=True, PROPAGATE_EXCEPTIONS=False)
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(HERE)])
    app.extensions["lms.settings"] = settings
    app.extensions["lms.clock"] = FixedClock(datetime(2027, 1, 18, 10, tzinfo=UTC))
    LoginManager(app).user_loader(_nobody)
    web.install(app, settings)
    app.context_processor(_context)
    _add_pages(app)
    return app


def _nobody(key: str) -> None:
    """Nobody can sign in to the gallery."""


def _context() -> dict[str, Any]:
    is_fresh = "fresh" in request.args
    return {"partnership": None if is_fresh else PARTNERSHIP}


def _show(name: str) -> str:
    form = HowWasIt() if name == "evaluation" else AboutYou() if name == "about-you" else None
    if form is not None and request.method == "POST":
        form.validate()
    more = {} if form is None else {"form": form}
    return render_template(
        f"{name}.html",
        narrowed=narrow(EVENTS, FACETS, request.path, request.args.to_dict()),
        Bar=Bar,
        Part=Part,
        Change=Change,
        date=date,
        **more,
    )


def _refuse(kind: str) -> str:
    raise {
        "busy": Busy("Many people are booking this event at this moment."),
        "gone": Gone("This offer ended on Tuesday at 5pm.", way_out="You are still waiting."),
        "missing": NotFound(),
        "refused": Refused("It clashes with Safer Recruitment.", way_out="Give that place up."),
        "field": Refused("Enter your manager’s own address.", field="manager"),
        "broken": ZeroDivisionError("a fault of ours"),
    }[kind]


def _undo() -> Any:
    done("Ada Lovelace’s place is hers again.", undo="/undo")
    return see("/page/states")


def _add_pages(app: Flask) -> None:
    app.add_url_rule("/page/<name>", "show", _show, methods=["GET", "POST"])
    app.add_url_rule("/sign-in", "sign_in", lambda: _show("states"))
    app.add_url_rule("/refuse/<kind>", "refuse", _refuse)
    app.add_url_rule("/undo", "undo", _undo, methods=["POST"])
    app.add_url_rule(
        "/file", "file", lambda: file_response("who came – é.csv", b"a,b\r\n", "text/csv")
    )
