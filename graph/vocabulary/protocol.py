"""What protocols do, and the policies by which they share what they earn."""

from graph.words import Input, Words
from models.vocabulary import MechanismKind, PolicyBasis, PolicyStatus, ProtocolKind, SectorKey

SAID: tuple[Words | Input, ...] = (
    Words(
        SectorKey,
        "What a protocol does.",
        {
            "PERPS": "Perpetual futures.",
            "SPOT_DEX": "Exchanges of spot tokens.",
            "LENDING": "Lending and borrowing.",
            "CDP": "Stablecoins minted against collateral.",
            "LIQUID_STAKING": "Staking with a token for the stake.",
            "RESTAKING": "Stake that secures more than one thing.",
            "LAUNCHPAD": "Places where tokens are launched.",
            "CREATOR_ECONOMY": "Income for creators.",
            "YIELD": "Yield, and trading in it.",
            "ORACLE": "Data brought on-chain.",
            "DEPIN": "Networks of physical devices.",
            "MACHINE_ECONOMY": "Machines that earn and pay.",
            "ROBOTICS": "Robots.",
            "SPATIAL_COMPUTING": "Positions and maps for devices.",
            "RWA": "Claims on assets outside of chains.",
            "BRIDGE": "Transfers between chains.",
            "WALLET_BOT": "Wallets and trading bots.",
            "EXCHANGE_TOKEN": "Tokens of exchanges run by a company.",
            "L1": "Chains of their own.",
            "L2": "Chains that settle on another.",
            "STABLECOIN": "Issuers of stablecoins.",
            "OTHER": "Everything else.",
        },
    ),
    Words(
        ProtocolKind,
        "What kind of listing a protocol is.",
        {
            "PROTOCOL": "One protocol, or one version or product of a parent.",
            "PARENT": "Several protocols of one house; its numbers hold theirs.",
            "CHAIN": "A chain, for the fees paid to itself.",
            "COLLECTION": "A collection of tokens.",
        },
    ),
    Words(
        MechanismKind,
        "How value reaches, or is kept from, the holders of a token.",
        {
            "BUYBACK_BURN": "Tokens are bought and burned.",
            "BUYBACK_HOLD": "Tokens are bought and held.",
            "BUYBACK_REDISTRIBUTE": "Tokens are bought and given to holders.",
            "BUYBACK_LP": "Tokens are bought and put into a pool.",
            "DIRECT_REVENUE_SHARE": "Revenue is paid to holders or stakers as it is.",
            "FEE_BURN": "Fees are paid in the token and burned.",
            "BURN_AND_MINT": "Users burn the token for what they use, and suppliers are paid in new ones.",
            "SUPPLY_RULE_BURN": "Tokens are burned by a rule that revenue does not pay for.",
            "CREATOR_REVENUE_SHARE": "Revenue is paid to creators.",
            "TREASURY_RETENTION": "Revenue is kept in the treasury.",
            "TREASURY_DEPLOYMENT": "The treasury is put to work.",
            "LP_SHARE": "Fees are paid to those who supply liquidity.",
            "VALIDATOR_SHARE": "Fees are paid to validators.",
            "INSURANCE": "Revenue is set aside against losses.",
            "FOUNDATION": "Revenue goes to a foundation or company.",
        },
    ),
    Words(
        PolicyStatus,
        "Where an allocation policy stands.",
        {
            "PROPOSED": "Somebody proposed it.",
            "APPROVED": "It is decided and does not hold yet.",
            "ACTIVE": "It holds.",
            "PAUSED": "It is suspended.",
            "ENDED": "It held and does not any more.",
            "DISPUTED": "Sources contradict each other about it.",
        },
    ),
    Words(
        PolicyBasis,
        "How the amounts of an allocation policy are determined.",
        {
            "PERCENT_OF_BASE": "As percents of a metric.",
            "FIXED_BUDGET": "As US dollars a year.",
            "TIERED": "As percents that depend on the amount.",
            "FORMULA": "By a formula.",
            "DISCRETIONARY": "As those in charge see fit.",
        },
    ),
)
