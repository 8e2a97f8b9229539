"""Exports: what was ordered, who works on it, and the files that came of it. They are not versioned."""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text

from models.base import Code, Day, Instant, metadata
from models.epoch import Serial
from models.vocabulary import ExportFormat, ExportStatus

# `account` is the client's, who may change its key meanwhile, and `key_id` the key that ordered. `document` is asked
# page by page with `variables` (JSON), `page` rows at once for `page_cost` points, at `epoch` and `day`. `secret` is
# what addresses of its files are signed with. `claim` is the worker's who runs it, until `claimed_until`; `cursor` is
# where the files that are finished end, as `rows`, `bytes` and `cost` are theirs. `tell_at` is when `webhook_url` is to
# be told how it ended, NULL where nobody is, or was.
export_job = Table(
    "export_job",
    metadata,
    Column("export_job_id", Serial, primary_key=True),
    Column("account", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("variables", Text, nullable=False),
    Column("format", Code(ExportFormat), nullable=False),
    Column("page", SmallInteger, nullable=False),
    Column("page_cost", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("day", Day),
    Column("secret", Text, nullable=False),
    Column("status", Code(ExportStatus), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("expires_at", Instant),
    Column("claim", Text),
    Column("claimed_until", Instant),
    Column("attempts", SmallInteger, nullable=False),
    Column("cursor", Text),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("error", Text),
    Column("webhook_url", Text),
    Column("tell_at", Instant),
    Column("tell_attempts", SmallInteger, nullable=False),
    Index(None, "account"),
    Index(None, "status"),
)

# `name` is that of the file in the folder of its job; `number` counts from 0.
export_file = Table(
    "export_file",
    metadata,
    Column("export_job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)
