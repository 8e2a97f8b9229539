"""An export as its workers see it: what is asked, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.epoch import Pin
from models.vocabulary import ExportFormat


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job reads: the document as it was sent, its variables, how many rows at once for how many points."""

    document: str
    variables: Mapping[str, Any]
    format: ExportFormat
    page: int
    page_cost: int
    pin: Pin
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the finished files of a job reach; `cursor` None is the beginning."""

    cursor: str | None = None
    files: int = 0
    rows: int = 0
    bytes: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that is written whole."""

    name: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in the hands of a worker."""

    number: int
    key_id: str
    asked: Asked
    claim: str
    attempts: int
    started_at: datetime
    progress: Progress
