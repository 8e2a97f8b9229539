"""What an operator can set about the edge: limits, callers, documents."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from graph.limits import Limits

STATEMENT_SHARE = 0.9


class EdgeSettings(BaseSettings):
    """The settings of the edge; the program's Settings are these and its own."""

    max_header_bytes: int = Field(32_768, ge=1_024, description="Bytes of a request line and its headers; then 431.")
    max_headers: int = Field(100, ge=10, description="Headers of a request; then 431.")
    header_seconds: float = Field(10, gt=0, description="Time for a request's headers to arrive; then it is cut.")
    max_url_bytes: int = Field(16_384, ge=256, description="Bytes of a path and its query string; then 414.")
    max_body_bytes: int = Field(262_144, ge=1_024, description="Bytes of a body; then 413.")
    body_seconds: float = Field(10, gt=0, description="Time for a body to arrive; then 408.")
    unread_seconds: float = Field(
        30, gt=0, description="Time in which a caller has to read on of an answer that it was sent; then it is cut."
    )
    max_json_depth: int = Field(32, ge=4, description="Levels of JSON in a body; then 400.")
    max_integer_digits: int = Field(40, ge=10, description="Digits of an integer in JSON; then 400.")
    max_string_characters: int = Field(
        4_096, ge=64, description="Characters of a string in JSON, but the document's own; then 400."
    )
    max_source_characters: int = Field(32_768, ge=256, description="Characters of a document.")
    max_tokens: int = Field(2_000, ge=10, description="Lexical tokens of a document.")
    max_comments: int = Field(200, ge=0, description="Comments in a document.")
    max_operations: int = Field(10, ge=1, description="Operations of a document.")
    max_fragments: int = Field(50, ge=0, description="Fragments of a document.")
    max_variables: int = Field(100, ge=0, description="Variables of an operation.")
    max_arguments: int = Field(30, ge=1, description="Arguments of a field or directive.")
    max_depth: int = Field(15, ge=1, description="Levels of fields; a standard introspection query has 15.")
    max_aliases: int = Field(50, ge=0, description="Aliases of an operation, fragments expanded.")
    max_directives: int = Field(50, ge=0, description="Directives of an operation, fragments expanded.")
    max_fields: int = Field(600, ge=1, description="Fields of an operation, fragments expanded.")
    max_repeats: int = Field(10, ge=1, description="Fields that share one key at one place of the answer.")
    max_introspections: int = Field(2, ge=0, description="`__schema` and `__type` fields of an operation.")
    max_list_items: int = Field(250, ge=1, description="Items of a list given as an argument or in a variable.")
    max_cost: int = Field(5_000, ge=1, description="Points an operation without a key may cost; then it is refused.")
    max_cost_with_key: int = Field(20_000, ge=1, description="The same with a key.")
    max_objects: int = Field(60_000, ge=1, description="Objects an answer may hold, counted before it is executed.")
    execution_seconds: float = Field(10, gt=0, description="Time for an execution; then OPERATION_TIMEOUT.")
    max_concurrent: int = Field(64, ge=1, description="Operations that a worker executes at once.")
    max_waiting: int = Field(512, ge=0, description="Operations that wait for their turn; then 503.")
    document_cache: int = Field(512, ge=1, description="Documents whose reading is kept.")
    document_cache_characters: int = Field(1_000_000, ge=1, description="Characters of all documents kept.")
    cache_seconds: int = Field(
        10, ge=0, description="How long an HTTP cache may answer a GET by itself; then it asks whether the epoch moved."
    )
    status_codes: Literal["audit", "2026"] = Field(
        "audit",
        description="Statuses of application/graphql-response+json: `audit` 200 with data and 400 without; `2026` "
        "those of GraphQL over HTTP of September 2026, 294 for data with errors and 422 for what is not valid.",
    )
    allowed_origins: tuple[str, ...] = Field(("*",), description="Origins of pages that may call, as a JSON list.")

    rate_limit: Literal["auto", "on", "off"] = Field(
        "auto", description="Whom the rate limit holds: `auto` all but callers on this machine without a key, `on` all."
    )
    anonymous_capacity: int = Field(50_000, ge=1, description="Points a caller without a key can save up, per address.")
    anonymous_rate: int = Field(500, ge=1, description="Points a second that come back to it.")
    key_capacity: int = Field(200_000, ge=1, description="Points a key of tier `standard` can save up.")
    key_rate: int = Field(
        5_000, ge=1, description="Points a second that come back to it; tier `partner` has ten times both."
    )
    redis_url: SecretStr | None = Field(
        None, description="Where workers share their rate limits; without it each has its own."
    )
    key_pepper: SecretStr = Field(
        SecretStr(""),
        description="Mixed into the stored hashes of API keys and the secrets of webhooks; changing it ends them all.",
    )
    key_cache_seconds: float = Field(30, ge=0, description="How long a key is believed before it is looked up again.")
    documents: Literal["open", "preferred", "persisted"] = Field(
        "open",
        description="What callers without a key may send: `open` any document, `preferred` any, with those of the "
        "manifest cheaper, `persisted` those of the manifest alone.",
    )
    preferred_share: float = Field(
        0.5, gt=0, le=1, description="Of its points, what a document of the manifest costs where those are `preferred`."
    )
    manifest: Path | None = Field(None, description="A file of trusted documents: JSON of sha256 to text.")
    registered_documents: int = Field(1_000, ge=0, description="Documents that callers may register by their hash.")

    max_sockets: int = Field(20, ge=1, description="Sockets and event streams of one caller.")
    max_socket_operations: int = Field(50, ge=1, description="Operations of one socket at once.")
    socket_init_seconds: float = Field(5, gt=0, description="Time for `connection_init`; then the socket is closed.")
    socket_ping_seconds: float = Field(20, gt=0, description="Time between pings; a socket silent for two is closed.")
    socket_seconds: float = Field(3_600, gt=0, description="How long a socket or stream lives; then it reconnects.")
    heartbeat_seconds: float = Field(15, gt=0, description="Time between comments on an idle event stream.")

    @property
    def statement_seconds(self) -> float:
        """How long a statement of the store may take: less than an execution, so that the store works for no one."""
        return self.execution_seconds * STATEMENT_SHARE

    @property
    def limits(self) -> Limits:
        """The limits of documents."""
        return Limits(
            characters=self.max_source_characters,
            tokens=self.max_tokens,
            comments=self.max_comments,
            operations=self.max_operations,
            fragments=self.max_fragments,
            variables=self.max_variables,
            arguments=self.max_arguments,
            depth=self.max_depth,
            aliases=self.max_aliases,
            directives=self.max_directives,
            fields=self.max_fields,
            repeats=self.max_repeats,
            introspections=self.max_introspections,
            list_items=self.max_list_items,
            nesting=self.max_json_depth,
            digits=self.max_integer_digits,
            string=self.max_string_characters,
        )
