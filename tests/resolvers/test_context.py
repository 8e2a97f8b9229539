"""What requests share, and what each reads for itself."""

from collections.abc import Sequence
from itertools import count

from graph.plan.kept import Kept
from models.epoch import Pin
from models.store import Reader, Store
from resolvers.caller import points_of_the_month, usage_by_key
from resolvers.context import Context, unshared
from resolvers.webhook import deliveries_by_webhook, last_deliveries, webhooks_by_owner
from tests.builders import protocol_fact, published


async def test_an_unshared_batch_is_read_for_every_request_and_others_once_an_epoch(sqlite_store: Store) -> None:
    numbers = count()

    async def shared(reader: Reader, keys: Sequence[str]) -> list[int]:
        return [next(numbers) for _ in keys]

    @unshared
    async def own(reader: Reader, keys: Sequence[str]) -> list[int]:
        return [next(numbers) for _ in keys]

    await published(sqlite_store, protocol_fact("one"))
    kept = Kept(100_000, 100_000, 100_000)
    contexts = [Context(sqlite_store, Pin(1), kept.values) for _ in range(2)]

    found = [[await context.load(batch, "key", Pin(1)) for context in contexts] for batch in (shared, own)]

    assert found == [[0, 0], [1, 2]]


def test_what_callers_do_is_never_shared() -> None:
    batches = (usage_by_key, points_of_the_month, webhooks_by_owner, deliveries_by_webhook, last_deliveries)

    assert all(getattr(batch, "unshared", False) for batch in batches)
