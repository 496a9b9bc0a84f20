"""Free texts: collected, read, redacted, released, withdrawn; and what shows a risk."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access import Role
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.catalogue.models import Theme
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from lms.evaluation.commands import Opened, answer
from lms.evaluation.commands.concerns import reveal_writer, send_to_lead, tell_leads
from lms.evaluation.commands.statements import (
    collect_texts,
    hold_back_text,
    release_text,
    set_quote_consent,
    take_back_quote,
)
from lms.evaluation.models import Answer, OwnQuestion, Reason, Statement
from lms.evaluation.queries.statements import (
    count_texts,
    get_text,
    list_texts,
    released_statements,
)
from lms.evaluation.rules import Measure, QuestionKind, QuoteConsent, Stage, StatementState
from lms.messaging.sender import send_due
from tests.evaluation.conftest import Delegate, came, close_register
from tests.support.browser import Browser
from tests.support.mail import KeptMail, must_read_as
from tests.support.make import Make
from tests.support.snapshots import at

SNAPSHOTS = Path(__file__).parent / "mail_snapshots"
NOW = at("2027-02-09 10:00")
SAID = "Ahmed’s mum told me what she had told nobody"
SHOWN = "[A mother] told me what she had told nobody"
AGREES = {"quote_consent": ["with_job_role"]}


def said(booking: int, stage: Stage, delegate: Delegate, when: str, **posted: object) -> None:
    scales = {key: [value] for key, value in delegate.confidence(4, 3).items()}
    answer(Opened(booking, stage, at(when)), {**scales, **posted}, now=at(when))  # type: ignore[dict-item]


@pytest.fixture
def texts(delegate: Delegate, make: Make, clock: FixedClock) -> Delegate:
    """Marigold wrote three texts and may be quoted; Osei wrote one and may not."""
    osei = make.booking(delegate.event, make.person("Osei Thistledown"))
    for booking in (delegate.booking, osei):
        came(booking)
    close_register(delegate.event, at("2027-02-08 16:45"))
    said(delegate.booking, Stage.POST, delegate, "2027-02-08 17:00", comment=[SAID], **AGREES)
    no = {"quote_consent": ["no"]}
    said(osei, Stage.POST, delegate, "2027-02-08 17:00", comment=["Not for others"], **no)
    example = {"example": ["I used it on Tuesday"], "difference": ["She is heard now"]}
    said(delegate.booking, Stage.IMPACT, delegate, "2027-04-05 10:00", **example)
    clock.set(at("2027-04-06 10:00"))
    collect_texts(clock.now())
    return delegate


def find(words: str, viewer: object) -> int:
    (found,) = [t.id for t in list_texts(viewer, StatementState.WAITING) if t.words == words]  # type: ignore[arg-type]
    return found


def quoted(make: Make, until: str | None = None) -> list[str]:
    db.session.rollback()
    found = released_statements([make.partnership()], until=at(until) if until else None)
    return [one.words for one in found]


def test_E10_every_text_of_those_who_agreed_waits_once_own_short_and_long_ones_too(
    texts: Delegate, make: Make
) -> None:
    viewer = make.viewer(make.coordinator())
    assert collect_texts(NOW) == 0
    assert {t.words for t in list_texts(viewer, StatementState.WAITING)} == {
        SAID,
        "I used it on Tuesday",
        "She is heard now",
    }
    walsall = make.partnership()
    with transaction() as session:
        one = get_text(find(SAID, viewer), viewer)
        form = session.get_one(Statement, one.id).evaluation
        for kind, wording, words in (
            (QuestionKind.LONG_TEXT, "What would you tell a colleague?", "Go"),
            (QuestionKind.SHORT_TEXT, "One word for the day?", "Clear"),
        ):
            question = OwnQuestion(
                partnership_id=walsall,
                kind=kind,
                wording=wording,
                measures=Measure.REACTION,
                made_at=NOW,
            )
            session.add(question)
            session.flush()
            form.answers.append(Answer(question=f"own_{question.id}", words=words))
        session.add(Reason(evaluation_id=form.id, is_help=False, code="no_time", words="Rotas"))
    assert collect_texts(NOW) == 3
    by_words = {t.words: t.question for t in list_texts(viewer, StatementState.WAITING)}
    assert by_words["Go"] == "What would you tell a colleague?"
    assert by_words["Clear"] == "One word for the day?"
    assert by_words["Rotas"] == "What got in the way? No time"
    came(texts.booking, Outcome.DID_NOT_ATTEND)
    db.session.rollback()
    assert list_texts(viewer, StatementState.WAITING) == [], "a voided form is quoted by nobody"


def test_E10_released_redacted_and_gone_the_moment_its_writer_withdraws(
    texts: Delegate, make: Make, clock: FixedClock
) -> None:
    viewer = make.viewer(make.coordinator())
    one = find(SAID, viewer)
    with pytest.raises(Refused, match="was not written"):
        release_text(one, "The mother told me", [], by=viewer, now=NOW)
    assert quoted(make) == []
    release_text(one, SHOWN, [], by=viewer, now=at("2027-04-06 10:00"))
    assert quoted(make) == [SHOWN]
    assert quoted(make, until="2027-04-01 00:00") == [], "cut at the month's start"
    assert get_text(one, viewer).original == "", "what was written is out of view"
    with pytest.raises(Refused, match="it is released"):
        hold_back_text(one, by=viewer, now=NOW)
    db.session.rollback()
    assert set_quote_consent(texts.booking, QuoteConsent.NO, now=NOW) == 1
    assert quoted(make) == []
    assert count_texts(viewer)[StatementState.WAITING] == 0
    with pytest.raises(NotFound):
        get_text(one, viewer)
    with pytest.raises(NotFound):
        release_text(one, SHOWN, [], by=viewer, now=NOW)
    set_quote_consent(texts.booking, QuoteConsent.WITHOUT_NAME, now=NOW)
    assert quoted(make) == [], "agreed to anew, read anew"
    assert get_text(one, viewer).words == SAID
    entries = db.session.scalars(select(AuditEntry).filter_by(object_kind="statement")).all()
    assert [entry.act for entry in entries] == ["release_text"]
    assert "Marigold" not in entries[0].sentence
    db.session.rollback()
    other = make.viewer(make.person(role=Role.COORDINATOR, partnership=make.partnership("Dudley")))
    with pytest.raises(NotFound):
        release_text(one, SAID, [], by=other, now=NOW)


def test_R4_a_role_of_which_too_few_came_stands_under_no_quote(texts: Delegate, make: Make) -> None:
    viewer = make.viewer(make.coordinator())
    release_text(find(SAID, viewer), SHOWN, [], by=viewer, now=NOW)

    def role() -> str:
        db.session.rollback()
        return released_statements([make.partnership()])[0].role

    with transaction() as session:
        for booking in session.scalars(select(Booking)):
            booking.job_role = "Health  Visitor"
    assert role() == "", "two came"
    for _ in range(3):
        colleague = make.booking(texts.event, job_role="health visitor")
        came(colleague, Outcome.PART_ATTENDED)
    assert role() == "Health Visitor"
    came(colleague, Outcome.EXCUSED)
    assert role() == ""
    came(colleague)
    set_quote_consent(texts.booking, QuoteConsent.WITHOUT_NAME, now=NOW)
    assert role() == ""


def test_E10_a_lead_finds_out_who_wrote_it_with_a_reason_and_nobody_else_does(
    texts: Delegate, make: Make, browser: Browser, mailer: KeptMail, clock: FixedClock
) -> None:
    idris = make.coordinator()
    browser.sign_in(idris)
    one = find(SAID, make.viewer(idris))
    release_text(one, SAID, [], by=make.viewer(idris), now=NOW)
    page = browser.get(f"/manage/statements/{one}")
    page = browser.submit(page, {}, form="Send it to the safeguarding lead")
    assert "sent to the safeguarding lead" in page.text
    assert quoted(make) == []
    today = browser.get("/manage")
    assert "Name a safeguarding lead: Walsall" in today.text
    assert "Read two comments before anyone is quoted" in today.text
    assert tell_leads(clock.now()) == 0
    tamsin = make.person("Tamsin Quill", "tamsin@wsp.example", role=Role.SAFEGUARDING_LEAD)
    assert tell_leads(clock.now()) == 1
    assert tell_leads(clock.now()) == 0
    while send_due(clock.now()):
        pass
    mail = str(mailer.sent[-1].get_content())
    assert mailer.sent[-1]["To"].endswith("<tamsin@wsp.example>")
    assert f"/manage/concerns/{one}" in mail
    assert "Ahmed" not in mail
    assert "Marigold" not in mail
    browser.get(f"/manage/concerns/{one}", status=404)
    browser.sign_in(tamsin)
    page = browser.get("/manage/concerns")
    page = browser.get(page.link("Disguised Compliance"))
    assert SAID in page.text
    assert "Marigold" not in page.html
    page = browser.submit(page, {"reason": " "}, form="Show me who", status=422)
    assert "Say why you need to know" in page.text
    page = browser.submit(page, {"reason": "A child may be hurt"}, form="Show me who wrote it")
    assert "Marigold Pettifer" in page.text
    entry = db.session.scalars(select(AuditEntry).filter_by(act="reveal_writer")).one()
    assert (entry.by_name, entry.reason) == ("Tamsin Quill", "A child may be hurt")
    assert "Marigold" not in entry.sentence
    db.session.rollback()
    with pytest.raises(NotFound):
        reveal_writer(one, "I wonder", by=make.viewer(idris), now=clock.now())
    page = browser.submit(page, {}, form="It is seen to")
    assert "Nothing waits for you" in page.text
    assert "Marigold" not in browser.get(f"/manage/concerns/{one}").html
    browser.sign_in(idris)
    trail = browser.get("/manage/audit")
    assert "found out, as safeguarding lead, who wrote a text" in trail.text
    assert "A child may be hurt" in trail.text


def test_a_slip_is_taken_back_until_the_lead_has_acted(
    texts: Delegate, make: Make, browser: Browser
) -> None:
    idris = make.coordinator()
    viewer = make.viewer(idris)
    one = find(SAID, viewer)
    browser.sign_in(idris)
    page = browser.submit(browser.get(f"/manage/statements/{one}"), {}, form="Send it to the")
    page = browser.submit(page, {}, form="Undo")
    assert "taken back" in page.text
    assert get_text(one, viewer).state is StatementState.WAITING
    db.session.rollback()
    send_to_lead(one, by=viewer, now=NOW)
    lead = make.viewer(make.person(role=Role.SAFEGUARDING_LEAD))
    reveal_writer(one, "To help", by=lead, now=NOW)
    page = browser.get(f"/manage/statements/{one}")
    refused = browser.submit(page, {}, form="Take it back from the safeguarding lead", status=409)
    assert "has acted on it already" in refused.text


def test_E10_a_coordinator_reads_one_at_a_time_and_undoes(
    texts: Delegate, make: Make, browser: Browser
) -> None:
    walsall = make.partnership()
    db.session.rollback()
    with transaction() as session:
        session.add(Theme(partnership_id=walsall, name="Neglect"))
    browser.sign_in(make.coordinator())
    page = browser.get("/manage/evaluations")
    page = browser.get(page.link("What people wrote"))
    assert "3 texts" in page.text
    page = browser.get(page.link("Read the first"))
    assert "Marigold" not in page.html
    wrong = browser.submit(page, {"words": "Made up"}, form="Release it", status=422)
    assert "“Made” was not written there" in wrong.text
    theme = wrong.document.select_one("input[name=themes]")["value"]
    page = browser.submit(wrong, {"words": SHOWN, "themes": theme}, form="Release it")
    assert "The text is released" in page.text, "and the next one is shown"
    page = browser.submit(page, {"decision": "hold back"}, form="Hold it back")
    assert "held back" in page.text
    listed = browser.get("/manage/statements?show=released")
    assert SHOWN in listed.text
    assert "Neglect" in listed.text
    assert "Marigold" not in listed.html
    assert "Ahmed" not in listed.html
    page = browser.submit(listed, {}, form="Read it again")
    assert "waits to be read once more" in page.text
    assert SAID in page.text
    assert "No text" not in page.text
    for role in (Role.PLD_MEMBER, Role.SAFEGUARDING_LEAD, Role.TRAINER):
        browser.sign_in(make.person(role=role))
        browser.get("/manage/statements", status=404)


def test_E10_a_writer_takes_it_back_by_the_link_and_from_my_learning(
    texts: Delegate, make: Make, browser: Browser, app: Flask
) -> None:
    viewer = make.viewer(make.coordinator())
    one = find(SAID, viewer)
    release_text(one, SHOWN, [], by=viewer, now=NOW)
    db.session.rollback()
    browser.get(f"{texts.address('post')}/quoting", status=410)
    page = browser.get(texts.link("post"), status=410)
    page = browser.get(page.link("See what you agreed to"))
    assert SHOWN in page.text
    stranger = make.statement(make.booking(texts.event), state=StatementState.RELEASED)
    with pytest.raises(NotFound):
        take_back_quote(texts.booking, stranger, now=NOW)
    db.session.rollback()
    page = browser.submit(page, {}, form="Take this one back")
    assert "It is taken back" in page.text
    assert "Nothing of yours is quoted" in page.text
    assert SHOWN not in quoted(make)
    two = find("She is heard now", viewer)
    release_text(two, "She is heard now", [], by=viewer, now=NOW)
    db.session.rollback()
    browser.sign_in(texts.person)
    page = browser.get("/my-learning")
    page = browser.get(page.link("May we quote you?"))
    assert "She is heard now" in page.text
    page = browser.submit(page, {"consent": "no"}, form="Save")
    assert "One quote of yours disappeared" in page.text
    assert "She is heard now" not in quoted(make)


def test_E10_the_mail_to_a_lead_reads_as_written(
    texts: Delegate, make: Make, mailer: KeptMail, clock: FixedClock
) -> None:
    viewer = make.viewer(make.coordinator())
    make.person("Tamsin Quillfeather", "tamsin@wsp.example", role=Role.SAFEGUARDING_LEAD)
    one = find(SAID, viewer)
    send_to_lead(one, by=viewer, now=clock.now())
    tell_leads(clock.now())
    while send_due(clock.now()):
        pass
    mail = mailer.sent[-1]
    heads = "\n".join(f"{name}: {mail[name]}" for name in ("From", "Reply-To", "To", "Subject"))
    body = str(mail.get_content()).replace(f"/concerns/{one}", "/concerns/3")
    must_read_as(SNAPSHOTS / "concern.txt", f"{heads}\n\n{body}")


def test_E10_a_PLD_member_meets_no_name_beside_what_is_quoted(
    texts: Delegate, make: Make, browser: Browser, app: Flask
) -> None:
    viewer = make.viewer(make.coordinator())
    one = find(SAID, viewer)
    release_text(one, SHOWN, [], by=viewer, now=NOW)
    send_to_lead(find("She is heard now", viewer), by=viewer, now=NOW)
    db.session.rollback()
    browser.sign_in(make.person(role=Role.PLD_MEMBER))
    texts_and_reports = (
        "/reports",
        "/manage/statements",
        "/manage/concerns",
        "/courses",
        "/manage",
    )
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.rule.startswith(texts_and_reports):
            continue
        values = {"statement_id": one, "slug": "disguised-compliance-and-safeguarding-children"}
        given = {name: values.get(name, 1) for name in rule.arguments}
        with app.test_request_context():
            address = rule.build(given, append_unknown=False)
        answer_of = browser.client.get(address[1], base_url="http://127.0.0.1:8000")
        page = answer_of.get_data().decode("utf-8", "replace")
        assert "Marigold" not in page, address[1]
        assert SAID not in page, address[1]
