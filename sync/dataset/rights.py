"""What was said of tokens: the rights of their holders, what unlocks, where value is earned, what bears on a risk."""

from collections.abc import Iterator
from datetime import date

from models.vocabulary import Confidence, EntityKind, FeeSwitch, RightState, RiskKind, ValueLayerKind
from sync.dataset.record import BadRecord, Record, amount, moment, ours
from sync.dataset.statements import Dated
from sync.facts import RightsFact, RiskFact, UnlockFact, ValueLayerFact


def rights_of(record: Record) -> Dated:
    """The rights of a token's holders; one that nothing is said of is UNKNOWN."""
    recorded = record.read("recorded", moment)
    fact = RightsFact(
        protocol=record.ours("protocol", EntityKind.PROTOCOL),
        source=record.text("source"),
        governance=record.word_or("governance", RightState.UNKNOWN),
        treasury=record.word_or("treasury", RightState.UNKNOWN),
        revenue=record.word_or("revenue", RightState.UNKNOWN),
        fee_switch=record.word_or("fee_switch", FeeSwitch.UNKNOWN),
        buybacks=record.word_or("buybacks", RightState.UNKNOWN),
        dividends=record.word_or("dividends", RightState.UNKNOWN),
        burns=record.word_or("burns", RightState.UNKNOWN),
        equity_capture=record.word_or("equity_capture", RightState.UNKNOWN),
        entities=tuple(ours(EntityKind.ORGANISATION, slug) for slug in record.words("entities")),
        updated_on=record.day("updated_on"),
        sources=tuple(record.words("sources")),
        note=record.note("note"),
    )
    record.done()
    if not fact.sources:
        raise BadRecord(record.place, "no sources")
    return Dated(recorded, fact)


def unlocks_of(record: Record) -> Iterator[Dated]:
    """The unlocks of a schedule by day, and those taken back once it was known that they would not come."""
    recorded, cancelled = record.read("recorded", moment), record.records("cancelled")
    ref, token = record.text("ref"), record.ours("token", EntityKind.TOKEN)
    days = [date.fromisoformat(day) for day in record.words("days")]
    each = UnlockFact(
        ref=ref,
        token=token,
        day=date.min,
        amount=record.read("amount", lambda value: amount(str(value))),
        recipient=record.text("recipient"),
        source=record.text("source"),
        confidence=record.word("confidence", Confidence),
        source_url=record.text("source_url"),
        note=record.note("note"),
    )
    record.done()
    facts = [each._replace(ref=f"{ref}:{day}", day=day) for day in days]
    yield from (Dated(recorded, fact) for fact in facts)
    for cancellation in cancelled:
        on, after = cancellation.read("on", moment), cancellation.read("after", date.fromisoformat)
        cancellation.text("reason")
        cancellation.done()
        yield from (Dated(on, fact._replace(withdrawn=True)) for fact in facts if fact.day > after)


def layer_of(record: Record) -> Dated:
    """A layer at which a protocol earns."""
    recorded = record.read("recorded", moment)
    fact = ValueLayerFact(
        protocol=record.ours("protocol", EntityKind.PROTOCOL),
        kind=record.word("kind", ValueLayerKind),
        source=record.text("source"),
        confidence=record.word("confidence", Confidence),
        stream=record.note("stream") or "",
        source_url=record.note("source_url"),
        note=record.note("note"),
    )
    record.done()
    return Dated(recorded, fact)


def risk_of(record: Record) -> Dated:
    """The topics of the claims that bear on a risk."""
    recorded = record.read("recorded", moment)
    fact = RiskFact(
        subject=record.subject("subject"),
        kind=record.word("kind", RiskKind),
        topics=tuple(record.words("topics")),
        source=record.text("source"),
    )
    record.done()
    return Dated(recorded, fact)
