"""Anything that has a global id, by that id."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, TypeAlias

from models.store import Reader
from resolvers import chain, claim, entry, fund, policy, protocol, quality, sector, source, token
from resolvers.argument import LONGEST_LIST
from resolvers.declare import ID, argument, batched
from resolvers.errors import BadId, BadInput
from resolvers.identity import Identity, identity_of

ById: TypeAlias = Callable[[Reader, Sequence[int]], Awaitable[Sequence[Any]]]

BY_TYPE: dict[str, ById] = {
    protocol.TYPE: protocol.protocols_by_id,
    token.TYPE: token.tokens_by_id,
    chain.TYPE: chain.chains_by_id,
    sector.TYPE: sector.sectors_by_id,
    fund.FUND: fund.funds_by_id,
    fund.ORGANISATION: fund.organisations_by_id,
    entry.TYPE: entry.entries_by_id,
    policy.TYPE: policy.policies_by_id,
    claim.TYPE: claim.claims_by_id,
    quality.TYPE: quality.issues_by_id,
    source.TYPE: source.sources_by_id,
}


async def nodes_by_identity(reader: Reader, identities: Sequence[Identity]) -> list[Any]:
    """The row each stands for, None where it is not there at this epoch. As many statements as types."""
    found: dict[Identity, Any] = {}
    for type_ in dict.fromkeys(identity.type_ for identity in identities):
        mine = [identity for identity in identities if identity.type_ == type_]
        rows = await BY_TYPE[type_](reader, [identity.number for identity in mine])
        found.update(zip(mine, rows, strict=True))
    return [found[identity] for identity in identities]


async def node_lists(reader: Reader, keys: Sequence[tuple[Identity | None, ...]]) -> list[list[Any]]:
    """The rows of each tuple, in its order, None for None. As many statements as types."""
    distinct = list(dict.fromkeys(identity for key in keys for identity in key if identity is not None))
    found = dict(zip(distinct, await nodes_by_identity(reader, distinct), strict=True))
    return [[found[identity] if identity is not None else None for identity in key] for key in keys]


# Without `at`: the specification of Relay, and its compiler, know of a `node` with an id alone.
@batched(nodes_by_identity)
def resolve_node(id: Annotated[ID, argument("A global id, as every node gives it in `id`.")]) -> Identity:
    return identity_of(id, *BY_TYPE)


@batched(node_lists, at=True)
def resolve_nodes(
    ids: Annotated[list[ID], argument("Global ids, as every node gives its own in `id`.")],
) -> tuple[Identity | None, ...]:
    if len(ids) > LONGEST_LIST:
        raise BadInput(f"at most {LONGEST_LIST} ids at once, not {len(ids)}")
    return tuple(map(_identity, ids))


def _identity(id_: str) -> Identity | None:
    """None for what is no id of this API: one bad id among many must not cost the others their answers."""
    try:
        return identity_of(id_, *BY_TYPE)
    except BadId:
        return None
