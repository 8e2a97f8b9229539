"""Many keys as one parameter, so that a statement is the same text for any number of them."""

import json
from collections.abc import Sequence

from sqlalchemy import ARRAY, ColumnElement, FromClause, Integer, any_, column, func, literal, select


def among(dialect: str, column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether `column` is one of the ids. Not a join: a planner might begin it with the wrong table."""
    if dialect == "postgresql":
        return column == any_(literal(list(dict.fromkeys(ids)), ARRAY(Integer)))
    return column.in_(select(keys(dialect, ids).c.value))


def keys(dialect: str, ids: Sequence[int]) -> FromClause:
    """The distinct ids as a table with one column, `value`."""
    distinct = list(dict.fromkeys(ids))
    if dialect == "postgresql":
        listed = func.unnest(literal(distinct, ARRAY(Integer)))
        return listed.table_valued(column("value", Integer)).render_derived(name="keys")
    return func.json_each(json.dumps(distinct)).table_valued(column("value", Integer), name="keys")
