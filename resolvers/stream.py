"""Revenue streams: the named parts of what a protocol earns."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.store import Reader
from models.vocabulary import EntityKind, Metric, ValueLayerKind, Window
from resolvers.argument import OverWindow
from resolvers.declare import Parent, batched
from resolvers.history import known_series
from resolvers.metric import OfMetric, metric_values
from resolvers.metric_key import MetricKey
from resolvers.protocol import ProtocolRow
from resolvers.subject import Cell, Subject

# What is split into streams by any source.
SPLIT = (Metric.FEES, Metric.REVENUE, Metric.SUPPLY_SIDE_REVENUE, Metric.HOLDERS_REVENUE, Metric.PROTOCOL_REVENUE)

# Words in the name of a stream that say where it is earned. The first that is found counts: "liquid staking
# rewards" are of staking, whatever else they are.
WORDS: tuple[tuple[ValueLayerKind, tuple[str, ...]], ...] = (
    (ValueLayerKind.MEV, ("mev", "tips", "priority fee")),
    (ValueLayerKind.STAKING_REWARDS, ("staking", "validator", "restaking")),
    (ValueLayerKind.AUCTIONS, ("auction",)),
    (ValueLayerKind.LAUNCH_FEES, ("launch", "graduation", "bonding", "mint fee", "creation fee")),
    (ValueLayerKind.RESERVE_YIELD, ("reserve", "treasury bill", "t-bill", "rwa")),
    (ValueLayerKind.INTEREST, ("interest", "borrow", "lending", "loan", "stability fee", "liquidation", "flash")),
    (ValueLayerKind.TRADING_SPREADS, ("spread", "market making")),
    (ValueLayerKind.SERVICE_FEES, ("service", "subscription", "management", "performance", "deposit", "withdraw")),
    (ValueLayerKind.TRANSACTION_FEES, ("swap", "trad", "transaction", "gas", "perp", "spot", "bridge", "fee")),
)


@dataclass(frozen=True, slots=True)
class StreamRow:
    """`key` is what the source calls it; `metrics` those that are known of it."""

    subject: Subject
    key: str
    metrics: tuple[Metric, ...]

    @property
    def label(self) -> str:
        words = self.key.replace("_", " ").replace("-", " ").strip()
        return words[:1].upper() + words[1:]

    @property
    def layer(self) -> ValueLayerKind | None:
        return layer_of(self.key)


def layer_of(stream: str) -> ValueLayerKind | None:
    """The layer a stream is earned at, by its name; None for a name that does not say."""
    words = stream.casefold().replace("_", " ").replace("-", " ")
    return next((kind for kind, signs in WORDS if any(sign in words for sign in signs)), None)


async def streams_by_protocol(reader: Reader, subjects: Sequence[Subject]) -> list[list[StreamRow]]:
    """The streams of each protocol, by name. One statement."""
    cells = [Cell(EntityKind.PROTOCOL, each.id, metric, stream="*") for each in subjects for metric in SPLIT]
    found: dict[tuple[int, str], set[Metric]] = {}
    for known in await known_series(reader, cells):
        if known.stream:
            found.setdefault((known.entity_id, known.stream), set()).add(known.metric)
    return [
        [
            StreamRow(each, name, tuple(sorted(metrics)))
            for (id_, name), metrics in sorted(found.items())
            if id_ == each.id
        ]
        for each in subjects
    ]


@batched(streams_by_protocol)
def resolve_revenue_streams(row: Parent[ProtocolRow]) -> Subject:
    return row.subject


@batched(metric_values)
def resolve_metric_of_stream(stream: Parent[StreamRow], key: OfMetric, window: OverWindow = Window.D30) -> MetricKey:
    return MetricKey(stream.subject, key, window, stream=stream.key)
