"""Settings: every faulty one is named, all at once."""

from __future__ import annotations

import pytest

from lms.config import SettingsError, load_settings

SECRET = "a secret that only the tests know, long enough"


def faults(**settings: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(**settings)
    return caught.value.faults


def test_all_faults_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LMS_SECRET_KEY", raising=False)
    found = faults(
        demonstration=False,
        database_url="mysql://x",
        base_url="training",
        mail_url="carrier://pigeon",
        mail_from="nobody",
        bounce_url="pop3://mail.example",
        files_url="ftp://files.example",
        clock_ahead=60,
        log_format="poem",
    )
    named = {fault.partition(":")[0] for fault in found}
    assert named == {
        "LMS_SECRET_KEY",
        "LMS_DATABASE_URL",
        "LMS_BASE_URL",
        "LMS_MAIL_URL",
        "LMS_MAIL_FROM",
        "LMS_BOUNCE_URL",
        "LMS_FILES_URL",
        "LMS_CLOCK_AHEAD",
        "LMS_LOG_FORMAT",
    }


@pytest.mark.parametrize("url", ["smtp://mail.example:twenty", "smtp://", "file://folder"])
def test_an_address_for_mail_is_checked_before_any_mail_is_lost(url: str) -> None:
    assert faults(secret_key=SECRET, mail_url=url)[0].startswith("LMS_MAIL_URL")


@pytest.mark.parametrize(
    "url", ["imaps://", "imap://mail.example", "imap://u:p@mail.example:x", "file://inbox"]
)
def test_a_mailbox_is_checked_before_any_answer_is_lost(url: str) -> None:
    assert faults(secret_key=SECRET, bounce_url=url)[0].startswith("LMS_BOUNCE_URL")


def test_mail_that_goes_out_is_not_read_as_mail_that_came_in() -> None:
    folder = "file:///var/mail/lms"
    found = faults(secret_key=SECRET, mail_url=folder, bounce_url=folder)
    assert found == ["LMS_BOUNCE_URL: must not be the folder that mail goes to"]


def test_the_demonstration_needs_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LMS_SECRET_KEY", raising=False)
    assert load_settings(demonstration=True, clock_ahead=60).signing_keys[0]


def test_a_secret_is_never_written_out() -> None:
    assert SECRET not in repr(load_settings(secret_key=SECRET))


@pytest.mark.parametrize(
    "url",
    [
        "file://folder",
        "file:///",
        "s3://",
        "s3://bucket:443/lms",
        "s3://key@bucket",
        "s3://bucket?zone=1",
        "s3://bucket?endpoint=storage.example",
    ],
)
def test_a_place_for_files_is_checked_before_any_file_is_lost(url: str) -> None:
    assert faults(secret_key=SECRET, files_url=url)[0].startswith("LMS_FILES_URL: ")


def test_a_bucket_is_named_with_or_without_its_key() -> None:
    for url in (
        "s3://bucket",
        "s3://key:secret@bucket/lms?region=eu-west-2&endpoint=https://storage.example",
    ):
        assert load_settings(secret_key=SECRET, files_url=url).files_url == url
