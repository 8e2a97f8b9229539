"""The facts of a refresh as rows for the diff, but for observations: who and what it is about, and what was said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select, union_all

from models import (
    chain,
    claim,
    deployment,
    external_id,
    fund,
    ledger,
    methodology,
    organisation,
    policy,
    protocol,
    source,
    token,
)
from models.publication import Publication
from models.versioned import FOREVER
from models.vocabulary import EntityKind, ObservationMethod, ProtocolKind
from sync.counts import Counts, Tally
from sync.diff import Stage, compare, stage_for
from sync.facts import DeploymentFact, Facts, LedgerFact, MethodologyFact, Ref, SourceFact
from sync.identify import OWN, STORE, Names, Unknown, known_names, name_rows
from sync.merge import Refusals, Stated, merged, numbered
from sync.rows import (
    Directory,
    Row,
    chain_row,
    claim_row,
    deployment_row,
    fund_row,
    ledger_row,
    methodology_row,
    organisation_row,
    policy_row,
    protocol_row,
    source_row,
    token_row,
)

# What this store derives from its own ledger; any other source of the same number goes before it.
LEDGER_SOURCE = SourceFact("ledger", "The ledger of this store", ObservationMethod.INFERRED, 1000)

SOURCE = stage_for(source, keeps=True)
EXTERNAL_ID = stage_for(external_id)
PROTOCOL = stage_for(protocol, keeps=True, kind=ProtocolKind.PROTOCOL, sectors=(), chains=(), doublecounted=False)
LEDGER = stage_for(ledger)
CHAIN = stage_for(chain, keeps=True)

# An entity's table, the facts about it, and their rows; chains first: protocols name them by slug.
ENTITIES: tuple[tuple[EntityKind, Stage, str, Callable[[int, Any, Directory], Row]], ...] = (
    (EntityKind.CHAIN, CHAIN, "chains", chain_row),
    (EntityKind.TOKEN, stage_for(token, keeps=True), "tokens", token_row),
    (EntityKind.PROTOCOL, PROTOCOL, "protocols", protocol_row),
    (EntityKind.ORGANISATION, stage_for(organisation, keeps=True), "organisations", organisation_row),
    (EntityKind.FUND, stage_for(fund, keeps=True), "funds", fund_row),
)
STATEMENTS: tuple[tuple[Stage, str, Callable[[Any, Directory], Row]], ...] = (
    (stage_for(deployment), "deployments", deployment_row),
    (stage_for(methodology), "methodologies", methodology_row),
    (stage_for(policy), "policies", policy_row),
    (LEDGER, "ledger", ledger_row),
    (stage_for(claim), "claims", claim_row),
)


@dataclass(slots=True)
class Described:
    """What a refresh says but for its observations, compared and not yet written."""

    names: Names
    sources: Mapping[str, int] = field(default_factory=dict[str, int])
    staged: list[tuple[Stage, Tally]] = field(default_factory=list[tuple[Stage, Tally]])
    withdrawn: set[int] = field(default_factory=set[int])

    @property
    def counts(self) -> dict[str, Counts]:
        return {stage.name: tally.total for stage, tally in self.staged}

    def changed(self, *stages: Stage) -> bool:
        return any(self.counts.get(stage.name, Counts()).changed for stage in stages)


async def describe(
    publication: Publication, refreshes: Sequence[Facts], refusals: Refusals, moment: datetime
) -> Described:
    """Identify and compare everything but observations."""
    described = Described(await known_names(publication))
    names = described.names
    if publication.base == 0:
        names.standing()
    described.sources = await _sources(publication, described, refreshes, refusals)
    facts = {kind: _identified(names, kind, numbered(refreshes, name), refusals) for kind, _, name, _ in ENTITIES}
    directory = Directory(names, described.sources, _chain_slugs(names, facts[EntityKind.CHAIN]))
    for kind, stage, _, row_of in ENTITIES:
        rows = [
            row for id_, each in facts[kind].items() if (row := _row(each, partial(row_of, id_), directory, refusals))
        ]
        described.withdrawn |= {row[stage.of.identity[0]] for row in rows if row["withdrawn"]}
        await _compare(publication, described, stage, rows)
    slugs = {id_: (kind, each.fact.slug) for kind, some in facts.items() for id_, each in some.items()}
    await _compare(publication, described, EXTERNAL_ID, name_rows(names, slugs, moment.date()))
    for stage, name, row_of_statement in STATEMENTS:
        stated = _stated(numbered(refreshes, name), directory, refusals, moment)
        rows = [row for each in stated if (row := _row(each, row_of_statement, directory, refusals))]
        await _compare(publication, described, stage, rows)
    return described


async def _sources(
    publication: Publication, described: Described, refreshes: Sequence[Facts], refusals: Refusals
) -> dict[str, int]:
    """The id of each source, known or about to be."""
    stated = merged(numbered(refreshes, "sources"), lambda fact: fact.slug, refusals)
    if publication.base == 0:
        stated.setdefault(LEDGER_SOURCE.slug, Stated(LEDGER_SOURCE, STORE))
    rows = [{**source_row(each.fact), "collector": each.collector} for each in stated.values()]
    await _compare(publication, described, SOURCE, rows)
    known, change = source.every_version.c, SOURCE.change.c
    queries = [select(known.slug, known.source_id).where(known.valid_to == FOREVER)]
    if rows:
        queries.append(select(change.slug, change.source_id).where(~change.withdrawn))
    async with publication.transaction() as connection:
        return {slug: id_ for slug, id_ in await connection.execute(union_all(*queries))}  # noqa: C416


def _identified(
    names: Names, kind: EntityKind, stated: Iterable[tuple[int, Any]], refusals: Refusals
) -> dict[int, Stated[Any]]:
    """The facts about entities of a kind, by entity; one that would take another's slug is refused."""
    facts = merged(stated, lambda fact: names.identify(fact.refs, fact.slug, kind), refusals)
    taken = {slug: id_ for id_, slug in names.slugs[kind].items() if id_ not in facts}
    for id_, each in list(facts.items()):
        fact = each.fact
        if fact.withdrawn:
            continue
        if taken.setdefault(fact.slug, id_) == id_:
            names.call(id_, Ref(kind, OWN, fact.slug))
        else:
            refusals.add(each.collector, f"the slug {fact.slug} is another's", fact)
            names.forget(id_)
            del facts[id_]
    return facts


def _chain_slugs(names: Names, facts: Mapping[int, Stated[Any]]) -> dict[int, str]:
    return names.slugs[EntityKind.CHAIN] | {id_: each.fact.slug for id_, each in facts.items()}


def _stated(
    stated: Iterable[tuple[int, Any]], directory: Directory, refusals: Refusals, moment: datetime
) -> Iterable[Stated[Any]]:
    """The facts by their keys in the store, without those of a time to come."""
    numbered_facts = list(stated)
    for collector, fact in numbered_facts:
        if isinstance(fact, LedgerFact) and fact.at > moment:
            refusals.add(collector, f"not happened yet: {fact.at}", fact)
    past = ((number, fact) for number, fact in numbered_facts if not isinstance(fact, LedgerFact) or fact.at <= moment)
    return merged(past, partial(_identity, directory), refusals).values()


def _identity(directory: Directory, fact: Any) -> tuple[Any, ...]:
    """What two facts about one thing share. A name nobody knows stands for itself: its fact is refused later."""
    if isinstance(fact, DeploymentFact):
        return directory.same(fact.token), directory.same(fact.chain), fact.address
    if isinstance(fact, MethodologyFact):
        return directory.same(fact.protocol), fact.metric, fact.source
    return (fact.ref,)


def _row(
    stated: Stated[Any], row_of: Callable[[Any, Directory], Row], directory: Directory, refusals: Refusals
) -> Row | None:
    """The row of a fact; None, and refused, when it is about nobody."""
    directory.doubts.clear()
    try:
        row = row_of(stated.fact, directory)
    except Unknown as unknown:
        refusals.add(stated.collector, str(unknown), stated.fact)
        return None
    for doubt in directory.doubts:
        refusals.add(stated.collector, f"{doubt}, left out", stated.fact)
    return {**row, "collector": stated.collector}


async def _compare(publication: Publication, described: Described, stage: Stage, rows: Sequence[Row]) -> None:
    if rows:
        described.staged.append((stage, await compare(publication, stage, rows)))
