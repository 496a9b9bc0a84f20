"""The form of an event: one for drafts and for published events alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from lms.catalogue.forms.event_data import AS_ITS_KIND
from lms.catalogue.forms.rows import (
    OutcomeRow,
    SessionRow,
    WrittenDayField,
    named,
    outcomes_in,
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
    Fault,
    KnownVenue,
    Remit,
    SessionDetails,
    event_faults,
    held_at,
    other_course_faults,
)
from lms.catalogue.rules.details import MOST_PLACES
from lms.clock import at_london
from lms.web.forms import ClockTimeField, Form, Within, choices

MOST_SESSIONS = 30
MOST_OUTCOMES = 30
MOST_ROWS_READ = 300  # more than can be: so that what was typed is shown again with its fault
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
    venues: Sequence[KnownVenue] = ()


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
    sessions = FieldList(FormField(SessionRow), max_entries=MOST_ROWS_READ)
    add_session = SubmitField("Add another day")
    mode = RadioField(
        "How people take part",
        [InputRequired("Choose how people take part")],
        choices=MODES,
    )
    known_venue = SelectField("Venue", default="")
    venue = StringField(
        "Venue", [Length(max=200)], description="As it stands in lists: Beacon Hall, Walsall."
    )
    venue_access = TextAreaField(
        "Getting there, and access",
        [Length(max=4000)],
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
    see_who_is_free = SubmitField("See who is free then")
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
    minimum_places = IntegerField(
        "How many must have booked for it to run",
        [Optional(), Within(0, MOST_PLACES, "Enter a number, or nothing for no minimum")],
        description="Left empty: it runs however few come.",
    )
    decide_on = WrittenDayField(
        "Decided by",
        description="You are warned three working days before. Left empty: ten working days "
        "before the event. Nothing is cancelled by itself.",
    )
    price = DecimalField(
        "Price of a place in pounds",
        [Optional(), PRICES],
        description="Delegates see it. Left empty: free.",
    )
    cost = DecimalField(
        "What the event costs you in pounds",
        [Optional(), PRICES],
        description="Room, trainer, lunch. Only those who run the programme see it.",
    )
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
        self.trainer_ids = [trainer.id for trainer in offered.trainers]
        self.priorities.choices = named(offered.priorities)
        self.themes.choices = named(offered.themes)
        self._offer_venues(offered.venues)
        if self.add_session.data or not self.sessions.entries:
            self._add_session()
        if self.add_outcome.data or not self.outcomes.entries:
            self._add_outcome()

    @property
    def asks_for_rows(self) -> bool:
        """Whether a button was pressed that only adds a row."""
        pressed = (self.add_session, self.add_outcome, self.see_who_is_free)
        return any(button.data for button in pressed)

    def _offer_venues(self, venues: Sequence[KnownVenue]) -> None:
        """The venues to choose from; where there are none, a place is typed."""
        self.venues = {str(venue.id): venue for venue in venues}
        names = [(at, venue.name) for at, venue in self.venues.items()]
        self.known_venue.choices = choices([("", "Another place, or none"), *names])
        if self.venues:
            self.venue.label.text = "Another place"
            self.venue.description = "Only where it is none of these: Lantern House, Bloxwich."
            self.venue_access.description = (
                "Left empty, what is kept of the venue. Anyone can read this."
            )

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
        if len(self.sessions.entries) > MOST_SESSIONS:
            self._say_too_many_days()
            is_sound = False
        return is_sound

    def _say_too_many_days(self) -> None:
        said = f"Enter at most {MOST_SESSIONS} days: plan the others as an event of their own"
        show_faults(self, [Fault(f"sessions-{MOST_SESSIONS}-on", said)])

    def has_faults(
        self, details: EventDetails, course: Course | None, before: EventDetails | None = None
    ) -> bool:
        """Show what cannot be; whether there was any such thing."""
        of_course = course.partnership_id if course else None
        faults = [*event_faults(details), *other_course_faults(details.partnership_id, of_course)]
        return show_faults(self, [*map(self._at_its_row, faults), *self._venue_faults(before)])

    def _at_its_row(self, fault: Fault) -> Fault:
        """A fault of the second day belongs to the second row that is not empty."""
        whole, *rest = fault.field.split("-")
        if whole != "sessions" or not rest:
            return fault
        typed = [entry for entry in self.sessions if not entry.form.is_empty]
        return Fault(f"{typed[int(rest[0])].name}-{rest[1]}", fault.sentence)

    def _venue_faults(self, before: EventDetails | None) -> Iterator[Fault]:
        chosen, typed = self.venues.get(self.known_venue.data or ""), text_in(self.venue)
        if chosen is None:
            return
        if chosen.partnership_id != self.partnership.data:
            yield Fault("known_venue", "Choose a venue of the partnership that runs the event")
        if typed and typed not in {chosen.name, before.venue if before else ""}:
            yield Fault("venue", f"Take this out, or choose another place than {chosen.name} above")

    def course_id(self) -> int | None:
        """The course that is chosen, if any."""
        return int(self.course.data) if self.course.data else None

    def details(self, course: Course | None, before: EventDetails | None = None) -> EventDetails:
        """What was typed; what was left empty comes from the course.

        What the form does not ask stays as it was `before`.
        """
        details = EventDetails(
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
            closes_at=self._closes_at(),
            price=self.price.data,
            cost=self.cost.data,
            minimum_places=self.minimum_places.data or 0,
            decide_on=self.decide_on.data,
            stages=None if self.follow_up.data == AS_ITS_KIND else self.follow_up.data,
            aims=text_in(self.aims),
            audience=text_in(self.audience),
            outcomes=outcomes_in(self.outcomes),
            priority_ids=self._links(self.priorities, course.priorities if course else ()),
            theme_ids=self._links(self.themes, course.themes if course else ()),
        )
        chosen = self.venues.get(self.known_venue.data or "")
        own = [v for v in self.venues.values() if v.partnership_id == details.partnership_id]
        return held_at(details, chosen, own, before)

    def periods(self) -> list[tuple[datetime, datetime]]:
        """When it is, as far as the days can be read, whatever else is still missing."""
        return [
            (block.starts_at, block.ends_at)
            for entry in self.sessions
            if (block := entry.form.readable()) and block.ends_at > block.starts_at
        ]

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
