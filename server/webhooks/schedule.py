"""When a message is sent again, and when it is given up."""

from datetime import datetime, timedelta

from server.outbound import Reply

FIRST_WAIT = timedelta(seconds=10)
GROWTH = 3
LONGEST_WAIT = timedelta(hours=4)
# From when it was written; then nobody waits for it any more.
LIFE = timedelta(days=1)


def next_attempt(written: datetime, attempts: int, now: datetime, chance: float) -> datetime | None:
    """When a message is sent again that was sent `attempts` times in vain, None when it is given up.

    Waits grow threefold from 10 s to 4 h. `chance` is from 0 to 1 and takes up to half of a wait away, so that what
    failed together does not come back together.
    """
    wait = min(FIRST_WAIT * GROWTH ** min(attempts - 1, 10), LONGEST_WAIT) * (1 - chance / 2)
    return now + wait if now + wait <= written + LIFE else None


def outcome_of(reply: Reply, again: datetime | None) -> str:
    """What metrics call the end of an attempt; `again` is when the message is sent again, None where it is not."""
    if reply.taken:
        return "delivered"
    if reply.gone:
        return "gone"
    return "dead" if again is None else "failed"
