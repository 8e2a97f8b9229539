"""The facts of a refresh as rows for the diff, but for observations: who and what it is about, and what was said."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import select, union_all

from models import (
    capital_raise,
    chain,
    claim,
    deployment,
    external_id,
    fund,
    holding,
    ledger,
    methodology,
    organisation,
    policy,
    protocol,
    risk,
    role,
    share_count,
    source,
    token,
    token_rights,
    treasury_transaction,
    unlock,
    value_layer,
)
from models.publication import Publication
from models.versioned import FOREVER
from models.vocabulary import EntityKind, ObservationMethod, ProtocolKind
from sync.counts import Counts, Tally
from sync.diff import Stage, compare, stage_for
from sync.facts import (
    DeploymentFact,
    Facts,
    HoldingFact,
    LedgerFact,
    MethodologyFact,
    Ref,
    RightsFact,
    RiskFact,
    SharesFact,
    SourceFact,
    ValueLayerFact,
)
from sync.identify import OWN, STORE, Names, Unknown, known_names, name_rows
from sync.invariants import Broken, broken_entries, broken_policies
from sync.merge import Refusals, Stated, merged, numbered
from sync.recorded import Recorded, recorded_entities, title_of
from sync.rows import (
    Directory,
    Row,
    chain_row,
    claim_row,
    deployment_row,
    fund_row,
    layer_row,
    ledger_row,
    methodology_row,
    organisation_fact_row,
    organisation_row,
    policy_row,
    protocol_row,
    rights_row,
    risk_row,
    source_row,
    token_row,
    unlock_row,
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
    (stage_for(role), "roles", organisation_fact_row),
    (stage_for(capital_raise), "raises", organisation_fact_row),
    (stage_for(holding), "holdings", organisation_fact_row),
    (stage_for(treasury_transaction), "transactions", organisation_fact_row),
    (stage_for(share_count), "shares", organisation_fact_row),
    (stage_for(token_rights), "rights", rights_row),
    (stage_for(unlock), "unlocks", unlock_row),
    (stage_for(value_layer), "layers", layer_row),
    (stage_for(risk), "risks", risk_row),
)

# What has to hold of the facts of a list.
Invariant: TypeAlias = Callable[[Publication, Sequence[Row]], Awaitable[Sequence[Broken]]]
INVARIANTS: dict[str, Invariant] = {"policies": broken_policies, "ledger": broken_entries}


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
    publication: Publication, refreshes: Sequence[Facts], refusals: Refusals, moment: datetime, *, recording: bool
) -> Described:
    """Identify and compare everything but observations. `recording`: this refresh is one itself."""
    recorded = Recorded() if recording else await recorded_entities(publication)
    described = Described(await known_names(publication, recorded))
    names = described.names
    if publication.base == 0:
        names.standing()
    described.sources = await _sources(publication, described, refreshes, refusals)
    facts = {kind: _identified(names, kind, numbered(refreshes, name), refusals) for kind, _, name, _ in ENTITIES}
    directory = Directory(names, described.sources, _chain_slugs(names, facts[EntityKind.CHAIN]))
    for kind, stage, _, row_of in ENTITIES:
        rows = [
            recorded.over(kind, id_, row)
            for id_, each in facts[kind].items()
            if (row := _row(each, partial(row_of, id_), directory, refusals))
        ]
        described.withdrawn |= {row[stage.of.identity[0]] for row in rows if row["withdrawn"]}
        await _compare(publication, described, stage, rows)
    slugs = {id_: (kind, each.fact.slug) for kind, some in facts.items() for id_, each in some.items()}
    await _compare(publication, described, EXTERNAL_ID, name_rows(names, slugs, moment.date()))
    for stage, name, row_of_statement in STATEMENTS:
        stated = _stated(numbered(refreshes, name), directory, refusals, moment)
        pairs = [(each, row) for each in stated if (row := _row(each, row_of_statement, directory, refusals))]
        if name in INVARIANTS:
            pairs = await _sound(publication, INVARIANTS[name], pairs, refusals)
        await _compare(publication, described, stage, [row for _, row in pairs])
    return described


async def _sound(
    publication: Publication, broken: Invariant, pairs: list[tuple[Stated[Any], Row]], refusals: Refusals
) -> list[tuple[Stated[Any], Row]]:
    """The facts and rows that keep to an invariant; the others are refused."""
    reasons = dict(await broken(publication, [row for _, row in pairs]))
    for place, reason in reasons.items():
        stated, _ = pairs[place]
        refusals.add(stated.collector, reason, stated.fact)
    return [pair for place, pair in enumerate(pairs) if place not in reasons]


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
    """The facts about entities of a kind, by entity, each under a slug of its own or refused."""
    facts = merged(stated, lambda fact: names.identify(fact.refs, fact.slug, title_of(kind, fact._asdict())), refusals)
    taken = {slug: id_ for id_, slug in names.slugs[kind].items() if id_ not in facts or id_ in names.recorded}
    for id_, each in list(facts.items()):
        if each.fact.withdrawn:
            continue
        slug = names.slugs[kind][id_] if id_ in names.recorded else _free_slug(each.fact, id_, taken)
        if slug is None:
            refusals.add(each.collector, f"the slug {each.fact.slug} is another's", each.fact)
            names.forget(id_)
            del facts[id_]
            continue
        each.fact = each.fact._replace(slug=slug)
        names.call(id_, Ref(kind, OWN, slug))
        for ref in names.of_others(id_, each.fact.refs):
            refusals.add(each.collector, f"the name {ref.system} {ref.value} is another's, left out", each.fact)
    return facts


def _free_slug(fact: Any, id_: int, taken: dict[str, int]) -> str | None:
    """The slug of a fact, or where that is another's with the id that its source gives it; None if both are."""
    numbered_slugs = [f"{fact.slug}-{_as_slug(ref.value)}" for ref in fact.refs if ref.system != OWN]
    return next((slug for slug in (fact.slug, *numbered_slugs[:1]) if taken.setdefault(slug, id_) == id_), None)


def _as_slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


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
    same = directory.same
    match fact:
        case DeploymentFact():
            return same(fact.token), same(fact.chain), fact.address
        case MethodologyFact():
            return same(fact.protocol), fact.metric, fact.source
        case HoldingFact():
            return same(fact.organisation), same(fact.token), fact.day, fact.source
        case SharesFact():
            return same(fact.organisation), fact.day, fact.source
        case RightsFact():
            return (same(fact.protocol),)
        case ValueLayerFact():
            return same(fact.protocol), fact.kind, fact.stream
        case RiskFact():
            return same(fact.subject), fact.kind
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
