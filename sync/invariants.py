"""What has to hold of allocation policies and ledger entries: whatever would break it is refused with its reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from models.ledger import ledger
from models.policy import policy
from models.publication import Publication
from models.versioned import FOREVER
from models.vocabulary import LedgerKind, PolicyBasis, PolicyStatus
from models.window import Days
from sync.facts import PolicyFact
from sync.rows import Row

ALL = Decimal(100)
# A policy that ended was in force until then: on no day may two share out one base.
IN_FORCE = frozenset({PolicyStatus.ACTIVE, PolicyStatus.ENDED})
# What may happen to tokens that were bought; the rest moves dollars, or books nothing away.
DISPOSALS = frozenset(
    {
        LedgerKind.BURN,
        LedgerKind.BURN_RECOGNITION,
        LedgerKind.DISTRIBUTION,
        LedgerKind.LOCK,
        LedgerKind.LP_DEPOSIT,
        LedgerKind.SALE_FROM_TREASURY,
    }
)
POLICY_COLUMNS = (
    *("ref", "protocol_id", "status", "effective_from", "effective_to"),
    *("scope_chain_id", "scope_product", "base"),
)


class Broken(NamedTuple):
    """The place of a row among those that were stated, and why it is refused."""

    place: int
    reason: str


def fault_of(stated: PolicyFact) -> str | None:
    """What is wrong with a policy by itself; None if nothing is."""
    return _fault(stated.basis, stated.rules, stated.note, stated.effective_from, stated.effective_to)


def _fault(
    basis: PolicyBasis, rules: Sequence[Mapping[str, Any]], note: str | None, first: date | None, last: date | None
) -> str | None:
    if first is not None and last is not None and first > last:
        return f"it ends on {last}, before it begins on {first}"
    percents = [Decimal(rule["percent"]) for rule in rules if rule.get("percent") is not None]
    if any(percent < 0 for percent in percents):
        return "a rule of less than nothing"
    return _shared_out(sum(percents, Decimal()), note) if basis is PolicyBasis.PERCENT_OF_BASE else None


def _shared_out(total: Decimal, note: str | None) -> str | None:
    """Percent rules share out the whole base, or the note says of how much it is known."""
    if total > ALL:
        return f"the rules share out {total} % of the base"
    if total < ALL and f"{total} % of the base" not in (note or ""):
        return f"the rules share out {total} % of the base, and the note doesn't say that no more is stated"
    return None


async def broken_policies(publication: Publication, rows: Sequence[Row]) -> list[Broken]:
    """Stated policies that are wrong by themselves, or share out a base that another policy does the same day."""
    broken = [Broken(place, fault) for place, row in enumerate(rows) if (fault := _fault_of_row(row)) is not None]
    known = await _known_policies(publication, rows)
    return broken + _overlapping(rows, known, {each.place for each in broken})


def _fault_of_row(row: Row) -> str | None:
    if row["withdrawn"]:
        return None
    return _fault(row["basis"], row["rules"], row["note"], row["effective_from"], row["effective_to"])


def _overlapping(rows: Sequence[Row], known: Mapping[str, Row], refused: set[int]) -> list[Broken]:
    """Refused one by one, as each refusal leaves what was known of that policy standing."""
    found: list[Broken] = []
    while (clash := _clash(rows, known, refused | {each.place for each in found})) is not None:
        found.append(clash)
    return found


def _clash(rows: Sequence[Row], known: Mapping[str, Row], refused: set[int]) -> Broken | None:
    restated = {row["ref"] for place, row in enumerate(rows) if place not in refused}
    taken: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for ref, row in known.items():
        if ref not in restated and row["status"] in IN_FORCE:
            taken[_shares(row)].append(row)
    for place, row in enumerate(rows):
        if place in refused or row["withdrawn"] or row["status"] not in IN_FORCE:
            continue
        other = next((each for each in taken[_shares(row)] if _meet(row, each)), None)
        if other is not None:
            return Broken(place, f"it holds on days on which {other['ref']} shares out the same base")
        taken[_shares(row)].append(row)
    return None


def _shares(row: Row) -> tuple[Any, ...]:
    """What a policy shares out: a base of a protocol, on a chain or all, of a product or all."""
    return row["protocol_id"], row["base"], row["scope_chain_id"], row["scope_product"]


def _meet(one: Row, other: Row) -> bool:
    held, held_too = _known_to_hold(one), _known_to_hold(other)
    if held is None or held_too is None:
        return False
    return max(held.first, held_too.first) <= min(held.last, held_too.last)


def _known_to_hold(row: Row) -> Days | None:
    """The days a policy held beyond doubt: one that is active does to this day, a start nobody stated is no day."""
    last = row["effective_to"] or (date.max if row["status"] is PolicyStatus.ACTIVE else row["effective_from"])
    return None if last is None else Days(row["effective_from"] or last, last)


async def _known_policies(publication: Publication, rows: Iterable[Row]) -> dict[str, Row]:
    """The policies known before this publication, of the protocols that are stated."""
    protocols = {row["protocol_id"] for row in rows}
    if not protocols:
        return {}
    table = policy.every_version.c
    query = select(*(table[name] for name in POLICY_COLUMNS)).where(
        table.valid_to == FOREVER, table.protocol_id.in_(sorted(protocols))
    )
    async with publication.transaction() as connection:
        return {row.ref: dict(row._mapping) for row in await connection.execute(query)}


async def broken_entries(publication: Publication, rows: Sequence[Row]) -> list[Broken]:
    """Stated entries with a negative amount, or that dispose of more tokens than the entry they come from had."""
    negative = [Broken(place, reason) for place, row in enumerate(rows) if (reason := _negative(row)) is not None]
    refused = {each.place for each in negative}
    return negative + await _overdrawn(publication, rows, refused)


def _negative(row: Row) -> str | None:
    if row["withdrawn"]:
        return None
    name = next((name for name in ("tokens", "usd", "price_usd") if (row[name] or 0) < 0), None)
    return None if name is None else f"{name} is negative: what goes the other way is another kind of entry"


async def _overdrawn(publication: Publication, rows: Sequence[Row], refused: set[int]) -> list[Broken]:
    stated = {row["ref"]: row for place, row in enumerate(rows) if place not in refused}
    wanted = {row["origin_ref"] for row in stated.values() if row["origin_ref"] is not None}
    if not wanted:
        return []
    known = await _known_entries(publication, wanted)
    left = _left(known, stated, wanted)
    return list(_beyond(rows, refused, left))


def _left(known: Mapping[str, Row], stated: Mapping[str, Row], origins: Iterable[str]) -> dict[str, Decimal]:
    """The tokens of each origin less what is known to have become of them and is not stated anew."""
    found = {ref: row["tokens"] for ref in origins if (row := stated.get(ref) or known.get(ref)) and row["tokens"]}
    for ref, row in known.items():
        if ref not in stated and row["origin_ref"] in found and row["kind"] in DISPOSALS:
            found[row["origin_ref"]] -= row["tokens"] or 0
    return found


def _beyond(rows: Sequence[Row], refused: set[int], left: dict[str, Decimal]) -> Iterator[Broken]:
    for place, row in enumerate(rows):
        origin, tokens = row["origin_ref"], row["tokens"] or Decimal(0)
        if place in refused or row["withdrawn"] or row["kind"] not in DISPOSALS or origin not in left:
            continue
        if tokens > left[origin]:
            yield Broken(place, f"disposes of {tokens:f} tokens; {left[origin]:f} are left of {origin}")
        else:
            left[origin] -= tokens


async def _known_entries(publication: Publication, origins: set[str]) -> dict[str, Row]:
    """The entries known before this publication that are among the origins, or came from one."""
    table, names = ledger.every_version.c, sorted(origins)
    query = select(table.ref, table.kind, table.tokens, table.origin_ref).where(
        table.valid_to == FOREVER, table.ref.in_(names) | table.origin_ref.in_(names)
    )
    async with publication.transaction() as connection:
        return {row.ref: dict(row._mapping) for row in await connection.execute(query)}
