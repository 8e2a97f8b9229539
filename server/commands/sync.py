"""`accrual sync`: a refresh from upstream, once or again and again."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from server.commands.duration import duration
from server.commands.failure import EXPECTED, sentence_of
from server.commands.opened import opened
from server.commands.refreshing import repeat
from server.commands.report import tell
from server.commands.upstreams import gate_of, upstreams_of
from server.settings import Settings
from sync import pipeline
from sync.progress import showing
from sync.report import last_report
from sync.source import Source
from sync.sources import SOURCES


def _named(name: str) -> Source:
    for source in SOURCES:
        if source.name == name:
            return source
    raise typer.BadParameter(f"there is no source {name!r}, only {', '.join(known.name for known in SOURCES)}")


def sync(
    source: Annotated[
        list[Source] | None,
        typer.Option(parser=_named, metavar="NAME", help="Read this source alone; may be repeated."),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Read facts of this day and later ones alone.")
    ] = None,
    every: Annotated[
        timedelta | None, typer.Option(parser=duration, metavar="TIME", help="Go on, so often: 30m, 1h, 1d.")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Publish what the gate would refuse.")] = False,
    report: Annotated[bool, typer.Option("--report", help="Read nothing; print what the last run did.")] = False,
) -> None:
    """Read the upstreams and publish one epoch if something changed."""
    if report:
        raise typer.Exit(asyncio.run(_last()))
    chosen, first = source or SOURCES, since.date() if since else None
    raise typer.Exit(asyncio.run(_sync(chosen, first, every, accept)))


async def _sync(chosen: Sequence[Source], since: date | None, every: timedelta | None, accept: bool) -> int:
    settings = Settings.from_environment()
    async with opened(settings) as store:

        async def once() -> int:
            with showing(Console(stderr=True)) as progress:
                report = await pipeline.sync(
                    store,
                    upstreams_of(settings),
                    chosen,
                    since=since,
                    accept=accept,
                    gate=gate_of(settings),
                    on_progress=progress,
                )
            tell(report)
            return report.exit_code

        async def whatever_happens() -> None:
            try:
                await once()
            except EXPECTED as error:
                typer.echo(f"accrual: {sentence_of(error)}", err=True)

        if every is None:
            return await once()
        await repeat(store, whatever_happens, every)
        return 0


async def _last() -> int:
    async with opened() as store:
        report = await last_report(store)
    if report is None:
        typer.echo("No sync has run yet.")
        return 0
    tell(report.ordered([one.name for one in SOURCES]))
    return report.exit_code
