"""Holdings as series: what organisations hold of a token by day, a stream of TREASURY_HOLDING for each token."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from models.metric import MEASURES
from models.vocabulary import EntityKind, Metric
from sync.facts import Facts, HoldingFact, SeriesFact, SeriesKey
from sync.identify import Names, Unknown
from sync.merge import Refusals

MEASURE = MEASURES[Metric.TREASURY_HOLDING]


def with_holding_series(
    refreshes: Sequence[Facts], names: Names, slugs: Mapping[int, str], refusals: Refusals
) -> list[Facts]:
    """Each refresh with the series that its holdings make. `slugs`: of tokens, which name the streams."""
    return [
        replace(facts, series=[*facts.series, *_series(facts.holdings, collector, names, slugs, refusals)])
        if facts.holdings
        else facts
        for collector, facts in enumerate(refreshes)
    ]


def _series(
    holdings: Iterable[HoldingFact], collector: int, names: Names, slugs: Mapping[int, str], refusals: Refusals
) -> Iterable[SeriesFact]:
    found: dict[SeriesKey, dict[int, int | None]] = {}
    for fact in holdings:
        try:
            slug = slugs.get(names.find(fact.token))
            value = None if fact.withdrawn else MEASURE.scaled(fact.amount)
        except Unknown:
            continue  # refused where the fact itself is
        except OverflowError as error:
            refusals.add(collector, str(error), fact)
            continue
        if slug is not None:
            # Of two that contradict each other the first is the fact, and the other is refused.
            key = SeriesKey(fact.organisation, Metric.TREASURY_HOLDING, fact.source, stream=slug)
            found.setdefault(key, {}).setdefault(fact.day.toordinal(), value)
    return [_fact(key, days) for key, days in found.items()]


def _fact(key: SeriesKey, days: Mapping[int, int | None]) -> SeriesFact:
    fact = SeriesFact(key)
    for day, value in sorted(days.items()):
        if value is None:
            fact.withdrawn.append(day)
        else:
            fact.days.append(day)
            fact.values.append(value)
    return fact


def token_slugs(names: Names, refreshes: Sequence[Facts]) -> dict[int, str]:
    """The slug of every token, of those that this refresh adds or renames the new one."""
    slugs = dict(names.slugs[EntityKind.TOKEN])
    for facts in reversed(refreshes):
        for token in facts.tokens:
            slugs |= {names.find(ref): token.slug for ref in token.refs[:1] if ref in names.current}
    return slugs
