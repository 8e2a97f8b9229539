"""Publish one refresh: identify, compare, judge, write, roll up, flip."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from models.metric import MEASURES
from models.publication import Publication
from models.vocabulary import Domain, Metric
from sync.counts import Counts
from sync.derived import ledger_series
from sync.diff import apply
from sync.entities import CHAIN, LEDGER, PROTOCOL, SOURCE, Described, describe
from sync.facts import Facts
from sync.gate import Gate, GateRefused, Vanished, changed_too_much, vanished
from sync.holding import token_slugs, with_holding_series
from sync.identify import add_entities
from sync.merge import Refusals
from sync.observation import Observed, observe, wanted_series
from sync.quality import examine
from sync.report import FAILED, NOTHING_READ, PUBLISHED, UNCHANGED, Outcome, Resource, nothing_read
from sync.rollup import roll_up
from sync.rows import Directory


@dataclass(frozen=True, slots=True)
class Published:
    """The new epoch, None when nothing changed; what each collector changed, and what troubles, if any."""

    epoch: int | None
    counts: dict[str, Counts]
    troubles: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class Refresh:
    """One publish in progress: what was stated, and what it came to so far."""

    publication: Publication
    facts: Mapping[str, Facts]
    moment: datetime
    refusals: Refusals
    described: Described
    observed: Observed = field(default_factory=Observed)
    derived: Observed = field(default_factory=Observed)

    @property
    def tables(self) -> dict[str, Counts]:
        """Counts by table; what is derived from the ledger is not judged a second time."""
        return self.described.counts | {"obs": self.observed.tally.total}

    @property
    def counts(self) -> dict[str, Counts]:
        """Counts by collector, over all tables."""
        tallies = [*(tally for _, tally in self.described.staged), self.observed.tally]
        return {
            name: sum((tally.by_collector.get(number, Counts()) for tally in tallies), Counts())
            for number, name in enumerate(self.facts)
        }

    @property
    def through(self) -> dict[Domain, date]:
        """The last complete day of each domain. Entries of a ledger move it only where nothing else does."""
        days = dict(self.publication.base_through)
        for domain, day in self.observed.latest.items():
            days[domain] = max(day, days.get(domain, day))
        return self.derived.latest | days

    @property
    def changes_something(self) -> bool:
        """What every store begins with, the sectors and the market, is not news by itself."""
        if any(counts.changed for counts in self.counts.values()):
            return True
        base = self.publication.base
        return base > 0 and (
            any(counts.changed for counts in self.tables.values()) or self.through != self.publication.base_through
        )


async def publish(
    publication: Publication,
    facts: Mapping[str, Facts],
    *,
    outcomes: Sequence[Outcome] = (),
    resources: Sequence[Resource] = (),
    gate: Gate | None = None,
    accept: bool = False,
    recorded_at: datetime | None = None,
    note: str | None = None,
) -> Published:
    """Make the facts of each collector, the first of them going first, the next epoch, or raise and change nothing.

    Raises GateRefused (unless `accept`) and RecordingRefused.
    """
    publication.sources = [_source_row(outcome) for outcome in outcomes]
    moment = await publication.moment(recorded_at)
    refresh = await _compared(publication, facts, moment, recording=recorded_at is not None)
    gone = await _judged(refresh, gate or Gate(), accept=accept)
    counts, troubles = refresh.counts, _troubles(facts, gone)
    publication.sources = [
        _source_row(troubled(each, troubles), counts.get(each.source), refresh.refusals) for each in outcomes
    ]
    kept = [asdict(resource) for resource in resources]
    if not refresh.changes_something:
        await publication.discard()
        if nothing_read(outcomes):
            await publication.finish(FAILED, kept, NOTHING_READ)
        else:
            await publication.finish(UNCHANGED, kept)
        return Published(None, counts, troubles)
    await _completed(refresh)
    stats = {table: count.as_dict() for table, count in refresh.tables.items()}
    await publication.flip(refresh.through, stats, kept, recorded_at, note)
    return Published(publication.epoch, counts, troubles)


async def _judged(refresh: Refresh, gate: Gate, *, accept: bool) -> list[Vanished]:
    """What is newly gone, kept with its reason; raises GateRefused where too much is, or changes, unless `accept`."""
    publication, gone = refresh.publication, await _gone(refresh)
    reasons = [*changed_too_much(gate, refresh.tables), *(line for each in gone for line in each.doubts(gate))]
    if reasons and not accept:
        await publication.discard()
        raise GateRefused(reasons)
    await publication.reject([refusal for each in gone for refusal in each.refusals(publication.epoch)])
    return gone


async def _completed(refresh: Refresh) -> None:
    """What is computed of the new epoch before anyone sees it: rollups, and what is suspicious in it."""
    publication, through = refresh.publication, refresh.through
    await roll_up(publication, through, _metrics_moved(refresh))
    await examine(publication, through, refresh.moment)


async def _compared(
    publication: Publication, facts: Mapping[str, Facts], moment: datetime, *, recording: bool
) -> Refresh:
    """Compare everything with the base and write what differs, unseen until the flip."""
    stated, refusals = list(facts.values()), Refusals(list(facts))
    described = await describe(publication, stated, refusals, moment, recording=recording)
    refresh = Refresh(publication, facts, moment, refusals, described)
    await add_entities(publication, described.names)
    for stage, tally in described.staged:
        await apply(publication, stage, tally.total.changed)
    today, yesterday = moment.date(), moment.date() - timedelta(days=1)
    names = described.names
    held = with_holding_series(stated, names, token_slugs(names, stated), refusals)
    wanted = wanted_series(held, Directory(names, described.sources, {}), refusals, today)
    await observe(publication, wanted, refresh.observed, refusals, yesterday)
    if described.changed(LEDGER):
        derived = await ledger_series(publication, described.sources)
        await observe(publication, derived, refresh.derived, refusals, yesterday)
    parsed = [rejected for each in stated for rejected in each.rejected]
    await publication.reject([(each.source, each.reason, each.fact) for each in (*parsed, *refusals.rejected)])
    return refresh


async def _gone(refresh: Refresh) -> list[Vanished]:
    complete = frozenset[str]().union(*(each.complete for each in refresh.facts.values()))
    return await vanished(refresh.publication, complete, refresh.observed.mentioned, refresh.described.withdrawn)


def _troubles(facts: Mapping[str, Facts], gone: Sequence[Vanished]) -> dict[str, str]:
    """By the collector that read the publisher whole."""
    return {
        collector: f"{collector}: {'; '.join(each.trouble() for each in mine)}"
        for collector, stated in facts.items()
        if (mine := [each for each in gone if each.publisher in stated.complete])
    }


def troubled(outcome: Outcome, troubles: Mapping[str, str]) -> Outcome:
    """With the trouble that only the publish found."""
    said = [text for text in (outcome.error, troubles.get(outcome.source)) if text]
    return replace(outcome, error="; ".join(said) or None)


def _metrics_moved(refresh: Refresh) -> set[Metric]:
    """Metrics to roll up anew: all of them when protocols or sources change, as either may change what is summed."""
    if refresh.described.changed(PROTOCOL, SOURCE, CHAIN):
        return set(MEASURES)
    return refresh.observed.metrics | refresh.derived.metrics


def _source_row(outcome: Outcome, counts: Counts | None = None, refusals: Refusals | None = None) -> dict[str, Any]:
    row = asdict(outcome) | (counts or Counts()).as_dict()
    if counts is not None and outcome.status == PUBLISHED and not counts.changed:
        row["status"] = UNCHANGED
    if refusals is not None:
        row["rejected"] += refusals.of(outcome.source)
    return row
