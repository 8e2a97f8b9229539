"""The rows of DefiLlama's answers, as far as they are read: tolerant of what varies, strict about what is relied on."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError


def _texts(value: Any) -> Any:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _text(value: Any) -> Any:
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _by_label(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


Texts = Annotated[list[str], BeforeValidator(_texts)]
# Upstream leaves out, nulls and empties these at will.
MaybeText = Annotated[str | None, BeforeValidator(_text)]
ByLabel = Annotated[dict[str, Any], BeforeValidator(_by_label)]
# Numbers in these answers arrive as int or, as they were written, as str.
Number = int | str


class Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


class ListingRow(Row):
    """A row of `protocols` of /overview/fees: a listing, never a parent."""

    id: str = Field(validation_alias="defillamaId", min_length=1)
    name: str = Field(min_length=1)
    display_name: MaybeText = Field(None, validation_alias="displayName")
    slug: MaybeText = None
    category: MaybeText = None
    chains: Texts = []
    kind: MaybeText = Field(None, validation_alias="protocolType")
    parent: MaybeText = Field(None, validation_alias="parentProtocol")
    linked: Texts = Field([], validation_alias="linkedProtocols")
    doublecounted: bool | None = None
    methodology: ByLabel = {}
    breakdown_methodology: ByLabel = Field({}, validation_alias="breakdownMethodology")
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


R = TypeVar("R", bound=Row)


def rows(model: type[R], values: Iterable[Any], refused: list[tuple[str, str]]) -> Iterator[R]:
    """Each value as a row; one that is none goes to `refused` with its reason. None and {} say nothing."""
    for value in values:
        if not value:
            continue
        try:
            yield model.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"])) or "row"
            refused.append((str(value)[:200], f"{place}: {first['msg']}"))
