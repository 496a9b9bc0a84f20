"""What is typed about courses, priorities and events, and how it is read."""

from lms.catalogue.forms.course import CourseForm
from lms.catalogue.forms.event import EventForm
from lms.catalogue.forms.priorities import PrioritiesForm

__all__ = ["CourseForm", "EventForm", "PrioritiesForm"]
