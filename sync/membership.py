"""Which protocols are added up into which sector, chain and market."""

from dataclasses import dataclass, field

from sqlalchemy import select

from models.entity import external_id
from models.protocol import protocol
from models.publication import Publication
from models.token import chain
from models.versioned import FOREVER
from models.vocabulary import EntityKind, Metric, ProtocolKind
from sync.identify import MARKET, OWN


@dataclass(slots=True)
class Members:
    """The protocols that count: no parent holds their numbers, and no other listing repeats them.

    `sectors` are the sectors and the market each adds to; `only_chain` the chain of one that runs on a single one.
    """

    sectors: dict[int, tuple[int, ...]]
    only_chain: dict[int, int]
    by_chain: set[tuple[int, Metric]] = field(default_factory=set[tuple[int, Metric]])

    def note_chains(self, reported: set[tuple[int, Metric]]) -> None:
        """Which (protocol, metric) are reported chain by chain."""
        self.by_chain = reported

    def groups(self, protocol_id: int, metric: Metric, chain_id: int) -> tuple[int, ...]:
        """What a number of a protocol, on one chain or all (0), is added to."""
        if protocol_id not in self.sectors:
            return ()
        if chain_id:
            return (chain_id,)
        alone = self.only_chain.get(protocol_id)
        if alone is None or (protocol_id, metric) in self.by_chain:
            return self.sectors[protocol_id]
        return (*self.sectors[protocol_id], alone)


async def members_of(publication: Publication) -> Members:
    """As the protocols stand in the epoch to come."""
    async with publication.transaction() as connection:
        named, known = external_id.every_version.c, chain.every_version.c
        kinds = named.kind.in_([EntityKind.SECTOR, EntityKind.MARKET])
        own = select(named.value, named.entity_id).where(named.system == OWN, named.valid_to == FOREVER, kinds)
        groups = {row.value: row.entity_id for row in await connection.execute(own)}
        chains = select(known.slug, known.chain_id).where(known.valid_to == FOREVER)
        chain_ids = {row.slug: row.chain_id for row in await connection.execute(chains)}
        one = protocol.every_version.c
        counted = (one.valid_to == FOREVER, one.parent_id.is_(None), ~one.doublecounted, one.kind != ProtocolKind.CHAIN)
        rows = (await connection.execute(select(one.protocol_id, one.sectors, one.chains).where(*counted))).all()
    sectors = {row.protocol_id: tuple(groups[name] for name in (*row.sectors, MARKET.value)) for row in rows}
    alone = {row.protocol_id: chain_ids.get(row.chains[0]) for row in rows if len(row.chains) == 1}
    return Members(sectors, {id_: chain_id for id_, chain_id in alone.items() if chain_id is not None})
