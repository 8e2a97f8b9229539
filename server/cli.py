"""The command line: which commands there are, and how one that fails ends."""

import sys

import typer

from server.commands import epochs, generate, keys, schema, serve, store, sync
from server.commands.failure import EXPECTED, code_of, sentence_of

app = typer.Typer(
    help="Which crypto protocols earn real money, and how much of it reaches the holders of their token.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(serve.serve)
app.command()(sync.sync)
app.command()(store.migrate)
app.command()(store.load_bundled)
app.command()(generate.generate)
app.command()(schema.schema)
app.add_typer(epochs.app, name="epochs")
app.add_typer(keys.app, name="keys")


def main() -> None:
    """Run a command; what went wrong is one sentence on standard error, and the exit code its kind."""
    try:
        app()
    except EXPECTED as error:
        sys.stderr.write(f"accrual: {sentence_of(error)}\n")
        sys.exit(code_of(error))
