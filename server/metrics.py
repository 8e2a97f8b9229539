"""What Prometheus is told: requests as they happen, the state of the store when it asks."""

import os
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

from server.status import SourceStatus, Status

# The client library itself reads this variable, when it is imported: with it, workers share files in that folder.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter("accrual_http_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "accrual_http_request_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_PROGRESS = Gauge("accrual_http_requests_in_progress", "Requests being answered now.", multiprocess_mode="livesum")
READY = Gauge(
    "accrual_ready", "1 when the server can answer, 0 when /readyz says why not.", multiprocess_mode="mostrecent"
)
EPOCH = Gauge("accrual_epoch", "The newest epoch that this server reads.", multiprocess_mode="mostrecent")
PUBLISHED = Gauge(
    "accrual_epoch_published_timestamp_seconds", "When the newest epoch was published.", multiprocess_mode="mostrecent"
)
LAST_SYNC = Gauge(
    "accrual_last_sync_timestamp_seconds", "When any upstream was last asked.", multiprocess_mode="mostrecent"
)
NEXT_SYNC = Gauge(
    "accrual_next_sync_timestamp_seconds",
    "When the process that repeats the sync means to run it next.",
    multiprocess_mode="mostrecent",
)
DATA_THROUGH = Gauge(
    "accrual_data_through_timestamp_seconds",
    "The beginning of the last complete UTC day of a kind of data.",
    ["domain"],
    multiprocess_mode="mostrecent",
)
SOURCE_LAG = Gauge(
    "accrual_source_lag_seconds",
    "Seconds from a source's last success until now; the bundled data has none.",
    ["source"],
    multiprocess_mode="mostrecent",
)
SOURCE_SKIPPED = Gauge(
    "accrual_source_skipped",
    "1 when the last run left a source out, such as for want of a key, else 0.",
    ["source"],
    multiprocess_mode="mostrecent",
)
SOURCE_FAILED = Gauge(
    "accrual_source_failed",
    "1 when the last run of a source failed, else 0.",
    ["source"],
    multiprocess_mode="mostrecent",
)


def exposition(status: Status) -> bytes:
    """All metrics in Prometheus' text format, those of the store as `status` says."""
    READY.set(status.ready)
    if status.epoch is not None and status.publishedAt is not None:
        EPOCH.set(status.epoch)
        PUBLISHED.set(status.publishedAt.timestamp())
    for gauge, moment in ((LAST_SYNC, status.lastSyncAt), (NEXT_SYNC, status.nextSyncAt)):
        if moment is not None:
            gauge.set(moment.timestamp())
    for domain, day in status.dataThrough.items():
        DATA_THROUGH.labels(domain).set(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
    for source in status.sources:
        _tell_source(source)
    return generate_latest(_registry())


def _tell_source(source: SourceStatus) -> None:
    SOURCE_FAILED.labels(source.name).set(source.status == "failed")
    SOURCE_SKIPPED.labels(source.name).set(source.status == "skipped")
    if source.lagSeconds is not None:
        SOURCE_LAG.labels(source.name).set(source.lagSeconds)


def _registry() -> CollectorRegistry:
    if SHARED_FOLDER not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
