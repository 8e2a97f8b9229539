"""Tokens."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.chain import Chain
from graph.claim import Claim
from graph.connection import Connection, Node
from graph.cost import ListSize
from graph.external import ExternalId
from graph.fields import described, resolved_by, views
from graph.ledger import LedgerConnection
from graph.metric import Measured, Priced
from graph.quality import QualityIssue
from graph.right import UnlockEvent
from graph.supply import SupplyWaterfall
from models.vocabulary import LedgerKind
from resolvers.claim import resolve_claims_about
from resolvers.external_id import resolve_external_ids
from resolvers.fund import resolve_funds_of_token
from resolvers.ledger import ledger_of_token
from resolvers.quality import resolve_issues_about
from resolvers.right import resolve_unlocks
from resolvers.supply import resolve_supply
from resolvers.token import (
    DeploymentRow,
    TokenRow,
    resolve_chain_of_deployment,
    resolve_chain_of_token,
    resolve_deployments,
    resolve_protocol_of_token,
    resolve_token_of_amount,
)
from resolvers.token import TokenAmount as AmountRow

if TYPE_CHECKING:
    from graph.fund import Fund
    from graph.protocol import Protocol


@strawberry.type(description="A contract of a token on a chain.")
class Deployment:
    is_type_of = views(DeploymentRow)

    address: str = described("Address on the chain, for example 0x0d01dc56dcaaca66ad901c959b4011ec.")
    decimals: int | None = described("How many digits a whole token has after the point, for example 18.")
    chain: Chain | None = resolved_by(resolve_chain_of_deployment, "On which chain.")


@strawberry.type(description="A number of tokens with what it is in US dollars, as its source reckoned it.")
class TokenAmount:
    is_type_of = views(AmountRow)

    amount: Decimal = described('Whole tokens, for example "1041000.5".')
    usd: Decimal | None = described("US dollars of all of them; null if not known.")
    price_used: Decimal | None = described("US dollars per token that `usd` was reckoned with; null if not known.")
    price_as_of: datetime.datetime | None = described("When that was the price, in UTC; null without a price.")
    token: Annotated["Token", strawberry.lazy("graph.token")] | None = resolved_by(
        resolve_token_of_amount, "Which token."
    )


@strawberry.type(description="A token. Several tokens share a symbol: look tokens up by slug or external id.")
class Token(Priced, Measured, Node):
    is_type_of = views(TokenRow)

    slug: str = described("Stable name, for example hyperliquid.")
    symbol: str = described("Ticker, as the issuer writes it, for example HYPE; not a key.")
    name: str = described("Display name, for example Hyperliquid.")
    generated_on: datetime.date | None = described("UTC day it came into being; null where not known.")
    chain: Chain | None = resolved_by(resolve_chain_of_token, "The chain it is native to.")
    deployments: list[Deployment] = resolved_by(resolve_deployments, "Its contracts.")
    external_ids: list[ExternalId] = resolved_by(resolve_external_ids, "What others call it.")
    protocol: Annotated["Protocol", strawberry.lazy("graph.protocol")] | None = resolved_by(
        resolve_protocol_of_token, "The protocol whose token it is."
    )
    issues: Connection[QualityIssue] = resolved_by(resolve_issues_about, "What is suspicious in its data.")
    claims: Connection[Claim] = resolved_by(resolve_claims_about, "What sources said of it, as it came on record.")
    supply: SupplyWaterfall = resolved_by(resolve_supply, "How many there are, from the most there can be downwards.")
    unlocks: list[UnlockEvent] = resolved_by(
        resolve_unlocks, "What of it becomes free from a day to a day.", ListSize(assumed_size=100)
    )
    funds: list[Annotated["Fund", strawberry.lazy("graph.fund")]] = resolved_by(
        resolve_funds_of_token, "Exchange-traded funds that hold it."
    )
    ledger: LedgerConnection = resolved_by(ledger_of_token(None), "Every entry of the ledger in this token.")
    buybacks: LedgerConnection = resolved_by(ledger_of_token(LedgerKind.PURCHASE), "Purchases of it.")
    burns: LedgerConnection = resolved_by(ledger_of_token(LedgerKind.BURN), "Burns of it.")
    distributions: LedgerConnection = resolved_by(
        ledger_of_token(LedgerKind.DISTRIBUTION), "What was paid out to holders in it."
    )
