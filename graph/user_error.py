"""Why a mutation did not do what it was asked for."""

import strawberry

from graph.fields import described


@strawberry.type(description="Why something was not done.")
class UserError:
    code: str = described("Which kind of reason, for example BAD_URL.")
    message: str = described("The reason in a sentence.")
    path: list[str] | None = described("The part of the input it is about; null where it is about no one part.")
