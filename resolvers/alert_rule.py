"""What a caller wants to be told of: rules on what changes between two epochs, and on what values come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from models.vocabulary import ChangedType, ChangeKind, LedgerKind, Metric, MetricState, Window
from resolvers.errors import BadInput
from resolvers.metric import MetricValue

# Each rule without a protocol is evaluated for every protocol at every epoch.
MOST_RULES = 20
# Values of windows whose days are not all known, or too old, would cross a threshold as days come in.
COMPARABLE = (MetricState.OK, MetricState.ESTIMATED, MetricState.DISPUTED)


class AlertOp(Enum):
    NEW_LEDGER_ENTRY = "new_ledger_entry"
    POLICY_CHANGED = "policy_changed"
    RESTATED = "restated"
    CROSSES_ABOVE = "crosses_above"
    CROSSES_BELOW = "crosses_below"
    CHANGES_BY_PCT = "changes_by_pct"
    STALE = "stale"


# Without slots: the schema reads the defaults of an input off its class.
@dataclass(unsafe_hash=True)
class AlertRule:
    """What to tell of. `protocol` is a slug, and None stands for every protocol."""

    op: AlertOp
    protocol: str | None = None
    metric: Metric | None = None
    window: Window = Window.D30
    threshold: Decimal | None = None
    ledger_kind: list[LedgerKind] | None = None
    min_usd: Decimal | None = None

    @property
    def of_values(self) -> bool:
        """Whether it is about a metric's values, and not about something in the feed of changes."""
        return self.op not in HAPPENING


# What can happen in the feed of changes, in its order, and the kinds of changes that count as that.
HAPPENING = {
    AlertOp.POLICY_CHANGED: (ChangedType.POLICY, (ChangeKind.POLICY_CHANGED, ChangeKind.DELETED)),
    AlertOp.NEW_LEDGER_ENTRY: (ChangedType.LEDGER_ENTRY, (ChangeKind.CREATED,)),
    AlertOp.RESTATED: (ChangedType.SERIES, (ChangeKind.RESTATED,)),
}
# What a rule may say besides its op and protocol. What others would read over is refused: nothing is left unheard.
TAKES = {
    AlertOp.NEW_LEDGER_ENTRY: {"ledger_kind", "min_usd"},
    AlertOp.POLICY_CHANGED: set[str](),
    AlertOp.RESTATED: {"metric"},
    AlertOp.STALE: {"metric"},
}
THRESHOLD = {"metric", "threshold"}
NAMES = {"metric": "metric", "threshold": "threshold", "ledger_kind": "ledgerKind", "min_usd": "minUsd"}


def check(rules: Sequence[AlertRule]) -> None:
    """Raises BadInput for rules that make no sense."""
    if not 1 <= len(rules) <= MOST_RULES:
        raise BadInput(f"there must be 1 to {MOST_RULES} rules, not {len(rules)}")
    for rule in rules:
        _check(rule)


def _check(rule: AlertRule) -> None:
    takes = TAKES.get(rule.op, THRESHOLD)
    needs = takes if rule.of_values else set[str]()
    for name, spelled in NAMES.items():
        said = getattr(rule, name) is not None
        if said and name not in takes:
            raise BadInput(f"a rule {rule.op.name} takes no `{spelled}`")
        if not said and name in needs:
            raise BadInput(f"a rule {rule.op.name} needs `{spelled}`")
    if rule.op is AlertOp.CHANGES_BY_PCT and rule.threshold is not None and rule.threshold <= 0:
        raise BadInput("the `threshold` of a rule CHANGES_BY_PCT is a percentage above 0")


def holds(rule: AlertRule, before: MetricValue, after: MetricValue) -> bool:
    """Whether a rule about a metric's values tells of its step from one epoch to the next."""
    if rule.op is AlertOp.STALE:
        return after.state is MetricState.STALE and before.state is not MetricState.STALE
    if before.state not in COMPARABLE or after.state not in COMPARABLE:
        return False
    if before.value is None or after.value is None or rule.threshold is None:
        return False
    return _crosses(rule.op, rule.threshold, before.value, after.value)


def _crosses(op: AlertOp, threshold: Decimal, before: Decimal, after: Decimal) -> bool:
    if op is AlertOp.CROSSES_ABOVE:
        return before <= threshold < after
    if op is AlertOp.CROSSES_BELOW:
        return after < threshold <= before
    # Of nothing nobody can say by how many per cent it grew.
    return before != 0 and abs(after - before) * 100 >= threshold * abs(before)


def stored(rule: AlertRule) -> dict[str, Any]:
    """A rule as JSON; `restored` reads it."""
    said = {
        "op": rule.op.name,
        "protocol": rule.protocol,
        "metric": None if rule.metric is None else rule.metric.name,
        "window": rule.window.name,
        "threshold": _text(rule.threshold),
        "ledgerKind": None if rule.ledger_kind is None else [kind.name for kind in rule.ledger_kind],
        "minUsd": _text(rule.min_usd),
    }
    return {name: value for name, value in said.items() if value is not None}


def restored(said: Mapping[str, Any]) -> AlertRule:
    """The rule that was stored so."""
    kinds, metric = said.get("ledgerKind"), said.get("metric")
    return AlertRule(
        AlertOp[said["op"]],
        said.get("protocol"),
        None if metric is None else Metric[metric],
        Window[said["window"]],
        _number(said.get("threshold")),
        None if kinds is None else [LedgerKind[kind] for kind in kinds],
        _number(said.get("minUsd")),
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
