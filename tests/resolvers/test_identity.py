"""Global ids: what was given out is read back, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import BadId
from resolvers.identity import Identity, global_id, identity_of


@given(st.integers(0, 2**59))
def test_an_id_comes_back_as_its_type_and_number(number: int) -> None:
    assert identity_of(global_id("Token", number), "Protocol", "Token") == Identity("Token", number)


@given(st.text(max_size=150))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadId):
        identity_of(text, "Protocol")


def test_the_id_of_another_type_is_named() -> None:
    with pytest.raises(BadId, match="the id of a Fund, not of a Token or a Chain"):
        identity_of(global_id("Fund", 1), "Token", "Chain")
