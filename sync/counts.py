"""How much of what was stated is new."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Counts:
    """How many desired rows are new, say something else than before, were taken away, or say the same.

    A row that only fills what was unknown of an entity is new: nothing that was said changes.
    """

    new: int = 0
    restated: int = 0
    withdrawn: int = 0
    unchanged: int = 0

    @property
    def known(self) -> int:
        return self.restated + self.withdrawn + self.unchanged

    @property
    def changed(self) -> int:
        return self.new + self.restated + self.withdrawn

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.new + other.new,
            self.restated + other.restated,
            self.withdrawn + other.withdrawn,
            self.unchanged + other.unchanged,
        )

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(slots=True)
class Tally:
    """Counts by the number of the collector whose facts they are."""

    by_collector: dict[int, Counts] = field(default_factory=dict[int, Counts])

    def add(self, collector: int, counts: Counts) -> None:
        self.by_collector[collector] = self.by_collector.get(collector, Counts()) + counts

    @property
    def total(self) -> Counts:
        return sum(self.by_collector.values(), Counts())
