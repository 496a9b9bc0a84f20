"""Every type of page: who sees it, at which address, and with which answer."""

from __future__ import annotations

from typing import NamedTuple

ANYONE = "anyone"
CODE_SENT = "somebody who asked for a code"
NEW_HERE = "somebody new who typed it in"


class PageType(NamedTuple):
    """`press` names a button: the page looked at is the one that comes after."""

    name: str
    who: str
    address: str
    status: int = 200
    press: str = ""


DELEGATE, COORDINATOR, TRAINER = "delegate", "coordinator", "trainer"
LEAD = "agency lead"
PLD_MEMBER, ADMINISTRATOR = "PLD member", "administrator"
OF_THE_PROGRAMME = {COORDINATOR, TRAINER, PLD_MEMBER, ADMINISTRATOR}
COURSE = "/courses/disguised-compliance-and-safeguarding-children"
REGISTER = "/manage/events/{today}/register"

PAGE_TYPES = (
    # --- Anyone -----------------------------------------------------------------------------------
    PageType("what is on", ANYONE, "/"),
    PageType("what is on, narrowed to nothing", ANYONE, "/events?q=nothing-like-it"),
    PageType("month", ANYONE, "/events?view=month&from=2027-02-01"),
    PageType("event with places", ANYONE, "/events/{open}"),
    PageType("full event", ANYONE, "/events/{waited}"),
    PageType("past event", ANYONE, "/events/{past}"),
    PageType("cancelled event", ANYONE, "/events/{cancelled}"),
    PageType("courses", ANYONE, "/courses"),
    PageType("course", ANYONE, COURSE),
    PageType("sign in", ANYONE, "/sign-in"),
    PageType("sign in, wrong", ANYONE, "/sign-in", press="Send me a code"),
    PageType("sign in by link", ANYONE, "/sign-in/{sign_in}"),
    PageType("sign-in link that is spent", ANYONE, "/sign-in/unknown", 410),
    PageType("code", CODE_SENT, "/sign-in/code"),
    PageType("code, wrong", CODE_SENT, "/sign-in/code", press="Sign in"),
    PageType("sign up", NEW_HERE, "/sign-up"),
    PageType("sign up, wrong", NEW_HERE, "/sign-up", press="Save and go on"),
    PageType("privacy", ANYONE, "/privacy"),
    PageType("accessibility", ANYONE, "/accessibility"),
    PageType("page that is not there", ANYONE, "/nothing-here", 404),
    PageType("mailbox", ANYONE, "/demo/mailbox"),
    PageType("e-mail", ANYONE, "/demo/mailbox/{message}"),
    # --- Whoever holds a link -----------------------------------------------------------------
    PageType("place link", ANYONE, "/places/{place}"),
    PageType("place link of one who waits", ANYONE, "/places/{list_place}"),
    PageType("place link that is spent", ANYONE, "/places/{used_place}", 410),
    PageType("place page without its link", NEW_HERE, "/places/{confirmed_id}", 410),
    PageType("altered link", ANYONE, "/places/nonsense", 404),
    PageType("offer link", ANYONE, "/offers/{offer}"),
    PageType("offer link, to decline", ANYONE, "/offers/{offer}?answer=decline"),
    PageType("approval link", ANYONE, "/approvals/{approval}"),
    PageType("approval link, wrong", ANYONE, "/approvals/{approval}", press="Decline"),
    PageType("approval page without its link", NEW_HERE, "/approvals/1", 410),
    PageType("offer page without its link", NEW_HERE, "/offers/1", 410),
    PageType("pre", ANYONE, "/evaluations/{pre}"),
    PageType("post", ANYONE, "/evaluations/{post}"),
    PageType("post, wrong", ANYONE, "/evaluations/{post}", press="Send my answers"),
    PageType("impact", ANYONE, "/evaluations/{impact}"),
    PageType("form that was answered", ANYONE, "/evaluations/{answered_link}", 410),
    PageType("form page without its link", NEW_HERE, "/evaluations/{long_ago_id}/post", 410),
    PageType("thanks", DELEGATE, "/evaluations/{long_ago_id}/post/answered"),
    # --- A practitioner -----------------------------------------------------------------------
    PageType("event at which one has a place", DELEGATE, "/events/{open}"),
    PageType("check answers", TRAINER, "/events/{open}/book"),
    PageType("check answers to wait", TRAINER, "/events/{waited}/book"),
    PageType("booking refused", PLD_MEMBER, "/events/{today}/book", 409),
    PageType("booking, confirmed", DELEGATE, "/bookings/{confirmed}"),
    PageType("booking, waiting", DELEGATE, "/bookings/{waiting}"),
    PageType("booking, offered", DELEGATE, "/bookings/{offered}"),
    PageType("check answers to ask", TRAINER, "/events/{approved}/book"),
    PageType("something comes first", TRAINER, "/events/{advanced}/book", 409),
    PageType("learnt elsewhere", TRAINER, "/events/{advanced}/book?elsewhere=y"),
    PageType("booking, requested", DELEGATE, "/bookings/{requested}"),
    PageType("booking, cancelled", DELEGATE, "/bookings/{cancelled_booking}"),
    PageType("booking, attended", DELEGATE, "/bookings/{attended}"),
    PageType("cancel", DELEGATE, "/bookings/{confirmed}/cancel"),
    PageType("move to another date", DELEGATE, "/bookings/{confirmed}/transfer"),
    PageType("hand over", DELEGATE, "/bookings/{confirmed}/hand-over"),
    PageType("hand over, wrong", DELEGATE, "/bookings/{confirmed}/hand-over", press="Go on"),
    PageType("tell me when this runs", DELEGATE, f"{COURSE}/tell-me"),
    PageType("leave the list", DELEGATE, "/bookings/{waiting}/cancel"),
    PageType("My learning", DELEGATE, "/my-learning"),
    PageType("My learning, empty", PLD_MEMBER, "/my-learning"),
    PageType("account", DELEGATE, "/account"),
    PageType("account details", DELEGATE, "/account/details"),
    PageType("another agency", DELEGATE, "/account/agencies/add"),
    PageType("needs", DELEGATE, "/account/needs"),
    PageType("change of agency", DELEGATE, "/account/agencies/move"),
    PageType("addresses", DELEGATE, "/account/addresses"),
    PageType("addresses, wrong", DELEGATE, "/account/addresses", press="Send a code to it"),
    PageType("learning record", DELEGATE, "/my-learning/record"),
    PageType("own calendar", DELEGATE, "/account/calendar"),
    PageType("kept form", DELEGATE, "/account/kept/{kept}"),
    PageType("page that one may not see", DELEGATE, "/manage/events", 404),
    # --- An agency lead -------------------------------------------------------------------------
    PageType("my agency", LEAD, "/my-agency"),
    PageType("past bookings of my agency", LEAD, "/my-agency/past"),
    PageType("people of my agency", LEAD, "/my-agency/people"),
    PageType("person of my agency", LEAD, "/my-agency/people/{person}"),
    PageType("event, for an agency", LEAD, "/my-agency/events/{open}"),
    PageType("book colleagues", LEAD, "/my-agency/events/{offering}/book"),
    PageType("book colleagues, wrong", LEAD, "/my-agency/events/{open}/book", press="Book them"),
    PageType("hold places", LEAD, "/my-agency/events/{open}/hold"),
    PageType("name a place", LEAD, "/my-agency/bookings/{held}/name"),
    PageType("hand over for a colleague", LEAD, "/my-agency/bookings/{confirmed}/hand-over"),
    PageType("move a colleague", LEAD, "/my-agency/bookings/{confirmed}/move"),
    PageType("cancel for a colleague", LEAD, "/my-agency/bookings/{confirmed}/cancel"),
    # --- Trainer and coordinator ----------------------------------------------------------------
    PageType("Today", COORDINATOR, "/manage"),
    PageType("courses to manage", COORDINATOR, "/manage/courses"),
    PageType("new course", COORDINATOR, "/manage/courses/new"),
    PageType("new course, wrong", COORDINATOR, "/manage/courses/new", press="Save the course"),
    PageType("change a course", COORDINATOR, "/manage/courses/{course}"),
    PageType("who would come", COORDINATOR, "/manage/courses/{course}/demand"),
    PageType("priorities", COORDINATOR, "/manage/priorities"),
    PageType("events to manage", COORDINATOR, "/manage/events"),
    PageType("new event", COORDINATOR, "/manage/events/new"),
    PageType("new event, wrong", COORDINATOR, "/manage/events/new", press="Save the draft"),
    PageType("change an event", COORDINATOR, "/manage/events/{open}/edit"),
    PageType("preview of a draft", COORDINATOR, "/manage/events/{draft}/preview"),
    PageType("event, manage", COORDINATOR, "/manage/events/{full}"),
    PageType("event that is over, manage", COORDINATOR, "/manage/events/{past}"),
    PageType("number of places", COORDINATOR, "/manage/events/{full}/capacity"),
    PageType("who can book", COORDINATOR, "/manage/events/{full}/who-can-book"),
    PageType("between partnerships", COORDINATOR, "/manage/region"),
    PageType("trainers lent", COORDINATOR, "/manage/events/{open}/lent-trainers"),
    PageType("tell those invited", COORDINATOR, "/manage/events/{invited}/invite"),
    PageType("our people at another's event", COORDINATOR, "/manage/events/{shared}/our-people"),
    PageType("cancel an event", COORDINATOR, "/manage/events/{full}/cancel"),
    PageType("postpone an event", COORDINATOR, "/manage/events/{full}/postpone"),
    PageType("find somebody to book in", COORDINATOR, "/manage/events/{open}/book?q=Hark"),
    PageType("book somebody in", COORDINATOR, "/manage/events/{full}/book/{person}"),
    PageType("add somebody to book in", COORDINATOR, "/manage/events/{open}/book/new"),
    PageType("give a place", COORDINATOR, "/manage/bookings/{waiting}/place"),
    PageType("set a priority", COORDINATOR, "/manage/bookings/{waiting}/priority"),
    PageType("registers", TRAINER, "/manage/registers"),
    PageType("register", TRAINER, REGISTER),
    PageType("register, closed", COORDINATOR, "/manage/events/{past}/register"),
    PageType("walk-in", TRAINER, REGISTER + "/walk-in"),
    PageType("walk-in, wrong", TRAINER, REGISTER + "/walk-in", press="Add them"),
    PageType("close the register", TRAINER, REGISTER + "/close"),
    PageType("excuse", COORDINATOR, REGISTER + "/{here_id}/excuse"),
    PageType("correct", COORDINATOR, "/manage/events/{past}/register/{attended_id}/correct"),
    PageType("evaluations", COORDINATOR, "/manage/evaluations"),
    PageType("evaluations of an event", COORDINATOR, "/manage/events/{past}/evaluations"),
    PageType("paper form", COORDINATOR, "/manage/events/{past}/evaluations/{attended_id}/post"),
    PageType("offers", COORDINATOR, "/manage/events/{offering}/offers"),
    PageType("take an offer back", COORDINATOR, "/manage/bookings/{offered}/take-back"),
    PageType("charges", COORDINATOR, "/manage/charges"),
    PageType("charge", COORDINATOR, "/manage/charges/{charge}"),
    PageType("approval", COORDINATOR, "/manage/approvals/{approval_id}"),
    PageType("approvals awaited", COORDINATOR, "/manage/events/{approved}"),
    PageType("approvals of a lead", LEAD, "/my-agency/approvals"),
    PageType("approval of a lead", LEAD, "/my-agency/approvals/{led_approval_id}"),
    PageType("who may approve", COORDINATOR, "/manage/agencies/{agency}/approvers"),
    PageType("people", COORDINATOR, "/manage/people"),
    PageType("person", COORDINATOR, "/manage/people/{person}"),
    PageType("person, with roles", ADMINISTRATOR, "/manage/people/{person}"),
    PageType("change a person", COORDINATOR, "/manage/people/{person}/change"),
    PageType("new person", COORDINATOR, "/manage/people/new"),
    PageType("agencies to match", COORDINATOR, "/manage/people/unmatched"),
    PageType("agencies", COORDINATOR, "/manage/agencies"),
    PageType("agency", COORDINATOR, "/manage/agencies/{agency}"),
    PageType("change an agency", COORDINATOR, "/manage/agencies/{agency}/change"),
    PageType("new agency", COORDINATOR, "/manage/agencies/new"),
    PageType("partnership", COORDINATOR, "/manage/partnership"),
    PageType("charging terms", COORDINATOR, "/manage/partnership/charging"),
    PageType("policies", COORDINATOR, "/manage/partnership/policies"),
    PageType("messages", COORDINATOR, "/manage/messages"),
    PageType("message", COORDINATOR, "/manage/messages/{message}"),
    PageType("jobs", ADMINISTRATOR, "/manage/jobs"),
    # --- Reports --------------------------------------------------------------------------------
    PageType("reports", PLD_MEMBER, "/reports"),
    PageType("attendance", PLD_MEMBER, "/reports/attendance?year=2026-27"),
    PageType("attendance by course", PLD_MEMBER, "/reports/attendance?year=2026-27&by=course"),
    PageType("attendance, nothing", PLD_MEMBER, "/reports/attendance?year=2019-20"),
    PageType("evaluation", PLD_MEMBER, "/reports/evaluation?year=2026-27"),
)

NOT_PAGES = {
    "static",
    "agencies.brand",
    "agencies.manage_agencies_csv",
    "booking.own_calendar",
    "booking.region_file",
    "booking.show_feed",
    "booking.whats_on_csv",
    "desk.agency_counts_file",
    "desk.live",
    "desk.ready",
    "reporting.attendance_file",
    "reporting.evaluation_file",
}
"""Files and answers for machines."""
