"""The enums and inputs of the schema: plain Python below, given to GraphQL here with a word on each member."""

from graph.words import enum, input_
from models.epoch import AsOf
from models.vocabulary import (
    ChangedType,
    ChangeKind,
    ClaimStatus,
    Confidence,
    Disposition,
    Domain,
    FeeSwitch,
    FundingSource,
    Interval,
    IssueKind,
    LedgerKind,
    MechanismKind,
    Metric,
    MetricState,
    ObservationMethod,
    PolicyBasis,
    PolicyStatus,
    ProtocolKind,
    RaiseKind,
    RaiseStatus,
    RightState,
    RiskKind,
    SectorKey,
    TreasuryTransactionKind,
    Unit,
    ValueLayerKind,
    Window,
)
from resolvers.chain import ChainBy
from resolvers.dcf import DcfInput
from resolvers.external_id import ExternalIdInput
from resolvers.filter import DateRange, DecimalFilter, StringFilter
from resolvers.fund import FundBy, OrganisationBy
from resolvers.ledger import LedgerOrder
from resolvers.ledger_filter import LedgerWhere
from resolvers.ledger_group import LedgerGroupKey, LedgerGroupOrder
from resolvers.part import Breakdown
from resolvers.protocol import ProtocolBy
from resolvers.roster import (
    MetricPredicate,
    NullsOrder,
    ProtocolLevel,
    ProtocolOrder,
    ProtocolWhere,
    SortDirection,
)
from resolvers.series import Fill
from resolvers.token import TokenBy, TokenWhere
from valuation.annualised import Annualization
from valuation.definition import DEFINITIONS
from valuation.supply import SupplyBasis
from valuation.term import Nature
from valuation.treasury import ShareBasis

NATURES = {"flow": "sum over the window", "stock": "last value in the window", "ratio": "made of other metrics"}


def register() -> None:
    """Mark each class in place, so that a resolver's signature can name it without Strawberry."""
    _metrics()
    _time()
    _measure()
    _domain()
    _ledger()
    _treasuries()
    _rights()
    _lists()
    _filters()
    _lookups()
    _changes()
    _valuations()


def _metrics() -> None:
    enum(
        Metric,
        "What can be measured. Definitions in full: `metricDefinitions`.",
        {metric.name: _said(metric.name) for metric in Metric},
        name="MetricKey",
    )


def _said(name: str) -> str:
    known = DEFINITIONS[name]
    return f"{known.text} {known.unit.replace('_', ' ')}, {NATURES[known.nature]}."


def _time() -> None:
    enum(
        Window,
        "A span of whole UTC days that ends on the last complete one, or on `at.day`.",
        {
            "D1": "The last day.",
            "D7": "The last 7 days.",
            "D30": "The last 30 days.",
            "D90": "The last 90 days.",
            "D180": "The last 180 days.",
            "D365": "The last 365 days.",
            "MTD": "From the first of the month; compared with the same days of the month before.",
            "QTD": "From the first of the quarter; compared with the same days of the quarter before.",
            "YTD": "From the first of January; compared with the same days of the year before.",
            "TTM": "Trailing twelve months: the last 365 days, as D365.",
            "ALL": "Every day that anything is known of; there is no window before it.",
        },
    )
    enum(
        Interval,
        "How long a bucket of UTC days is.",
        {
            "DAY": "A day.",
            "WEEK": "A week from Monday to Sunday.",
            "MONTH": "A calendar month.",
            "QUARTER": "A calendar quarter, for example January to March.",
            "YEAR": "A calendar year.",
        },
    )
    enum(
        Domain,
        "Data that is complete up to one day together.",
        {
            "REVENUE": "Fees, revenue and what is done with it.",
            "PRICES": "Prices, caps and supplies.",
            "FUNDS": "Flows and assets of exchange-traded funds.",
            "ACTIVITY": "Users, devices, transactions and calls.",
        },
    )
    input_(
        AsOf,
        "What is answered from: an epoch, by number or by what was known at a moment, and a day for windows to end on. "
        "Nothing said means the newest epoch and its last complete day.",
        {
            "day": "UTC day on which windows end, for example 2026-02-12.",
            "epoch": "Number of an epoch, for example 3. An error where it is not published or not kept any more.",
            "known_at": "The newest epoch published at or before this moment, for example 2026-03-05T00:00:00Z.",
        },
    )


def _measure() -> None:
    enum(
        Unit,
        "What a value is counted in.",
        {
            "USD": "US dollars, valued at the time of the event.",
            "TOKEN": "Whole tokens.",
            "RATIO": "A quotient, for example 12.5 for a price of 12.5 times the yearly revenue.",
            "PERCENT": "Percent, for example 3.5.",
            "COUNT": "A number of things, for example devices.",
            "DAYS": "Days.",
            "USD_PER_TOKEN": "US dollars for one token.",
            "INDEX": "Points of an index, for example 0 to 10,000 for concentration.",
        },
    )
    enum(
        MetricState,
        "Why a value is what it is, or why there is none.",
        {
            "OK": "The value is whole.",
            "PARTIAL": "The value is of some of the days only; the coverage says of how many.",
            "ESTIMATED": "The value is reckoned from less than its definition asks for; the reason says how.",
            "NOT_APPLICABLE": "There is no such thing here.",
            "NOT_REPORTED": "No source says it. It is unknown, not zero.",
            "INSUFFICIENT_HISTORY": "The history is too short for it.",
            "ZERO_DENOMINATOR": "It would be a division by zero.",
            "NEGATIVE_DENOMINATOR": "It would be a ratio to a negative number, which means nothing.",
            "NO_TOKEN": "There is no token.",
            "STALE": "The last known day is too old; a value that is still shown is of that day.",
            "DISPUTED": "Sources contradict each other, and it is open who is right.",
            "WITHDRAWN": "The source took it back.",
        },
    )
    enum(
        Annualization,
        "How a flow becomes yearly.",
        {
            "TTM": "The sum of the last 365 days; none where the history is shorter.",
            "RUN_RATE_30D_365_30": "The last 30 days times 365/30.",
            "RUN_RATE_30D_X12": "The last 30 days times 12.",
            "RUN_RATE_7D_365_7": "The last 7 days times 365/7.",
            "TTM_OR_SCALED": "As TTM; where the history is shorter, all of it scaled to a year, from 30 days on.",
        },
    )
    enum(
        SupplyBasis,
        "Which tokens a capitalisation counts.",
        {
            "CIRCULATING": "Those in circulation.",
            "OUTSTANDING": "All that exist, without those bought back or treated as burned.",
            "TOTAL": "All that exist.",
            "FULLY_DILUTED": "The most there can be; all that exist where no most is known.",
        },
    )
    enum(
        Nature,
        "Whether a metric adds up over days.",
        {
            "FLOW": "It adds up: the value of a window is a sum.",
            "STOCK": "It is what it was at the end of a day: the value of a window is its last one.",
            "RATIO": "It is made of other metrics, and never adds up.",
        },
    )
    enum(
        ObservationMethod,
        "How a source came to know a number.",
        {
            "ONCHAIN_LOGS": "From events of contracts.",
            "ONCHAIN_CALL": "From the state of contracts.",
            "FIRST_PARTY_API": "From the protocol's own interface.",
            "THIRD_PARTY": "From somebody who collects such numbers.",
            "FILING": "From a filing with an authority.",
            "PRESS": "From the press or an announcement.",
            "INFERRED": "Reckoned from other numbers.",
            "MANUAL": "Written down by hand.",
            "SEED_ARTICLE": "From the research article this project grew from.",
        },
    )
    enum(
        Confidence,
        "How far a fact can be relied on.",
        {
            "HIGH": "Checked against its origin.",
            "MEDIUM": "Said by a source that is usually right.",
            "LOW": "Said once, or in doubt.",
            "UNVERIFIED": "Not checked.",
        },
    )
    enum(
        ClaimStatus,
        "What became of a claim when it was checked.",
        {
            "ACCEPTED": "Taken as true: its source is the one to know.",
            "CORROBORATED": "Others say the same, or nearly.",
            "UNVERIFIED": "Not found elsewhere so far.",
            "DISPUTED": "Others say something else, and it is not settled.",
            "REFUTED": "It can't be true as it was stated.",
            "SUPERSEDED": "It was true once, and no longer when it was stated.",
        },
    )


def _domain() -> None:
    enum(
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
    )
    enum(
        ProtocolKind,
        "What kind of listing a protocol is.",
        {
            "PROTOCOL": "One protocol, or one version or product of a parent.",
            "PARENT": "Several protocols of one house; its numbers hold theirs.",
            "CHAIN": "A chain, for the fees paid to itself.",
            "COLLECTION": "A collection of tokens.",
        },
    )
    enum(
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
    )
    enum(
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
    )
    enum(
        PolicyBasis,
        "How the amounts of an allocation policy are determined.",
        {
            "PERCENT_OF_BASE": "As percents of a metric.",
            "FIXED_BUDGET": "As US dollars a year.",
            "TIERED": "As percents that depend on the amount.",
            "FORMULA": "By a formula.",
            "DISCRETIONARY": "As those in charge see fit.",
        },
    )


def _ledger() -> None:
    enum(
        LedgerKind,
        "What an entry of the ledger records.",
        {
            "ACCRUAL": "Money became due to holders.",
            "FUNDING": "Money was set aside for it.",
            "PURCHASE": "Tokens were bought.",
            "BURN": "Tokens were destroyed on-chain.",
            "BURN_RECOGNITION": "Tokens were declared burned, and still exist.",
            "DISTRIBUTION": "Something was paid out to holders.",
            "TRANSFER_TO_TREASURY": "Something went to the treasury.",
            "LOCK": "Tokens were locked.",
            "LP_DEPOSIT": "Tokens were put into a pool.",
            "SALE_FROM_TREASURY": "The treasury sold tokens.",
        },
    )
    enum(
        Disposition,
        "What became of bought tokens.",
        {
            "UNKNOWN": "Nobody says.",
            "HELD": "They are held.",
            "BURNED": "They were destroyed on-chain.",
            "BURN_RECOGNISED": "They were declared burned, and still exist.",
            "LOCKED": "They are locked.",
            "DISTRIBUTED": "They were given to holders.",
            "LP": "They are in a pool.",
            "SOLD": "They were sold.",
        },
    )
    enum(
        FundingSource,
        "Where the money of an entry came from.",
        {
            "PERIOD_REVENUE": "From revenue of the same time.",
            "ACCUMULATED_REVENUE": "From revenue of before.",
            "TREASURY_RESERVES": "From the treasury's money.",
            "TOKEN_RESERVES": "From the treasury's own tokens.",
            "EXTERNAL": "From somebody else.",
            "UNKNOWN": "Nobody says.",
        },
    )
    enum(
        LedgerOrder,
        "In which order entries are listed.",
        {
            "OCCURRED_DESC": "The newest first.",
            "OCCURRED_ASC": "The oldest first.",
            "USD_DESC": "The largest in US dollars first, those without dollars last.",
            "USD_ASC": "The smallest in US dollars first, those without dollars last.",
        },
    )
    enum(
        LedgerGroupKey,
        "By what entries are grouped.",
        {
            "PROTOCOL": "By whose doing it was.",
            "TOKEN": "By token.",
            "KIND": "By what happened.",
            "MECHANISM": "By the mechanism it was part of.",
            "DISPOSITION": "By what became of the tokens.",
            "FUNDING": "By where the money came from.",
            "SECTOR": "By the first sector of the protocol.",
            "PERIOD": "By the week, month, quarter or year of it, or the day.",
        },
    )
    enum(
        LedgerGroupOrder,
        "In which order groups are listed.",
        {
            "KEY_ASC": "By what they share, periods the oldest first.",
            "KEY_DESC": "By what they share, periods the newest first.",
            "SPENT_DESC": "The most US dollars first.",
            "COUNT_DESC": "The most entries first.",
        },
    )


def _treasuries() -> None:
    enum(
        RaiseKind,
        "How an organisation raises money.",
        {
            "PIPE": "A private placement of shares of a listed company.",
            "AT_THE_MARKET": "A programme that sells shares at the market as it goes.",
            "SHARE_OFFERING": "A public offering of shares.",
            "PREFERRED_SHARES": "An offering of preferred shares.",
            "CONVERTIBLE_NOTE": "Notes that can become shares.",
            "DEBT": "Loans and bonds.",
            "OTHER": "In another way.",
        },
    )
    enum(
        RaiseStatus,
        "How far a raise has come.",
        {
            "ANNOUNCED": "Made known, not closed.",
            "FILED": "Filed with the authorities; what of it is raised, and when, is open.",
            "CLOSED": "The money came in.",
            "ENDED": "Over before all of it came in.",
        },
    )
    enum(
        TreasuryTransactionKind,
        "What moved a treasury.",
        {
            "PURCHASE": "Tokens were bought.",
            "SALE": "Tokens were sold.",
            "REWARD": "Tokens were earned, say by staking.",
            "DEPOSIT": "Tokens came in otherwise.",
            "WITHDRAWAL": "Tokens went out otherwise.",
            "OTHER": "Something else.",
        },
    )
    enum(
        ShareBasis,
        "Which shares of an organisation are counted.",
        {
            "REALIZED": "Those that are issued.",
            "REALISTIC": "Those and what is likely to be issued.",
            "MAXIMUM": "All that may ever be issued under what is agreed.",
        },
    )


def _rights() -> None:
    enum(
        RightState,
        "Whether holders have a right.",
        {
            "YES": "They have.",
            "NO": "They have not.",
            "PARTIAL": "In part, or under conditions.",
            "UNKNOWN": "Nothing is on record.",
        },
    )
    enum(
        FeeSwitch,
        "Whether fees that could reach holders do.",
        {
            "ON": "They do.",
            "OFF": "They do not.",
            "PENDING": "It is decided and not yet in force.",
            "NOT_APPLICABLE": "There is no such switch.",
            "UNKNOWN": "Nothing is on record.",
        },
    )
    enum(
        ValueLayerKind,
        "Where in its business a protocol earns.",
        {
            "TRANSACTION_FEES": "On each trade, transfer or other transaction.",
            "TRADING_SPREADS": "Between bid and ask.",
            "STAKING_REWARDS": "On rewards of staking.",
            "MEV": "On the order of transactions.",
            "INTEREST": "On loans.",
            "SERVICE_FEES": "On services outside a chain, or on management.",
            "LAUNCH_FEES": "On the launch of tokens.",
            "AUCTIONS": "By auction.",
            "RESERVE_YIELD": "On its reserves.",
        },
    )
    enum(
        RiskKind,
        "What may keep value from reaching holders.",
        {
            "SUSTAINABILITY": "Revenue may not last.",
            "REGULATORY": "Law may stand against it.",
            "SATURATION": "The market may be shared out.",
            "EXECUTION": "What was promised may not be done.",
            "CONCENTRATION": "It may hang on a few streams, chains or hands.",
            "DILUTION": "New tokens may take it.",
        },
    )


def _lists() -> None:
    enum(
        ProtocolLevel,
        "Which rows of the tree of protocols a list has.",
        {
            "ROOT": "Protocols that are nobody's part: parents and those without one, but no chains.",
            "CHILD": "Parts of a parent.",
            "CHAIN": "Chains, for the fees paid to themselves.",
            "ANY": "All of them; adding up their numbers would count parts twice.",
        },
    )
    enum(SortDirection, "Which end comes first.", {"ASC": "The least first.", "DESC": "The most first."})
    enum(
        NullsOrder,
        "Where those without a value come.",
        {"FIRST": "Before all others, in either direction.", "LAST": "After all others, in either direction."},
    )
    enum(
        Breakdown,
        "By what a series is split.",
        {"CHAIN": "By the chain the money was earned on.", "STREAM": "By the named stream it comes from."},
    )
    enum(
        Fill,
        "What stands in a bucket of which nothing is known.",
        {
            "NONE": "Null: gaps stay gaps.",
            "ZERO": "Zero, marked ESTIMATED.",
            "PREVIOUS": "The value before, marked ESTIMATED.",
        },
    )


def _filters() -> None:
    input_(
        StringFilter,
        "Which texts; everything that is said has to hold.",
        {
            "eq": "Exactly this, for example hyperliquid.",
            "in_": "One of these.",
            "not_in": "None of these.",
            "contains": "With this in it, in any case.",
            "starts_with": "Beginning with this, in any case.",
        },
    )
    input_(
        DecimalFilter,
        "Which values; everything that is said has to hold, and what is not known passes no comparison.",
        {
            "gt": 'More than, for example "1000000".',
            "gte": "At least.",
            "lt": "Less than.",
            "lte": "At most.",
            "eq": "Exactly.",
            "is_null": "Whether the value must be unknown (true) or known (false).",
            "states": "In one of these states, for example [OK].",
        },
    )
    input_(
        DateRange,
        "Which UTC days, both ends included; open where one is left out.",
        {"from_": "First day, for example 2026-01-01.", "to": "Last day, for example 2026-03-31."},
    )
    conventions = {
        "window": "Over which window.",
        "annualization": "How a flow becomes yearly, where the metric needs a year.",
        "supply_basis": "Which tokens count, where the metric has a capitalisation.",
    }
    input_(
        MetricPredicate,
        "A condition on a metric.",
        {"key": "Which metric, for example REVENUE.", "is_": "What its value has to be.", **conventions},
    )
    input_(
        ProtocolWhere,
        "Which protocols; everything that is said has to hold.",
        {
            "and_": "All of these hold.",
            "or_": "One of these holds.",
            "not_": "This does not hold.",
            "slug": "By slug.",
            "name": "By display name.",
            "text": "With this in slug or name, in any case.",
            "kind": "Of one of these kinds.",
            "sector": "In one of these sectors.",
            "chain": "On a chain whose slug is such.",
            "has_token": "With a token (true) or without one (false).",
            "mechanism": "With a policy that has one of these mechanisms.",
            "policy_status": "With a policy of one of these statuses; with `mechanism`, one and the same policy.",
            "min_coverage_days": "Whose revenue is known on at least so many days, for example 180.",
            "metric": "Whose metrics are such; every one has to hold.",
        },
    )
    input_(
        ProtocolOrder,
        "A key of an order: a metric, or the name.",
        {
            "key": "By this metric, for example HOLDERS_REVENUE.",
            "name": "By display name, true; instead of a metric.",
            **conventions,
            "direction": "Which end comes first.",
            "nulls": "Where those without a value come.",
        },
    )
    input_(
        LedgerWhere,
        "Which entries of the ledger; everything that is said has to hold.",
        {
            "kind": "Of one of these kinds.",
            "mechanism": "As part of one of these mechanisms.",
            "disposition": "Whose tokens had one of these fates.",
            "funding": "With money from one of these.",
            "occurred": "On these days.",
            "min_usd": 'Of at least so many US dollars, for example "10000".',
            "protocol": "Of a protocol whose slug is such.",
            "sector": "Of a protocol in one of these sectors.",
            "has_transaction": "With a transaction (true) or without one (false).",
            "disposed": "Whose fate was decided on these days.",
            "max_usd": "Of at most so many US dollars.",
            "token": "In a token whose slug is such.",
            "chain": "On a chain whose slug is such.",
            "source": "Said by a source whose slug is such.",
            "policy": "That carry out a policy whose ref is such, for example hyperliquid:99.",
            "wallet": "Of this wallet, as it is written.",
            "method": "That became known in one of these ways.",
            "confidence": "That can be relied on this far.",
        },
    )
    input_(
        TokenWhere,
        "Which tokens; everything that is said has to hold.",
        {
            "symbol": "With this symbol, in any case, for example HYPE. Several may have it.",
            "text": "With this in slug, symbol or name, in any case.",
        },
    )


def _lookups() -> None:
    id_ = "By global id."
    input_(
        ExternalIdInput,
        "A name in somebody's numbering.",
        {"system": "Whose, for example coingecko.", "value": "The name, for example hyperliquid."},
    )
    external = "By a name in somebody else's numbering."
    input_(
        ProtocolBy,
        "How to look a protocol up.",
        {"slug": "By slug, a former one included, for example hyperliquid.", "id": id_, "external_id": external},
        one_of=True,
    )
    input_(
        TokenBy,
        "How to look a token up. A symbol is no key: list tokens by it instead.",
        {"slug": "By slug, a former one included, for example hyperliquid.", "id": id_, "external_id": external},
        one_of=True,
    )
    input_(
        ChainBy,
        "How to look a chain up.",
        {"slug": "By slug, a former one included, for example solana.", "id": id_},
        one_of=True,
    )
    input_(FundBy, "How to look a fund up.", {"slug": "By slug, for example ibit.", "id": id_}, one_of=True)
    input_(
        OrganisationBy,
        "How to look an organisation up.",
        {
            "slug": "By slug, for example forward-industries.",
            "ticker": "By the ticker of its shares, in any case, for example FORD.",
            "id": id_,
        },
        one_of=True,
    )


def _changes() -> None:
    enum(
        IssueKind,
        "What can be wrong with the data.",
        {
            "IDENTITY_BROKEN": "Lines of an income statement don't add up as they must.",
            "PAYOUT_EXCEEDS_REVENUE": "More reached holders than was earned in the window.",
            "MISSING_DAYS": "Days between known ones have no number.",
            "STALE_SERIES": "No new number came for a while.",
            "SOURCE_DISAGREEMENT": "Sources say different things of the same.",
            "UNIT_SUSPECT": "Two sources differ by a power of ten, as a slip of the unit does.",
            "OUTLIER": "One day is far above all the days around it.",
            "NEGATIVE_VALUE": "A number is below zero.",
            "COVERAGE_GAP": "A number is known and the one that goes with it is not.",
            "POLICY_MISMATCH": "What holders received is not what the policy in force says.",
            "DOUBLE_COUNT": "Two protocols that are both counted report the very same numbers.",
            "DATE_IMPOSSIBLE": "Something is dated before it could have been.",
        },
    )
    enum(
        ChangeKind,
        "What happened to something between two epochs.",
        {
            "CREATED": "It is new.",
            "UPDATED": "It is described otherwise, or a series has new days.",
            "RESTATED": "A day of a series that was known has another number, or none.",
            "DELETED": "It is gone.",
            "POLICY_CHANGED": "A policy is new or another.",
            "CLAIM_CHANGED": "A claim is new, or something else became of it.",
            "ISSUE_OPENED": "A check found something suspicious, or found it again.",
            "ISSUE_CLOSED": "What was suspicious is gone.",
        },
    )
    enum(
        ChangedType,
        "What can change between two epochs.",
        {
            "CHAIN": "A chain.",
            "TOKEN": "A token.",
            "PROTOCOL": "A protocol.",
            "ORGANISATION": "An organisation.",
            "FUND": "A fund.",
            "DEPLOYMENT": "The contracts of a token.",
            "METHODOLOGY": "What sources say of how they reckon a protocol's numbers.",
            "ROLE": "The people of an organisation.",
            "CAPITAL_RAISE": "The raises of an organisation.",
            "HOLDING": "What an organisation holds.",
            "TREASURY_TRANSACTION": "What an organisation bought and sold.",
            "SHARE_COUNT": "The shares of an organisation.",
            "TOKEN_RIGHTS": "The rights that a protocol's token gives.",
            "UNLOCK": "The unlocks of a token.",
            "VALUE_LAYER": "The layers at which a protocol earns.",
            "RISK": "The risks of something.",
            "POLICY": "An allocation policy.",
            "LEDGER_ENTRY": "An entry of the ledger.",
            "CLAIM": "A claim.",
            "SERIES": "Days of a series: one change per series and epoch.",
            "QUALITY_ISSUE": "An issue with the data.",
        },
    )


def _valuations() -> None:
    input_(
        DcfInput,
        "The assumptions of a valuation. Rates are fractions: 0.25 is 25 per cent.",
        {
            "growth_path": 'Growth of the cash flow year by year, 1 to 50 years, for example ["0.30", "0.20", "0.10"].',
            "terminal_growth": "Growth for ever after; less than the rate of discount.",
            "discount_rate": "The rate of discount a year.",
            "cash_flow": "Which flow in US dollars is shared by the tokens.",
            "base": "How the flow becomes that of a year.",
            "supply_basis": "Which tokens share it.",
            "include_emissions": "Whether tokens are added year by year at the pace of the last year.",
        },
    )
