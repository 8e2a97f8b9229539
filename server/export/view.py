"""Gives out the files of exports to whoever has a signed address of one."""

import hmac
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from models.vocabulary import ExportStatus
from server.edge.errors import of_fault
from server.edge.fault import Fault
from server.edge.reply import names
from server.edge.written import refusal
from server.export.files import MEDIA, SUFFIXES
from server.export.jobs import Jobs
from server.export.links import Links
from server.export.place import Place

# Numbers of jobs and files that the store has room for, and moments that a clock has.
LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Files:
    """Answers ROUTE: 403 for a signature that is not good, 410 for what is over, else the file, or a range of it."""

    jobs: Jobs
    links: Links
    place: Place

    async def answer(self, request: Request) -> Response:
        try:
            return await self._file(request)
        except Fault as fault:
            headers = {"content-type": "application/json", "cache-control": "no-store"}
            return Response(refusal([of_fault(fault)]), fault.status, headers)

    async def _file(self, request: Request) -> Response:
        job, number = int(request.path_params["job"]), int(request.path_params["number"])
        row = await self.jobs.file(job, number) if max(job, number) <= LARGEST else None
        self._check(request, job, number, row)
        path = self.place.file(job, row.name) if row and row.name else None
        if row is None or row.status is not ExportStatus.DONE or path is None:
            raise Fault(410, "GONE", "This file is deleted, or lies on another machine.")
        kept = {"etag": f'"{row.sha256}"', "cache-control": "private, max-age=3600, immutable"}
        if names(request.headers.get("if-none-match"), kept["etag"]):
            return Response(status_code=304, headers=kept)
        name = f"export-{job}-{number}.{SUFFIXES[row.format]}"
        return FileResponse(path, headers=kept, media_type=MEDIA[row.format], filename=name)

    def _check(self, request: Request, job: int, number: int, row: Row[Any] | None) -> None:
        """Raises Fault 403, also where there is no such job, and 410 where the address was good and is over."""
        expires, signature = _signed(request)
        secret = row.secret if row else ""
        good = hmac.compare_digest(self.links.signature(job, number, expires, secret), signature)
        if row is None or not good:
            raise Fault(403, "FORBIDDEN", "This address was not given out by this server, or not whole.")
        if self.links.is_over(expires):
            raise Fault(410, "GONE", "This address is over: ask exportJob for a new one.")


def _signed(request: Request) -> tuple[int, str]:
    """Until when the address says it holds, 0 for nothing that is a moment; and its signature in hex, "" for none."""
    expires, signature = (request.query_params.get(name, "") for name in ("expires", "signature"))
    moment = int(expires) if expires.isdecimal() and expires.isascii() and len(expires) <= 11 else 0
    return moment, signature if signature.isascii() else ""
