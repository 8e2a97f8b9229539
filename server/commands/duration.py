"""Times on the command line: 30s, 15m, 1h, 1d."""

import re
from datetime import timedelta

import typer

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(text: str) -> timedelta:
    """Raises what typer tells the user."""
    found = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is not a time such as 30s, 15m, 1h or 1d")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])
