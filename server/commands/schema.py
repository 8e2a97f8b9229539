"""`accrual schema`: the schema as text."""

import typer

from server.pages import SDL


def schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(SDL, nl=False)
