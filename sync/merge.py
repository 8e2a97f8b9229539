"""One fact of what several sources state about the same thing: field by field, the earlier source first."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from sync.facts import Facts, Ref, Rejected, SourceFact

F = TypeVar("F", bound=NamedTuple)
K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class Stated(Generic[F]):
    """A fact and the number of the collector that stated it, the first of several."""

    fact: F
    collector: int


@dataclass(slots=True)
class Refusals:
    """Facts that are not taken, each with its source and reason."""

    collectors: list[str]
    rejected: list[Rejected] = field(default_factory=list[Rejected])

    def add(self, collector: int, reason: str, fact: Any) -> None:
        self.rejected.append(Rejected(self.collectors[collector], reason, as_words(fact)))

    def of(self, collector: str) -> int:
        return sum(each.source == collector for each in self.rejected)


def merged(
    stated: Iterable[tuple[int, F]], identity: Callable[[F], K | None], refusals: Refusals
) -> dict[K, Stated[F]]:
    """The facts by identity. What contradicts an earlier fact of the same source is refused.

    `identity` is None for a fact about nothing known, which it has to refuse itself.
    """
    found: dict[K, Stated[F]] = {}
    for collector, fact in stated:
        key = identity(fact)
        if key is None:
            continue
        earlier = found.setdefault(key, Stated(fact, collector))
        if earlier.fact is fact:
            continue
        if collector == earlier.collector and _contradicts(fact, earlier.fact):
            refusals.add(collector, "contradicts an earlier fact of the same source", fact)
        else:
            earlier.fact = _filled(earlier.fact, fact)
    return found


def numbered(facts: Iterable[Facts], name: str) -> Iterable[tuple[int, Any]]:
    """The facts of one list of every collector, with the collector's number."""
    for collector, each in enumerate(facts):
        for fact in getattr(each, name):
            yield collector, fact


def as_words(fact: Any) -> dict[str, str]:
    """A fact as it is kept when it is refused."""
    named = fact._asdict() if hasattr(fact, "_asdict") else dict(fact)
    return {name: _word(value) for name, value in named.items() if value is not None}


def _word(value: Any) -> str:
    if isinstance(value, Ref):
        return f"{value.system}:{value.value}"
    return value.name if hasattr(value, "name") and not isinstance(value, SourceFact) else str(value)


def _contradicts(fact: Any, earlier: Any) -> bool:
    pairs = zip(fact._fields, fact, earlier, strict=True)
    return any(name != "refs" and None not in (new, old) and new != old for name, new, old in pairs)


def _filled(earlier: Any, later: Any) -> Any:
    """What the later fact says where the earlier one is silent."""
    missing = {name: new for name, old, new in zip(earlier._fields, earlier, later, strict=True) if old is None}
    if "refs" in earlier._fields:
        missing["refs"] = tuple(dict.fromkeys((*earlier.refs, *later.refs)))
    return earlier._replace(**missing)
