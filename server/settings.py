"""Settings, read once from the environment and passed down as values."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from server.edge.settings import EdgeSettings
from server.export_settings import ExportSettings

PREFIX = "ACCRUAL_"
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class BadSettings(Exception):
    """Settings that the program can't start with; the message names each variable and what is wrong with it."""


def _store_url(value: SecretStr) -> SecretStr:
    try:
        url = make_url(value.get_secret_value())
    except ArgumentError as error:
        # Without the text of the error: it quotes the URL, and that may hold a password.
        raise ValueError("not a database URL, such as sqlite+aiosqlite:///accrual.db") from error
    if url.drivername not in DRIVERS:
        raise ValueError(f"the driver must be {' or '.join(DRIVERS)}, not {url.drivername}")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("a store on SQLite needs a file, such as sqlite+aiosqlite:///accrual.db")
    return value


def _base_url(value: Any) -> str:
    """Checked as an HTTP address and kept as text without the last slash, so that a path can be appended."""
    return str(TypeAdapter(HttpUrl).validate_python(value)).rstrip("/")


StoreUrl = Annotated[SecretStr, AfterValidator(_store_url)]
BaseUrl = Annotated[str, BeforeValidator(_base_url)]


class Settings(EdgeSettings, ExportSettings):
    """What an operator can set, edge and exports included; a variable is ACCRUAL_ and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    database_url: StoreUrl = Field(
        SecretStr("sqlite+aiosqlite:///accrual.db"),
        description="The store: a file of SQLite, or a database of PostgreSQL (`postgresql+asyncpg://…`).",
    )
    defillama_url: BaseUrl = Field(
        "https://api.llama.fi", description="Where DefiLlama's protocols, fees and revenue are read."
    )
    defillama_coins_url: BaseUrl = Field(
        "https://coins.llama.fi", description="Where DefiLlama's token prices are read."
    )
    defillama_pro_url: BaseUrl = Field(
        "https://pro-api.llama.fi", description="Where DefiLlama is read instead when there is a key."
    )
    defillama_key: SecretStr | None = Field(
        None, description="A key for DefiLlama's paid interface. It is never logged and in no error text."
    )
    sync_gone_share: float = Field(
        0.02,
        ge=0,
        le=1,
        description="Of the series of a source that was read whole, how many may be gone at once, as a share; more are "
        "refused.",
    )
    sync_gone_few: int = Field(5, ge=0, description="How many may be gone at once whatever their share.")
    cache_megabytes: int = Field(
        256,
        ge=0,
        description="Megabytes that each worker keeps of answers, values and parts of answers of the newest epochs; "
        "0 keeps nothing.",
    )
    warmed_requests: int = Field(
        50, ge=0, description="Requests, those that came most, which are answered again as soon as an epoch is new."
    )
    hyperliquid_url: BaseUrl = Field(
        "https://api.hyperliquid.xyz",
        description="Where Hyperliquid's Assistance Fund and the supply of HYPE are read.",
    )
    coingecko_url: BaseUrl = Field(
        "https://api.coingecko.com/api/v3",
        description="Where CoinGecko's caps, supplies, closes and public treasuries are read.",
    )
    coingecko_key: SecretStr | None = Field(
        None, description="A key of CoinGecko's demo plan. Without one all behind the same address share a limit."
    )
    coingecko_per_minute: int = Field(
        30, ge=1, le=1000, description="Requests a minute to CoinGecko, without a key or with one of the demo plan."
    )
    coingecko_pro_url: BaseUrl = Field(
        "https://pro-api.coingecko.com/api/v3", description="Where CoinGecko is read instead with a key of a paid plan."
    )
    coingecko_pro_key: SecretStr | None = Field(
        None, description="A key of a paid plan of CoinGecko, which goes before one of the demo plan."
    )
    sosovalue_url: BaseUrl = Field(
        "https://api.sosovalue.xyz", description="Where SoSoValue's net flows of funds are read."
    )
    sosovalue_key: SecretStr | None = Field(None, description="A key for SoSoValue; there are free ones.")
    growthepie_url: BaseUrl = Field(
        "https://api.growthepie.com/v1", description="Where growthepie's activity of Ethereum is read."
    )
    public_url: BaseUrl | None = Field(
        None,
        description="How callers reach this server, for the addresses of files; without it as the request wrote it. "
        "Where it begins with `https:` browsers are told to come over TLS alone.",
    )
    webhooks: Literal["on", "off"] = Field(
        "on", description="`off`: no webhook can be ordered here, and this server sends none."
    )
    max_webhooks: int = Field(10, ge=1, le=1_000, description="Webhooks of one client.")
    max_webhook_cost: int = Field(500, ge=10, description="Points that the payload of a webhook may cost, each time.")
    webhook_days: int = Field(
        30, ge=1, le=3_650, description="How many days messages to webhooks are kept once they are delivered or dead."
    )
    webhook_loopback: bool = Field(
        False, description="Webhooks may be on this machine, without TLS: for development alone."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least important lines that are logged."
    )
    log_format: Literal["json", "text"] = Field(
        "json", description="`json`: one object a line; `text`: for a person at a terminal."
    )
    otel_endpoint: BaseUrl | None = Field(
        None, description="A collector of OpenTelemetry that takes OTLP over HTTP; without one nothing is traced."
    )
    drain_seconds: float = Field(
        1.0,
        ge=0,
        le=600,
        description="How long, after SIGTERM, a server still takes connections while `/readyz` says 503, so that a "
        "load balancer stops sending any.",
    )
    shutdown_seconds: int = Field(
        20, ge=1, le=600, description="How long requests in progress may take to finish before the server ends."
    )

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of this process; raises BadSettings."""
        try:
            return cls()
        except ValidationError as error:
            raise BadSettings("; ".join(_complaint(part["loc"], part["msg"]) for part in error.errors())) from None


def _complaint(place: tuple[int | str, ...], reason: str) -> str:
    reason = reason.removeprefix("Value error, ")
    if reason[1].islower():
        reason = reason[0].lower() + reason[1:]
    return f"{PREFIX}{str(place[0]).upper()}: {reason}"
