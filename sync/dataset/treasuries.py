"""What was said of organisations: offices, raises, holdings, what moved a treasury."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from models.vocabulary import Confidence, EntityKind, RaiseKind, RaiseStatus, TreasuryTransactionKind
from sync.dataset.record import Record, amount, moment
from sync.dataset.statements import Dated
from sync.facts import HoldingFact, RaiseFact, RoleFact, TreasuryTransactionFact


def role_of(record: Record) -> Dated:
    """A person's office."""
    recorded = record.read("recorded", moment)
    fact = RoleFact(
        ref=record.text("ref"),
        organisation=record.ours("organisation", EntityKind.ORGANISATION),
        person=record.text("person"),
        title=record.text("title"),
        from_day=record.day("from"),
        to_day=record.day("to"),
        **_said(record),
    )
    record.done()
    return Dated(recorded, fact)


def raise_of(record: Record) -> Iterator[Dated]:
    """A raise as it stood when it was announced, and once more for each step it took since."""
    recorded = record.read("recorded", moment)
    steps = record.records("steps")
    fact = RaiseFact(
        ref=record.text("ref"),
        organisation=record.ours("organisation", EntityKind.ORGANISATION),
        kind=record.word("kind", RaiseKind),
        status=record.word("status", RaiseStatus),
        amount_usd=record.number("amount_usd"),
        at_most=record.maybe("at_most", bool) or False,
        agreed_on=record.day("agreed_on"),
        announced_on=record.day("announced_on"),
        investors=tuple(record.words("investors")),
        purpose=record.note("purpose"),
        topic=record.note("topic"),
        **_said(record),
    )
    record.done()
    yield Dated(recorded, fact)
    for step in steps:
        recorded = step.read("recorded", moment)
        status, closed_on = step.word("status", RaiseStatus), step.day("closed_on")
        fact = fact._replace(status=status, closed_on=closed_on, **_said(step))
        step.done()
        yield Dated(recorded, fact)


def holding_of(record: Record) -> Dated:
    """What an organisation held on a day."""
    recorded = record.read("recorded", moment)
    fact = HoldingFact(
        organisation=record.ours("organisation", EntityKind.ORGANISATION),
        token=record.ours("token", EntityKind.TOKEN),
        day=record.read("day", date.fromisoformat),
        amount=record.read("amount", lambda value: amount(str(value))),
        cost_usd=record.number("cost_usd"),
        value_usd=record.number("value_usd"),
        deployed=tuple(_deployed(each) for each in record.records("deployed")),
        **_said(record),
    )
    record.done()
    return Dated(recorded, fact)


def _deployed(record: Record) -> dict[str, str]:
    deployed = {
        "strategy": record.text("strategy"),
        "amount": record.read("amount", lambda value: str(amount(str(value)))),
    }
    record.done()
    return deployed


def transaction_of(record: Record) -> Dated:
    """What came into a treasury or went out of it."""
    recorded = record.read("recorded", moment)
    fact = TreasuryTransactionFact(
        ref=record.text("ref"),
        organisation=record.ours("organisation", EntityKind.ORGANISATION),
        token=record.ours("token", EntityKind.TOKEN),
        day=record.read("day", date.fromisoformat),
        kind=record.word("kind", TreasuryTransactionKind),
        amount=record.read("amount", lambda value: amount(str(value))),
        usd=record.number("usd"),
        balance_after=record.number("balance_after"),
        **_said(record),
    )
    record.done()
    return Dated(recorded, fact)


def _said(record: Record) -> dict[str, Any]:
    """Who said it, where, and how far it can be relied on."""
    return {
        "source": record.text("source"),
        "confidence": record.word("confidence", Confidence),
        "source_url": record.note("source_url"),
        "note": record.note("note"),
    }
