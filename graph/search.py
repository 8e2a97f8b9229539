"""Search."""

from typing import Annotated

import strawberry

from graph.chain import Chain
from graph.fields import described
from graph.fund import Fund, Organisation
from graph.protocol import Protocol
from graph.sector import Sector
from graph.token import Token

Found = Annotated[
    Protocol | Token | Chain | Sector | Organisation | Fund,
    strawberry.union("Found", description="What a search may find."),
]


@strawberry.type(description="A thing one of whose names holds the text.")
class EntityMatch:
    score: float = described("1 for the very name, less the more of the name is something else, for example 0.75.")
    matched_on: str = described("Which of its names holds the text, for example symbol, or the numbering it is from.")
    node: Found = described("What was found.")
