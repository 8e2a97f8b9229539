"""The first tables.

Written with plain types: a migration must mean the same after the models have moved on. `obs` never goes
through batch mode, which would copy it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DAY = sa.Date().with_variant(sa.Integer(), "sqlite")
QUANTITY = sa.Numeric(78, 18).with_variant(sa.Text(), "sqlite")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WINDOWS = ("d1", "d7", "d30", "d90", "d180", "d365", "mtd", "qtd", "ytd")
SORTABLE = ("d1", "d7", "d30", "d90", "d365")
CLOSED = sa.text("valid_to < 2147483647")
NEWEST = sa.text("valid_to = 2147483647")
TABLES = (
    "epoch",
    "sync_run",
    "sync_source",
    "rejected_fact",
    "upstream_resource",
    "source",
    "entity",
    "external_id",
    "protocol",
    "methodology",
    "chain",
    "token",
    "deployment",
    "organisation",
    "fund",
    "allocation_policy",
    "ledger_entry",
    "claim",
    "series",
    "obs",
    "obs_pack",
    "rollup",
)


def upgrade() -> None:
    create_epoch_tables()
    create_entity_tables()
    create_token_tables()
    create_fact_tables()
    create_observation_tables()
    create_rollup()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_epoch_tables() -> None:
    op.create_table(
        "epoch",
        sa.Column("epoch", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("through", sa.Text, nullable=False),
        sa.Column("sync_run_id", sa.BigInteger, nullable=False),
        sa.Column("retained", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.Column("stats", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("epoch", name="pk_epoch"),
    )
    op.create_table(
        "sync_run",
        sa.Column("sync_run_id", SERIAL, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("epoch", sa.Integer),
        sa.PrimaryKeyConstraint("sync_run_id", name="pk_sync_run"),
    )
    op.create_table(
        "sync_source",
        sa.Column("sync_run_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("fetched", sa.Integer, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("restated", sa.Integer, nullable=False),
        sa.Column("withdrawn", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("skipped_because", sa.Text),
        sa.PrimaryKeyConstraint("sync_run_id", "source", name="pk_sync_source"),
    )
    op.create_table(
        "rejected_fact",
        sa.Column("rejected_fact_id", SERIAL, nullable=False),
        sa.Column("sync_run_id", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("fact", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("rejected_fact_id", name="pk_rejected_fact"),
    )
    op.create_index("ix_rejected_fact_sync_run_id", "rejected_fact", ["sync_run_id"])
    op.create_table(
        "upstream_resource",
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_upstream_resource"),
    )
    op.create_index("ix_upstream_resource_source", "upstream_resource", ["source"])
    op.create_table(
        "source",
        sa.Column("source_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("method", sa.SmallInteger, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("licence", sa.Text),
        sa.Column("precedence", sa.Integer, nullable=False),
        *versioning("source"),
        sa.PrimaryKeyConstraint("source_id", "valid_from", name="pk_source"),
    )
    index_versions("source", "slug")


def create_entity_tables() -> None:
    op.create_table(
        "entity",
        sa.Column("entity_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("entity_id", name="pk_entity"),
    )
    op.create_index("ix_entity_since", "entity", ["since"])
    op.create_table(
        "external_id",
        sa.Column("kind", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Integer, nullable=False),
        sa.Column("first_day", DAY),
        sa.Column("last_day", DAY),
        *versioning("external_id"),
        sa.PrimaryKeyConstraint(
            "kind",
            "system",
            "value",
            "valid_from",
            name="pk_external_id",
            postgresql_include=["valid_to", "entity_id", "first_day", "last_day"],
        ),
    )
    index_versions("external_id")
    op.create_index("ix_external_id_entity_id", "external_id", ["entity_id"])
    op.create_table(
        "protocol",
        sa.Column("protocol_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("token_id", sa.Integer),
        sa.Column("sectors", sa.Text, nullable=False),
        sa.Column("chains", sa.Text, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("homepage", sa.Text),
        sa.Column("launched_on", DAY),
        sa.Column("doublecounted", sa.Boolean, nullable=False),
        *versioning("protocol"),
        sa.PrimaryKeyConstraint("protocol_id", "valid_from", name="pk_protocol"),
    )
    index_versions("protocol", "protocol_id", "slug")
    op.create_index("ix_protocol_parent_id", "protocol", ["parent_id"])
    op.create_index("ix_protocol_token_id", "protocol", ["token_id"])
    op.create_table(
        "methodology",
        sa.Column("protocol_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("metric", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        *versioning("methodology"),
        sa.PrimaryKeyConstraint(
            "protocol_id",
            "metric",
            "source_id",
            "valid_from",
            name="pk_methodology",
            postgresql_include=["valid_to", "text", "url"],
        ),
    )
    index_versions("methodology")


def create_token_tables() -> None:
    op.create_table(
        "chain",
        sa.Column("chain_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token_symbol", sa.Text),
        *versioning("chain"),
        sa.PrimaryKeyConstraint("chain_id", "valid_from", name="pk_chain"),
    )
    index_versions("chain", "chain_id", "slug")
    op.create_table(
        "token",
        sa.Column("token_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("chain_id", sa.Integer),
        sa.Column("generated_on", DAY),
        *versioning("token"),
        sa.PrimaryKeyConstraint("token_id", "valid_from", name="pk_token"),
    )
    index_versions("token", "slug", "token_id")
    op.create_index("ix_token_symbol", "token", ["symbol"])
    op.create_table(
        "deployment",
        sa.Column("token_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("chain_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("decimals", sa.Integer),
        *versioning("deployment"),
        sa.PrimaryKeyConstraint(
            "token_id",
            "chain_id",
            "address",
            "valid_from",
            name="pk_deployment",
            postgresql_include=["valid_to", "decimals"],
        ),
    )
    index_versions("deployment")
    op.create_table(
        "organisation",
        sa.Column("organisation_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("ticker", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        *versioning("organisation"),
        sa.PrimaryKeyConstraint("organisation_id", "valid_from", name="pk_organisation"),
    )
    index_versions("organisation", "organisation_id", "slug")
    op.create_table(
        "fund",
        sa.Column("fund_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("ticker", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("issuer_id", sa.Integer),
        sa.Column("underlying_id", sa.Integer, nullable=False),
        sa.Column("fee_percent", QUANTITY),
        *versioning("fund"),
        sa.PrimaryKeyConstraint("fund_id", "valid_from", name="pk_fund"),
    )
    index_versions("fund", "fund_id", "slug")


def create_fact_tables() -> None:
    op.create_table(
        "allocation_policy",
        sa.Column("policy_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("protocol_id", sa.Integer, nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("effective_from", DAY),
        sa.Column("effective_to", DAY),
        sa.Column("scope_chain_id", sa.Integer),
        sa.Column("scope_product", sa.Text),
        sa.Column("base", sa.SmallInteger, nullable=False),
        sa.Column("base_label", sa.Text, nullable=False),
        sa.Column("basis", sa.SmallInteger, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("conditions", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("proposal_url", sa.Text),
        sa.Column("supersedes", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("confidence", sa.SmallInteger, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("source_url", sa.Text),
        *versioning("allocation_policy"),
        sa.PrimaryKeyConstraint("policy_id", "valid_from", name="pk_allocation_policy"),
    )
    index_versions("allocation_policy", "ref")
    op.create_index("ix_allocation_policy_protocol_id", "allocation_policy", ["protocol_id"])
    op.create_table(
        "ledger_entry",
        sa.Column("entry_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("protocol_id", sa.Integer, nullable=False),
        sa.Column("token_id", sa.Integer),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("mechanism", sa.SmallInteger, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("window_start", DAY),
        sa.Column("window_end", DAY),
        sa.Column("tokens", QUANTITY),
        sa.Column("usd", sa.BigInteger),
        sa.Column("price_usd", QUANTITY),
        sa.Column("trades", sa.Integer),
        sa.Column("first_trade", sa.Text),
        sa.Column("last_trade", sa.Text),
        sa.Column("funding", sa.SmallInteger, nullable=False),
        sa.Column("disposition", sa.SmallInteger, nullable=False),
        sa.Column("disposition_at", INSTANT),
        sa.Column("origin_ref", sa.Text),
        sa.Column("policy_ref", sa.Text),
        sa.Column("tx_hash", sa.Text),
        sa.Column("chain_id", sa.Integer),
        sa.Column("wallet", sa.Text),
        sa.Column("method", sa.SmallInteger, nullable=False),
        sa.Column("confidence", sa.SmallInteger, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("source_url", sa.Text),
        sa.Column("note", sa.Text),
        *versioning("ledger_entry"),
        sa.PrimaryKeyConstraint("entry_id", "valid_from", name="pk_ledger_entry"),
    )
    index_versions("ledger_entry", "ref")
    op.create_index("ix_ledger_entry_at", "ledger_entry", [sa.text("at DESC"), sa.text("entry_id DESC")])
    op.create_index(
        "ix_ledger_entry_newest_first", "ledger_entry", ["protocol_id", sa.text("at DESC"), sa.text("entry_id DESC")]
    )
    op.create_index(
        "ix_ledger_entry_of_token", "ledger_entry", ["token_id", sa.text("at DESC"), sa.text("entry_id DESC")]
    )
    op.create_table(
        "claim",
        sa.Column("claim_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("predicate", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("unit", sa.Text),
        sa.Column("raw_text", sa.Text),
        sa.Column("valid_from_day", DAY),
        sa.Column("valid_to_day", DAY),
        sa.Column("stated_as_of", sa.Text),
        sa.Column("corrected_as_of", DAY),
        sa.Column("corrected_value", sa.Text),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("confidence", sa.SmallInteger, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("source_url", sa.Text),
        sa.Column("resolution", sa.Text),
        *versioning("claim"),
        sa.PrimaryKeyConstraint("claim_id", "valid_from", name="pk_claim"),
    )
    index_versions("claim", "ref")
    op.create_index("ix_claim_subject_id", "claim", ["subject_id"])
    op.create_index("ix_claim_topic", "claim", ["topic"])


def create_observation_tables() -> None:
    op.create_table(
        "series",
        sa.Column("series_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.Column("metric", sa.SmallInteger, nullable=False),
        sa.Column("chain_id", sa.Integer, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("interval", sa.SmallInteger, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("series_id", name="pk_series"),
        sa.UniqueConstraint(
            "subject_id",
            "metric",
            "chain_id",
            "stream",
            "source_id",
            "interval",
            name="uq_series_subject_id_metric_chain_id_stream_source_id_interval",
        ),
    )
    op.create_index("ix_series_since", "series", ["since"])
    op.create_table(
        "obs",
        sa.Column("series_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("day", DAY, nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.SmallInteger, nullable=False),
        *versioning("obs"),
        sa.PrimaryKeyConstraint(
            "series_id", "day", "valid_from", name="pk_obs", postgresql_include=["valid_to", "value", "revision"]
        ),
        postgresql_partition_by="RANGE (day)",
        sqlite_with_rowid=False,
    )
    index_closed("obs")
    op.create_index(
        "ix_obs_valid_from",
        "obs",
        ["valid_from"],
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 32},
        sqlite_where=sa.text("valid_from > 1"),
    )
    op.create_table(
        "obs_pack",
        sa.Column("series_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("days", sa.LargeBinary, nullable=False),
        *versioning("obs_pack"),
        sa.PrimaryKeyConstraint("series_id", "year", "valid_from", name="pk_obs_pack"),
    )
    index_versions("obs_pack")


def create_rollup() -> None:
    op.create_table(
        "rollup",
        sa.Column("epoch", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("metric", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("series_id", sa.Integer, nullable=False),
        *(column for window in WINDOWS for column in window_columns(window)),
        sa.Column("all", sa.BigInteger),
        sa.Column("all_days", sa.Integer, nullable=False),
        sa.Column("first_day", DAY),
        sa.Column("last_day", DAY),
        sa.PrimaryKeyConstraint("epoch", "metric", "subject_id", name="pk_rollup"),
    )
    for window in SORTABLE:
        columns: list[str | sa.TextClause] = ["epoch", "metric", sa.text(f"{window} DESC"), "subject_id"]
        op.create_index(f"ix_rollup_{window}", "rollup", columns)


def window_columns(window: str) -> tuple[sa.Column[int], ...]:
    return (
        sa.Column(window, sa.BigInteger),
        sa.Column(f"{window}_days", sa.Integer, nullable=False),
        sa.Column(f"{window}_prev", sa.BigInteger),
        sa.Column(f"{window}_prev_days", sa.Integer, nullable=False),
    )


def versioning(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("valid_from", sa.Integer, nullable=False),
        sa.Column("valid_to", sa.Integer, server_default=sa.text("2147483647"), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=f"ck_{table}_order"),
    )


def index_versions(table: str, *unique: str) -> None:
    """`unique`: columns that only one newest version may have a value of."""
    index_closed(table)
    op.create_index(f"ix_{table}_valid_from", table, ["valid_from"])
    for column in unique:
        name = f"ix_{table}_{column}"
        op.create_index(name, table, [column], unique=True, postgresql_where=NEWEST, sqlite_where=NEWEST)


def index_closed(table: str) -> None:
    op.create_index(f"ix_{table}_valid_to", table, ["valid_to"], postgresql_where=CLOSED, sqlite_where=CLOSED)
