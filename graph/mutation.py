"""What a client may have done."""

import strawberry

from graph.export import ExportJob
from graph.fields import described, done_by
from resolvers.export import cancel_export, start_export


@strawberry.type(description="Why something was not done.")
class UserError:
    code: str = described("Which kind of reason, for example EXPORT_NOT_ONE_CONNECTION.")
    message: str = described("The reason in a sentence.")
    path: list[str] | None = described("The part of the input it is about; null where it is about no one part.")


@strawberry.type(description="An export that was taken, or why it was not.")
class ExportPayload:
    job: ExportJob | None = described("The export; null where it was not taken.")
    errors: list[UserError] = described("Why it was not taken; empty where it was.")


@strawberry.type(description="What a client may have done; all of it needs an API key with a scope for it.")
class Mutation:
    start_export: ExportPayload = done_by(
        start_export, "Order every row of a connection as files. The key needs the scope `export`."
    )
    cancel_export: ExportPayload = done_by(
        cancel_export, "End an export of the caller's client and delete its files, whatever it has come to."
    )
