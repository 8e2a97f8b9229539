"""By which names one thing is looked up."""

from graph.words import Input, Words
from resolvers.chain import ChainBy
from resolvers.external_id import ExternalIdInput
from resolvers.fund import FundBy, OrganisationBy
from resolvers.protocol import ProtocolBy
from resolvers.token import TokenBy

ID = "By global id."
EXTERNAL = "By a name in somebody else's numbering."

SAID: tuple[Words | Input, ...] = (
    Input(
        ExternalIdInput,
        "A name in somebody's numbering.",
        {"system": "Whose, for example coingecko.", "value": "The name, for example hyperliquid."},
    ),
    Input(
        ProtocolBy,
        "How to look a protocol up.",
        {"slug": "By slug, a former one included, for example hyperliquid.", "id": ID, "external_id": EXTERNAL},
        one_of=True,
    ),
    Input(
        TokenBy,
        "How to look a token up. A symbol is no key: list tokens by it instead.",
        {"slug": "By slug, a former one included, for example hyperliquid.", "id": ID, "external_id": EXTERNAL},
        one_of=True,
    ),
    Input(
        ChainBy,
        "How to look a chain up.",
        {"slug": "By slug, a former one included, for example solana.", "id": ID},
        one_of=True,
    ),
    Input(FundBy, "How to look a fund up.", {"slug": "By slug, for example ibit.", "id": ID}, one_of=True),
    Input(
        OrganisationBy,
        "How to look an organisation up.",
        {
            "slug": "By slug, for example forward-industries.",
            "ticker": "By the ticker of its shares, in any case, for example FORD.",
            "id": ID,
        },
        one_of=True,
    ),
)
