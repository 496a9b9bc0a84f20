"""Settings from the environment, typed; every faulty one is named at once, at start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
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
    """Every setting of CONTRACT.md that this version reads."""

    model_config = SettingsConfigDict(env_prefix="LMS_", extra="ignore", frozen=True)

    database_url: str = f"sqlite:///{REPOSITORY / 'instance' / 'lms.db'}"
    secret_key: SecretStr = SecretStr("")
    old_secret_keys: SecretStr = SecretStr("")
    base_url: str = "http://127.0.0.1:8000"
    mail_url: str = f"file://{REPOSITORY / 'instance' / 'mail'}"
    mail_from: str = "training@localhost"
    demonstration: bool = False
    clock_ahead: float = 0  # seconds; set by `lms serve --at`, in the demonstration only
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    log_format: Literal["text", "json"] = "text"

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
        if parts.scheme != "file" and not parts.hostname:
            raise ValueError("must name a host")
        return url

    @field_validator("mail_from")
    @classmethod
    def _address_to_send_from(cls, address: str) -> str:
        if address.count("@") != 1 or any(c.isspace() or c in "<>," for c in address):
            raise ValueError("must be one e-mail address, such as training@example.org")
        return address

    @model_validator(mode="after")
    def _secret_long_enough(self) -> Self:
        secret = self.secret_key.get_secret_value()
        if not self.demonstration and len(secret) < SHORTEST_SECRET:
            raise ValueError(
                f"LMS_SECRET_KEY: must be set, with {SHORTEST_SECRET} characters or more"
            )
        return self

    @model_validator(mode="after")
    def _true_time_outside_the_demonstration(self) -> Self:
        if self.clock_ahead and not self.demonstration:
            raise ValueError("LMS_CLOCK_AHEAD: only the demonstration may run at another time")
        return self

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
