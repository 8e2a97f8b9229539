"""What Prometheus is told of the edge: what it refused, how much it was asked, and who holds on to it."""

from prometheus_client import Counter, Gauge, Histogram

REFUSALS = Counter("accrual_refusals", "Requests and operations refused before they were executed.", ["code"])
DENIALS = Counter("accrual_bucket_denials", "Operations that a caller's points did not pay for.", ["tier"])
REDIS_FAILURES = Counter(
    "accrual_bucket_redis_failures", "Times that Redis was away, and this worker limited by itself."
)
COST = Histogram(
    "accrual_operation_cost",
    "Points that an executed operation was priced at.",
    ["type"],
    buckets=(1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 20_000),
)
RUNNING = Gauge("accrual_operations_in_progress", "Operations being executed now.", multiprocess_mode="livesum")
WAITING = Gauge("accrual_operations_waiting", "Operations that wait for their turn.", multiprocess_mode="livesum")
HELD = Gauge(
    "accrual_connections_held", "Sockets and event streams that are open now.", ["kind"], multiprocess_mode="livesum"
)
