"""What a request asks for, as a body or a URL says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any
from urllib.parse import parse_qsl

from server.edge.fault import bad_request
from server.edge.strictjson import StrictJson

MEMBERS = ("query", "documentId", "operationName", "variables", "extensions")
# An absent name and an empty one are the same to many clients.
TEXTS = ("query", "documentId", "operationName")
TEXT, OBJECT = (str, NoneType), (dict, NoneType)


@dataclass(frozen=True, slots=True)
class Parameters:
    """One GraphQL request, well formed."""

    query: str | None = None
    document_id: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def hash(self) -> str | None:
        """The SHA-256 an Apollo client sends for a persisted query."""
        persisted = self.extensions.get("persistedQuery")
        found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        return found if isinstance(found, str) else None


def from_body(value: Any) -> Parameters:
    """Of the JSON of a POST or of a socket's message; raises Fault."""
    if isinstance(value, list):
        raise bad_request("Batches are not taken: send one request at a time.")
    if not isinstance(value, dict):
        raise bad_request("A request is a JSON object.")
    for name in TEXTS:
        if not isinstance(value.get(name), TEXT):
            raise bad_request(f"'{name}' is a string.")
    for name in ("variables", "extensions"):
        if not isinstance(value.get(name), OBJECT):
            raise bad_request(f"'{name}' is an object.")
    found = Parameters(
        value.get("query") or None,
        value.get("documentId") or None,
        value.get("operationName") or None,
        value.get("variables") or {},
        value.get("extensions") or {},
    )
    if found.query is None and found.document_id is None and found.hash is None:
        raise bad_request("A request needs a 'query', a 'documentId' or a persisted query's hash.")
    return found


def from_url(query_string: bytes, json: StrictJson) -> Parameters:
    """Of the query string of a GET; raises Fault."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20, encoding="utf-8"
        )
    except ValueError as error:
        raise bad_request("This is not a query string in UTF-8.") from error
    known = [(name, value) for name, value in pairs if name in MEMBERS]
    found: dict[str, Any] = dict(known)
    if len(found) != len(known):
        raise bad_request("A parameter may be given once.")
    if any("\0" in value for value in found.values()):
        raise bad_request("A parameter may not hold NUL.")
    for name in ("variables", "extensions"):
        if name in found:
            found[name] = json.read(found[name]) if found[name] else None
    return from_body(found)
