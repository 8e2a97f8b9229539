"""What Prometheus is told: requests as they happen, the state of the store when it asks."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

from server.status import Status

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
    for source in status.sources:
        SOURCE_FAILED.labels(source.source).set(source.status == "failed")
    return generate_latest(_registry())


def _registry() -> CollectorRegistry:
    if SHARED_FOLDER not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
