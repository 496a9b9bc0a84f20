"""Settings from the environment, typed; every faulty one is named at once, at start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent
DEMONSTRATION_SECRET = "demonstration-only-not-a-secret-0000000000"  # noqa: S105 - public by design
SHORTEST_SECRET = 32


class SettingsError(Exception):
    """One or more settings are faulty; `faults` has a line for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """Every setting that is read; README.md says what each is for."""

    model_config = SettingsConfigDict(env_prefix="LMS_", extra="ignore", frozen=True)

    demonstration: bool = False  # first: what follows may depend on it
    database_url: str = f"sqlite:///{REPOSITORY / 'instance' / 'lms.db'}"
    secret_key: SecretStr = Field(default=SecretStr(""), validate_default=True)
    old_secret_keys: SecretStr = SecretStr("")
    base_url: str = "http://127.0.0.1:8000"
    mail_url: str = f"file://{REPOSITORY / 'instance' / 'mail'}"
    mail_from: str = "training@localhost"
    bounce_url: str = ""
    files_url: str = f"file://{REPOSITORY / 'instance' / 'files'}"
    clock_ahead: float = 0  # seconds; set by `lms serve --at`, in the demonstration only
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    log_format: Literal["text", "json"] = "text"

    @property
    def host(self) -> str:
        """The host of our own address: what calendar entries are named by."""
        return urlsplit(self.base_url).hostname or "localhost"

    @field_validator("database_url")
    @classmethod
    def _database_that_we_know(cls, url: str) -> str:
        url = url.replace("postgres://", "postgresql://", 1)
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin sqlite:/// or postgresql://")
        return url

    @field_validator("base_url")
    @classmethod
    def _address_without_path(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an address such as https://training.example.org")
        if parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise ValueError("must have no path, query or fragment")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("mail_url")
    @classmethod
    def _mail_that_we_know(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"file", "smtp", "smtps", "smtp+starttls"}:
            raise ValueError("must begin file://, smtp://, smtps:// or smtp+starttls://")
        if parts.scheme == "file" and not parts.path.startswith("/"):
            raise ValueError("must name a folder by its whole path: file:///folder")
        if parts.scheme != "file" and not (parts.hostname and _has_a_port_or_none(parts)):
            raise ValueError("must name a host, and a port by its number if at all")
        return url

    @field_validator("files_url")
    @classmethod
    def _files_that_we_know(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"file", "s3"}:
            raise ValueError("must begin file:// or s3://")
        if parts.scheme == "file" and (parts.netloc or not parts.path.strip("/")):
            raise ValueError("must name a folder by its whole path: file:///folder")
        if parts.scheme == "s3" and (fault := _bucket_fault(parts)):
            raise ValueError(fault)
        return url

    @field_validator("bounce_url")
    @classmethod
    def _mailbox_that_we_know(cls, url: str, others: ValidationInfo) -> str:
        parts = urlsplit(url)
        if url and parts.scheme not in {"file", "imap", "imaps"}:
            raise ValueError("must begin imap://, imaps:// or file://, or be empty")
        if parts.scheme == "file" and not parts.path.startswith("/"):
            raise ValueError("must name a folder by its whole path: file:///folder")
        if parts.scheme == "file" and url == others.data.get("mail_url"):
            raise ValueError("must not be the folder that mail goes to")
        if parts.scheme.startswith("imap") and not (
            parts.hostname and parts.username and _has_a_port_or_none(parts)
        ):
            raise ValueError("must name user and host: imaps://user:password@host/folder")
        return url

    @field_validator("mail_from")
    @classmethod
    def _address_to_send_from(cls, address: str) -> str:
        if address.count("@") != 1 or any(c.isspace() or c in "<>," for c in address):
            raise ValueError("must be one e-mail address, such as training@example.org")
        return address

    @field_validator("secret_key")
    @classmethod
    def _secret_long_enough(cls, secret: SecretStr, others: ValidationInfo) -> SecretStr:
        is_short = len(secret.get_secret_value()) < SHORTEST_SECRET
        if is_short and not others.data.get("demonstration"):
            raise ValueError(f"must be set, with {SHORTEST_SECRET} characters or more")
        return secret

    @field_validator("clock_ahead")
    @classmethod
    def _true_time_outside_the_demonstration(cls, ahead: float, others: ValidationInfo) -> float:
        if ahead and not others.data.get("demonstration"):
            raise ValueError("only the demonstration may run at another time")
        return ahead

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """The ring of keys, newest first: old links survive a new key."""
        secret = self.secret_key.get_secret_value() or DEMONSTRATION_SECRET
        old = self.old_secret_keys.get_secret_value()
        return (secret, *(key.strip() for key in old.split(",") if key.strip()))

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def _bucket_fault(parts: SplitResult) -> str | None:
    """What is wrong with `s3://key:secret@bucket/folder?region=…&endpoint=…`."""
    asked = parse_qs(parts.query, keep_blank_values=True)
    if not parts.hostname or not _has_a_port_or_none(parts) or parts.port:
        return "must name a bucket: s3://bucket/folder"
    if bool(parts.username) != bool(parts.password):
        return "must have both key and secret, or neither: s3://key:secret@bucket"
    if unknown := sorted(set(asked) - {"region", "endpoint"}):
        return f"knows region and endpoint, and not {unknown[0]}"
    endpoint = urlsplit(asked.get("endpoint", ["https://s3"])[0])
    if endpoint.scheme not in {"http", "https"} or not endpoint.hostname:
        return "must have an endpoint such as https://storage.example.org"
    return None


def _has_a_port_or_none(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def load_settings(**overrides: object) -> Settings:
    """Read the environment. Raises SettingsError with a line for every faulty setting."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError([_fault(item) for item in error.errors()]) from None


def _fault(item: object) -> str:
    assert isinstance(item, dict)  # noqa: S101 - pydantic's own shape
    message = str(item["msg"]).removeprefix("Value error, ")
    if not item["loc"]:
        return message
    return f"LMS_{str(item['loc'][0]).upper()}: {message}"
