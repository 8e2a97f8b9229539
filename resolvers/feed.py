"""Where the changes of everything lie: one statement over every table that tells what differs between two epochs.

Only epochs that can still be read count. What one of them changed is told against the one before it that can be
read, so that thinning out old epochs makes the feed shorter and never untrue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from models.claim import claim
from models.epoch import epoch
from models.fund import fund, organisation
from models.ledger import ledger
from models.observation import obs, pack, series
from models.policy import policy
from models.protocol import methodology, protocol
from models.quality import quality_issue
from models.right import risk, token_rights, unlock, value_layer
from models.store import Reader
from models.token import chain, deployment, token
from models.treasury import capital_raise, holding, role, share_count, treasury_transaction
from models.versioned import FOREVER, Versioned
from models.vocabulary import ChangedType, ChangeKind

Arm: TypeAlias = Select[Any]


class Place(NamedTuple):
    """How far a reader of the feed is.

    Everything up to epoch `known` is known, and of the epoch `reading`, the next, whatever lies up to (type, number).
    """

    known: int
    reading: int
    type_: int
    number: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows are things of their own, numbered in `number`."""

    table: Versioned
    number: str


THINGS: dict[ChangedType, Kept] = {
    ChangedType.CHAIN: Kept(chain, "chain_id"),
    ChangedType.TOKEN: Kept(token, "token_id"),
    ChangedType.PROTOCOL: Kept(protocol, "protocol_id"),
    ChangedType.ORGANISATION: Kept(organisation, "organisation_id"),
    ChangedType.FUND: Kept(fund, "fund_id"),
    ChangedType.POLICY: Kept(policy, "policy_id"),
    ChangedType.LEDGER_ENTRY: Kept(ledger, "entry_id"),
    ChangedType.CLAIM: Kept(claim, "claim_id"),
    ChangedType.QUALITY_ISSUE: Kept(quality_issue, "issue_id"),
}
# Tables whose rows belong to something: told as one change of their owner, however many rows of it changed.
PARTS: dict[ChangedType, Kept] = {
    ChangedType.DEPLOYMENT: Kept(deployment, "token_id"),
    ChangedType.METHODOLOGY: Kept(methodology, "protocol_id"),
    ChangedType.ROLE: Kept(role, "organisation_id"),
    ChangedType.CAPITAL_RAISE: Kept(capital_raise, "organisation_id"),
    ChangedType.HOLDING: Kept(holding, "organisation_id"),
    ChangedType.TREASURY_TRANSACTION: Kept(treasury_transaction, "organisation_id"),
    ChangedType.SHARE_COUNT: Kept(share_count, "organisation_id"),
    ChangedType.TOKEN_RIGHTS: Kept(token_rights, "protocol_id"),
    ChangedType.UNLOCK: Kept(unlock, "token_id"),
    ChangedType.VALUE_LAYER: Kept(value_layer, "protocol_id"),
    ChangedType.RISK: Kept(risk, "subject_id"),
}
# A change of these is what others wait for, and has a kind of its own.
KINDS = {ChangedType.POLICY: ChangeKind.POLICY_CHANGED, ChangedType.CLAIM: ChangeKind.CLAIM_CHANGED}
NO_TEXT = literal_column("''", Text)


class Line(NamedTuple):
    """A change as it is found: (known, reading) are the two epochs, `fields` columns that differ, comma-separated."""

    known: int
    reading: int
    type_: ChangedType
    number: int
    kind: ChangeKind
    fields: str

    @property
    def place(self) -> Place:
        return Place(self.known, self.reading, self.type_, self.number)


async def lines_after(
    reader: Reader,
    place: Place,
    most: int,
    kinds: Sequence[ChangeKind] | None = None,
    types: Sequence[ChangedType] | None = None,
) -> list[Line]:
    """The first changes after a place, up to the reader's epoch, in the order of the feed. One statement."""
    steps = _steps(reader, place)
    wanted = list(ChangedType if types is None else types)
    arms = [_first(arm, place, kinds, most) for type_ in wanted for arm in _arms(type_, steps)]
    if not arms:
        return []
    every = union_all(*(select(arm) for arm in arms)).subquery()
    order = [every.c[name] for name in ("reading", "type", "number")]
    rows = await reader.rows(select(every).order_by(*order).limit(most))
    return [
        Line(row.known, row.reading, ChangedType(row.type), row.number, ChangeKind(row.kind), row.fields)
        for row in rows
    ]


def _steps(reader: Reader, place: Place) -> CTE:
    """The epochs to tell of, each with the one before it that can be read, 0 before the first."""
    before = func.coalesce(func.lag(epoch.c.epoch).over(order_by=epoch.c.epoch), 0)
    every = (
        select(before.label("known"), epoch.c.epoch.label("reading"))
        .where(epoch.c.retained, epoch.c.epoch <= reader.epoch, epoch.c.epoch >= place.known)
        .subquery()
    )
    known = case((every.c.known < place.known, place.known), else_=every.c.known)
    return select(known.label("known"), every.c.reading).where(every.c.reading > place.known).cte("steps")


def _first(arm: Arm, place: Place, kinds: Sequence[ChangeKind] | None, most: int) -> Subquery:
    """The first few of one kind of rows: what bounds the work of a page."""
    found = arm.subquery()
    query = select(found)
    if place.reading > place.known:
        passed = or_(found.c.type < place.type_, and_(found.c.type == place.type_, found.c.number <= place.number))
        query = query.where(~and_(found.c.reading == place.reading, passed))
    if kinds is not None:
        query = query.where(found.c.kind.in_([int(kind) for kind in kinds]))
    return query.order_by(found.c.reading, found.c.number).limit(most).subquery()


def _arms(type_: ChangedType, steps: CTE) -> Iterator[Arm]:
    if type_ in THINGS:
        yield _begun(THINGS[type_], type_, steps)
        yield _ended(THINGS[type_], type_, steps)
    elif type_ in PARTS:
        yield _parts(PARTS[type_], type_, steps)
    else:
        yield _series(type_, steps)


def _columns(
    steps: CTE, type_: ChangedType, number: ColumnElement[int], kind: Any, fields: ColumnElement[str]
) -> list[ColumnElement[Any]]:
    return [
        steps.c.known,
        steps.c.reading,
        literal_column(str(int(type_)), Integer).label("type"),
        number.label("number"),
        kind.label("kind"),
        fields.label("fields"),
    ]


def _begun(kept: Kept, type_: ChangedType, steps: CTE) -> Arm:
    """Versions that are seen at an epoch and not at the one before."""
    new, old = kept.table.every_version.alias(), kept.table.every_version.alias()
    seen = and_(new.c.valid_from > steps.c.known, new.c.valid_from <= steps.c.reading, new.c.valid_to > steps.c.reading)
    before = and_(
        *(old.c[name] == new.c[name] for name in kept.table.identity),
        old.c.valid_from <= steps.c.known,
        old.c.valid_to > steps.c.known,
    )
    differing = [
        case((new.c[name].is_distinct_from(old.c[name]), literal_column(f"'{name},'", Text)), else_=NO_TEXT)
        for name in kept.table.values
    ]
    is_new = old.c[kept.number].is_(None)
    fields = case((is_new, NO_TEXT), else_=reduce(add, differing))
    number, kind = new.c[kept.number], _kind(type_, is_new, new, old)
    return (
        select(*_columns(steps, type_, number, kind, fields)).select_from(steps).join(new, seen).outerjoin(old, before)
    )


def _kind(type_: ChangedType, is_new: ColumnElement[bool], new: FromClause, old: FromClause) -> Any:
    if type_ in KINDS:
        return _word(KINDS[type_])
    plain = case((is_new, _word(ChangeKind.CREATED)), else_=_word(ChangeKind.UPDATED))
    if type_ is not ChangedType.QUALITY_ISSUE:
        return plain
    was_open, is_open = and_(~is_new, old.c.resolved_at.is_(None)), new.c.resolved_at.is_(None)
    return case(
        (and_(is_open, ~was_open), _word(ChangeKind.ISSUE_OPENED)),
        (and_(~is_open, or_(is_new, was_open)), _word(ChangeKind.ISSUE_CLOSED)),
        else_=_word(ChangeKind.UPDATED),
    )


def _word(kind: ChangeKind) -> ColumnElement[int]:
    return literal_column(str(int(kind)), Integer)


def _ended(kept: Kept, type_: ChangedType, steps: CTE) -> Arm:
    """What is seen at an epoch and in no version at the next."""
    old, new = kept.table.every_version.alias(), kept.table.every_version.alias()
    gone = and_(
        old.c.valid_to < FOREVER,
        old.c.valid_to > steps.c.known,
        old.c.valid_to <= steps.c.reading,
        old.c.valid_from <= steps.c.known,
    )
    same = [new.c[name] == old.c[name] for name in kept.table.identity]
    left = exists().where(*same, new.c.valid_from <= steps.c.reading, new.c.valid_to > steps.c.reading)
    columns = _columns(steps, type_, old.c[kept.number], _word(ChangeKind.DELETED), NO_TEXT)
    return select(*columns).select_from(steps).join(old, gone).where(~left)


def _parts(kept: Kept, type_: ChangedType, steps: CTE) -> Arm:
    """Whose rows of a table differ between an epoch and the one before."""
    table = kept.table.every_version.alias()
    columns = _columns(steps, type_, table.c[kept.number], _word(ChangeKind.UPDATED), NO_TEXT)
    return select(*columns).select_from(steps).join(table, _moved(table, steps)).distinct()


def _moved(table: FromClause, steps: CTE) -> ColumnElement[bool]:
    """Versions that begin or end between two epochs and are seen at one of them."""
    begun = and_(table.c.valid_from > steps.c.known, table.c.valid_from <= steps.c.reading)
    ended = and_(table.c.valid_to < FOREVER, table.c.valid_to > steps.c.known, table.c.valid_to <= steps.c.reading)
    seen = or_(table.c.valid_to > steps.c.reading, table.c.valid_from <= steps.c.known)
    return and_(or_(begun, ended), seen)


def _series(type_: ChangedType, steps: CTE) -> Arm:
    """Series any of whose days differ; RESTATED where a day that was known is another or gone."""
    year, one, closed = pack.every_version.alias(), series.every_version.alias(), _closed(steps)
    begun = and_(
        year.c.valid_from > steps.c.known, year.c.valid_from <= steps.c.reading, year.c.valid_to > steps.c.reading
    )
    kind = case(
        (one.c.since > steps.c.known, _word(ChangeKind.CREATED)),
        (closed.c.series_id.is_not(None), _word(ChangeKind.RESTATED)),
        else_=_word(ChangeKind.UPDATED),
    )
    same = and_(closed.c.series_id == year.c.series_id, closed.c.reading == steps.c.reading)
    query = select(*_columns(steps, type_, year.c.series_id, kind, NO_TEXT)).select_from(steps).join(year, begun)
    return query.join(one, one.c.series_id == year.c.series_id).outerjoin(closed, same).distinct()


def _closed(steps: CTE) -> Subquery:
    """Series with a day that was known at an epoch and is another, or gone, at the next."""
    old: Table = obs.every_version
    gone = and_(
        old.c.valid_to < FOREVER,
        old.c.valid_to > steps.c.known,
        old.c.valid_to <= steps.c.reading,
        old.c.valid_from <= steps.c.known,
    )
    return select(steps.c.reading, old.c.series_id).select_from(steps).join(old, gone).distinct().subquery()
