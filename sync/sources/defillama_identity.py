"""Who DefiLlama speaks of: its listings, their parents, tokens and chains as facts under stable ids."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.vocabulary import EntityKind, ObservationMethod, ProtocolKind
from sync.facts import ChainFact, Facts, MethodologyFact, ProtocolFact, Ref, Rejected, SourceFact, TokenFact
from sync.sources.defillama_models import ListingRow, Profile, ProtocolRow
from sync.sources.defillama_words import KINDS, METHODOLOGY_LABELS, aliases, chain_name, sectors

NAME = "defillama"
PUBLISHER = SourceFact(NAME, "DefiLlama", ObservationMethod.THIRD_PARTY, 100, "https://defillama.com")
# Prices come of another host and in parts: their publisher is never read whole.
PRICES = "defillama-prices"
PRICES_PUBLISHER = SourceFact(
    PRICES, "DefiLlama prices", ObservationMethod.THIRD_PARTY, 100, "https://defillama.com/docs/api"
)
# The names of chains that are listings, as the recorded dataset has them, too.
NETWORK = "defillama-chain"
# "-" is how /protocols says that there is no token.
NO_SYMBOL = ("-", "")


class Listing(NamedTuple):
    """A listing with what every answer says of it put together; `chains` by display name."""

    row: ListingRow
    protocol: ProtocolRow | None
    kind: ProtocolKind
    parent: str | None
    chains: tuple[str, ...]
    doublecounted: bool

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def slug(self) -> str:
        """The slug under which DefiLlama has it; not always ours, which is unique."""
        said = self.protocol.slug if self.protocol else None
        return said or self.row.slug or sluggified(self.row.name)

    @property
    def counts(self) -> bool:
        """Whether it goes into the sum of its parent."""
        return self.kind is ProtocolKind.PROTOCOL and not self.doublecounted


class Parent(NamedTuple):
    """A family of listings, under the id and the slug that its members give."""

    id: str
    slug: str
    children: tuple[Listing, ...]
    profile: Profile | None = None

    @property
    def chains(self) -> tuple[str, ...]:
        return tuple(sorted({chain for child in self.children if child.counts for chain in child.chains}))

    @property
    def name(self) -> str:
        """As it calls itself; else as its members call it; else what their names have in common, or its slug."""
        if self.profile and self.profile.name:
            return self.profile.name
        linked = next((child.row.linked[0] for child in self.children if child.row.linked), None)
        return linked or _common([child.row.name for child in self.children]) or self.slug


def listings(overviews: Iterable[Iterable[ListingRow]], directory: Mapping[str, ProtocolRow]) -> dict[str, Listing]:
    """Every listing of the answers by id; the earlier answer decides, but a doublecount in any holds for all."""
    rows: dict[str, ListingRow] = {}
    doublecounted = set()
    for overview in overviews:
        for row in overview:
            rows.setdefault(row.id, row)
            if row.doublecounted:
                doublecounted.add(row.id)
    return {id_: _listing(row, directory.get(id_), id_ in doublecounted) for id_, row in rows.items()}


def _listing(row: ListingRow, protocol: ProtocolRow | None, doublecounted: bool) -> Listing:
    kind = KINDS.get(row.kind or "protocol", ProtocolKind.PROTOCOL)
    parent = row.parent or (protocol.parent if protocol else None)
    chains = tuple(sorted({chain_name(chain) for chain in row.chains}))
    return Listing(row, protocol, kind, parent, chains, doublecounted)


def parents(found: Mapping[str, Listing]) -> dict[str, Parent]:
    """The families of the listings by id. The suffix of a parent's id is not its slug: only its members know that."""
    children: dict[str, list[Listing]] = {}
    for listing in found.values():
        if listing.parent:
            children.setdefault(listing.parent, []).append(listing)
    return {id_: Parent(id_, _parent_slug(id_, members), tuple(members)) for id_, members in children.items()}


def _parent_slug(id_: str, members: list[Listing]) -> str:
    said = (member.protocol.parent_slug for member in members if member.protocol)
    return next(filter(None, said), None) or sluggified(id_.removeprefix("parent#"))


def sluggified(name: str) -> str:
    """As DefiLlama makes slugs: lower case, spaces to dashes, apostrophes gone."""
    return name.lower().replace(" ", "-").replace("'", "")


def identity(found: Mapping[str, Listing], families: Mapping[str, Parent], refused: Iterable[Rejected]) -> Facts:
    """All entities of the answers, and how their numbers are made."""
    slugs = _slugs(found.values(), families.values())
    facts = Facts(sources=[PUBLISHER, PRICES_PUBLISHER], rejected=list(refused))
    chains = {chain for listing in found.values() for chain in listing.chains}
    facts.chains = [_chain(chain) for chain in sorted(chains)]
    facts.tokens = _tokens(found.values(), families.values())
    facts.protocols = [_parent_fact(parent, slugs[parent.id]) for parent in families.values()]
    facts.protocols += [_listing_fact(listing, slugs[listing.id]) for listing in found.values()]
    facts.methodologies = [fact for listing in found.values() for fact in _methodologies(listing)]
    return facts


def protocol_ref(id_: str) -> Ref:
    return Ref(EntityKind.PROTOCOL, NAME, id_)


def network_ref(chain: str) -> Ref:
    """What a chain is called where it is a listing of its own: its numbers there are in no list we know."""
    return Ref(EntityKind.PROTOCOL, NETWORK, chain_name(chain))


def chain_ref(chain: str) -> Ref:
    return Ref(EntityKind.CHAIN, NAME, chain)


def token_ref(gecko_id: str) -> Ref:
    return Ref(EntityKind.TOKEN, "coingecko", gecko_id)


def _slugs(found: Iterable[Listing], families: Iterable[Parent]) -> dict[str, str]:
    """A slug for each id, no two the same: a family comes before a listing, and of two listings the lower id."""
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for id_, slug in [*_family_slugs(families), *_listing_slugs(found)]:
        slugs[id_] = slug if slug not in taken else f"{slug}-{sluggified(id_).replace('#', '-')}"
        taken.add(slugs[id_])
    return slugs


def _family_slugs(families: Iterable[Parent]) -> list[tuple[str, str]]:
    return sorted((parent.id, parent.slug) for parent in families)


def _listing_slugs(found: Iterable[Listing]) -> list[tuple[str, str]]:
    in_order = sorted(found, key=lambda listing: (len(listing.id), listing.id))
    return [(listing.id, listing.slug) for listing in in_order]


def _chain(chain: str) -> ChainFact:
    return ChainFact(tuple(chain_ref(name) for name in aliases(chain)), chain_slug(chain), chain)


def chain_slug(chain: str) -> str:
    """A chain's slug: its name in lower case, with dashes for all but letters and digits."""
    return re.sub(r"[^a-z0-9]+", "-", chain.lower()).strip("-")


def _tokens(found: Iterable[Listing], families: Iterable[Parent]) -> list[TokenFact]:
    """Each token once. Its name is that of the protocol it belongs to, a family before its members."""
    tokens: dict[str, TokenFact] = {}
    named: list[tuple[Profile | ProtocolRow | None, str]] = [(parent.profile, parent.name) for parent in families]
    named += [(listing.protocol, listing.row.name) for listing in found]
    for holder, name in named:
        if holder and holder.gecko_id and holder.gecko_id not in tokens and holder.symbol not in (*NO_SYMBOL, None):
            fact = TokenFact((token_ref(holder.gecko_id),), holder.gecko_id, str(holder.symbol), name)
            tokens[holder.gecko_id] = fact
    return list(tokens.values())


def _token_of(holder: Profile | ProtocolRow | None) -> Ref | None:
    if holder is None or not holder.gecko_id or holder.symbol in (*NO_SYMBOL, None):
        return None
    return token_ref(holder.gecko_id)


def _parent_fact(parent: Parent, slug: str) -> ProtocolFact:
    profile = parent.profile
    counting = [child for child in parent.children if child.counts]
    keys = sorted({key for child in counting for key in sectors(child.row.category, child.kind) or ()})
    return ProtocolFact(
        refs=(protocol_ref(parent.id),),
        slug=slug,
        name=parent.name,
        kind=ProtocolKind.PARENT,
        token=_token_of(profile),
        sectors=tuple(keys) or None,
        chains=tuple(chain_ref(chain) for chain in parent.chains) or None,
        description=profile.description if profile else None,
        homepage=profile.url if profile else None,
        doublecounted=False,
    )


def _listing_fact(listing: Listing, slug: str) -> ProtocolFact:
    protocol = listing.protocol
    network = (network_ref(listing.row.name),) if listing.kind is ProtocolKind.CHAIN else ()
    return ProtocolFact(
        refs=(protocol_ref(listing.id), *network),
        slug=slug,
        name=listing.row.display_name or listing.row.name,
        kind=listing.kind,
        parent=protocol_ref(listing.parent) if listing.parent else None,
        token=_token_of(protocol),
        sectors=sectors(listing.row.category, listing.kind),
        chains=tuple(chain_ref(chain) for chain in listing.chains) or None,
        category=listing.row.category,
        description=protocol.description if protocol else None,
        homepage=protocol.url if protocol else None,
        doublecounted=listing.doublecounted,
    )


def _methodologies(listing: Listing) -> Iterable[MethodologyFact]:
    row = listing.row
    for label, metric in METHODOLOGY_LABELS.items():
        text = row.methodology.get(label) or _joined(row.breakdown_methodology.get(label))
        if isinstance(text, str):
            yield MethodologyFact(protocol_ref(listing.id), metric, NAME, text, row.methodology_url)


def _joined(texts: object) -> str | None:
    if not isinstance(texts, dict) or not texts:
        return None
    return "\n".join(f"{label}: {text}" for label, text in texts.items())


def _common(names: list[str]) -> str:
    """The words that all names begin with."""
    words = []
    for column in zip(*(name.split() for name in names), strict=False):
        if len(set(column)) > 1:
            break
        words.append(column[0])
    return " ".join(words)
