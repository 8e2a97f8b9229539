"""What a claim, an issue or a restatement is about."""

from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

import strawberry

if TYPE_CHECKING:
    from graph.chain import Chain
    from graph.fund import Fund, Organisation
    from graph.protocol import Protocol
    from graph.sector import Market, Sector
    from graph.token import Token

Subject: TypeAlias = Annotated[
    Union[  # noqa: UP007 - lazy parts cannot be joined by | at run time
        Annotated["Protocol", strawberry.lazy("graph.protocol")],
        Annotated["Token", strawberry.lazy("graph.token")],
        Annotated["Chain", strawberry.lazy("graph.chain")],
        Annotated["Organisation", strawberry.lazy("graph.fund")],
        Annotated["Fund", strawberry.lazy("graph.fund")],
        Annotated["Sector", strawberry.lazy("graph.sector")],
        Annotated["Market", strawberry.lazy("graph.sector")],
    ],
    strawberry.union("Subject", description="Whatever a statement can be about."),
]
