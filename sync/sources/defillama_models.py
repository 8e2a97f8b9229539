"""The rows of DefiLlama's answers, as far as they are read."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sync.sources.row import ByKey, MaybeText, Number, Row


def _texts(value: Any) -> Any:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


Texts = Annotated[list[str], BeforeValidator(_texts)]


class ListingRow(Row):
    """A row of `protocols` of /overview/fees: a listing, never a parent."""

    id: str = Field(validation_alias="defillamaId", min_length=1)
    name: str = Field(min_length=1)
    display_name: MaybeText = Field(None, validation_alias="displayName")
    slug: MaybeText = None
    category: MaybeText = None
    chains: Texts = Field([])
    kind: MaybeText = Field(None, validation_alias="protocolType")
    parent: MaybeText = Field(None, validation_alias="parentProtocol")
    linked: Texts = Field([], validation_alias="linkedProtocols")
    doublecounted: bool | None = None
    methodology: ByKey = Field({})
    breakdown_methodology: ByKey = Field({}, validation_alias="breakdownMethodology")
    methodology_url: MaybeText = Field(None, validation_alias="methodologyURL")


class ProtocolRow(Row):
    """A row of /protocols: a listing, never a parent."""

    id: str = Field(min_length=1)
    slug: MaybeText = None
    symbol: MaybeText = None
    gecko_id: MaybeText = None
    url: MaybeText = None
    description: MaybeText = None
    parent: MaybeText = Field(None, validation_alias="parentProtocol")
    parent_slug: MaybeText = Field(None, validation_alias="parentProtocolSlug")
    mcap: Number | None = None


class Profile(Row):
    """What /summary/fees tells of a protocol besides its numbers; the only place that describes parents."""

    id: MaybeText = None
    name: MaybeText = None
    slug: MaybeText = None
    symbol: MaybeText = None
    gecko_id: MaybeText = None
    url: MaybeText = None
    description: MaybeText = None
