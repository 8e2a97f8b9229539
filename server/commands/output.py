"""Tables on standard output, for people and for logs."""

import sys

from rich.console import Console
from rich.table import Table

# Where there is no terminal to fit into, no column is cut short.
WIDE = 200


def show(table: Table) -> None:
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
