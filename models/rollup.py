"""Rollups: what every window of a metric comes to, ready for each recent epoch."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from models.base import Code, Day, metadata
from models.versioned import PerEpoch
from models.vocabulary import Metric, Window

# TTM is D365 under another name, and ALL has no window before it.
ROLLED = tuple(window for window in Window if window not in (Window.TTM, Window.ALL))
# The windows a list can be ordered by straight from an index.
SORTABLE = (Window.D1, Window.D7, Window.D30, Window.D90, Window.D365)


def column_of(window: Window) -> str:
    """The rollup column of a window; `<column>_days`, `<column>_prev` and `<column>_prev_days` go with it."""
    return Window.D365.value if window is Window.TTM else window.value


def _columns_of(window: Window) -> list[Column[int]]:
    name = window.value
    return [
        Column(name, BigInteger),
        Column(f"{name}_days", Integer, nullable=False),
        Column(f"{name}_prev", BigInteger),
        Column(f"{name}_prev_days", Integer, nullable=False),
    ]


# One row per subject and metric: of its series over all chains and streams by the source of lowest precedence
# that has any, or, for a sector, a chain or the market, of the sum over protocols without a parent (series_id 0).
# `parts`: how many series are in it, 1 but for sums.
# What was taken back whole has a row without days.
# A flow's column is the sum over the window, a stock's the last value in it; NULL where nothing was observed.
rollup = PerEpoch(
    Table(
        "rollup",
        metadata,
        Column("epoch", Integer, primary_key=True, autoincrement=False),
        Column("metric", Code(Metric), primary_key=True, autoincrement=False),
        Column("subject_id", Integer, primary_key=True, autoincrement=False),
        Column("series_id", Integer, nullable=False),
        *(column for window in ROLLED for column in _columns_of(window)),
        Column("all", BigInteger),
        Column("all_days", Integer, nullable=False),
        Column("first_day", Day),
        Column("last_day", Day),
        Column("parts", Integer, nullable=False, server_default="0"),
    )
)

_columns = rollup.every_version.c
for _window in SORTABLE:
    Index(
        f"ix_rollup_{_window.value}",
        _columns.epoch,
        _columns.metric,
        _columns[_window.value].desc(),
        _columns.subject_id,
    )
