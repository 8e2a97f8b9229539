"""What was said about them: allocation policies, ledger entries, claims; each with the day it was on record."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from models.vocabulary import (
    ClaimStatus,
    Confidence,
    Disposition,
    EntityKind,
    FundingSource,
    LedgerKind,
    MechanismKind,
    Metric,
    ObservationMethod,
    PolicyBasis,
    PolicyStatus,
)
from sync.dataset.record import BadRecord, Record, moment
from sync.facts import (
    ClaimFact,
    HoldingFact,
    LedgerFact,
    PolicyFact,
    RaiseFact,
    RightsFact,
    RiskFact,
    RoleFact,
    TreasuryTransactionFact,
    UnlockFact,
    ValueLayerFact,
)
from sync.invariants import fault_of

Statement: TypeAlias = (
    PolicyFact
    | LedgerFact
    | ClaimFact
    | RoleFact
    | RaiseFact
    | HoldingFact
    | TreasuryTransactionFact
    | RightsFact
    | UnlockFact
    | ValueLayerFact
    | RiskFact
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A fact, and the moment from which it was on record."""

    recorded: datetime
    fact: Statement


def policy_of(record: Record) -> Dated:
    """An allocation policy, which must be one that a publish takes."""
    recorded = record.read("recorded", moment)
    fact = PolicyFact(
        ref=record.text("ref"),
        protocol=record.ours("protocol", EntityKind.PROTOCOL),
        status=record.word("status", PolicyStatus),
        base=record.word("base", Metric),
        base_label=record.text("base_label"),
        basis=record.word("basis", PolicyBasis),
        rules=tuple(_rule(rule) for rule in record.records("rules")),
        source=record.text("source"),
        confidence=record.word("confidence", Confidence),
        effective_from=record.day("effective_from"),
        effective_to=record.day("effective_to"),
        scope_chain=record.ours_or_none("scope_chain", EntityKind.CHAIN),
        scope_product=record.note("scope_product"),
        conditions=tuple(_condition(condition) for condition in record.records("conditions")),
        decided_by=record.note("decided_by"),
        proposal_url=record.note("proposal_url"),
        supersedes=record.note("supersedes"),
        base_partial=record.maybe("base_partial", bool) or False,
        topic=record.note("topic"),
        note=record.note("note"),
        source_url=record.text("source_url"),
    )
    record.done()
    fault = fault_of(fact)
    if fault is not None:
        raise BadRecord(record.place, f"{fact.ref}: {fault}")
    return Dated(recorded, fact)


def _rule(record: Record) -> dict[str, Any]:
    rule = {
        "recipient": record.text("recipient"),
        "mechanism": record.word("mechanism", MechanismKind).name,
        "percent": _as_text(record.number("percent")),
        "budget_usd_per_year": _as_text(record.number("budget_usd_per_year")),
        "tier_floor_usd": _as_text(record.number("tier_floor_usd")),
        "tier_ceiling_usd": _as_text(record.number("tier_ceiling_usd")),
        "formula": record.note("formula"),
    }
    record.done()
    return rule


def _condition(record: Record) -> dict[str, Any]:
    condition = {
        "kind": record.text("kind"),
        "expression": record.text("expression"),
        "metric": record.maybe("metric", lambda name: Metric[name].name),
        "threshold_usd": _as_text(record.number("threshold_usd")),
        "days": record.maybe("days", int),
        "until": record.maybe("until", lambda day: date.fromisoformat(day).isoformat()),
    }
    record.done()
    return condition


def entry_of(record: Record) -> Dated:
    """A ledger entry; what is known for a span of days only happened `at` the end of its last day."""
    recorded = record.read("recorded", moment)
    fact = LedgerFact(
        ref=record.text("ref"),
        protocol=record.ours("protocol", EntityKind.PROTOCOL),
        kind=record.word("kind", LedgerKind),
        mechanism=record.word("mechanism", MechanismKind),
        at=record.read("at", moment),
        source=record.text("source"),
        method=record.word("method", ObservationMethod),
        confidence=record.word("confidence", Confidence),
        token=record.ours_or_none("token", EntityKind.TOKEN),
        window_start=record.day("window_start"),
        window_end=record.day("window_end"),
        tokens=record.number("tokens"),
        usd=record.number("usd"),
        price_usd=record.number("price_usd"),
        trades=record.maybe("trades", int),
        first_trade=record.note("first_trade"),
        last_trade=record.note("last_trade"),
        funding=record.word_or("funding", FundingSource.UNKNOWN),
        disposition=record.word_or("disposition", Disposition.UNKNOWN),
        disposition_at=record.maybe("disposition_at", moment),
        origin_ref=record.note("origin"),
        policy_ref=record.note("policy"),
        topic=record.note("topic"),
        tx_hash=record.note("tx_hash"),
        chain=record.ours_or_none("chain", EntityKind.CHAIN),
        wallet=record.note("wallet"),
        source_url=record.text("source_url"),
        note=record.note("note"),
    )
    record.done()
    return Dated(recorded, fact)


def claims_of(record: Record) -> list[Dated]:
    """A claim as it was made and, if it was checked later, as it stands since.

    Until its `checked` day a claim is unverified: what we found out later wasn't known then.
    """
    recorded = record.read("recorded", moment)
    checked = record.records("checked")
    made = ClaimFact(
        ref=record.text("ref"),
        subject=record.subject("subject"),
        topic=record.text("topic"),
        predicate=record.text("predicate"),
        value=record.text("value"),
        source=record.text("source"),
        status=record.word_or("status", ClaimStatus.UNVERIFIED),
        confidence=record.word("confidence", Confidence),
        unit=record.note("unit"),
        raw_text=record.note("raw_text"),
        valid_from_day=record.day("valid_from"),
        valid_to_day=record.day("valid_to"),
        stated_as_of=record.note("stated_as_of"),
        source_url=record.note("source_url"),
        resolution=record.note("resolution"),
    )
    record.done()
    return [Dated(recorded, made), *(_checked(check, made) for check in checked)]


def _checked(record: Record, made: ClaimFact) -> Dated:
    on = record.read("on", moment)
    fact = made._replace(
        status=record.word("status", ClaimStatus),
        corrected_as_of=record.day("corrected_as_of"),
        corrected_value=record.note("corrected_value"),
        resolution=record.text("resolution"),
    )
    record.done()
    return Dated(on, fact)


def _as_text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
