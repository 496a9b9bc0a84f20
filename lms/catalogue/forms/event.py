"""The form of an event: one for drafts and for published events alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from wtforms import (
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import URL, InputRequired, Length, Optional

from lms.agencies.models import Partnership
from lms.catalogue.forms.rows import (
    OutcomeRow,
    SessionRow,
    WrittenDayField,
    named,
    outcome_rows,
    outcomes_in,
    session_rows,
    show_faults,
    text_in,
)
from lms.catalogue.models import Course, Priority, Theme
from lms.catalogue.queries import Choice
from lms.catalogue.rules import (
    CLOSING_TIME,
    EventDetails,
    EventKind,
    EventMode,
    Remit,
    SessionDetails,
    event_faults,
    other_course_faults,
)
from lms.clock import at_london, london
from lms.web.forms import ClockTimeField, Form, Within, choices

MOST_SESSIONS = 30
MOST_OUTCOMES = 30
AS_ITS_KIND = "as its kind"
PRICES = Within(0, 100_000, "Enter a price in pounds, such as 45 or 45.50")
MODES = choices(
    [
        (EventMode.IN_PERSON.value, EventMode.IN_PERSON.label),
        (EventMode.ONLINE.value, EventMode.ONLINE.label),
        (EventMode.HYBRID.value, "In a room or online, as each chooses"),
    ]
)
FOLLOW_UPS = choices(
    [
        (AS_ITS_KIND, "As usual for its kind"),
        ("pre;post;impact", "Before, at the end and eight weeks after"),
        ("pre;post", "Before and at the end"),
        ("post;impact", "At the end and eight weeks after"),
        ("post", "At the end"),
        ("", "Not at all"),
    ]
)
LEVELS = choices(
    [("", "As its course has it, or none"), *((str(n), f"Level {n}") for n in (1, 2, 3))]
)
REMITS = choices([("", "As its course has it"), *((remit.value, remit.label) for remit in Remit)])


@dataclass(frozen=True)
class Offered:
    """What there is to choose from in the form of an event."""

    partnerships: Sequence[Partnership]
    courses: Sequence[Choice]
    trainers: Sequence[Choice]
    priorities: Sequence[Priority]
    themes: Sequence[Theme]


class EventForm(Form):
    """All that an event says. What is left empty is taken from its course."""

    partnership = SelectField("Partnership", coerce=int)
    kind = SelectField(
        "What kind of event it is", choices=choices((k.value, k.label) for k in EventKind)
    )
    course = SelectField("Course")
    title = StringField(
        "Title", [Length(max=200)], description="Left empty, the title of its course."
    )
    sessions = FieldList(FormField(SessionRow), max_entries=MOST_SESSIONS)
    add_session = SubmitField("Add another day")
    mode = RadioField(
        "How people take part",
        [InputRequired("Choose how people take part")],
        choices=MODES,
    )
    venue = StringField(
        "Venue", [Length(max=200)], description="As it stands in lists: Beacon Hall, Walsall."
    )
    venue_access = TextAreaField(
        "Getting there, and access",
        [Length(max=2000)],
        description="Address, parking, step-free access, hearing loop. Anyone can read this.",
    )
    joining_link = StringField(
        "Joining link",
        [Optional(), URL(message="Enter an address that begins with https://")],
        description="Only those with a place see it.",
    )
    joining_instructions = TextAreaField(
        "What to bring or do beforehand",
        [Length(max=4000)],
        description="Stands in the confirmation and the reminder.",
    )
    trainers = SelectMultipleField("Trainers", coerce=int)
    provider = StringField(
        "Provider", [Length(max=120)], description="If an organisation from outside runs it."
    )
    capacity = IntegerField("Places", [InputRequired("Enter how many places there are")])
    online_capacity = IntegerField(
        "Places online",
        [Optional()],
        description="Only for an event in a room and online: beside the places in the room.",
    )
    closes_on = WrittenDayField(
        "Last day for booking",
        description="Left empty: the working day before, at 5pm; online events until they start.",
    )
    closes_time = ClockTimeField("Until", description="Left empty: 5pm.")
    price = DecimalField("Price in pounds", [Optional(), PRICES], description="Left empty: free.")
    follow_up = RadioField(
        "When people are asked about it", choices=FOLLOW_UPS, default=AS_ITS_KIND
    )
    level = SelectField("Level", choices=LEVELS)
    remit = SelectField("Who it is about", choices=REMITS)
    aims = TextAreaField("What it is about", [Length(max=4000)])
    audience = TextAreaField("Who it is for", [Length(max=4000)])
    outcomes = FieldList(FormField(OutcomeRow), max_entries=MOST_OUTCOMES)
    add_outcome = SubmitField("Add another")
    priorities = SelectMultipleField("Priorities", coerce=int)
    themes = SelectMultipleField("Themes", coerce=int)

    def offer(self, offered: Offered) -> None:
        """What there is to choose from, and a blank row for what is asked to be added."""
        self.partnership.choices = named(offered.partnerships)
        self.course.choices = choices(
            [
                ("", "None: it stands on its own"),
                *((str(course.id), course.name) for course in offered.courses),
            ]
        )
        self.trainers.choices = named(offered.trainers)
        self.priorities.choices = named(offered.priorities)
        self.themes.choices = named(offered.themes)
        if self.add_session.data or not self.sessions.entries:
            self._add_session()
        if self.add_outcome.data or not self.outcomes.entries:
            self._add_outcome()

    @property
    def asks_for_rows(self) -> bool:
        """Whether a button was pressed that only adds a row."""
        return bool(self.add_session.data or self.add_outcome.data)

    def _add_session(self) -> None:
        """A blank day, with the times of the one before."""
        entries = self.sessions.entries
        if len(entries) < MOST_SESSIONS:
            last = entries[-1].form if entries else None
            times = {"starts": last.starts.data, "ends": last.ends.data} if last else {}
            self.sessions.append_entry(times)

    def _add_outcome(self) -> None:
        entries = self.outcomes.entries
        if len(entries) < MOST_OUTCOMES:
            self.outcomes.append_entry({"place": len(entries) + 1})

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        if not self.course.data and not self.remit.data:
            self.remit.errors = ["Choose who it is about"]
            is_sound = False
        if not self.course.data and not text_in(self.title):
            self.title.errors = ["Enter a title, or choose a course"]
            is_sound = False
        return is_sound

    def has_faults(self, details: EventDetails, course: Course | None) -> bool:
        """Show what cannot be; whether there was any such thing."""
        of_course = course.partnership_id if course else None
        faults = [*event_faults(details), *other_course_faults(details.partnership_id, of_course)]
        return show_faults(self, faults)

    def course_id(self) -> int | None:
        """The course that is chosen, if any."""
        return int(self.course.data) if self.course.data else None

    def details(self, course: Course | None, before: EventDetails | None = None) -> EventDetails:
        """What was typed; what was left empty comes from the course.

        What the form does not ask stays as it was `before`.
        """
        return EventDetails(
            partnership_id=self.partnership.data,
            title=text_in(self.title) or (course.title if course else ""),
            kind=EventKind(self.kind.data),
            mode=EventMode(self.mode.data),
            capacity=self.capacity.data or 0,
            course_id=course.id if course else None,
            level=self._level(course),
            remit=self._remit(course),
            sessions=self._sessions(before),
            venue=text_in(self.venue),
            venue_access=text_in(self.venue_access),
            joining_link=text_in(self.joining_link),
            joining_instructions=text_in(self.joining_instructions),
            trainer_ids=tuple(self.trainers.data or ()),
            provider=text_in(self.provider),
            online_capacity=self._online_capacity(),
            cost=before.cost if before else None,
            closes_at=self._closes_at(),
            price=self.price.data,
            stages=None if self.follow_up.data == AS_ITS_KIND else self.follow_up.data,
            aims=text_in(self.aims),
            audience=text_in(self.audience),
            outcomes=outcomes_in(self.outcomes),
            priority_ids=self._links(self.priorities, course.priorities if course else ()),
            theme_ids=self._links(self.themes, course.themes if course else ()),
        )

    def _sessions(self, before: EventDetails | None) -> tuple[SessionDetails, ...]:
        typed = [entry.form.details() for entry in self.sessions if not entry.form.is_empty]
        known = {session.id: session for session in before.sessions} if before else {}
        return tuple(
            replace(
                session, room=known[session.id].room, joining_link=known[session.id].joining_link
            )
            if session.id in known
            else replace(session, id=None)
            for session in typed
        )

    def _level(self, course: Course | None) -> int | None:
        return int(self.level.data) if self.level.data else course.level if course else None

    def _remit(self, course: Course | None) -> Remit:
        return Remit(self.remit.data) if self.remit.data or not course else course.remit

    def _online_capacity(self) -> int | None:
        is_hybrid = self.mode.data == EventMode.HYBRID.value
        return self.online_capacity.data if is_hybrid else None

    def _closes_at(self) -> datetime | None:
        if self.closes_on.data is None:
            return None
        return at_london(self.closes_on.data, self.closes_time.data or CLOSING_TIME)

    @staticmethod
    def _links(field: SelectMultipleField, of_course: Sequence[Any]) -> tuple[int, ...]:
        return tuple(field.data or (row.id for row in of_course))


def event_data(details: EventDetails) -> dict[str, Any]:
    """An event as its form begins."""
    closes = london(details.closes_at) if details.closes_at else None
    return {
        "partnership": details.partnership_id,
        "kind": details.kind.value,
        "course": str(details.course_id or ""),
        "title": details.title,
        "sessions": session_rows(details.sessions),
        "mode": details.mode.value,
        "trainers": list(details.trainer_ids),
        "capacity": details.capacity,
        "online_capacity": details.online_capacity,
        "closes_on": closes.date() if closes else None,
        "closes_time": closes.time() if closes else None,
        "price": details.price,
        "follow_up": AS_ITS_KIND if details.stages is None else details.stages,
        "level": str(details.level or ""),
        "remit": details.remit.value,
        "outcomes": outcome_rows(details.outcomes),
        "priorities": list(details.priority_ids),
        "themes": list(details.theme_ids),
        **{name: getattr(details, name) for name in _AS_TYPED},
    }


_AS_TYPED = (
    *("venue", "venue_access", "joining_link", "joining_instructions", "provider"),
    *("aims", "audience"),
)


def course_as_event(course: Course) -> dict[str, Any]:
    """A new event of a course, as its form begins."""
    return {
        "partnership": course.partnership_id,
        "kind": EventKind.COURSE.value,
        "course": str(course.id),
        "follow_up": AS_ITS_KIND,
        "priorities": [priority.id for priority in course.priorities],
        "themes": [theme.id for theme in course.themes],
    }
