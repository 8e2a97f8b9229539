"""What a number is asked of, and the entity it is kept about."""

from typing import NamedTuple, Protocol

from models.vocabulary import EntityKind, Metric

# These are about a token; asked of a protocol they mean its token's.
OF_TOKENS = frozenset(
    {
        Metric.PRICE,
        Metric.MARKET_CAP,
        Metric.FDV,
        Metric.CIRCULATING_SUPPLY,
        Metric.TOTAL_SUPPLY,
        Metric.MAX_SUPPLY,
        Metric.EMISSIONS,
        Metric.UNLOCKS,
    }
)
SUMMED = frozenset({EntityKind.SECTOR, EntityKind.CHAIN, EntityKind.MARKET})


class Subject(NamedTuple):
    """An entity, with the protocol and token that go with it.

    `scope`: the name a summed subject is found under in its protocols: a SectorKey's name, or a chain's slug; of a
    protocol that is a chain, its own slug.
    """

    kind: EntityKind
    id: int
    protocol_id: int | None = None
    token_id: int | None = None
    scope: str = ""

    def entity_of(self, metric: Metric) -> int | None:
        """Whom the metric is kept about; None where the subject has no such thing."""
        if self.kind in (EntityKind.PROTOCOL, EntityKind.TOKEN):
            return self.token_id if metric in OF_TOKENS else self.protocol_id
        return self.id

    @property
    def summed(self) -> bool:
        """Whether its numbers are sums over protocols."""
        return self.kind in SUMMED


class Measured(Protocol):
    """A row that metrics can be asked of."""

    @property
    def subject(self) -> Subject: ...


class Cell(NamedTuple):
    """One kept number's place: whose, of which metric; on one chain or all (0), of one stream or all ('').

    `kind` and `scope` as of the Subject; what is summed is summed over its protocols.
    """

    kind: EntityKind
    entity_id: int
    metric: Metric
    chain_id: int = 0
    stream: str = ""
    scope: str = ""

    @property
    def summed(self) -> bool:
        return self.kind in SUMMED

    @property
    def rolled_up(self) -> bool:
        """Whether a rollup holds its windows."""
        return self.chain_id == 0 and not self.stream


def cell_of(subject: Subject, metric: Metric, chain_id: int = 0, stream: str = "") -> Cell | None:
    """Where a subject's number of a stored metric is kept; None where the subject has no such thing."""
    entity_id = subject.entity_of(metric)
    return None if entity_id is None else Cell(subject.kind, entity_id, metric, chain_id, stream, subject.scope)
