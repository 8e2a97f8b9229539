"""What Prometheus is told of exports."""

from prometheus_client import Counter

ENDED = Counter("accrual_exports", "Exports that ended, by how: done or failed.", ["status"])
ROWS = Counter("accrual_export_rows", "Rows written into finished files of exports.")
MESSAGES = Counter(
    "accrual_export_messages", "Attempts to tell an address that an export ended, by what came of them.", ["outcome"]
)
