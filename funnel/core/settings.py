"""The settings: one frozen, nested object. This is the only module that reads the environment."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from funnel.core.setting_errors import explain, refuse_unknown
from funnel.core.start_errors import SettingsError

URL_VARIABLE = "FUNNEL_DATABASE_URL"
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(_Group):
    """Where the data lives. Without `url` the service runs its own server in `data_dir`."""

    url: str | None = None
    data_dir: Path = Path(".data")
    binaries: Path | None = None
    pool_size: int = Field(default=10, ge=2, le=100)
    connect_seconds: Seconds = 10.0
    command_seconds: Seconds = 10.0
    lock_seconds: Seconds = 5.0

    @field_validator("url")
    @classmethod
    def _is_postgresql(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://")
        return url


class ServerSettings(_Group):
    """The HTTP listener. Port 0 takes a free one. `public_url` is what links and cookies are made of."""

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str | None = None
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    ping_seconds: Seconds = 25.0
    drain_seconds: Seconds = 10.0

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/") if url else None

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for network in networks:
                ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise ValueError(
                "must list addresses or networks, separated by commas (10.0.0.0/8, 127.0.0.1)"
            ) from None
        return networks


class SecuritySettings(_Group):
    """Keys and how long credentials live. `secret_key` signs cursors, links and encrypts secrets at rest.

    `previous_secret_key` still opens what was sealed before the key was changed.
    """

    secret_key: SecretStr | None = None
    previous_secret_key: SecretStr | None = None
    session_hours: int = Field(default=12, ge=1, le=24 * 90)
    session_idle_hours: int = Field(default=4, ge=1, le=24 * 90)
    visitor_token_days: int = Field(default=180, ge=1, le=3650)
    attachment_link_seconds: int = Field(default=300, ge=10, le=86_400)

    @field_validator("secret_key", "previous_secret_key")
    @classmethod
    def _is_long(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < 32:
            raise ValueError("must be at least 32 characters (make one with: openssl rand -hex 32)")
        return key


class LimitSettings(_Group):
    """What one visitor or address may do; `on=false` lifts all of them."""

    on: bool = True
    messages_per_10s: Count = 10
    widget_sessions_per_minute: Count = 60
    sockets_per_address: Count = 50
    login_attempts: Count = 10
    login_window_seconds: Seconds = 900.0


class TurnSettings(_Group):
    """The pipeline: how much it takes at once and how long it waits."""

    batch: int = Field(default=64, ge=1, le=1000)
    yield_ms: float = Field(default=1.0, gt=0, le=1000)
    conversation_waiting: Count = 20
    agent_lane: Count = 2000
    visitor_lane: Count = 1000
    bulk_lane: Count = 200
    unknown_outcome_seconds: Seconds = 5.0
    timer_poll_seconds: Seconds = 1.0
    lease_seconds: Seconds = 15.0


class LiveSettings(_Group):
    """The feed and the sockets."""

    poll_seconds: Seconds = 1.0
    overlap_seconds: Seconds = 15.0
    buffer_events: Count = 256
    buffer_bytes: int = Field(default=1_048_576, ge=65_536, le=1 << 30)


class UploadSettings(_Group):
    """Files sent by visitors and agents, and (up to `channel_bytes`) those that came by channels. Without `dir` they lie in the
    data folder; with `s3_bucket` in that bucket of a store that speaks S3 (`s3_endpoint` where it is not AWS), under `s3_prefix`."""

    dir: Path | None = None
    s3_bucket: str | None = None
    s3_endpoint: str | None = None
    s3_region: str = "us-east-1"
    s3_prefix: str = ""
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    s3_path_style: bool = True
    channel_bytes: int = Field(default=25 * 1024 * 1024, ge=1024, le=1 << 30)
    max_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, le=1 << 30)


class EgressSettings(_Group):
    """What the service calls: integrators, platforms, media. `allow_private` lifts the guard for tests and closed networks."""

    allow_private: bool = False


class MailSettings(_Group):
    """The mail server that calls of leads leave by; without `host` they are shown in the desk and sent to webhooks only."""

    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: str | None = None


class LoggingSettings(_Group):
    """What is logged; message text, tokens and addresses never are."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(BaseSettings):
    """All settings. Build it with `load_settings`; parts receive it (or one group) in their constructor."""

    model_config = SettingsConfigDict(
        env_prefix="FUNNEL_", env_nested_delimiter="__", frozen=True, extra="forbid", validate_default=False
    )

    database: DatabaseSettings = DatabaseSettings()
    server: ServerSettings = ServerSettings()
    security: SecuritySettings = SecuritySettings()
    limits: LimitSettings = LimitSettings()
    turns: TurnSettings = TurnSettings()
    live: LiveSettings = LiveSettings()
    uploads: UploadSettings = UploadSettings()
    egress: EgressSettings = EgressSettings()
    mail: MailSettings = MailSettings()
    logging: LoggingSettings = LoggingSettings()
    failpoints: str | None = None

    @model_validator(mode="after")
    def _key_with_url(self) -> "Settings":
        if self.database.url is not None and self.security.secret_key is None:
            raise ValueError(
                "FUNNEL_SECURITY__SECRET_KEY is required when FUNNEL_DATABASE_URL is set: every process on that "
                "database must use the same one (make one with: openssl rand -hex 32)."
            )
        return self

    @model_validator(mode="after")
    def _keys_with_bucket(self) -> "Settings":
        keys = self.uploads.s3_access_key, self.uploads.s3_secret_key
        if self.uploads.s3_bucket is not None and None in keys:
            raise ValueError(
                "FUNNEL_UPLOADS__S3_ACCESS_KEY and FUNNEL_UPLOADS__S3_SECRET_KEY are required when FUNNEL_UPLOADS__S3_BUCKET is set."
            )
        return self

    @model_validator(mode="after")
    def _sender_with_host(self) -> "Settings":
        if self.mail.host is not None and "@" not in (self.mail.sender or ""):
            raise ValueError(
                "FUNNEL_MAIL__SENDER must be the address that mail comes from when FUNNEL_MAIL__HOST is set."
            )
        return self

    @property
    def uploads_dir(self) -> Path:
        """Where uploaded files lie."""
        return self.uploads.dir or self.database.data_dir / "uploads"


def load_settings(*, demo: bool = False, **overrides: dict[str, Any] | str | None) -> Settings:
    """Settings from the environment under `overrides` (one dict a group, which win).

    The data folder is `.data` in the current folder for the demo, else where the platform keeps a service's data.
    Raises SettingsError with a sentence naming the variable.
    """
    refuse_unknown(os.environ, Settings)
    groups: dict[str, Any] = {name: value for name, value in overrides.items() if value is not None}
    database: dict[str, Any] = dict(groups.get("database") or {})
    if url := os.environ.get(URL_VARIABLE):
        database.setdefault("url", url)
    if "FUNNEL_DATABASE__DATA_DIR" not in os.environ:
        database.setdefault("data_dir", Path(".data") if demo else _platform_data_dir())
    groups["database"] = database
    try:
        return Settings(**groups)
    except ValidationError as error:
        raise SettingsError(explain(error, Settings)) from None


def _platform_data_dir() -> Path:
    if os.name == "posix" and os.geteuid() == 0:
        return Path("/var/lib/funnel/data")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "funnel"
