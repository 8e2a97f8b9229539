"""The command line: which commands there are, and what each kind of failure says and returns."""

import sys

import typer
from sqlalchemy.exc import DBAPIError

from models.epoch import EpochError
from models.lock import Locked
from server.commands import epochs, generate, schema, serve, store, sync
from server.settings import BadSettings
from sync.generate import HoldsRealData

FAILED, MISUSED, LOCKED = 1, 2, 3

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


def main() -> None:
    """Run a command; what went wrong is one sentence on standard error, and the exit code its kind."""
    try:
        app()
    except BadSettings as error:
        _fail(MISUSED, error)
    except Locked as error:
        _fail(LOCKED, error)
    except (EpochError, HoldsRealData) as error:
        _fail(FAILED, error)
    except DBAPIError as error:
        _fail(FAILED, f"the store refused: {str(error.orig).splitlines()[0]}")
    except OSError as error:
        _fail(FAILED, f"the system refused: {error}")


def _fail(code: int, message: object) -> None:
    sys.stderr.write(f"accrual: {message}\n")
    sys.exit(code)
