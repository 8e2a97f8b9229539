"""Allocation policies: what a protocol said it would do with its revenue, from which day to which."""

from sqlalchemy import Boolean, Column, Index, Integer, Text, false

from models.base import Code, Day, Structure
from models.versioned import versioned
from models.vocabulary import Confidence, Metric, PolicyBasis, PolicyStatus

# `effective_to` is the last day it holds. `rules` are objects {recipient, mechanism, percent, budget_usd_per_year,
# tier_floor_usd, tier_ceiling_usd, formula}, `conditions` {kind, expression, metric, threshold_usd, days, until},
# amounts and days as text. `base_partial`: the base is only a part of the metric. Claims of `topic` rival it.
policy = versioned(
    "allocation_policy",
    Column("policy_id", Integer, nullable=False, autoincrement=False),
    Column("ref", Text, nullable=False),
    Column("protocol_id", Integer, nullable=False),
    Column("status", Code(PolicyStatus), nullable=False),
    Column("effective_from", Day),
    Column("effective_to", Day),
    Column("scope_chain_id", Integer),
    Column("scope_product", Text),
    Column("base", Code(Metric), nullable=False),
    Column("base_label", Text, nullable=False),
    Column("base_partial", Boolean, nullable=False, server_default=false()),
    Column("basis", Code(PolicyBasis), nullable=False),
    Column("rules", Structure, nullable=False),
    Column("conditions", Structure, nullable=False),
    Column("decided_by", Text),
    Column("proposal_url", Text),
    Column("supersedes", Text),
    Column("topic", Text),
    Column("note", Text),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("source_url", Text),
    key=("ref",),
    id_="policy_id",
)

Index(None, policy.every_version.c.protocol_id)
