"""Cursors: what was encoded is decoded, and nothing else is."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import BadCursor
from resolvers.paging import decoded, encoded, epoch_of_cursor

places = st.lists(st.none() | st.integers(-(2**63), 2**63) | st.text(max_size=15), max_size=2)


@given(st.integers(1, 2**31), places)
def test_a_cursor_comes_back_as_its_epoch_and_place(epoch: int, place: list[str | int | None]) -> None:
    cursor = encoded(epoch, place)

    assert epoch_of_cursor(cursor) == epoch
    assert decoded(cursor, len(place)) == place


@given(st.text(max_size=50).filter(lambda text: not text.startswith("W")))
def test_any_other_text_is_a_bad_cursor(text: str) -> None:
    """The JSON of a place begins with a bracket, which is a W in base64."""
    with pytest.raises(BadCursor, match="this is not a cursor of this API"):
        epoch_of_cursor(text)


@pytest.mark.parametrize("text", ["{}", "[]", "[0]", "[1.5]", "[true]", "[[1]]", "null", "[" * 5000, '["1"]'])
def test_json_that_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        epoch_of_cursor(base64.urlsafe_b64encode(text.encode()).decode())


def test_a_cursor_of_another_order_is_refused() -> None:
    with pytest.raises(BadCursor, match="another order"):
        decoded(encoded(1, [1, 2]), 1)
