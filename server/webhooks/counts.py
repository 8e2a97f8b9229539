"""What Prometheus is told of webhooks."""

from prometheus_client import Counter, Gauge

WRITTEN = Counter("accrual_webhook_messages", "Messages written to webhooks.")
ATTEMPTS = Counter("accrual_webhook_attempts", "Times that a message was sent, by what came of it.", ["outcome"])
LOOKS_FAILED = Counter("accrual_webhook_looks_failed", "Looks for what webhooks are to be told that failed.")
PENDING = Gauge(
    "accrual_webhook_pending", "Messages that are not delivered yet, as of the last look.", multiprocess_mode="livesum"
)
