"""Documents known by their hash: trusted ones from a manifest, and those that callers registered."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from graphql import GraphQLError, GraphQLSchema

from graph.document import Document, Documents, digest_of, read_document
from graph.limits import Limits
from graph.refusal import Refused, coded
from server.edge.fault import Fault, bad_request
from server.edge.parameters import Parameters

PREFIX = "sha256:"
# Which documents a caller may send: any at the same price, any with those of the manifest cheaper, those alone.
OPEN, PREFERRED, PERSISTED = MODES = ("open", "preferred", "persisted")
NOT_FOUND = "PERSISTED_DOCUMENT_NOT_FOUND"
# The bytes of registered texts together, whatever their number.
MOST_REGISTERED_CHARACTERS = 2_000_000


class BadManifest(Exception):
    """A manifest that can't be trusted; the message says which document and why."""


class PersistedDocuments:
    """`trusted` documents were checked at the start; registered ones pass every limit like any other."""

    def __init__(self, documents: Documents, trusted: Mapping[str, Document], most: int) -> None:
        self.documents, self.trusted, self.most = documents, trusted, most
        self.characters = 0
        self._texts: OrderedDict[str, str] = OrderedDict()

    def find(self, request: Parameters, only_trusted: bool) -> Document:
        """The document a request means; raises Refused and Fault."""
        digest = _digest(request)
        if digest in self.trusted:
            return self.trusted[digest]
        if only_trusted:
            raise Fault(403, "FORBIDDEN", "Only documents of the manifest are taken.")
        if request.query is None:
            return self._registered(digest, request)
        document = self.documents.read(request.query)
        if digest:
            self._register(digest, request.query)
        return document

    def trusts(self, document: Document) -> bool:
        """Whether it is of the manifest."""
        return self.trusted.get(document.digest) is document

    def _registered(self, digest: str, request: Parameters) -> Document:
        if digest not in self._texts:
            raise Refused([_not_found(request)])
        self._texts.move_to_end(digest)
        return self.documents.read(self._texts[digest])

    def _register(self, digest: str, text: str) -> None:
        if digest in self._texts:
            return
        self._texts[digest] = text
        self.characters += len(text)
        while len(self._texts) > self.most or self.characters > MOST_REGISTERED_CHARACTERS:
            self.characters -= len(self._texts.popitem(last=False)[1])


def trusted_documents(schema: GraphQLSchema, manifest: Path | None) -> dict[str, Document]:
    """The documents of a manifest, each read and held to its hash; raises BadManifest.

    It is a JSON object of SHA-256 in hex (with or without the prefix "sha256:") to text, or Apollo's format.
    """
    if manifest is None:
        return {}
    return {digest: _trusted(schema, digest, text) for digest, text in _entries(manifest).items()}


def _entries(manifest: Path) -> dict[str, str]:
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadManifest(f"{manifest} can't be read as JSON") from error
    if isinstance(content, dict) and isinstance(content.get("operations"), list):
        content = {each.get("id"): each.get("body") for each in content["operations"] if isinstance(each, dict)}
    if not isinstance(content, dict) or not all(isinstance(each, str) for pair in content.items() for each in pair):
        raise BadManifest(f"{manifest} is not an object of hashes and texts")
    return {digest.removeprefix(PREFIX): text for digest, text in content.items()}


def _trusted(schema: GraphQLSchema, digest: str, text: str) -> Document:
    if digest_of(text) != digest:
        raise BadManifest(f"the text under {digest} has another hash")
    try:
        # They are ours: only their cost is limited, when they run.
        return read_document(schema, text, Limits(), trusted=True)
    except Refused as refusal:
        raise BadManifest(f"the document {digest} is not valid: {refusal}") from refusal


def _digest(request: Parameters) -> str:
    """The hash a request names, "" for none; raises Fault where it sends another text along."""
    named = request.document_id or (request.hash and PREFIX + request.hash)
    if named is None:
        return ""
    digest = named.removeprefix(PREFIX) if named.startswith(PREFIX) else named
    if request.query is not None and digest_of(request.query) != digest:
        raise bad_request("The hash is not that of the query.")
    return digest


def _not_found(request: Parameters) -> GraphQLError:
    """Apollo's clients look for its own words before they send the text."""
    if request.document_id is None:
        return coded("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
    return coded(NOT_FOUND, "There is no document of this id.")
