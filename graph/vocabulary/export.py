"""How whole tables are taken away."""

from graph.words import Input, Words
from models.vocabulary import ExportFormat, ExportStatus
from resolvers.export import ExportInput

SAID: tuple[Words | Input, ...] = (
    Words(
        ExportFormat,
        "How the rows of an export are written.",
        {
            "JSONL": "A JSON object a line, as `nodes` would hold it.",
            "CSV": "A line of names, then one for each row: leaves by dotted names, lists as JSON, null as nothing.",
            "PARQUET": "The same columns with types; a Decimal is a string of all its digits.",
        },
    ),
    Words(
        ExportStatus,
        "How far an export is.",
        {
            "QUEUED": "It waits for its turn.",
            "RUNNING": "Its rows are being read.",
            "DONE": "Its files are there, until `expiresAt`.",
            "FAILED": "It ended without files; `error` says why.",
            "EXPIRED": "Its files are deleted, for their time was over or it was cancelled.",
        },
    ),
    Input(
        ExportInput,
        "A document whose rows are read to the last, and how they are written.",
        {
            "query": "A document of one query with one connection at its root, for example "
            "`{ ledger { nodes { occurredAt usd } } }`. Its `first` is passed over; `after`, `last`, `at` stay out.",
            "variables": 'Its variables: a JSON object as a string, for example "{\\"kind\\": [\\"BURN\\"]}".',
            "format": "How the rows are written.",
            "at": "The epoch they are read at, the newest if not said; windows end on its day.",
            "webhook_url": "Where to POST that it ended: https, on the public internet, without a user name, a "
            "password or a fragment.",
        },
    ),
)
