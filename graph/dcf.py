"""Discounted cash flow."""

import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from graph.cost import ListSize
from graph.fields import described, views
from graph.protocol import Protocol
from models.vocabulary import MetricState, Unit
from resolvers.dcf import DcfRow


@strawberry.type(description="A year of the growth path.")
class DcfYear:
    year: int = described("1 for the first year after today.")
    cash_flow_usd: Decimal = described("US dollars in that year.")
    discount_factor: Decimal = described("What a dollar of that year is worth today, for example 0.8.")
    present_usd: Decimal = described("The cash flow times the factor, US dollars.")
    tokens: Decimal = described("Tokens that share it, whole tokens.")


@strawberry.type(description="The value of a token at other rates.")
class DcfCell:
    discount_rate: Decimal = described("For example 0.275 for 27.5 per cent.")
    terminal_growth: Decimal = described("For example 0.03 for three per cent.")
    value_per_token: Decimal | None = described("US dollars; null where such a scenario would be refused.")


@strawberry.type(description="A number that a valuation rests on.")
class DcfInputValue:
    name: str = described("Which, for example HOLDERS_REVENUE a year, TTM.")
    value: Decimal | None = described("In `unit`, exact; null where it is not known.")
    state: MetricState = described("Why the value is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null where there is nothing to say.")
    unit: Unit = described("What the value is counted in.")
    as_of: datetime.date = described("Last UTC day that is in it, or could be.")


@strawberry.type(description="What a cash flow is worth today, per token: arithmetic on the stated assumptions.")
class DcfResult:
    is_type_of = views(DcfRow)

    protocol: Annotated[Protocol, strawberry.lazy("graph.protocol")] = described("Whose cash flow it is.")
    value_per_token: Decimal | None = described("US dollars; null where an input is not known.")
    state: MetricState = described("Why the value is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null where there is nothing to say.")
    present_value_usd: Decimal | None = described("Of all years together, before tokens share it; US dollars.")
    terminal_share: Decimal | None = described("The part of it beyond the growth path, 0.4 for forty per cent.")
    implied_growth: Decimal | None = described(
        "The constant growth over the path at which the value is the market's price, 0.2 for twenty per cent a year."
    )
    implied_growth_state: MetricState = described("Why it is what it is, or why there is none.")
    implied_growth_reason: str | None = described("The same in a sentence; null where there is nothing to say.")
    yearly: list[DcfYear] = described("The years of the growth path.", ListSize(assumed_size=50))
    sensitivity: list[DcfCell] = described(
        "The value at rates of discount up to five points away, and terminal growth one point away.",
        ListSize(assumed_size=50),
    )
    inputs: list[DcfInputValue] = described("Every number it rests on, with its day.")
    disclaimer: str = described("What this is not.")
