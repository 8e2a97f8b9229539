"""Settings come from the environment, and a bad one says which it is and why."""

import pytest

from server.settings import BadSettings, Settings


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        (
            "ACCRUAL_DATABASE_URL",
            "postgresql://h/d",
            "the driver must be sqlite+aiosqlite or postgresql+asyncpg, not postgresql",
        ),
        ("ACCRUAL_DATABASE_URL", "no url", "not a database URL, such as sqlite+aiosqlite:///accrual.db"),
        (
            "ACCRUAL_DATABASE_URL",
            "sqlite+aiosqlite://",
            "a store on SQLite needs a file, such as sqlite+aiosqlite:///accrual.db",
        ),
        ("ACCRUAL_DEFILLAMA_URL", "ftp://somewhere", "URL scheme should be 'http' or 'https'"),
        ("ACCRUAL_LOG_LEVEL", "LOUD", "input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("ACCRUAL_DRAIN_SECONDS", "-1", "input should be greater than or equal to 0"),
        ("ACCRUAL_SHUTDOWN_SECONDS", "soon", "input should be a valid integer, unable to parse string as an integer"),
    ],
)
def test_a_bad_value_is_named_with_the_reason(
    variable: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(BadSettings) as raised:
        Settings.from_environment()

    assert str(raised.value) == f"{variable}: {complaint}"


def test_a_bad_store_url_does_not_show_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCRUAL_DATABASE_URL", "mysql://root:hunter2@somewhere/db")

    with pytest.raises(BadSettings) as raised:
        Settings.from_environment()

    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_every_bad_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCRUAL_LOG_LEVEL", "LOUD")
    monkeypatch.setenv("ACCRUAL_SHUTDOWN_SECONDS", "0")

    with pytest.raises(BadSettings, match=r"ACCRUAL_LOG_LEVEL: .+; ACCRUAL_SHUTDOWN_SECONDS: "):
        Settings.from_environment()


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCRUAL_DEFILLAMA_KEY", "hunter2")
    monkeypatch.setenv("ACCRUAL_DATABASE_URL", "postgresql+asyncpg://root:hunter2@somewhere/db")

    settings = Settings.from_environment()

    assert settings.defillama_key is not None
    assert settings.defillama_key.get_secret_value() == "hunter2"
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_an_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCRUAL_DEFILLAMA_KEY", "")
    monkeypatch.setenv("ACCRUAL_LOG_LEVEL", "")

    assert Settings.from_environment() == Settings()


def test_a_base_url_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCRUAL_DEFILLAMA_URL", "http://localhost:9000/llama/")

    assert Settings.from_environment().defillama_url == "http://localhost:9000/llama"
