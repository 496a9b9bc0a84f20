"""The kinds of message about a booking or an event: when each goes, and facts to show it with.

Whoever adds a template under `templates/booking/mail` adds its kind here; a test asks for it.
"""

from __future__ import annotations

from lms.booking.messages.kinds.of_events import BY_HAND, OF_THE_EVENT
from lms.booking.messages.kinds.of_places import OF_A_PLACE, OF_TIME
from lms.booking.messages.kinds.to_others import TO_OTHERS

KINDS = (*OF_A_PLACE, *OF_TIME, *OF_THE_EVENT, *TO_OTHERS, *BY_HAND)
"""For the page on which a partnership words them."""
