"""The syncs beside a server, as long as they last."""

import os
import sys
from datetime import timedelta

import pytest
from pydantic import SecretStr

from models.store import Store
from server.commands import beside
from server.settings import Settings


async def test_what_nobody_expects_ends_the_syncs_and_is_told(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def once(store: Store, settings: Settings) -> None:
        raise RuntimeError("a bug")

    settings = Settings(database_url=SecretStr(sqlite_store.url.render_as_string(hide_password=False)))
    monkeypatch.setattr(beside, "_once", once)
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "w"):
        monkeypatch.setattr(sys, "stdin", stdin)

        with pytest.raises(RuntimeError, match="a bug"):
            await beside._repeat(settings, timedelta(hours=1))
