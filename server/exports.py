"""Exports put together: what a process needs once to take orders, to fill them and to give out their files."""

import asyncio
from dataclasses import dataclass

import strawberry
from starlette.routing import Route

from models.store import Store
from server.edge.keyring import Keyring
from server.edge.operations import Operations
from server.edge.strictjson import StrictJson
from server.export.desk import ExportDesk
from server.export.jobs import Jobs
from server.export.links import ROUTE, Links
from server.export.pages import Pages
from server.export.place import Place, place_of
from server.export.telling import Telling
from server.export.view import Files
from server.export.worker import Worker
from server.outbound import Outbound
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Exports:
    """Of one store. The desk is there before the edge, whose operations the worker reads pages by."""

    settings: Settings
    schema: strawberry.Schema
    store: Store
    jobs: Jobs
    place: Place
    links: Links
    outbound: Outbound
    rung: asyncio.Event

    def desk(self) -> ExportDesk:
        said = self.settings
        json = StrictJson(said.max_json_depth, said.max_integer_digits, said.max_string_characters)
        outbound = self.outbound if said.webhooks == "on" else None
        return ExportDesk(
            self.schema._schema, said, said, self.jobs, self.place, self.links, json, outbound, self.rung.set
        )

    def worker(self, operations: Operations) -> Worker:
        said = self.settings
        pepper = said.key_pepper.get_secret_value()
        owner = Keyring(self.store, pepper, said.key_cache_seconds).owner
        pages = Pages(self.schema, self.store, operations)
        telling = Telling(self.store, self.outbound, pepper, self.jobs.clock, offered=said.webhooks == "on")
        return Worker(self.jobs, pages, self.place, owner, said, self.rung, telling)

    def route(self) -> Route:
        return Route(ROUTE, Files(self.jobs, self.links, self.place).answer)


def exports_of(settings: Settings, schema: strawberry.Schema, store: Store) -> Exports:
    return Exports(
        settings,
        schema,
        store,
        Jobs(store, settings.export_claim_seconds),
        place_of(settings, settings.database_url.get_secret_value()),
        Links(settings.key_pepper.get_secret_value(), settings.export_url_seconds, settings.public_url),
        Outbound(settings.webhook_loopback),
        asyncio.Event(),
    )
