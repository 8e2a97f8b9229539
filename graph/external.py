"""Names in other numberings."""

import datetime

import strawberry

from graph.fields import described


@strawberry.type(description="What somebody else calls a thing.")
class ExternalId:
    system: str = described("Whose numbering, for example coingecko; accrual for slugs of this API.")
    value: str = described("The name in it, for example hyperliquid.")
    valid_from: datetime.date | None = described("First UTC day it was in use; null where not known.")
    valid_to: datetime.date | None = described("Last UTC day it was in use; null while it is.")
