"""Alerts: which rules an epoch meets, told in the order of the feed of changes and from any place on.

Each step from one epoch to the next that can be read is told by itself, as of the later of the two: what was missed
meanwhile is told as it would have been told then.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from sqlalchemy import select

from models.epoch import Pin
from models.observation import series
from models.protocol import protocol
from models.store import Reader
from models.vocabulary import ChangedType, Metric
from resolvers.alert_place import AlertPlace, Step, known_up_to, place_of, steps_after
from resolvers.alert_rule import HAPPENING, AlertOp, AlertRule, check, holds
from resolvers.caller import Caller
from resolvers.change import ChangeKey, ChangeRow, change_pages, end_of
from resolvers.context import Context
from resolvers.declare import Parent, batched
from resolvers.entry import EntryRow, entries_by_id
from resolvers.errors import BadInput, KeyNeeded
from resolvers.external_id import OURS
from resolvers.metric import MetricValue, metric_values
from resolvers.metric_key import MetricKey
from resolvers.policy import policies_by_id
from resolvers.protocol import ProtocolRow, columns, protocols_by_id, protocols_by_name

# Within an epoch values are told after everything in the feed of changes.
VALUES = 1_000
PAGE = 100
# Protocols whose values are read at once.
TOGETHER = 50
# A value that is compared, and told to no one, costs a tenth of one that is answered.
VALUES_PER_POINT = 10
# Callers without a key, from elsewhere.
STRANGERS = "anonymous"


@dataclass(frozen=True, slots=True)
class AlertRow:
    """`value` is that of the later epoch, `before` the number at the earlier."""

    place: AlertPlace
    at: datetime
    rule_met: AlertRule
    protocol_id: int
    change: ChangeRow | None = None
    entry: EntryRow | None = None
    value: MetricValue | None = None
    before: Decimal | None = None

    @property
    def seq(self) -> str:
        return self.place.cursor

    @property
    def op(self) -> AlertOp:
        return self.rule_met.op

    @property
    def rule(self) -> int:
        return self.place.rule

    @property
    def epoch(self) -> int:
        return self.place.reading


class Matter(NamedTuple):
    """What a change is about: whom, and which entry or metric. `owner` is a protocol's number, or of a series any."""

    owner: int
    entry: EntryRow | None = None
    metric: Metric | None = None


async def alerts_after(
    context: Context, rules: Sequence[AlertRule], cursor: str | None
) -> AsyncGenerator[AlertRow, None]:
    """Every alert from a place on, from the next epoch on without one; raises ApiError.

    The context is moved along: whoever shows an alert reads at its epoch.
    """
    check(rules)
    if any(rule.of_values and rule.protocol is None for rule in rules):
        _require_key(context)
    await require_protocols(context, rules)
    newest = context.pin.epoch
    place = known_up_to(newest) if cursor is None else place_of(cursor)
    while True:
        async for alert in alerts_until(context, rules, place, newest):
            yield alert
        place = known_up_to(newest)
        newest = await context.news.after(newest)


async def alerts_until(
    context: Context, rules: Sequence[AlertRule], place: AlertPlace, newest: int
) -> AsyncGenerator[AlertRow, None]:
    """Every alert from a place on, up to an epoch. All steps are paid for before the first is looked at."""
    [steps] = await context.fetch(steps_after, [place], Pin(newest))
    if steps:
        await context.pay(len(steps) * await _points(context, rules, Pin(newest)))
    for step in steps:
        context.move(Pin(step.reading))
        async for alert in _told(context, rules, step):
            if alert.place > place:
                yield alert


async def _points(context: Context, rules: Sequence[AlertRule], pin: Pin) -> int:
    """What looking at one step costs, whether it meets a rule or not."""
    named = await _named(context, rules, pin)
    values = sum(1 for _ in _asked(rules, named, await _watched(context, rules, named, pin)))
    return len({rule.op for rule in rules if not rule.of_values}) + ceil(values / VALUES_PER_POINT)


def _require_key(context: Context) -> None:
    caller: Caller | None = context.caller
    if caller is not None and caller.tier == STRANGERS:
        raise KeyNeeded("a rule about the values of every protocol needs an API key: name a protocol, or use a key")


async def require_protocols(context: Context, rules: Sequence[AlertRule]) -> None:
    """Raises BadInput for a protocol that is not known: a slip of the hand would never be told of anything."""
    for slug, row in (await _named(context, rules, context.pin)).items():
        if row is None:
            raise BadInput(f'there is no protocol "{slug}"')


async def _named(context: Context, rules: Sequence[AlertRule], pin: Pin) -> dict[str, ProtocolRow | None]:
    slugs = list(dict.fromkeys(rule.protocol for rule in rules if rule.protocol is not None))
    rows = await context.fetch(protocols_by_name, [(OURS, slug) for slug in slugs], pin) if slugs else []
    return dict(zip(slugs, rows, strict=True))


async def _told(context: Context, rules: Sequence[AlertRule], step: Step) -> AsyncGenerator[AlertRow, None]:
    """What a step meets, in order."""
    named = await _named(context, rules, Pin(step.reading))
    for op, (type_, kinds) in HAPPENING.items():
        if any(rule.op is op for rule in rules):
            key = ChangeKey(end_of(step.known), PAGE, kinds, (type_,))
            async for change, matter in _happened(context, key, step):
                for number, rule in enumerate(rules):
                    if rule.op is op and _meets(rule, matter, named):
                        place = AlertPlace(*change.line.place, number)
                        yield AlertRow(place, change.at, rule, matter.owner, change, matter.entry)
    # Before the first epoch nothing had a value.
    if step.known > 0 and any(rule.of_values for rule in rules):
        async for alert in _moved(context, rules, named, step):
            yield alert


async def _happened(context: Context, key: ChangeKey, step: Step) -> AsyncGenerator[tuple[ChangeRow, Matter], None]:
    """The changes of a step that are of some type and kinds, each with what it is about."""
    while True:
        [page] = await context.fetch(change_pages, [key], Pin(step.reading))
        for change, matter in zip(page.nodes, await _matters(context, page.nodes, step), strict=True):
            if matter is not None:
                yield change, matter
        if page.caught_up:
            return
        key = key._replace(after=page.next_cursor)


async def _matters(context: Context, changes: Sequence[ChangeRow], step: Step) -> list[Matter | None]:
    """What changes of one type are about. A policy that is gone is looked up where it was still known."""
    if not changes:
        return []
    numbers, pin = [change.line.number for change in changes], Pin(step.reading)
    if changes[0].type is ChangedType.LEDGER_ENTRY:
        entries = await context.fetch(entries_by_id, numbers, pin)
        return [Matter(entry.protocol_id, entry) if entry else None for entry in entries]
    if changes[0].type is ChangedType.SERIES:
        return list(await context.fetch(matters_of_series, numbers, pin))
    found = await context.fetch(policies_by_id, numbers, pin)
    gone = [number for number, policy in zip(numbers, found, strict=True) if policy is None]
    past = await context.fetch(policies_by_id, gone, Pin(step.known)) if gone and step.known else []
    owners = {policy.number: policy.protocol_id for policy in (*found, *past) if policy is not None}
    return [Matter(owners[number]) if number in owners else None for number in numbers]


async def matters_of_series(reader: Reader, numbers: Sequence[int]) -> list[Matter | None]:
    """Whom each series is about, and what it measures. One statement."""
    known = reader.live(series)
    query = select(known.c.series_id, known.c.subject_id, known.c.metric)
    rows = await reader.rows(query.where(reader.among(known.c.series_id, numbers)))
    found = {row.series_id: Matter(row.subject_id, metric=row.metric) for row in rows}
    return [found.get(number) for number in numbers]


def _meets(rule: AlertRule, matter: Matter, named: dict[str, ProtocolRow | None]) -> bool:
    if rule.protocol is not None:
        row = named[rule.protocol]
        # Prices and supplies of a protocol are those of its token.
        if row is None or matter.owner not in (row.number, row.token_id):
            return False
    if rule.metric is not None and matter.metric is not rule.metric:
        return False
    return matter.entry is None or _wants(rule, matter.entry)


def _wants(rule: AlertRule, entry: EntryRow) -> bool:
    """Whether an entry is of the kinds and the size that are meant; one without dollars has no size."""
    if rule.ledger_kind is not None and entry.kind not in rule.ledger_kind:
        return False
    return rule.min_usd is None or (entry.usd is not None and entry.usd >= rule.min_usd)


async def _moved(
    context: Context, rules: Sequence[AlertRule], named: dict[str, ProtocolRow | None], step: Step
) -> AsyncGenerator[AlertRow, None]:
    """The alerts of rules about values, by protocol."""
    before, after = Pin(step.known), Pin(step.reading)
    rows = await _watched(context, rules, named, after)
    for start in range(0, len(rows), TOGETHER):
        asked = list(_asked(rules, named, rows[start : start + TOGETHER]))
        keys = list(dict.fromkeys(key for _, _, key in asked))
        was = dict(zip(keys, await context.fetch(metric_values, keys, before), strict=True))
        now = dict(zip(keys, await context.fetch(metric_values, keys, after), strict=True))
        for row, number, key in asked:
            if holds(rules[number], was[key], now[key]):
                place, at = AlertPlace(*step, VALUES, row.number, number), now[key].computed_at
                yield AlertRow(place, at, rules[number], row.number, value=now[key], before=was[key].value)


async def _watched(
    context: Context, rules: Sequence[AlertRule], named: dict[str, ProtocolRow | None], pin: Pin
) -> list[ProtocolRow]:
    """The protocols that rules about values are about, by number."""
    if any(rule.of_values and rule.protocol is None for rule in rules):
        [every] = await context.fetch(every_protocol, ["every"], pin)
        return every
    slugs = {rule.protocol for rule in rules if rule.of_values}
    rows = {row.number: row for slug, row in named.items() if row is not None and slug in slugs}
    return [rows[number] for number in sorted(rows)]


async def every_protocol(reader: Reader, keys: Sequence[str]) -> list[list[ProtocolRow]]:
    """All of them by number. One statement."""
    live = reader.live(protocol)
    rows = [ProtocolRow(*row) for row in await reader.rows(select(*columns(live)).order_by(live.c.protocol_id))]
    return [rows] * len(keys)


def _asked(
    rules: Sequence[AlertRule], named: dict[str, ProtocolRow | None], rows: Sequence[ProtocolRow]
) -> Iterator[tuple[ProtocolRow, int, MetricKey]]:
    """Whose value each rule is about, in the order of alerts."""
    for row in rows:
        for number, rule in enumerate(rules):
            mine = rule.protocol is None or named[rule.protocol] == row
            if rule.of_values and rule.metric is not None and mine:
                yield row, number, MetricKey(row.subject, rule.metric, rule.window)


@batched(protocols_by_id)
def resolve_protocol_of_alert(row: Parent[AlertRow]) -> int:
    return row.protocol_id
