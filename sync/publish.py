"""Publish one refresh: identify, compare, judge, write, roll up, flip."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from models.metric import MEASURES
from models.publication import Publication
from models.vocabulary import Domain, Metric
from sync.counts import Counts
from sync.derived import ledger_series
from sync.diff import apply, unstage
from sync.entities import CHAIN, LEDGER, PROTOCOL, SOURCE, Described, describe
from sync.facts import Facts
from sync.gate import Gate, GateRefused, Vanished, changed_too_much, first_of, vanished
from sync.holding import token_slugs, with_holding_series
from sync.identify import OWN, STORE, add_entities
from sync.merge import Refusals
from sync.observation import Observed, observe, wanted_series
from sync.quality import examine
from sync.report import FAILED, NOTHING_READ, PUBLISHED, UNCHANGED, Outcome, Resource, nothing_read
from sync.rollup import roll_up
from sync.rows import Directory


@dataclass(frozen=True, slots=True)
class Published:
    """The new epoch, None when nothing changed; what each collector changed, and what troubles, if any.

    `refused`: why the gate refused all of a collector's facts.
    """

    epoch: int | None
    counts: dict[str, Counts]
    troubles: dict[str, str] = field(default_factory=dict[str, str])
    refused: dict[str, str] = field(default_factory=dict[str, str])

    def told(self, outcome: Outcome) -> Outcome:
        """The outcome of a collector with what only the publish found."""
        status = FAILED if outcome.source in self.refused else outcome.status
        texts = (outcome.error, self.refused.get(outcome.source), self.troubles.get(outcome.source))
        return replace(outcome, status=status, error="; ".join(text for text in texts if text) or None)


@dataclass(slots=True)
class Refresh:
    """One publish in progress: what was stated, and what it came to so far.

    `refused`: collectors whose facts are left out, and why.
    """

    publication: Publication
    facts: Mapping[str, Facts]
    moment: datetime
    refusals: Refusals
    described: Described
    observed: Observed = field(default_factory=Observed)
    derived: Observed = field(default_factory=Observed)
    refused: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def tables(self) -> dict[str, Counts]:
        """Counts by table, without what is derived from the ledger."""
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
    def judged(self) -> dict[str, dict[str, Counts]]:
        """Counts by collector and table as the gate looks at them: provisional days may change."""
        tallies = {stage.name: tally for stage, tally in self.described.staged} | {"obs": self.observed.settled}
        return {
            name: {table: tally.by_collector.get(number, Counts()) for table, tally in tallies.items()}
            for number, name in (*enumerate(self.facts), (STORE, OWN))
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

    A collector that the gate refuses is left out, and nothing is remembered of the answers of any: what the others
    said of it alone is read again. Raises GateRefused where nobody is left (unless `accept`), and RecordingRefused.
    """
    publication.sources = [_source_row(outcome) for outcome in outcomes]
    moment = await publication.moment(recorded_at)
    passing = None if accept else gate or Gate()
    refresh, gone = await _passed(publication, facts, moment, passing, recording=recorded_at is not None)
    await _reject(refresh, facts.values(), gone)
    published = Published(publication.epoch, refresh.counts, _troubles(refresh.facts, gone), dict(refresh.refused))
    outcomes = [published.told(each) for each in outcomes]
    publication.sources = [_source_row(each, published.counts.get(each.source), refresh.refusals) for each in outcomes]
    kept = [] if published.refused else [asdict(resource) for resource in resources]
    if not refresh.changes_something:
        await publication.discard()
        if nothing_read(outcomes):
            await publication.finish(FAILED, kept, NOTHING_READ)
        else:
            await publication.finish(UNCHANGED, kept)
        return replace(published, epoch=None)
    await _completed(refresh)
    stats = {table: count.as_dict() for table, count in refresh.tables.items()}
    await publication.flip(refresh.through, stats, kept, recorded_at, note)
    return published


async def _passed(
    publication: Publication, facts: Mapping[str, Facts], moment: datetime, gate: Gate | None, *, recording: bool
) -> tuple[Refresh, list[Vanished]]:
    """The comparison that passes the gate, and what is newly gone: made anew each time that collectors are refused."""
    refused: dict[str, list[str]] = {}
    while True:
        left = {name: stated for name, stated in facts.items() if name not in refused}
        refresh = await _compared(publication, left, moment, recording=recording)
        gone = await _gone(refresh)
        doubts = _doubts(refresh, gate, gone) if gate else {}
        if not doubts:
            refresh.refused = {name: _refusal(name, reasons) for name, reasons in refused.items()}
            return refresh, gone
        await publication.discard()
        await unstage(publication, (stage for stage, _ in refresh.described.staged))
        blamed = {name: doubts[name] for name in left if name in doubts}
        refused |= blamed
        if len(refused) == len(facts) or not blamed:
            await _reject(refresh, facts.values(), ())
            nobodys = doubts.get(OWN, [])
            raise GateRefused([f"{name}: {reason}" for name in refused for reason in refused[name]] + nobodys)


def _doubts(refresh: Refresh, gate: Gate, gone: Sequence[Vanished]) -> dict[str, list[str]]:
    """Why the gate would refuse a collector, by name."""
    found = {name: changed_too_much(gate, tables) for name, tables in refresh.judged.items()}
    for collector, stated in refresh.facts.items():
        found[collector] += [line for each in gone if each.publisher in stated.complete for line in each.doubts(gate)]
    return {name: reasons for name, reasons in found.items() if reasons}


def _refusal(collector: str, reasons: Sequence[str]) -> str:
    return f"{collector}: nothing of it was published, --accept would: {first_of(reasons)}"


async def _reject(refresh: Refresh, stated: Iterable[Facts], gone: Iterable[Vanished]) -> None:
    """Keep what was not taken, of collectors that are left out too, and what is newly gone, with its reason."""
    publication = refresh.publication
    rejected = [*(each for facts in stated for each in facts.rejected), *refresh.refusals.rejected]
    await publication.reject([(each.source, each.reason, each.fact) for each in rejected])
    await publication.reject([refusal for each in gone for refusal in each.refusals(publication.epoch)])


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
