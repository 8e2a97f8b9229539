"""Exchange-traded funds and the organisations behind funds and treasuries."""

from sqlalchemy import Column, Integer, Text

from models.base import Quantity
from models.versioned import versioned

organisation = versioned(
    "organisation",
    Column("organisation_id", Integer, nullable=False, autoincrement=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("ticker", Text),
    Column("kind", Text, nullable=False),
    key=("organisation_id",),
    id_="organisation_id",
    unique=("slug",),
)

# A fund's net flow is a series: metric FUND_NET_FLOW about the fund.
fund = versioned(
    "fund",
    Column("fund_id", Integer, nullable=False, autoincrement=False),
    Column("slug", Text, nullable=False),
    Column("ticker", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("issuer_id", Integer),
    Column("underlying_id", Integer, nullable=False),
    Column("fee_percent", Quantity),
    key=("fund_id",),
    id_="fund_id",
    unique=("slug",),
)
