"""What is told as it happens: each epoch, and what it brought, from any place of the feed of changes on."""

from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, NamedTuple

from sqlalchemy import select

from models.epoch import Pin
from models.ledger import ledger
from models.store import Reader
from models.vocabulary import ChangedType, ChangeKind
from resolvers.alert import AlertRow, alerts_after
from resolvers.alert_rule import AlertRule
from resolvers.argument import hashed
from resolvers.change import ChangeKey, ChangeRow, change_pages, end_of, place_of
from resolvers.context import Context, Info
from resolvers.declare import ID, argument
from resolvers.entry import EntryRow, entries_by_id
from resolvers.epoch import EpochRow, epochs_by_number
from resolvers.ledger_filter import LedgerWhere, conditions

# Changes read at once: enough to catch up quickly, few enough to hold in memory for every reader.
PAGE = 100


class WantedEntry(NamedTuple):
    """An entry of the ledger, if it meets a filter."""

    number: int
    where: LedgerWhere | None


async def wanted_entries(reader: Reader, keys: Sequence[WantedEntry]) -> list[EntryRow | None]:
    """The entries that meet their filters, None for the others. Two statements for each distinct filter."""
    found: dict[WantedEntry, EntryRow | None] = {}
    for where in dict.fromkeys(key.where for key in keys):
        live = reader.live(ledger)
        asked = [key.number for key in keys if key.where == where]
        query = select(live.c.entry_id).where(reader.among(live.c.entry_id, asked), *conditions(where, live, reader))
        numbers = [row.entry_id for row in await reader.rows(query)]
        entries = await entries_by_id(reader, numbers) if numbers else []
        found |= {WantedEntry(n, where): entry for n, entry in zip(numbers, entries, strict=True)}
    return [found.get(key) for key in keys]


async def epoch_published(info: Info) -> AsyncGenerator[EpochRow, None]:
    """Each epoch from the next on."""
    context, known = info.context, info.context.pin.epoch
    while True:
        newest = await context.news.after(known)
        for number in range(known + 1, newest + 1):
            context.move(Pin(newest))
            (row,) = await context.fetch(epochs_by_number, [number], context.pin)
            if row is not None:
                yield row
        known = newest


async def changes(
    info: Info,
    resume_after: Annotated[
        str | None, argument("Begin with what came after this `seq` of a change, with what comes next if left out.")
    ] = None,
    kinds: Annotated[list[ChangeKind] | None, argument("Of which kinds, for example [RESTATED].")] = None,
    types: Annotated[list[ChangedType] | None, argument("Of what, for example [POLICY, LEDGER_ENTRY].")] = None,
) -> AsyncGenerator[ChangeRow, None]:
    """Every change from a place of the feed on; nothing is left out or told twice, whatever was missed."""
    of_kinds = None if kinds is None else tuple(hashed(kinds))
    of_types = None if types is None else tuple(hashed(types))
    async for row in _changes(info.context, resume_after, of_kinds, of_types):
        yield row


async def ledger_entry_added(
    info: Info,
    where: Annotated[
        LedgerWhere | None, argument('Only entries for which this holds, for example {kind: [BURN], minUsd: "10000"}.')
    ] = None,
) -> AsyncGenerator[EntryRow, None]:
    """Each entry that is new in the ledger from the next epoch on."""
    context, wanted = info.context, hashed(where)
    async for row in _changes(context, None, (ChangeKind.CREATED,), (ChangedType.LEDGER_ENTRY,)):
        (entry,) = await context.fetch(wanted_entries, [WantedEntry(row.line.number, wanted)], context.pin)
        if entry is not None:
            yield entry


async def alerts(
    info: Info,
    rules: Annotated[
        list[AlertRule],
        argument('What to tell of, for example [{op: NEW_LEDGER_ENTRY, ledgerKind: [BURN], minUsd: "1000000"}].'),
    ],
    resume_after: Annotated[
        ID | None,
        argument("Begin with what came after this `seq` of an alert of the same rules, with what comes next if not."),
    ] = None,
) -> AsyncGenerator[AlertRow, None]:
    """What meets the rules from epoch to epoch; nothing is left out or told twice, whatever was missed."""
    async for row in alerts_after(info.context, rules, resume_after):
        yield row


async def _changes(
    context: Context,
    resume_after: str | None,
    kinds: tuple[ChangeKind, ...] | None,
    types: tuple[ChangedType, ...] | None,
) -> AsyncGenerator[ChangeRow, None]:
    cursor = end_of(context.pin.epoch) if resume_after is None else resume_after
    while True:
        # A page is looked for in all epochs that follow its place, which soon are enough to fill it.
        await context.pay(1 + min(PAGE, max(0, context.pin.epoch - place_of(cursor).known)))
        (page,) = await context.fetch(change_pages, [ChangeKey(cursor, PAGE, kinds, types)], context.pin)
        for row in page.nodes:
            yield row
        cursor = page.next_cursor
        if page.caught_up:
            context.move(Pin(await context.news.after(context.pin.epoch)))
