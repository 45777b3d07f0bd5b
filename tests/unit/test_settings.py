"""Settings: what the environment says, and the sentence when it is wrong."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from funnel.core.settings import load_settings
from funnel.core.start_errors import SettingsError

KEY = "k" * 32


def test_defaults_need_nothing() -> None:
    settings = load_settings()
    assert settings.database.url is None
    assert settings.limits.on
    assert settings.limits.messages_per_10s == 10
    assert settings.server.ping_seconds == 25
    assert settings.failpoints is None


def test_the_demo_keeps_its_data_in_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(demo=True).database.data_dir == Path(".data")
    assert load_settings().database.data_dir.is_absolute()
    monkeypatch.setenv("FUNNEL_DATABASE__DATA_DIR", "/srv/funnel")
    assert load_settings(demo=True).database.data_dir == Path("/srv/funnel")
    assert load_settings(demo=True, database={"data_dir": "/else"}).database.data_dir == Path("/else")


def test_the_environment_is_read_by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_SERVER__PORT", "9000")
    monkeypatch.setenv("FUNNEL_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")
    monkeypatch.setenv("FUNNEL_DATABASE_URL", "postgresql://db/funnel")
    monkeypatch.setenv("FUNNEL_SECURITY__SECRET_KEY", KEY)
    settings = load_settings(limits={"on": False})
    assert settings.server.port == 9000
    assert settings.server.trusted_proxies == ("10.0.0.0/8", "127.0.0.1")
    assert settings.database.url == "postgresql://db/funnel"
    assert not settings.limits.on


def test_arguments_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_SERVER__PORT", "9000")
    monkeypatch.setenv("FUNNEL_SERVER__HOST", "0.0.0.0")  # noqa: S104 - a value, nothing listens
    settings = load_settings(server={"port": 9001})
    assert (settings.server.port, settings.server.host) == (9001, "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("FUNNEL_SERVER__PORT", "http", "FUNNEL_SERVER__PORT must be a whole number between 0 and 65535."),
        ("FUNNEL_SERVER__PORT", "65536", "FUNNEL_SERVER__PORT must be a whole number between 0 and 65535."),
        ("FUNNEL_LIMITS__ON", "perhaps", "FUNNEL_LIMITS__ON must be true or false."),
        (
            "FUNNEL_TURNS__LEASE_SECONDS",
            "0",
            "FUNNEL_TURNS__LEASE_SECONDS must be a number more than 0 and at most 86400.",
        ),
        (
            "FUNNEL_LOGGING__LEVEL",
            "loud",
            "FUNNEL_LOGGING__LEVEL must be one of debug, info, warning, error.",
        ),
        ("FUNNEL_DATABASE_URL", "mysql://x", "FUNNEL_DATABASE_URL must start with postgresql://."),
        (
            "FUNNEL_SERVER__TRUSTED_PROXIES",
            "proxy.local",
            "FUNNEL_SERVER__TRUSTED_PROXIES must list addresses",
        ),
        (
            "FUNNEL_SERVER__PUBLIC_URL",
            "example.org",
            "FUNNEL_SERVER__PUBLIC_URL must start with http:// or https://.",
        ),
        (
            "FUNNEL_SECURITY__SECRET_KEY",
            "hunter2",
            "FUNNEL_SECURITY__SECRET_KEY must be at least 32 characters",
        ),
        (
            "FUNNEL_SERVER__PROT",
            "1",
            "FUNNEL_SERVER__PROT is not a setting of Funnel. Did you mean FUNNEL_SERVER__PORT?",
        ),
        ("FUNNEL_SERVR__PORT", "1", "FUNNEL_SERVR__PORT is not a setting of Funnel."),
        ("FUNNEL_SERVER", "x", "FUNNEL_SERVER is not a setting of Funnel."),
    ],
)
def test_a_wrong_value_is_a_sentence_that_names_the_variable(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert sentence in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_database_url_needs_a_key_of_its_own() -> None:
    with pytest.raises(SettingsError, match="FUNNEL_SECURITY__SECRET_KEY is required"):
        load_settings(database={"url": "postgresql://db/funnel"})


def test_several_wrong_values_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_SERVER__PORT", "x")
    monkeypatch.setenv("FUNNEL_TURNS__BATCH", "0")
    with pytest.raises(SettingsError, match=r"SERVER__PORT.*TURNS__BATCH"):
        load_settings()


def test_settings_do_not_change_and_hide_the_key() -> None:
    settings = load_settings(security={"secret_key": KEY})
    with pytest.raises(ValidationError):
        settings.server.port = 1  # type: ignore[misc]
    assert KEY not in repr(settings)
