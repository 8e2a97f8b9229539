"""Our own dataset, read from the package: facts that stand from the first edition on, and facts by their date."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import TypeVar

from models.vocabulary import EntityKind
from sync.dataset.entities import (
    chain_of,
    fund_of,
    methodology_of,
    organisation_of,
    protocol_of,
    source_of,
    token_of,
)
from sync.dataset.listings import listed_protocols, listed_totals
from sync.dataset.record import BadRecord, Record, moment, records
from sync.dataset.rights import layer_of, rights_of, risk_of, unlocks_of
from sync.dataset.statements import Dated, claims_of, entry_of, policy_of
from sync.dataset.tables import Stated, Table, observation_of, stated_in
from sync.dataset.treasuries import holding_of, raise_of, role_of, transaction_of
from sync.facts import Facts, Ref

TABLES = (
    "bitcoin-fund-flows.csv",
    "ethereum-activity.csv",
    "ethereum-fees.csv",
    "hyperliquid-fees-2025.csv",
    "hyperliquid-fees-hypurrscan.csv",
    "hyperliquid-income.csv",
    "hyperliquid-revenue.csv",
)
LISTINGS = "listings.csv"
TOTALS = (LISTINGS, "listings-sheet.csv")

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Moment:
    """When an edition was on record, and what it brought."""

    recorded_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """`standing`: publishers and entities. `statements` and `values`: what was on record from its date on."""

    moments: list[Moment]
    standing: Facts
    statements: list[Dated]
    values: list[Stated]


def dataset() -> Dataset:
    """The whole bundled dataset; raises BadRecord with file and line for what isn't as it should be."""
    found = Dataset(_moments(), _standing(), list(_statements()), list(_values()))
    check_names(found)
    return found


def _moments() -> list[Moment]:
    table = _table("editions.csv")
    return [Moment(moment(cells["recorded_at"]), cells["note"]) for _, cells in table.rows()]


def _standing() -> Facts:
    tokens = _all("tokens.json", token_of)
    protocols = _all("protocols.json", protocol_of)
    known = frozenset(protocol.slug for protocol in protocols)
    return Facts(
        sources=_all("sources.json", source_of),
        chains=_all("chains.json", chain_of),
        tokens=[token for token, _ in tokens],
        deployments=[deployment for _, deployments in tokens for deployment in deployments],
        protocols=[*protocols, *listed_protocols(_table(LISTINGS), known)],
        organisations=_all("organisations.json", organisation_of),
        funds=_all("funds.json", fund_of),
        methodologies=_all("methodologies.json", methodology_of),
    )


def _statements() -> Iterator[Dated]:
    yield from _all("policies.json", policy_of)
    yield from _all("ledger.json", entry_of)
    for claims in _all("claims.json", claims_of):
        yield from claims
    yield from _all("roles.json", role_of)
    for raises in _all("raises.json", raise_of):
        yield from raises
    yield from _all("holdings.json", holding_of)
    yield from _all("treasury-transactions.json", transaction_of)
    yield from _all("rights.json", rights_of)
    for unlocks in _all("unlocks.json", unlocks_of):
        yield from unlocks
    yield from _all("layers.json", layer_of)
    yield from _all("risks.json", risk_of)
    for name in TOTALS:
        yield from listed_totals(_table(name))


def _values() -> Iterator[Stated]:
    for name in TABLES:
        yield from stated_in(_table(name))
    yield from _all("observations.json", observation_of)


def _all(name: str, parse: Callable[[Record], Parsed]) -> list[Parsed]:
    return [parse(record) for record in records(name, _text(name))]


def _table(name: str) -> Table:
    return Table(name, _text(name))


def _text(name: str) -> str:
    return files("sync").joinpath("bundled", name).read_text(encoding="utf-8")


def check_names(found: Dataset) -> None:
    """Every name that a fact uses must be stated, and every publisher; raises BadRecord."""
    standing = found.standing
    entities = (standing.chains, standing.tokens, standing.protocols, standing.organisations, standing.funds)
    named = {ref for facts in entities for fact in facts for ref in fact.refs}
    unknown = {ref for ref in _used(found) if ref not in named and ref.kind is not EntityKind.MARKET}
    publishers = {source.slug for source in standing.sources}
    strangers = {source for source in _cited(found) if source not in publishers}
    if unknown or strangers:
        raise BadRecord("bundled", f"names without a record: {sorted(map(str, unknown))} {sorted(strangers)}")


def _used(found: Dataset) -> Iterator[Ref]:
    standing = found.standing
    facts: Iterable[object] = (
        *standing.protocols,
        *standing.tokens,
        *standing.deployments,
        *standing.funds,
        *standing.methodologies,
        *(value.key for value in found.values),
        *(dated.fact for dated in found.statements),
    )
    for fact in facts:
        yield from _refs_in(fact)


def _refs_in(value: object) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _refs_in(part)


def _cited(found: Dataset) -> Iterator[str]:
    yield from (methodology.source for methodology in found.standing.methodologies)
    yield from (value.key.source for value in found.values)
    yield from (dated.fact.source for dated in found.statements)
