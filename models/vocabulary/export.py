"""Whole tables taken away: in which form, and how far they are."""

from enum import IntEnum


class ExportFormat(IntEnum):
    """How rows are written into files."""

    JSONL = 1
    CSV = 2
    PARQUET = 3


class ExportStatus(IntEnum):
    """How far an export is. One that has expired has no files any more."""

    QUEUED = 1
    RUNNING = 2
    DONE = 3
    FAILED = 4
    EXPIRED = 5
