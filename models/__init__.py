"""What is stored: versioned rows, seen at an epoch.

Importing this package declares every table, which is what a migration and a test compare.
"""

from models.base import metadata
from models.caller import api_key, key_usage
from models.claim import claim
from models.entity import entity, external_id
from models.epoch import epoch, rejected_fact, sync_run, sync_source
from models.export import export_file, export_job
from models.fund import fund, organisation
from models.ledger import ledger
from models.observation import obs, series
from models.policy import policy
from models.protocol import methodology, protocol
from models.quality import quality_issue
from models.right import risk, token_rights, unlock, value_layer
from models.rollup import rollup
from models.source import source, upstream_resource
from models.token import chain, deployment, token
from models.treasury import capital_raise, holding, role, share_count, treasury_transaction
from models.webhook import webhook, webhook_delivery

__all__ = [
    "api_key",
    "capital_raise",
    "chain",
    "claim",
    "deployment",
    "entity",
    "epoch",
    "export_file",
    "export_job",
    "external_id",
    "fund",
    "holding",
    "key_usage",
    "ledger",
    "metadata",
    "methodology",
    "obs",
    "organisation",
    "policy",
    "protocol",
    "quality_issue",
    "rejected_fact",
    "risk",
    "role",
    "rollup",
    "series",
    "share_count",
    "source",
    "sync_run",
    "sync_source",
    "token",
    "token_rights",
    "treasury_transaction",
    "unlock",
    "upstream_resource",
    "value_layer",
    "webhook",
    "webhook_delivery",
]
